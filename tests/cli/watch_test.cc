// xsaudit watch over real daemons: findings that come, go, come back, or were there for moments.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "support/held_program.h"
#include "support/load_recording.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

// The program, until the end of this object.
class Watch {
 public:
  explicit Watch(std::vector<std::string> options = {"--format", "jsonl"}) {
    options.insert(options.begin(), {"xsaudit", "watch"});
    std::vector<char*> arguments;
    for (std::string& option : options) arguments.push_back(option.data());
    arguments.push_back(nullptr);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(XSAUDIT_PROGRAM, arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Watch() {
    ::kill(process_, SIGKILL);
    if (!ended_) ::waitpid(process_, nullptr, 0);
    ::close(output_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The next line within the time; null after it, or at the end of the lines.
  Json next(std::chrono::milliseconds most = 60s) {
    const auto line = next_line(most);
    return line ? Json::parse(*line) : Json();
  }
  std::optional<std::string> next_line(std::chrono::milliseconds most = 60s) {
    const auto latest = std::chrono::steady_clock::now() + most;
    while (true) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          latest - std::chrono::steady_clock::now());
      pollfd ready{output_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
        return std::nullopt;
      char room[4096];
      const ssize_t count = ::read(output_, room, sizeof room);
      if (count <= 0) return std::nullopt;
      text_.append(room, static_cast<std::size_t>(count));
    }
  }
  // Its type and, for a finding, its rule: "new frontend-link-forged".
  std::string next_event(std::chrono::milliseconds most = 60s) {
    const Json line = next(most);
    if (line.is_null()) return "";
    const std::string type = line["type"];
    return type == "note" ? "note " + line["message"].get<std::string>()
                          : type + " " + line["rule"].get<std::string>();
  }
  void signal(int signal) const { ::kill(process_, signal); }
  // The process that reads the events.
  pid_t drain() const {
    const auto found = children_of(process_, "xsaudit-watch");
    REQUIRE(found.size() == 1);
    return found.front();
  }
  int exit_status() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    ended_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string text_;
  bool ended_ = false;
};

constexpr const char* kLink = "/local/domain/2/device/vif/0/backend";
constexpr const char* kOwn = "/local/domain/0/backend/vif/2/0";
constexpr const char* kOfAnother = "/local/domain/0/backend/vif/1/0";

void begin(RunningDaemon& daemon, Watch& watch) {
  INFO(to_text(daemon.kind()));
  CHECK(watch.next_event().starts_with("note following "));
}

}  // namespace

TEST_CASE("a forged link is reported when it appears, goes and comes back") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch;
    begin(daemon, watch);
    control.write(kLink, kOfAnother);
    const Json appeared = watch.next();
    REQUIRE_FALSE(appeared.is_null());
    CHECK(appeared["type"] == "new");
    CHECK(appeared["rule"] == "frontend-link-forged");
    CHECK(appeared["path"] == kLink);
    CHECK(appeared["domain"] == 2);
    control.write(kLink, kOwn);
    CHECK(watch.next_event() == "gone frontend-link-forged");
    control.write(kLink, kOfAnother);
    CHECK(watch.next_event() == "back frontend-link-forged");
    control.write(kLink, kOwn);
    CHECK(watch.next_event() == "gone frontend-link-forged");
  });
}

TEST_CASE("a forged link that is put back at once is reported if it was seen") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch;
    begin(daemon, watch);
    std::set<std::string> seen;
    for (int turn = 0; turn < 2000 && !seen.contains("passed frontend-link-forged"); ++turn) {
      control.write(kLink, kOfAnother);
      std::this_thread::sleep_for(2ms);
      control.write(kLink, kOwn);
      seen.insert(watch.next_event(30ms));
    }
    CHECK(seen.contains("passed frontend-link-forged"));
    for (const std::string& event : seen) {
      CAPTURE(event);
      CHECK((event.empty() || event.ends_with(" frontend-link-forged")));
    }
  });
}

