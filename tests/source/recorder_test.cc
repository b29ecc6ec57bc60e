// The flight recorder with files that fail and a clock that is set: whatever happens, a moment that
// is read back is as it was, or the recording says that it is not recorded.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "source/recorder/recorder_folder.h"
#include "source/recorder/store_recorder.h"
#include "store/snapshot_builder.h"
#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

using namespace std::chrono_literals;
using Nodes = std::map<std::string, NodeFacts>;

// Files in memory. From the n-th call on, calls fail: for some calls, or for ever.
class FakeFiles : public SegmentFiles {
 public:
  Status create(std::uint64_t number) override {
    if (fails()) return failure();
    REQUIRE_FALSE(files.contains(number));
    files[number];
    current_ = number;
    return ok();
  }
  Status append(std::string_view bytes) override {
    if (fails()) {
      files[current_] +=
          bytes.substr(0, static_cast<std::size_t>(static_cast<double>(bytes.size()) * part));
      return failure();
    }
    files[current_] += bytes;
    return ok();
  }
  Status remove(std::uint64_t number) override {
    if (fails()) return failure();
    REQUIRE(files.erase(number) == 1);
    return ok();
  }

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [number, text] : files) sum += text.size();
    return sum;
  }
  void save(const ScratchDirectory& folder) const {
    for (const auto& [number, text] : files) folder.write(segment_name(number), text);
  }

  std::map<std::uint64_t, std::string> files;
  int calls = 0;
  int first_failure = INT_MAX;
  int failures = INT_MAX;  // so many calls fail
  double part = 0;         // of the bytes of a failing call, that are written

 private:
  bool fails() {
    ++calls;
    return calls >= first_failure && calls - first_failure < failures;
  }
  static Status failure() { return Error{"segment", "No space left on device", ""}; }

  std::uint64_t current_ = 0;
};

Snapshot store_of(const Nodes& nodes, std::vector<Domid> introduced) {
  SnapshotBuilder builder;
  builder.set_permissions(kRootNode, *parse_permissions("n0"));
  builder.set_value(kRootNode, "");
  builder.set_children(kRootNode, UnknownReason::known);
  for (const auto& [path, facts] : nodes) {
    const NodeId node = builder.at(path);
    builder.set_children(node, UnknownReason::known);
    builder.set_value(node, facts.value);
    builder.set_permissions(node, facts.permissions);
  }
  SnapshotInfo info;
  info.name = info.kind = "live";
  info.has_permissions = true;
  info.consistency = Consistency::one_moment;
  info.introduced = std::move(introduced);
  return std::move(builder).finish(std::move(info), UnknownReason::known);
}

Nodes nodes_of(const Snapshot& store) {
  Nodes nodes;
  for (NodeId node = 1; node < store.size(); ++node) {
    nodes.emplace(store.path(node), facts_of(store, node));
  }
  return nodes;
}

// A store that changes at random while it is recorded, and what it was at each time.
class Play {
 public:
  struct State {
    Moment time;
    Nodes nodes;
    std::vector<Domid> introduced;
  };

  explicit Play(SegmentFiles& files, unsigned seed = 1, RecorderLimits limits = {})
      : random_(seed), recorder_(files, {}, limits, "host") {
    for (const char* path : {"/local", "/local/domain", "/local/domain/1", "/vm"}) {
      nodes_[path] = facts("begin");
    }
    recorder_.start(store(), now());
    note();
  }

  void pass(std::chrono::microseconds time) {
    steady_ += time;
    wall_ += time;
    if (now().steady >= recorder_.next_tick()) recorder_.tick(now());
  }
  void set_clock(std::chrono::microseconds by) { wall_ += by; }

