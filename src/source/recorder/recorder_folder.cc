#include "source/recorder/recorder_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/escape.h"
#include "base/system_io.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

// Many segments are more files than a process may have open by default.
void raise_limit_of_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  constexpr rlim_t kEnough = 2 * RecorderFolder::kMostSegments + 100;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kEnough));
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

// "2026-…Z why": the end of a gap, and its reason.
struct Gap {
  Moment from;
  Moment until;
  std::string why;

  std::string text() const {
    return "changes from " + moment_text(from) + " to " + moment_text(until) +
           " are not recorded: " + why;
  }
};

std::optional<Gap> parse_gap(const RecordHead& head, std::string_view text) {
  std::string_view line = take_line(text);
  const auto until = parse_moment_text(take_recorded_word(line));
  if (!until || !text.empty()) return std::nullopt;
  return Gap{.from = head.time, .until = *until, .why = escape_shortened(line)};
}

// False if the text is not that of such a record.
bool read_facts(std::string_view text, const std::string& name, SnapshotInfo& info) {
  DumpOptions options;
  options.form = "xsaudit";
  MemoryBytes bytes(text);
  auto facts = read_dump_bytes(bytes, name, options);
  if (!facts || facts->size() != 1) return false;
  info = std::move(facts->info());
  return true;
}

}  // namespace