TEST_CASE("a device between two states counts after a while only") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch;
    begin(daemon, watch);
    const std::string state = std::string(kOwn) + "/state";
    control.write(state, "2");
    const Json found = watch.next();
    REQUIRE_FALSE(found.is_null());
    CHECK(found["type"] == "new");
    CHECK(found["rule"] == "xenbus-state-mismatch");
    control.write(state, "4");
    CHECK(watch.next_event() == "gone xenbus-state-mismatch");
  });
}

TEST_CASE("a watch that was stopped says so and sees the store as it is") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch;
    begin(daemon, watch);
    watch.signal(SIGSTOP);
    // The watches are given back after five seconds; no client waits meanwhile.
    for (int i = 0; i < 8; ++i) {
      std::this_thread::sleep_for(1s);
      for (int k = 0; k < 1000; ++k) control.write("/local/domain/1/data/x", std::to_string(k));
    }
    control.write(kLink, kOfAnother);
    watch.signal(SIGCONT);
    CHECK(watch.next_event().starts_with("note this process was stopped"));
    CHECK(watch.next_event() == "new frontend-link-forged");
  });
}

TEST_CASE("a watch ends with its daemon") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    Watch watch;
    begin(daemon, watch);
    daemon.die();
    CHECK(watch.exit_status() == 2);
  });
}

TEST_CASE("SIGTERM and SIGINT end a watch with status 0") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    for (const int signal : {SIGTERM, SIGINT}) {
      Watch watch;
      begin(daemon, watch);
      watch.signal(signal);
      CHECK(watch.exit_status() == 0);
    }
  });
}

TEST_CASE("a watch whose process for events is killed ends with status 2") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    Watch watch;
    begin(daemon, watch);
    ::kill(watch.drain(), SIGKILL);
    // A confined program cannot start another one. The service manager starts the program again.
    CHECK(watch.exit_status() == 2);
  });
}

TEST_CASE("a killed watch leaves nothing behind") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    Watch watch;
    begin(daemon, watch);
    const pid_t drain = watch.drain();
    watch.signal(SIGKILL);
    for (int turn = 0; turn < 6000 && runs(drain); ++turn) std::this_thread::sleep_for(10ms);
    CHECK_FALSE(runs(drain));
  });
}

TEST_CASE("no client waits for a watch whose output is not read, and it follows the store") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch;
    begin(daemon, watch);
    // More lines than a pipe takes; each write is answered.
    for (int turn = 0; turn < 400; ++turn) {
      control.write(kLink, turn % 2 == 0 ? kOfAnother : kOwn);
      std::this_thread::sleep_for(15ms);
    }
    for (int i = 0; i < 10'000; ++i) control.write("/tool/x", std::to_string(i));
    control.write(kLink, kOfAnother);
    std::string last;
    for (std::string line; last = line, !(line = watch.next_event(3s)).empty();) {
    }
    CHECK((last == "new frontend-link-forged" || last == "back frontend-link-forged" ||
           last.starts_with("note ")));
    control.write(kLink, kOwn);
    CHECK(watch.next_event() == "gone frontend-link-forged");
  });
}

TEST_CASE("a watch of the special names alone reads the whole store again and again") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    Watch watch({"--format", "jsonl", "--special-only", "--every", "1"});
    begin(daemon, watch);
    control.write(kLink, kOfAnother);
    CHECK(watch.next_event() == "new frontend-link-forged");
    control.write(kLink, kOwn);
    CHECK(watch.next_event() == "gone frontend-link-forged");
  });
}

TEST_CASE("a finding that stays is repeated") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    control.write(kLink, kOfAnother);
    Watch watch({"--format", "journal", "--remind-after", "1"});
    for (const std::string start : {"<5>note    following ", "<3>new ", "<3>still ", "<3>still "}) {
      const auto line = watch.next_line();
      REQUIRE(line);
      CAPTURE(*line);
      CHECK(line->starts_with(start));
    }
  });
}

