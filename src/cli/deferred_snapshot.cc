#include "cli/deferred_snapshot.h"

#include <string>
#include <utility>

#include "base/system_io.h"
#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

constexpr char kTransaction = 'T';
constexpr char kRead = 'R';
constexpr char kStore = 'S';
constexpr char kError = 'E';
constexpr const char* kLaterPlace = "live store";

// The main function of the process.
void serve_second_reading(int asked, int answer, const LiveOptions& options,
                          const ConfinementChoice& confinement, HostProbe* host) {
  std::vector<int> keep = {asked, answer};
  if (host != nullptr) {
    for (const int descriptor : host->descriptors()) keep.push_back(descriptor);
  }
  Result<LiveStore> live = Error{};
  // The program itself reports parts of the confinement that the kernel lacks.
  const bool confined = confinement.confine_child(
      std::move(keep), [&] { live = LiveStore::connect(options, confinement); });
  char letter = 0;
  if (!confined) return;
  do {
    if (!read_whole(asked, &letter, 1)) return;
    if (letter == kTransaction && live) live->expect_transaction();
  } while (letter != kRead);
  Progress unseen(-1,
                  Progress::Clock::now);  // the progress of the first reading may still be shown
  if (live && host != nullptr) host->begin();
  auto store = live ? live->read(unseen) : Result<Snapshot>(live.error());
  if (store && host != nullptr) host->collect(*live, *store);
  write_whole(answer, store ? std::string(1, kStore) + write_recording(*store)
                            : std::string(1, kError) + store.error().message);
}

}  // namespace

Result<DeferredSnapshot> DeferredSnapshot::start(const LiveOptions& options,
                                                 const ConfinementChoice& confinement,
                                                 HostProbe* host) {
  XSAUDIT_ASSIGN(auto process,
                 ChildProcess::start(kLaterPlace, ChildProcess::End::killed_with_parent,
                                     [&](int asked, int answer) {
                                       serve_second_reading(asked, answer, options, confinement,
                                                            host);
                                     }));
  return DeferredSnapshot(std::move(process));
}

// If the process has ended, take() reports it.
void DeferredSnapshot::expect_transaction() {
  static_cast<void>(write_whole(process_.to.get(), std::string(1, kTransaction)));
}

Result<Snapshot> DeferredSnapshot::take() {
  char letter = 0;
  if (!write_whole(process_.to.get(), std::string(1, kRead)) ||
      !read_whole(process_.from.get(), &letter, 1)) {
    return Error{kLaterPlace, "the process of the second reading has ended", {}};
  }
  if (letter == kStore) return read_dump(process_.from.get(), "live");
  std::string message;
  while (message.size() < 1000 && read_whole(process_.from.get(), &letter, 1)) message += letter;
  return Error{kLaterPlace, message, {}};
}

}  // namespace xsaudit
