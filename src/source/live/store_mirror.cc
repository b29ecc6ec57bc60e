#include "source/live/store_mirror.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <utility>

namespace xsaudit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostRounds = 200;
// A store that changes more than this before a comparison does not come to rest for one.
constexpr std::size_t kMostBeforeCheck = 5'000;
// The nodes and bytes that may be superseded before the whole store is read again, in addition to
// as many as the store has.
constexpr std::size_t kSpareNodes = 20'000;
constexpr std::size_t kSpareBytes = std::size_t{16} * 1024 * 1024;

}  // namespace

Status StoreMirror::start() {
  reader_.set_deadline(Clock::now() + timeout_);
  XSAUDIT_TRY(reader_.watch(walks_ ? Watched::domains : Watched::everything));
  XSAUDIT_TRY(read_all());
  missed_ = false;  // what changed before this is no news
  return ok();
}

// The watches are set before the first request, so that no change is lost. The domains are asked
// for last: which are introduced depends on the nodes that name them.
Status StoreMirror::read_all() {
  reader_.set_deadline(Clock::now() + timeout_);
  walk_ = std::make_unique<LiveWalk>(reader_, limits_);
  walk_->read_all();
  for (int round = 0; round < kMostRounds && !walk_->stopped(); ++round) {
    walk_->ask_for_domains(round == 0 ? LiveWalk::Domains::all : LiveWalk::Domains::new_ones);
    XSAUDIT_ASSIGN(const StoreChanges changes, reader_.changes());
    missed_ = missed_ || changes.missed;
    if (changes.all) {
      walk_ = std::make_unique<LiveWalk>(reader_, limits_);
      walk_->read_all();
    }
    if (changes.all || changes.introduced) walk_->ask_for_domains(LiveWalk::Domains::all);
    if (changes.all) continue;
    if (changes.paths.empty()) break;
    walk_->read_changed(changes.paths);
  }
  if (walk_->stopped()) {
    const auto& gaps = walk_->info().gaps;
    return Error{"live store",
                 "it cannot be followed: " + (gaps.empty() ? "it was not read" : gaps.back().what),
                 ""};
  }
  walk_->ask_for_any_domid();
  walk_->info().consistency = walks_ ? Consistency::unknown : Consistency::one_moment;
  walked_ = Clock::now();
  first_nodes_ = walk_->nodes();
  first_bytes_ = walk_->bytes();
  first_gaps_ = walk_->info().gaps.size();
  return ok();
}

// A gap of the walk would stay although the node could be read now.
bool StoreMirror::overgrown() const {
  return walk_->nodes() > 2 * first_nodes_ + kSpareNodes ||
         walk_->bytes() > 2 * first_bytes_ + kSpareBytes || walk_->info().gaps.size() > first_gaps_;
}

Result<StoreMirror::News> StoreMirror::follow() {
  XSAUDIT_ASSIGN(const StoreChanges changes, wait());
  return read(changes);
}

Result<StoreChanges> StoreMirror::wait() {
  reader_.set_deadline(Clock::now() + timeout_);
  return reader_.await_changes();
}

Result<StoreMirror::News> StoreMirror::read(const StoreChanges& changes) {
  if (walks_) return walk_again(changes);
  News news;
  missed_ = missed_ || changes.missed;
  const bool root =
      std::find(changes.paths.begin(), changes.paths.end(), "/") != changes.paths.end();
  if (changes.all || root || overgrown()) {
    XSAUDIT_TRY(read_all());
    news.read_anew = true;
    news.missed = std::exchange(missed_, false);
    return news;
  }
  if (!changes.paths.empty()) news.changes = walk_->read_changed(changes.paths);
  const bool may_mention_others =
      std::any_of(news.changes.begin(), news.changes.end(), [](const NodeChange& change) {
        return change.before.present != change.after.present ||
               change.before.permissions != change.after.permissions;
      });
  if (changes.introduced || may_mention_others) {
    const auto before = walk_->info().introduced;
    walk_->ask_for_domains(changes.introduced ? LiveWalk::Domains::all
                                              : LiveWalk::Domains::new_ones);
    news.domains = walk_->info().introduced != before;
  }
  if (walk_->stopped()) return Error{"live store", "it can no longer be read", ""};
  return news;
}

Result<StoreMirror::News> StoreMirror::walk_again(const StoreChanges& changes) {
  News news;
  missed_ = missed_ || changes.missed;
  domains_changed_ = domains_changed_ || changes.all || changes.introduced;
  if (Clock::now() >= walked_ + (domains_changed_ ? walks_->at_least : walks_->every)) {
    domains_changed_ = false;
    XSAUDIT_TRY(read_all());
    news.read_anew = true;
  }
  news.missed = std::exchange(missed_, false);
  return news;
}

void StoreMirror::News::add(News later) {
  changes.insert(changes.end(), std::make_move_iterator(later.changes.begin()),
                 std::make_move_iterator(later.changes.end()));
  read_anew = read_anew || later.read_anew;
  missed = missed || later.missed;
  domains = domains || later.domains;
}

Result<StoreMirror::News> StoreMirror::check() {
  News all;
  for (int tries = 0; tries < kMostRounds && all.changes.size() < kMostBeforeCheck; ++tries) {
    XSAUDIT_ASSIGN(News news, follow());
    const bool quiet = !news.read_anew && news.changes.empty();
    all.add(std::move(news));
    if (quiet) break;
  }
  XSAUDIT_ASSIGN(const Snapshot before, snapshot());
  LiveWalk walk(reader_, limits_);
  reader_.set_deadline(Clock::now() + timeout_);
  walk.read_all();
  XSAUDIT_ASSIGN(const StoreChanges changes, reader_.changes());
  XSAUDIT_ASSIGN(const Snapshot again, std::move(walk).finish());
  missed_ = missed_ || changes.missed;
  XSAUDIT_TRY(read_all());
  if (!changes.all && changes.paths.empty()) all.differing = first_difference(before, again);
  all.read_anew = true;
  all.missed = std::exchange(missed_, false) || all.missed;
  all.domains = all.domains || before.info().introduced != walk_->info().introduced;
  return all;
}

std::string first_difference(const Snapshot& one, const Snapshot& other) {
  struct Facts {
    std::string value;
    std::string permissions;
    bool operator==(const Facts&) const = default;
  };
  const auto facts = [](const Snapshot& store) {
    std::map<std::string, Facts> nodes;
    for (NodeId node = 0; node < store.size(); ++node) {
      const Permissions* const list = store.permissions(node);
      nodes.emplace(store.path(node),
                    Facts{std::string(store.value(node)), list == nullptr ? "" : to_text(*list)});
    }
    return nodes;
  };
  const auto first = facts(one);
  const auto second = facts(other);
  auto at = second.begin();
  for (const auto& [path, known] : first) {
    if (at == second.end() || path < at->first) return path;
    if (at->first < path) return at->first;
    if (at->second != known) return path;
    ++at;
  }
  return at == second.end() ? std::string() : at->first;
}

}  // namespace xsaudit
