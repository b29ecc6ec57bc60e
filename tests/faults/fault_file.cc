#include <charconv>

#include "faults/fault.h"
#include "source/listing/listing_line.h"

namespace xsaudit {
namespace {

// Takes the first word off, with the blanks around it.
std::string_view take_word(std::string_view& text) {
  const auto skip = [&] { text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); };
  skip();
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  skip();
  return word;
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "= VALUE" with the escapes of xenstore-ls; nothing where the line ends before it.
std::optional<std::string> take_value(std::string_view rest) {
  if (take_word(rest) != "=") return std::nullopt;
  std::string room;
  std::string_view value;
  if (unescape_value(rest, room, value) != rest.size()) return std::nullopt;
  return std::string(value);
}

std::optional<Condition> parse_condition(std::string_view keyword, std::string_view rest) {
  const bool wanted = keyword == "where";
  const std::string first(take_word(rest));
  if (first == "daemon") return Condition{Condition::Kind::daemon, wanted, std::string(rest), {}};
  if (rest.starts_with("!= ")) {
    take_word(rest);
    return Condition{Condition::Kind::equal, !wanted, first, std::string(rest)};
  }
  if (rest.empty()) return Condition{Condition::Kind::node, wanted, first, std::nullopt};
  auto value = take_value(rest);
  if (!value) return std::nullopt;
  return Condition{Condition::Kind::node, wanted, first, std::move(value)};
}

// That a name stands for a domain with a home, and for none that may do everything.
void add_guest(const std::string& domid, std::vector<Condition>& conditions) {
  using Kind = Condition::Kind;
  conditions.push_back({Kind::node, true, "/local/domain/" + domid + "/name", std::nullopt});
  conditions.push_back({Kind::equal, false, domid, "0"});
  conditions.push_back({Kind::node, false, "/tool/xenstored/domid", domid});
}

std::optional<Change> parse_change(std::string_view keyword, std::string_view rest) {
  Change change;
  if (keyword == "times") {
    const auto times = number(take_word(rest));
    if (!times) return std::nullopt;
    change.times = *times;
    keyword = take_word(rest);
  }
  if (keyword == "chmod" && rest.starts_with("-r ")) {
    take_word(rest);
    change.recurse = true;
  }
  change.path = take_word(rest);
  if (keyword == "write") {
    change.kind = Change::Kind::write;
    auto value = take_value(rest);
    if (!value) return std::nullopt;
    change.value = *std::move(value);
  } else if (keyword == "fill") {
    change.kind = Change::Kind::fill;
    change.value = rest;
    if (!number(rest)) return std::nullopt;
  } else if (keyword == "chmod") {
    change.kind = Change::Kind::chmod;
    change.permissions = rest;
  } else if (keyword == "remove") {
    change.kind = Change::Kind::remove;
  } else if (keyword == "forget") {
    change.kind = Change::Kind::forget;
  } else if (keyword == "watch") {
    change.kind = Change::Kind::watch;
    change.value = rest;
  } else if (keyword == "transaction") {
    change.kind = Change::Kind::transaction;
  } else if (keyword == "born") {
    change.kind = Change::Kind::born;
  } else if (keyword == "dies") {
    change.kind = Change::Kind::dies;
  } else if (keyword == "vanishes") {
    change.kind = Change::Kind::vanishes;
  } else {
    return std::nullopt;
  }
  return change;
}

std::optional<Report> parse_report(std::string_view rest) {
  Report report;
  const auto severity = parse_severity(take_word(rest));
  report.rule = take_word(rest);
  if (!severity || rest.empty()) return std::nullopt;
  report.severity = *severity;
  report.below = rest.ends_with("/**");
  report.path = report.below ? rest.substr(0, rest.size() - 3) : rest;
  return report;
}

// Calls `take` with keyword and rest of each line that is neither blank nor a comment; it answers
// whether it knew the line.
template <typename Take>
Status each_line(std::string_view text, const std::string& file, const Take& take) {
  std::size_t count = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++count;
    const std::string place = file + ":" + std::to_string(count);
    const std::string_view keyword = take_word(line);
    if (keyword.empty() || keyword.starts_with('#')) continue;
    if (!take(keyword, line, place)) {
      return Error{place, "not understood: " + std::string(keyword) + " " + std::string(line), ""};
    }
  }
  return ok();
}

}  // namespace

Result<std::vector<Fault>> parse_faults(std::string_view text, const std::string& file) {
  std::vector<Fault> faults;
  const auto take = [&](std::string_view keyword, std::string_view rest, const std::string& place) {
    if (keyword == "fault") {
      faults.push_back({std::string(rest), place, {}, {}, {}, {}});
      return true;
    }
    if (faults.empty()) return false;
    Fault& fault = faults.back();
    if (keyword == "guest") {
      add_guest(std::string(rest), fault.conditions);
      return true;
    }
    if (keyword == "where" || keyword == "unless") {
      auto condition = parse_condition(keyword, rest);
      if (condition) fault.conditions.push_back(*std::move(condition));
      return condition.has_value();
    }
    if (keyword == "finds" || keyword == "also") {
      auto report = parse_report(rest);
      if (report) (keyword == "finds" ? fault.finds : fault.also).push_back(*std::move(report));
      return report.has_value();
    }
    auto change = parse_change(keyword, rest);
    if (change) fault.changes.push_back(*std::move(change));
    return change.has_value();
  };
  const Status status = each_line(text, file, take);
  if (!status) return status.error();
  for (const Fault& fault : faults) {
    if (fault.finds.empty() || fault.changes.empty()) {
      return Error{fault.place, "a fault changes something, and something finds it", ""};
    }
  }
  return faults;
}

Result<std::vector<HealthyStore>> parse_stores(std::string_view text, const std::string& file) {
  std::vector<HealthyStore> stores;
  const auto take = [&](std::string_view keyword, std::string_view rest, const std::string&) {
    if (keyword == "store") {
      stores.push_back({std::string(rest), {}, {}, {}, {}});
      return true;
    }
    if (stores.empty()) return false;
    if (keyword == "alive") {
      while (!rest.empty()) {
        const auto domid = number(take_word(rest));
        if (!domid) return false;
        stores.back().alive.push_back(static_cast<Domid>(*domid));
      }
      return true;
    }
    if (keyword == "daemon") {
      for (const Daemon daemon : {Daemon::cxenstored, Daemon::oxenstored}) {
        if (rest == to_text(daemon)) stores.back().daemon = daemon;
      }
      return stores.back().daemon.has_value();
    }
    if (keyword == "known") {
      auto report = parse_report(rest);
      if (report) stores.back().known.push_back(*std::move(report));
      return report.has_value();
    }
    auto change = parse_change(keyword, rest);
    if (change) stores.back().changes.push_back(*std::move(change));
    return change.has_value();
  };
  const Status status = each_line(text, file, take);
  if (!status) return status.error();
  return stores;
}

}  // namespace xsaudit
