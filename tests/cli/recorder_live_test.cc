// The flight recorder of xsaudit watch over real daemons: what is read of a past moment is what was
// there then, also if the program was killed in the middle.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "source/recorder/recorder_folder.h"
#include "support/child_process.h"
#include "support/load_recording.h"
#include "support/random_changes.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* kMarker = "/tool/marker";

// The program, recording into a folder, until the end of this object. Its lines go to a file.
class Recording {
 public:
  Recording(const std::string& folder, const std::string& lines,
            const std::vector<std::string>& options = {}, rlim_t longest_file = RLIM_INFINITY) {
    std::vector<std::string> arguments = {"xsaudit", "watch",    "--format",
                                          "jsonl",   "--record", folder};
    arguments.insert(arguments.end(), options.begin(), options.end());
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      const int file = ::open(lines.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      std::vector<char*> pointers;
      for (std::string& argument : arguments) pointers.push_back(argument.data());
      pointers.push_back(nullptr);
      const rlimit limit{longest_file, longest_file};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      ::execv(XSAUDIT_PROGRAM, pointers.data());
      ::_exit(127);
    }
  }
  ~Recording() { kill(); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
};

Moment now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// The value of the marker in the last store that is recorded; nothing if there is none.
std::optional<std::string> recorded_marker(const std::string& folder) {
  auto recording = RecorderFolder::open(folder);
  if (!recording || !recording->has_value()) return std::nullopt;
  const auto store = (*recording)->read({});
  if (!store) return std::nullopt;
  const NodeId node = store->find(kMarker);
  return node == kNoNode ? std::nullopt : std::optional(std::string(store->value(node)));
}

bool waits_for(const std::string& folder, const std::string& marker) {
  for (int tries = 0; tries < 1200; ++tries) {
    if (recorded_marker(folder) == marker) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

ChildResult run(const std::vector<std::string>& arguments) {
  return run_in_child([&](int descriptor) {
    std::vector<std::string> own = arguments;
    own.insert(own.begin(), "xsaudit");
    std::vector<char*> pointers;
    for (std::string& argument : own) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    ::dup2(descriptor, STDOUT_FILENO);
    ::execv(XSAUDIT_PROGRAM, pointers.data());
    return 127;
  });
}

// An audit as JSON, without the name of its source and the time at which it is made. A watch does
// not ask the daemon for the watches of its clients; an audit of what it recorded says so.
Json audit(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"audit", "--format", "json"});
  const ChildResult result = run(arguments);
  CAPTURE(result.said);
  Json json = Json::parse(result.said);
  json.erase("audited");
  for (Json& source : json["sources"]) {
    CHECK(source["gap_count"] == 0);
    source.erase("kind");
    source.erase("name");
    source.erase("time");
  }
  Json undecided = Json::array();
  for (const Json& entry : json["not_evaluated"]) {
    const std::string reason = entry["reason"];
    if (reason.find("watches and transactions in the daemon") == std::string::npos) {
      undecided.push_back(entry);
    }
  }
  json["not_evaluated"] = undecided;
  json["status"] = WEXITSTATUS(result.status);
  return json;
}

// By value of the marker: a time before it was written.
using Markers = std::vector<Moment>;

// Whatever is read without a gap is no value that was written later. Returns how many have none. On
// a busy machine a change is recorded some time after it was made.
int check_markers(const std::string& folder, const Markers& markers) {
  int complete = 0;
  auto recording = RecorderFolder::open(folder);
  REQUIRE(recording);
  REQUIRE(recording->has_value());
  for (std::size_t i = 0; i < markers.size(); ++i) {
    const Moment time = markers[i] + 1ms;
    const auto store = (*recording)->read(time);
    if (!store || !store->info().complete()) continue;
    ++complete;
    const NodeId node = store->find(kMarker);
    REQUIRE(node != kNoNode);
    const std::string value(store->value(node));
    CAPTURE(moment_text(time), i, value);
    CHECK(markers.at(static_cast<std::size_t>(std::stoi(value))) <= time);
  }
  return complete;
}

std::string text_of(const std::string& path) { return contents_of(path); }

}  // namespace

