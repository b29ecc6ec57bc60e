// Lines of oxenstored's own access log as syslog writes them on XCP-ng and XenServer: with the time
// of syslog in place of the daemon's, without a year, and without the lines of level debug.
#pragma once

#include <array>
#include <sstream>
#include <string>

namespace xsaudit {

inline std::string syslog_lines(const std::string& access_log) {
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr std::array kDebug = {" newconn", " endconn", " commit", " conflict",
                                        " coalesce"};
  std::istringstream lines(access_log);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    bool debug = false;
    // The operation stands in column 38.
    for (const char* const name : kDebug) debug = debug || line.find(name) == 38;
    if (debug) continue;
    // "[20261128T12:33:38.464Z]  D3 …"
    const std::size_t month = std::stoul(line.substr(5, 2));
    std::string day = line.substr(7, 2);
    if (day[0] == '0') day[0] = ' ';
    text += kMonths.at(month - 1) + (" " + day) + " " + line.substr(10, 8) +
            " host oxenstored: " + line.substr(25) + "\n";
  }
  return text;
}

}  // namespace xsaudit