  // A few changes, some milliseconds apart.
  void burst(std::size_t most = 5, std::size_t value_bytes = 8) {
    std::vector<NodeChange> changes;
    for (std::size_t count = 1 + below(most); count > 0; --count) change(changes, value_bytes);
    const bool other_domains = below(4) == 0;
    if (other_domains) introduced_ = {0, static_cast<Domid>(1 + below(50))};
    states_.back().introduced = introduced_;
    const Snapshot after = store();
    recorder_.add({.changes = changes}, other_domains ? &after : nullptr, now());
  }
  // Changes of which the recorder sees only some.
  void missed_burst(bool stopped) {
    std::vector<NodeChange> changes;
    for (int count = 0; count < 6; ++count) change(changes, 8);
    changes.resize(2);
    const Snapshot after = store();
    recorder_.add({.changes = changes, .missed = stopped, .left_out = stopped ? 0U : 4U}, &after,
                  now());
  }
  // Changes that the recorder sees as a new reading.
  void read_anew() {
    std::vector<NodeChange> changes;
    change(changes, 8);
    const std::vector<NodeChange> none;
    const Snapshot after = store();
    recorder_.add({.changes = none}, &after, now());
  }

  const std::vector<State>& states() const { return states_; }
  std::vector<std::string> messages() { return recorder_.take_messages(); }
  RecorderTime now() const {
    return {std::chrono::steady_clock::time_point(steady_), Moment(wall_)};
  }
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  // The state at that time, for a clock that was never set.
  const State& at(Moment time) const {
    auto after = std::upper_bound(states_.begin(), states_.end(), time,
                                  [](Moment one, const State& state) { return one < state.time; });
    REQUIRE(after != states_.begin());
    return *(after - 1);
  }

 private:
  NodeFacts facts(const std::string& value) {
    return {.present = true,
            .value = value,
            .permissions = {{.domid = static_cast<Domid>(below(4)), .read = below(2) == 0}}};
  }
  Snapshot store() const { return store_of(nodes_, introduced_); }
  void note() { states_.push_back({now().wall, nodes_, introduced_}); }

  void change(std::vector<NodeChange>& changes, std::size_t value_bytes) {
    pass(1ms + std::chrono::microseconds(below(500)));
    std::string path = "/local/domain/1";
    for (std::size_t depth = 1 + below(3); depth > 0; --depth) {
      path += std::string("/") + static_cast<char>('a' + below(4));
    }
    const auto change_node = [&](const std::string& node, NodeFacts after) {
      NodeFacts before = nodes_.contains(node) ? nodes_[node] : NodeFacts();
      if (before == after) return;
      if (after.present) {
        nodes_[node] = after;
      } else {
        nodes_.erase(node);
      }
      changes.push_back({node, std::move(before), std::move(after), now().steady});
    };
    if (below(4) == 0) {
      std::vector<std::string> gone;
      for (const auto& [node, known] : nodes_) {
        if (node == path || node.starts_with(path + "/")) gone.push_back(node);
      }
      const std::size_t before = changes.size();
      for (const std::string& node : gone) change_node(node, {});
      // A daemon reports the top of what went.
      if (!gone.empty() && below(2) == 0) changes.resize(before + 1);
    } else {
      for (std::size_t end = std::string("/local/domain/1").size(); end != path.npos;) {
        end = path.find('/', end + 1);
        const std::string parent = path.substr(0, end);
        if (end != path.npos && !nodes_.contains(parent)) change_node(parent, facts(""));
      }
      std::string value(below(value_bytes), '\0');
      for (char& c : value) c = static_cast<char>(below(256));
      change_node(path, facts(value));
    }
    note();
  }

  std::mt19937 random_;
  std::chrono::microseconds steady_ = 1h;
  std::chrono::microseconds wall_ = std::chrono::hours(24 * 365 * 56);
  Nodes nodes_;
  std::vector<Domid> introduced_ = {0};
  std::vector<State> states_;
  StoreRecorder recorder_;
};

RecorderFolder open(const ScratchDirectory& folder) {
  auto opened = RecorderFolder::open(folder.path());
  REQUIRE(opened);
  REQUIRE(opened->has_value());
  return **std::move(opened);
}

bool is(const Snapshot& store, const Play::State& state) {
  return nodes_of(store) == state.nodes && store.info().introduced == state.introduced;
}