TEST_CASE("an audit of a past moment is what an audit was then") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    ScratchDirectory scratch;
    const std::string folder = scratch / "recorder";
    XenstoreClient control;
    control.write(kMarker, "begin");
    Recording recording(folder, scratch / "lines");
    REQUIRE(waits_for(folder, "begin"));
    RandomChanges changes(daemon, control, 5);
    struct Then {
      Moment time;
      Json audit;
    };
    std::vector<Then> audits;
    constexpr const char* kLink = "/local/domain/2/device/vif/0/backend";
    for (int round = 0; round < 6; ++round) {
      for (int change = 0; change < 150; ++change) changes.make();
      control.write(
          kLink, "/local/domain/0/backend/vif/" + std::string(round % 2 == 0 ? "1" : "2") + "/0");
      const std::string marker = "round " + std::to_string(round);
      control.write(kMarker, marker);
      REQUIRE(waits_for(folder, marker));
      const Moment time = now();
      audits.push_back({time, audit({"--recheck-after", "0"})});
    }
    control.write(kMarker, "end");
    REQUIRE(waits_for(folder, "end"));
    for (const Then& then : audits) {
      const Json again = audit({folder, "--at", moment_text(then.time)});
      CHECK(Json::diff(then.audit, again).dump(1) == "[]");
      CHECK((audit({folder + "@" + moment_text(then.time)}) == again));
    }
    const auto forged = [](const Json& audit) {
      return std::any_of(
          audit["findings"].begin(), audit["findings"].end(),
          [](const Json& finding) { return finding["rule"] == "frontend-link-forged"; });
    };
    for (std::size_t i = 0; i < audits.size(); ++i) CHECK(forged(audits[i].audit) == (i % 2 == 0));
    // An end that is not recorded is incomplete, never clean.
    const ChildResult later = run({"audit", folder, "--at", moment_text(now() + 1h), "--quiet"});
    CHECK(later.said.find("nothing is recorded after ") != std::string::npos);
    CHECK(WEXITSTATUS(later.status) != 0);
    const ChildResult earlier = run({"audit", folder + "@2026-01-01"});
    CHECK(WEXITSTATUS(earlier.status) == 2);

    const ChildResult history = run({"history", kLink, folder, "--format", "json"});
    CHECK(WEXITSTATUS(history.status) == 0);
    const Json events = Json::parse(history.said)["nodes"][0]["events"];
    REQUIRE(events.size() == 7);
    CHECK(events[0]["event"] == "present");
    for (std::size_t i = 1; i < events.size(); ++i) {
      const char* const own = i % 2 == 1 ? "1" : "2";
      CHECK(events[i]["after"]["value"] ==
            std::string("/local/domain/0/backend/vif/") + own + "/0");
      CHECK(events[i]["before"] == events[i - 1]["after"]);
      CHECK(events[i]["not_before"].is_null());
    }
    const ChildResult diff = run({"diff", folder + "@" + moment_text(audits[0].time),
                                  folder + "@" + moment_text(audits[1].time)});
    CHECK(WEXITSTATUS(diff.status) == 1);
    CHECK(diff.said.find(kLink) != std::string::npos);
  });
}

TEST_CASE("a watch that is killed loses what it had not written, and its successor says so") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    ScratchDirectory scratch;
    const std::string folder = scratch / "recorder";
    XenstoreClient control;
    std::mt19937 random(3);
    Markers markers;
    const auto mark = [&] {
      const std::string value = std::to_string(markers.size());
      markers.push_back(now());
      control.write(kMarker, value);
      return value;
    };
    constexpr int kLives = 6;
    for (int life = 0; life < kLives; ++life) {
      std::string last = mark();
      Recording recording(folder, scratch / "lines");
      REQUIRE(waits_for(folder, last));
      const auto writes = std::uniform_int_distribution(5, 40)(random);
      for (int i = 0; i < writes; ++i) {
        last = mark();
        control.write("/tool/noise", std::string(1000, static_cast<char>('a' + i % 26)));
        std::this_thread::sleep_for(std::chrono::milliseconds(i % 5));
      }
      if (life + 1 == kLives) REQUIRE(waits_for(folder, last));
      recording.kill();
    }
    CHECK(check_markers(folder, markers) > 0);
    const ChildResult history = run({"history", kMarker, folder, "--format", "json"});
    CHECK(WEXITSTATUS(history.status) == 3);
    const Json answer = Json::parse(history.said);
    CHECK(answer["missing"].size() >= kLives - 1);
    // The values only grow, whatever was lost between.
    int last = -1;
    for (const Json& event : answer["nodes"][0]["events"]) {
      const int value = std::stoi(event["after"]["value"].get<std::string>());
      CHECK(value > last);
      last = value;
    }
    CHECK(static_cast<std::size_t>(last) + 1 == markers.size());
  });
}

TEST_CASE("a watch without space for its recording goes on, and records again when there is some") {
  with_each_daemon([](RunningDaemon& daemon) {
    load_recording(daemon, "01-2pv-vif-vbd", {1, 2});
    ScratchDirectory scratch;
    const std::string folder = scratch / "recorder";
    XenstoreClient control;
    std::mt19937 random(3);
    const auto random_value = [&](std::size_t size) {
      std::string value(size, '\0');
      for (char& c : value) c = static_cast<char>(random());
      return value;
    };
    // A file can take the store and a little more.
    Recording recording(folder, scratch / "lines", {}, 64 * 1024);
    control.write(kMarker, "1");
    REQUIRE(waits_for(folder, "1"));
    for (int i = 0; i < 60; ++i) {
      control.write("/tool/noise", random_value(2000));
      std::this_thread::sleep_for(15ms);
    }
    const auto said = [&](const std::string& what) {
      for (int tries = 0; tries < 1200; ++tries) {
        if (text_of(scratch / "lines").find(what) != std::string::npos) return true;
        std::this_thread::sleep_for(50ms);
      }
      return false;
    };
    REQUIRE(said("File too large"));
    control.write("/local/domain/2/device/vif/0/backend", "/local/domain/0/backend/vif/1/0");
    REQUIRE(said("frontend-link-forged"));  // the watch goes on
    REQUIRE(said("recording continues; changes from "));
    control.write(kMarker, "2");
    REQUIRE(waits_for(folder, "2"));
    const ChildResult history = run({"history", kMarker, folder});
    CHECK(WEXITSTATUS(history.status) == 3);
    CHECK(history.said.find("File too large") != std::string::npos);
  });
}

}  // namespace xsaudit