Result<std::optional<RecorderFolder>> RecorderFolder::open(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(path.c_str()), ::closedir);
  if (!entries) return system_error(path, "cannot open it", errno);
  std::vector<std::uint64_t> numbers;
  while (const dirent* const entry = ::readdir(entries.get())) {
    if (const auto number = parse_segment_name(entry->d_name)) numbers.push_back(*number);
  }
  if (numbers.empty()) return std::optional<RecorderFolder>();
  std::sort(numbers.begin(), numbers.end());
  raise_limit_of_files();
  RecorderFolder folder;
  folder.name_ = path;
  if (numbers.size() > kMostSegments) {
    folder.gaps_.push_back("the folder contains too many segments: only the last " +
                           std::to_string(kMostSegments) + " are read");
    numbers.erase(numbers.begin(), numbers.end() - kMostSegments);
  }
  for (const std::uint64_t number : numbers) {
    Segment segment{.name = path + '/' + segment_name(number), .number = number};
    segment.file =
        FileDescriptor(::openat(::dirfd(entries.get()), segment_name(number).c_str(),
                                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status {};
    segment.descriptor = segment.file.get();
    // A recorder that runs may just have removed it.
    if (!segment.file.is_open() && errno == ENOENT) continue;
    if (!segment.file.is_open() || ::fstat(segment.descriptor, &status) != 0) {
      segment.problem = system_error(segment.name, "cannot be opened", errno).text();
    } else if (!S_ISREG(status.st_mode)) {
      segment.problem = escape_shortened(segment.name) + ": it is not a regular file";
      segment.file.close();
      segment.descriptor = -1;
    }
    folder.segments_.push_back(std::move(segment));
  }
  return std::optional(std::move(folder));
}

RecorderFolder RecorderFolder::of_segment(int descriptor, const std::string& name) {
  RecorderFolder folder;
  folder.name_ = name;
  folder.segments_.push_back({.name = name, .descriptor = descriptor});
  return folder;
}

bool RecorderFolder::is_segment(int descriptor) {
  if (::lseek(descriptor, 0, SEEK_CUR) != 0) return false;  // also if it is a pipe
  FileBytes file(descriptor);
  UnpackedBytes unpacked(file);
  std::string start(kSegmentFirstLine.size(), '\0');
  std::size_t have = 0;
  while (have < start.size()) {
    const auto count = unpacked.read(start.data() + have, start.size() - have);
    if (!count || *count == 0) break;
    have += *count;
  }
  return ::lseek(descriptor, 0, SEEK_SET) == 0 && have == start.size() &&
         start == kSegmentFirstLine;
}

std::vector<int> RecorderFolder::descriptors() const {
  std::vector<int> numbers;
  for (const Segment& segment : segments_) {
    if (segment.descriptor >= 0) numbers.push_back(segment.descriptor);
  }
  return numbers;
}

void RecorderFolder::read_beginnings() {
  for (Segment& segment : segments_) {
    if (segment.descriptor < 0 || segment.begins) continue;
    SegmentReader reader(segment.descriptor, segment.name);
    const RecordHead* const head = reader.next();
    std::string_view line = reader.text();
    line = take_line(line);
    const auto reason = kBeginWords.value(take_recorded_word(line));
    if (head == nullptr) {
      segment.problem = reader.problem();
    } else if (head->kind != RecordKind::begin || !reason) {
      reader.reject("a segment does not begin like this");
      segment.problem = reader.problem();
    } else {
      segment.begins = head->time;
      segment.reason = *reason;
      segment.why = escape_shortened(line);
    }
  }
}

std::optional<RecorderFolder::Replay> RecorderFolder::replay(Segment& segment,
                                                             std::optional<Moment> at) {
  SegmentReader reader(segment.descriptor, segment.name);
  std::optional<Replay> replay;
  reader.next();  // the beginning, which was read before
  while (const RecordHead* const head = reader.next()) {
    if (!replay) {
      auto store = head->kind == RecordKind::store ? reader.store() : std::nullopt;
      if (!store && reader.problem().empty()) reader.reject("a segment begins with a store");
      if (!store) break;
      replay.emplace(Replay{.store = ChangedStore(*std::move(store)), .last = head->time});
      continue;
    }
    if (head->kind == RecordKind::changes) {
      std::string_view lines = reader.text();
      while (!lines.empty() && !replay->passed) {
        auto change = parse_change(take_line(lines), head->time);
        if (!change) {
          reader.reject("a change cannot be read");
          break;
        }
        replay->passed = at && change->time > *at;
        if (!replay->passed) replay->store.apply(change->path, std::move(change->facts));
      }
    } else if (at && head->time > *at) {
      replay->passed = true;
    } else if (head->kind == RecordKind::facts) {
      if (!read_facts(reader.text(), segment.name, replay->store.info())) {
        reader.reject("the facts cannot be read");
      }
    } else if (head->kind == RecordKind::gap) {
      const auto gap = parse_gap(*head, reader.text());
      if (!gap) reader.reject("the gap cannot be read");
      if (gap && at && gap->from < *at && *at < gap->until) {
        replay->gap = gap->text();
        replay->passed = true;
      }
    } else if (head->kind == RecordKind::end) {
      replay->continued = reader.text() == std::string(kEndWords.of(EndReason::continued)) + '\n';
    } else if (head->kind != RecordKind::alive) {
      reader.reject("the record is not expected here");
    }
    if (replay->passed) break;
    if (reader.problem().empty()) replay->last = head->time;
  }
  segment.problem = reader.problem();
  return replay;
}

// Whether the next segment was begun when this one ended.
bool RecorderFolder::follows(std::size_t index) const {
  if (index + 1 >= segments_.size()) return false;
  const Segment& next = segments_[index + 1];
  return next.begins && next.number == segments_[index].number + 1 &&
         (next.reason == BeginReason::rotated || next.reason == BeginReason::clock);
}

bool RecorderFolder::covers(std::size_t index, const Replay& replay, Moment at) const {
  if (replay.passed || at <= replay.last) return true;
  return replay.continued && follows(index) && *segments_[index + 1].begins > at;
}

std::string RecorderFolder::gap_after(std::size_t index, Moment last) const {
  std::string text = "nothing is recorded after " + moment_text(last);
  if (index + 1 < segments_.size()) {
    const Segment& next = segments_[index + 1];
    if (next.begins) text += " until " + moment_text(*next.begins);
    if (!next.why.empty()) text += ": " + next.why;
  }
  const std::string& problem = segments_[index].problem;
  return problem.empty() ? text : text + "; " + problem;
}

Error RecorderFolder::nothing_recorded(std::optional<Moment> at) const {
  std::optional<Moment> first;
  for (const Segment& segment : segments_) {
    if (segment.begins && (!first || *segment.begins < *first)) first = segment.begins;
  }
  const std::string place = escape_shortened(name_);
  if (at && first && *first > *at) {
    return {place, "nothing is recorded at " + moment_text(*at),
            "the recording begins at " + moment_text(*first)};
  }
  for (const Segment& segment : segments_) {
    if (!segment.problem.empty()) return {"", segment.problem, ""};
  }
  return {place, "the recording is empty", ""};
}

Result<Snapshot> RecorderFolder::read(std::optional<Moment> at) {
  read_beginnings();
  std::optional<Replay> best;
  std::size_t found = 0;
  bool covered = false;
  std::vector<std::string> gaps = gaps_;
  for (std::size_t i = segments_.size(); i-- > 0 && !covered;) {
    Segment& segment = segments_[i];
    if (!segment.begins) {
      gaps.push_back(segment.problem);
      continue;
    }
    if (at && *segment.begins > *at) continue;
    // The next one began when this one ended, before the moment.
    const bool over = at && follows(i) && segments_[i + 1].reason == BeginReason::rotated &&
                      *segments_[i + 1].begins <= *at && segments_[i + 1].problem.empty();
    if (over) continue;
    auto replayed = replay(segment, at);
    if (!replayed) gaps.push_back(segment.problem);
    if (!replayed) continue;
    covered = !at || covers(i, *replayed, *at);
    if (!covered && best && best->last >= replayed->last) continue;
    best = std::move(replayed);
    found = i;
  }
  if (!best) return nothing_recorded(at);
  Snapshot store = best->store.snapshot();
  SnapshotInfo& info = store.info();
  info.name = name_;
  info.kind = "xsaudit recorder";
  info.time =
      std::chrono::floor<std::chrono::seconds>(at.value_or(best->last)).time_since_epoch().count();
  const std::string place = escape_shortened(name_);
  if (!best->gap.empty()) info.add_gap(place, best->gap);
  if (!covered) info.add_gap(place, gap_after(found, best->last));
  if (!at && !segments_[found].problem.empty()) info.add_gap(place, gap_after(found, best->last));
  if (!at || !covered) {
    for (const std::string& gap : gaps) info.add_gap(place, gap);
  }
  return store;
}

namespace {

bool at_or_below(std::string_view path, std::string_view top) {
  if (!path.starts_with(top)) return false;
  return top == "/" || path.size() == top.size() || path[top.size()] == '/';
}

// The nodes of one segment after the other that a history is about.
class HistoryWriter {
 public:
  HistoryWriter(const std::vector<std::string>& paths, std::size_t most) : most_(most) {
    for (const std::string& path : paths) {
      history_.nodes.push_back({.path = path, .events = {}, .left_out = 0});
    }
  }

  RecorderFolder::History& history() { return history_; }
  Moment last() const { return history_.ends; }

  void note_time(Moment time) { history_.ends = time; }
  void note_gap(const Gap& gap) {
    gap_ = gap;
    history_.gaps.push_back(gap.text());
  }

  // The store at the beginning of a segment. `since`: nothing is recorded from then on.
  void take(const Snapshot& store, Moment time, std::optional<Moment> since) {
    std::map<std::string, NodeFacts> now;
    for (const auto& node : history_.nodes) {
      const NodeId top = store.find(node.path);
      if (top == kNoNode) continue;
      for (NodeId at = top; at < store.subtree_end(top); ++at) {
        now.emplace(store.path(at), facts_of(store, at));
      }
    }
    const bool first = !history_.begins;
    if (first) history_.begins = time;
    ++history_.segments;
    for (const auto& [path, facts] : known_) {
      if (!now.contains(path)) add({.time = time, .since = since, .path = path, .before = facts});
    }
    for (const auto& [path, facts] : now) {
      const auto before = known_.find(path);
      if (before != known_.end() && before->second == facts) continue;
      add({.time = time,
           .since = since,
           .path = path,
           .before = before == known_.end() ? NodeFacts() : before->second,
           .after = facts},
          first);
    }
    known_ = std::move(now);
    gap_.reset();
    note_time(time);
  }

  void take(RecordedChange change) {
    const bool vague = gap_ && gap_->from < change.time && change.time <= gap_->until;
    const auto since = vague ? std::optional(gap_->from) : std::nullopt;
    if (!change.facts.present) {
      // With all nodes below it.
      for (auto at = known_.lower_bound(change.path);
           at != known_.end() && at->first.starts_with(change.path);) {
        if (!at_or_below(at->first, change.path)) {
          ++at;
          continue;
        }
        add({.time = change.time, .since = since, .path = at->first, .before = at->second});
        at = known_.erase(at);
      }
      return;
    }
    const bool wanted =
        std::any_of(history_.nodes.begin(), history_.nodes.end(),
                    [&](const auto& node) { return at_or_below(change.path, node.path); });
    if (!wanted) return;
    NodeFacts& known = known_[change.path];
    if (known == change.facts) return;
    add({.time = change.time,
         .since = since,
         .path = change.path,
         .before = std::move(known),
         .after = change.facts});
    known = std::move(change.facts);
  }

 private:
  using Event = RecorderFolder::Event;

  void add(Event event, bool at_beginning = false) {
    event.what = at_beginning            ? Event::What::present
                 : !event.before.present ? Event::What::appeared
                 : !event.after.present  ? Event::What::gone
                                         : Event::What::changed;
    for (auto& node : history_.nodes) {
      if (!at_or_below(event.path, node.path)) continue;
      // The older half goes at once: each event is moved a bounded number of times.
      if (node.events.size() == 2 * most_) trim(node);
      node.events.push_back(event);
    }
  }

 public:
  void trim(RecorderFolder::History::Node& node) const {
    if (node.events.size() <= most_) return;
    const std::size_t old = node.events.size() - most_;
    node.left_out += old;
    node.events.erase(node.events.begin(), node.events.begin() + static_cast<std::ptrdiff_t>(old));
  }

 private:
  const std::size_t most_;
  RecorderFolder::History history_;
  std::map<std::string, NodeFacts> known_;
  std::optional<Gap> gap_;
};

}  // namespace

RecorderFolder::History RecorderFolder::history(const std::vector<std::string>& paths,
                                                std::size_t most_events) {
  read_beginnings();
  HistoryWriter writer(paths, most_events);
  writer.history().gaps = gaps_;
  bool continued = false;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    Segment& segment = segments_[i];
    if (!segment.begins) {
      writer.history().gaps.push_back(segment.problem);
      continued = false;
      continue;
    }
    std::optional<Moment> since;
    if (writer.history().begins && !(continued && follows(i - 1))) {
      since = writer.last();
      writer.history().gaps.push_back(gap_after(i - 1, *since));
    }
    continued = false;
    SegmentReader reader(segment.descriptor, segment.name);
    reader.next();
    bool has_store = false;
    while (const RecordHead* const head = reader.next()) {
      if (!has_store) {
        const auto store = head->kind == RecordKind::store ? reader.store() : std::nullopt;
        if (!store && reader.problem().empty()) reader.reject("a segment begins with a store");
        if (!store) break;
        writer.take(*store, head->time, since);
        has_store = true;
        continue;
      }
      if (head->kind == RecordKind::changes) {
        for (std::string_view lines = reader.text(); !lines.empty();) {
          auto change = parse_change(take_line(lines), head->time);
          if (!change) reader.reject("a change cannot be read");
          if (!change) break;
          writer.take(*std::move(change));
        }
      } else if (head->kind == RecordKind::gap) {
        const auto gap = parse_gap(*head, reader.text());
        if (!gap) reader.reject("the gap cannot be read");
        if (gap) writer.note_gap(*gap);
      } else if (head->kind == RecordKind::end) {
        continued = reader.text() == std::string(kEndWords.of(EndReason::continued)) + '\n';
      }
      writer.note_time(head->time);
    }
    segment.problem = reader.problem();
    const bool last = i + 1 == segments_.size();
    if (last && !segment.problem.empty()) writer.history().gaps.push_back(segment.problem);
  }
  for (auto& node : writer.history().nodes) writer.trim(node);
  return std::move(writer.history());
}

}  // namespace xsaudit