// Whatever is read is a store that was there, and the one of that moment unless there is a gap.
// Returns how many moments were complete.
int check_moments(const Play& play, RecorderFolder& folder, std::size_t step = 3) {
  int complete = 0;
  for (std::size_t i = 0; i < play.states().size(); i += step) {
    const Moment time = play.states()[i].time;
    const auto store = folder.read(time);
    if (!store) continue;
    CAPTURE(moment_text(time), store->info().gap_count);
    if (store->info().gap_count == 0) {
      ++complete;
      if (nodes_of(*store) != play.at(time).nodes) FAIL("another store without a gap");
      CHECK(store->info().time ==
            std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    } else if (nodes_of(*store) != play.at(time).nodes) {
      bool was_there = false;
      for (const auto& state : play.states()) {
        was_there = was_there || (state.time <= time && nodes_of(*store) == state.nodes);
      }
      if (!was_there) FAIL("a store that never was");
    }
  }
  return complete;
}

void act(Play& play, int turns) {
  for (int turn = 0; turn < turns; ++turn) {
    play.burst();
    if (turn % 7 == 3) play.read_anew();
    play.pass(turn % 40 == 39 ? 61min : turn % 5 == 0 ? 12s : 100ms);
  }
}

}  // namespace

TEST_CASE("every moment of a recording is as it was") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files, 7, {.most_bytes = 1 << 19});
  act(play, 300);
  files.save(folder);
  CHECK(files.files.size() > 2);
  CHECK(play.messages().empty());
  RecorderFolder recording = open(folder);
  CHECK(check_moments(play, recording) == static_cast<int>((play.states().size() + 2) / 3));
  const auto last = recording.read({});
  REQUIRE(last);
  CHECK(is(*last, play.states().back()));
  CHECK(last->info().complete());
  CHECK(last->info().host == "host");
  const auto before = recording.read(play.states().front().time - 1us);
  REQUIRE_FALSE(before);
  CHECK(before.error().text().find("the recording begins at") != std::string::npos);
  const auto after = recording.read(play.now().wall + 1h);
  REQUIRE(after);
  CHECK_FALSE(after->info().complete());
  CHECK(nodes_of(*after) == play.states().back().nodes);
}

TEST_CASE("a recorder that is killed at any call loses what came later and nothing else") {
  FakeFiles all;
  Play whole(all, 3, {.most_bytes = 1 << 16});
  act(whole, 25);
  REQUIRE(all.calls > 20);
  for (int n = 1; n <= all.calls; ++n) {
    for (const double part : {0.0, 0.3, 0.9}) {
      CAPTURE(n, part);
      ScratchDirectory folder;
      FakeFiles files;
      files.first_failure = n;
      files.part = part;
      Play play(files, 3, {.most_bytes = 1 << 16});
      act(play, 25);
      CHECK_FALSE(play.messages().empty());
      files.save(folder);
      if (files.files.empty()) continue;
      RecorderFolder recording = open(folder);
      check_moments(play, recording);
      const auto end = recording.read(play.states().back().time);
      // The very first store may be what was lost.
      if (end) CHECK_FALSE(end->info().complete());
    }
  }
}

TEST_CASE("a recorder continues when its files can be written again") {
  FakeFiles all;
  Play whole(all, 3, {.most_bytes = 1 << 18});
  act(whole, 25);
  for (int n = 1; n <= all.calls; ++n) {
    for (const int failures : {1, 2, 5}) {
      CAPTURE(n, failures);
      ScratchDirectory folder;
      FakeFiles files;
      files.first_failure = n;
      files.failures = failures;
      files.part = 0.5;
      Play play(files, 3, {.most_bytes = 1 << 18});
      act(play, 25);
      for (int wait = 0; wait < 40; ++wait) play.pass(20s);
      play.burst();
      const auto messages = play.messages();
      REQUIRE(messages.size() >= 2);
      CHECK(messages.front().find("No space left on device") != std::string::npos);
      CHECK(messages.back().starts_with("recording continues; changes from "));
      files.save(folder);
      RecorderFolder recording = open(folder);
      check_moments(play, recording);
      const auto end = recording.read(play.states().back().time);
      REQUIRE(end);
      CHECK(end->info().complete());
      CHECK(is(*end, play.states().back()));
      // The history says what is missing as well, unless nothing was recorded before.
      if (n > 2) CHECK_FALSE(recording.history({"/"}, 1000).gaps.empty());
    }
  }
}

