#include "cli/live_store.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/error.h"
#include "cli/command_line.h"
#include "source/live/open_reader.h"

namespace xsaudit {
namespace {

constexpr const char* kLiveStoreGroup = "Live store";

ReaderOptions reader_options(const LiveOptions& options, const ConfinementChoice& confinement) {
  using Way = ReaderOptions::Way;
  ReaderOptions reader;
  reader.way = options.transport == "wire"          ? Way::wire
               : options.transport == "libxenstore" ? Way::libxenstore
                                                    : Way::found;
  reader.pace = find_pace(options.pace);
  reader.timeout = std::chrono::seconds(options.timeout);
  reader.confine_watcher = [confinement](std::vector<int> keep) {
    return confinement.confine_watcher(std::move(keep));
  };
  return reader;
}

// A reader that shows the progress after each reply, and passes on that a transaction has begun.
class ProgressReader : public StoreReader {
 public:
  ProgressReader(StoreReader& reader, Progress& progress,
                 const std::function<void()>& on_transaction)
      : reader_(reader), progress_(progress), on_transaction_(on_transaction) {}

  void set_longest_list(std::size_t bytes) override { reader_.set_longest_list(bytes); }
  void set_deadline(std::chrono::steady_clock::time_point deadline) override {
    reader_.set_deadline(deadline);
  }
  std::size_t window() const override { return reader_.window(); }
  void send(StoreRequest request) override { reader_.send(std::move(request)); }
  void receive(StoreReply& reply) override {
    reader_.receive(reply);
    progress_.step(++replies_, "replies");
  }
  Status watch(Watched what) override { return reader_.watch(what); }
  Result<StoreChanges> changes() override { return reader_.changes(); }
  Result<StoreChanges> await_changes() override { return reader_.await_changes(); }
  void unwatch() override { reader_.unwatch(); }
  std::optional<bool> any_domid() override { return reader_.any_domid(); }
  Status begin_transaction() override {
    XSAUDIT_TRY(reader_.begin_transaction());
    if (on_transaction_) on_transaction_();
    return ok();
  }
  Status end_transaction() override { return reader_.end_transaction(); }
  void keep_one_connection() override { reader_.keep_one_connection(); }
  bool abandoned() const override { return reader_.abandoned(); }

 private:
  StoreReader& reader_;
  Progress& progress_;
  const std::function<void()>& on_transaction_;
  std::uint64_t replies_ = 0;
};

}  // namespace

void LiveOptions::add_to(CommandLine& app) {
  std::vector<std::string> names;
  for (const Pace& one : paces()) names.emplace_back(one.name);
  app.add_option("--transport", transport,
                 "connection to the live store: the socket protocol (wire) or\n"
                 "libxenstore, which is not asked for limits and watches;\n"
                 "auto uses the first that is available")
      ->one_of({"auto", "wire", "libxenstore"})
      ->type_name("TRANSPORT")
      ->capture_default_str()
      ->group(kLiveStoreGroup);
  app.add_option("--pace", pace,
                 "rate of requests: default backs off when replies slow down,\n"
                 "gentle loads the daemon less than xenstore-ls")
      ->one_of(names)
      ->type_name("PACE")
      ->capture_default_str()
      ->group(kLiveStoreGroup);
  app.add_option("--timeout", timeout, "limit for reading the live store")
      ->between(1, 86'400)
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(kLiveStoreGroup);
  app.add_option("--max-nodes", limits.nodes,
                 "read at most COUNT nodes; beyond that the audit is incomplete")
      ->between(1, 1'000'000'000)
      ->type_name("COUNT")
      ->capture_default_str()
      ->group(kLiveStoreGroup);
  app.add_option("--max-bytes", limits.bytes,
                 "read at most COUNT bytes of names, values and permissions")
      ->type_name("COUNT")
      ->capture_default_str()
      ->group(kLiveStoreGroup);
}

Result<LiveStore> LiveStore::connect(const LiveOptions& options,
                                     const ConfinementChoice& confinement) {
  XSAUDIT_ASSIGN(auto reader, open_reader(reader_options(options, confinement)));
  return LiveStore(options, std::move(reader));
}

Result<Snapshot> LiveStore::read(Progress& progress, const std::function<void()>& on_transaction) {
  progress.phase("reading the store");
  reader_->set_deadline(std::chrono::steady_clock::now() + std::chrono::seconds(options_.timeout));
  ProgressReader shown(*reader_, progress, on_transaction);
  auto snapshot = read_live(shown, options_.limits);
  progress.clear();
  // A thread that may still be running must not remain in a process that interprets guests' data
  // next.
  if (reader_->abandoned()) {
    return Error{"live store",
                 "xenstored has not answered within " + std::to_string(options_.timeout) + " s",
                 ""};
  }
  return snapshot;
}

std::vector<std::string> LiveStore::read_values(const std::vector<std::string>& paths) {
  std::vector<std::string> values(paths.size());
  StoreReply reply;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    reader_->send({.kind = StoreRequest::Kind::value, .path = paths[i], .domid = 0, .tag = i});
    reader_->receive(reply);
    if (reply.outcome == StoreReply::Outcome::closed) break;
    if (reply.outcome == StoreReply::Outcome::ok) values[i] = reply.value;
  }
  return values;
}

}  // namespace xsaudit