TEST_CASE("a watch renews a file of metrics when the findings change") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    const ScratchDirectory folder;
    const std::string path = folder.write("xsaudit.prom", "older");
    std::filesystem::permissions(path, std::filesystem::perms(0640));
    const auto becomes = [&](const std::string& line) {
      for (int turn = 0; turn < 6000; ++turn) {
        std::istringstream text(contents_of(path));
        for (std::string present; std::getline(text, present);) {
          if (std::regex_match(present, std::regex(line))) return true;
        }
        std::this_thread::sleep_for(10ms);
      }
      FAIL("no line \"" << line << "\" in\n" << contents_of(path));
      return false;
    };
    const std::string forged = "xsaudit_rule_findings\\{rule=\"frontend-link-forged\"\\} ";
    Watch watch({"--format", "jsonl", "--prometheus", path});
    begin(daemon, watch);
    CHECK(becomes(forged + "0"));
    CHECK(becomes("xsaudit_failed 0"));
    CHECK(becomes("xsaudit_sources_incomplete 0"));
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
    control.write(kLink, kOfAnother);
    CHECK(becomes(forged + "1"));
    CHECK(becomes("xsaudit_failed 1"));
    control.write(kLink, kOwn);
    CHECK(becomes(forged + "0"));

    // One that is put back before the file is renewed is counted.
    const std::string passed = "xsaudit_rule_passed_total\\{rule=\"frontend-link-forged\"\\} ";
    const std::string alerts =
        contents_of(XSAUDIT_SOURCE_DIR "/examples/prometheus/xsaudit.rules.yml");
    CHECK(alerts.find("(xsaudit_rule_passed_total[") != std::string::npos);
    CHECK(becomes(passed + "0"));
    std::set<std::string> seen;
    for (int turn = 0; turn < 2000 && !seen.contains("passed frontend-link-forged"); ++turn) {
      control.write(kLink, kOfAnother);
      std::this_thread::sleep_for(2ms);
      control.write(kLink, kOwn);
      seen.insert(watch.next_event(30ms));
    }
    CHECK(becomes(passed + "[1-9][0-9]*"));

    // Nothing else is left in the folder when the watch is killed.
    watch.signal(SIGKILL);
    watch.exit_status();
    const auto files = [&] {
      const std::filesystem::directory_iterator all(folder.path());
      return std::distance(begin(all), end(all));
    };
    for (int turn = 0; turn < 6000 && files() > 1; ++turn) std::this_thread::sleep_for(10ms);
    CHECK(files() == 1);
  });
}

TEST_CASE("a file of metrics that cannot be renewed is said once, and the watch goes on") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    XenstoreClient control;
    const ScratchDirectory folder;
    const std::string path = folder.write("metrics/xsaudit.prom", "");
    Watch watch({"--format", "jsonl", "--prometheus", path});
    begin(daemon, watch);
    std::filesystem::remove_all(folder / "metrics");
    control.write(kLink, kOfAnother);
    std::set<std::string> events = {watch.next_event(), watch.next_event()};
    CHECK(events ==
          std::set<std::string>{"new frontend-link-forged",
                                "note " + path + ": cannot be made: No such file or directory"});
    control.write(kLink, kOwn);
    CHECK(watch.next_event() == "gone frontend-link-forged");
    CHECK(watch.next_event(1500ms).empty());
  });
}

TEST_CASE("a watch says to the service manager that it is ready and works") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    const std::string path = daemon.folder() + "/notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(manager, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "2000000", 1);
    Watch watch;
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    begin(daemon, watch);
    const auto said = [&] {
      pollfd ready{manager, POLLIN, 0};
      if (::poll(&ready, 1, 60'000) != 1) return std::string();
      char room[256];
      const ssize_t count = ::recv(manager, room, sizeof room, 0);
      return std::string(room, count > 0 ? static_cast<std::size_t>(count) : 0);
    };
    CHECK(said() == "READY=1");
    CHECK(said() == "WATCHDOG=1");
    CHECK(said() == "WATCHDOG=1");
    watch.signal(SIGTERM);
    std::string last;
    do {
      last = said();
    } while (last == "WATCHDOG=1");
    CHECK(last == "STOPPING=1");
    CHECK(watch.exit_status() == 0);
    ::close(manager);
  });
}

}  // namespace xsaudit