TEST_CASE("a segment that is cut at any byte is read up to there") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files, 5);
  act(play, 6);
  REQUIRE(files.files.size() == 1);
  const std::string whole = files.files.begin()->second;
  Moment longest;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    files.files.begin()->second = whole.substr(0, size);
    files.save(folder);
    RecorderFolder recording = open(folder);
    check_moments(play, recording);
    const auto last = recording.read({});
    if (!last) continue;
    const auto history = recording.history({"/"}, 10);
    CHECK(history.ends >= longest);  // more bytes are never less
    longest = history.ends;
  }
  CHECK(longest >= play.states().back().time - 1s);
}

TEST_CASE("a damaged segment is never read as something else") {
  FakeFiles files;
  Play play(files, 11, {.most_bytes = 1 << 17});
  act(play, 60);
  std::mt19937 random(1);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto originals = files.files;
  for (int turn = 0; turn < 60; ++turn) {
    CAPTURE(turn);
    ScratchDirectory folder;
    files.files = originals;
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      auto segment = files.files.begin();
      std::advance(segment, static_cast<std::ptrdiff_t>(below(files.files.size())));
      std::string& text = segment->second;
      if (text.empty()) continue;
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0: text.resize(at); break;
        case 1: text.erase(at, 1 + below(50)); break;
        case 2: text.insert(at, "x"); break;
        case 3: files.files.erase(segment); break;
        default: text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      }
      if (files.files.empty()) break;
    }
    if (files.files.empty()) continue;
    files.save(folder);
    RecorderFolder recording = open(folder);
    check_moments(play, recording);
    recording.history({"/local", "/"}, 10);
  }
}

TEST_CASE("text that nothing wrote is refused with its place") {
  ScratchDirectory folder;
  const auto problem = [&](std::string_view text) {
    folder.write(segment_name(1), text);
    const auto store = open(folder).read({});
    REQUIRE_FALSE(store);
    return store.error().text();
  };
  const std::string first = std::string(kSegmentFirstLine) + "\n";
  const auto record = [](RecordKind kind, std::uint64_t number, Moment time,
                         std::string_view text) {
    RecordHead head{.kind = kind, .number = number, .time = time, .bytes = text.size()};
    head.checksum = add_to_checksum(begin_checksum(head), text);
    return write_head(head) + std::string(text);
  };
  const Moment time{std::chrono::hours(1)};
  const std::string begin = first + record(RecordKind::begin, 1, time, "started\n");
  const std::string store =
      begin + record(RecordKind::store, 2, time, write_recording(store_of({}, {0})));
  CHECK(problem("").find("it ends before its first record") != std::string::npos);
  CHECK(problem("something").find("ends before its first record") != std::string::npos);
  CHECK(problem("something\n").find("not a segment of a recorder: 'something'") !=
        std::string::npos);
  CHECK(problem(first + "x\n").find("byte 19 of its unpacked data: expected a record, not 'x'") !=
        std::string::npos);
  CHECK(problem(begin + record(RecordKind::alive, 2, time, "")).find("begins with a store") !=
        std::string::npos);
  CHECK(problem(begin + record(RecordKind::store, 2, time, "xsaudit snapshot 1\nrubbish\n"))
            .find("not a line of a recording: 'rubbish'") != std::string::npos);
  CHECK(problem(begin + record(RecordKind::store, 3, time, "")).find("does not follow") !=
        std::string::npos);
  CHECK(problem(begin + record(RecordKind::store, 2, time - 1us, "")).find("does not follow") !=
        std::string::npos);

  // After a store, what came before the damage is used, and the place is named.
  const auto gap = [&](const std::string& more) {
    folder.write(segment_name(1), store + more);
    const auto read = open(folder).read({});
    REQUIRE(read);
    CHECK_FALSE(read->info().complete());
    return read->info().gaps.empty() ? std::string() : read->info().gaps.front().what;
  };
  CHECK(gap("changes 3 1970-01-01T01:00:00.000000Z 99999999 00000000\n")
            .find("longer than any that is written") != std::string::npos);
  CHECK(gap("changes 3 1970-01-01T01:00:00.000000Z 3 00000000\nabc").find("checksum") !=
        std::string::npos);
  for (const char* line :
       {"0 /a", "0 a n0 =", "x /a n0 =", "0 /a n0 x", "0 /a x =", "0 / gone", "0 /a/ gone",
        "0 /a ?wrong =", "-1 /a n0 =", "0 /a n0 =\\q", "0 /a n0 ?secret", ""}) {
    CAPTURE(line);
    const std::string text = gap(record(RecordKind::changes, 3, time, std::string(line) + "\n"));
    CHECK(text.find("a change cannot be read") != std::string::npos);
    CHECK(text.find(segment_name(1) + ": byte ") != std::string::npos);
  }
  CHECK(gap(record(RecordKind::gap, 3, time, "never\n")).find("the gap cannot be read") !=
        std::string::npos);
  CHECK(gap(record(RecordKind::facts, 3, time, "xsaudit snapshot 1\nrubbish\n"))
            .find("the facts cannot be read") != std::string::npos);
  CHECK(gap(record(RecordKind::store, 3, time, "")).find("not expected here") != std::string::npos);
}

TEST_CASE("moments of which changes were missed have a gap") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files);
  for (const bool stopped : {true, false}) {
    play.burst();
    play.pass(100ms);
    play.missed_burst(stopped);
    play.pass(100ms);
    play.burst();
  }
  files.save(folder);
  RecorderFolder recording = open(folder);
  check_moments(play, recording);
  const auto history = recording.history({"/"}, 1000);
  REQUIRE(history.gaps.size() == 2);
  CHECK(history.gaps[0].find("the watch was stopped or too slow") != std::string::npos);
  CHECK(history.gaps[1].find("they came faster than they were kept") != std::string::npos);
  const auto last = recording.read({});
  REQUIRE(last);
  CHECK(last->info().complete());
  CHECK(is(*last, play.states().back()));
  // Changes of the gap are dated by its two ends.
  CHECK(std::any_of(history.nodes[0].events.begin(), history.nodes[0].events.end(),
                    [](const auto& event) { return event.since.has_value(); }));
}

TEST_CASE("a time that was there twice is the later one, and each is as it was") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files, 2);
  for (int turn = 0; turn < 20; ++turn) {
    play.burst();
    play.pass(1min);
  }
  const std::size_t first = play.states().size();
  play.set_clock(-10min);
  for (int turn = 0; turn < 5; ++turn) {
    play.burst();
    play.pass(1min);
  }
  const auto messages = play.messages();
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].starts_with("the clock was set back to "));
  files.save(folder);
  RecorderFolder recording = open(folder);
  for (std::size_t i = 0; i < play.states().size(); ++i) {
    const auto& state = play.states()[i];
    // The same time, later in the order of recording.
    const Moment again = play.states()[first].time;
    if (i < first && state.time >= again && state.time <= play.now().wall) continue;
    CAPTURE(i, moment_text(state.time));
    const auto store = recording.read(state.time);
    REQUIRE(store);
    CHECK(store->info().complete());
    CHECK(nodes_of(*store) == state.nodes);
  }
  // A clock that is a little slow makes no new segment.
  play.set_clock(-500ms);
  play.burst();
  play.set_clock(2h);
  play.burst();
  CHECK(play.messages().empty());
}

TEST_CASE("old segments go, by size and by age, and the files never take more than they may") {
  ScratchDirectory folder;
  FakeFiles files;
  const RecorderLimits limits{.keep = 24h, .most_bytes = 1 << 18};
  Play play(files, 9, limits);
  std::uint64_t most = 0;
  for (int hour = 0; hour < 72; ++hour) {
    for (int turn = 0; turn < 8; ++turn) {
      play.burst(10, 400);
      most = std::max(most, files.bytes());
      play.pass(7min + 30s);
    }
  }
  CHECK(most <= limits.most_bytes);
  CHECK(most > limits.most_bytes / 2);
  CHECK(files.files.begin()->first > 1);
  files.save(folder);
  {
    RecorderFolder recording = open(folder);
    CHECK(check_moments(play, recording, 7) > 40);
  }
  // Setting the clock forward makes nothing old.
  const auto count = files.files.size();
  play.set_clock(std::chrono::hours(24 * 3650));
  play.burst();
  CHECK(files.files.size() >= count);
  play.set_clock(-std::chrono::hours(24 * 3650));
  // Without changes only age counts.
  for (int hour = 0; hour < 40; ++hour) {
    for (int minute = 0; minute < 60; ++minute) play.pass(1min);
  }
  CHECK(files.files.size() <= 26);
  CHECK(files.files.size() >= 23);
}

TEST_CASE("a flood does not push the past out of the recording") {
  ScratchDirectory folder;
  FakeFiles files;
  const RecorderLimits limits{.most_bytes = 1 << 21};
  Play play(files, 4, limits);
  act(play, 30);
  play.pass(1h);
  const Moment before = play.now().wall;
  for (int turn = 0; turn < 400; ++turn) {
    play.burst(20, 500);
    play.pass(1s);
  }
  CHECK(files.files.contains(1));
  const auto messages = play.messages();
  REQUIRE_FALSE(messages.empty());
  CHECK(messages[0].find("an eighth of --max-size was written within an hour") !=
        std::string::npos);
  CHECK(files.bytes() < limits.most_bytes / 4);
  for (int minute = 0; minute < 60; ++minute) play.pass(1min);
  play.burst();
  CHECK(play.messages().back().starts_with("recording continues"));
  files.save(folder);
  RecorderFolder recording = open(folder);
  CHECK(check_moments(play, recording, 101) > 5);
  CHECK(recording.read(before)->info().complete());
  CHECK(recording.read(play.states().back().time)->info().complete());
}

TEST_CASE("a store that is too large for the files is said, and nothing is removed for it") {
  FakeFiles files;
  Play play(files, 4, {.most_bytes = 1024});
  const auto messages = play.messages();
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].find("--max-size must be at least 16 times that") != std::string::npos);
  CHECK(files.files.empty());
}

TEST_CASE("the history of a node") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files, 6, {.most_bytes = 1 << 18});
  act(play, 120);
  files.save(folder);
  RecorderFolder recording = open(folder);
  const auto history = recording.history({"/local/domain/1/a", "/vm", "/nowhere"}, 1'000'000);
  REQUIRE(history.nodes.size() == 3);
  CHECK(history.segments == files.files.size());
  CHECK(history.gaps.empty());
  CHECK(history.begins == play.states().front().time);
  // Every change of the states, in their order.
  std::size_t at = 0;
  const auto& events = history.nodes[0].events;
  for (std::size_t i = 1; i < play.states().size(); ++i) {
    const Nodes& before = play.states()[i - 1].nodes;
    const Nodes& after = play.states()[i].nodes;
    std::map<std::string, std::pair<NodeFacts, NodeFacts>> changed;
    for (const auto& [path, facts] : before) changed[path].first = facts;
    for (const auto& [path, facts] : after) changed[path].second = facts;
    std::erase_if(changed, [](const auto& one) {
      return one.second.first == one.second.second ||
             !(one.first + "/").starts_with("/local/domain/1/a/");
    });
    for (std::size_t count = changed.size(); count > 0; --count, ++at) {
      REQUIRE(at < events.size());
      const auto& event = events[at];
      REQUIRE(changed.contains(event.path));
      CHECK(event.before == changed[event.path].first);
      CHECK(event.after == changed[event.path].second);
      changed.erase(event.path);
    }
  }
  CHECK(at == events.size());
  REQUIRE(history.nodes[1].events.size() == 1);
  CHECK(history.nodes[1].events[0].what == RecorderFolder::Event::What::present);
  CHECK(history.nodes[2].events.empty());
  // Of many events the newest are kept.
  const auto few = recording.history({"/local/domain/1/a"}, 10);
  REQUIRE(few.nodes[0].events.size() == 10);
  CHECK(few.nodes[0].left_out == events.size() - 10);
  CHECK(few.nodes[0].events.back().time == events.back().time);
}

TEST_CASE("a single segment is a recording of its end") {
  ScratchDirectory folder;
  FakeFiles files;
  Play play(files, 6);
  act(play, 10);
  files.save(folder);
  const int file = ::open((folder / segment_name(1)).c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  CHECK(RecorderFolder::is_segment(file));
  auto segment = RecorderFolder::of_segment(file, "one");
  const auto store = segment.read({});
  REQUIRE(store);
  CHECK(is(*store, play.states().back()));
  CHECK(segment.read(play.states()[3].time)->info().complete());
  ::close(file);
}

}  // namespace xsaudit
