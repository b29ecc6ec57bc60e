#include "source/live/deadline_reader.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace xsaudit {

// Shared by both threads; the last one to end destroys it. The data of tasks are touched by the
// worker's thread while it runs one, and by the other between tasks.
struct DeadlineReader::Worker {
  std::thread thread;
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void(Worker&)> task;  // empty when there is none to do
  bool ended = false;

  Result<std::unique_ptr<StoreReader>> reader = Error{};
  StoreReply reply;
  Status watched = ok();
  Status begun = ok();
  Status ended_well = ok();
  std::optional<bool> any_domid;
  Result<StoreChanges> noticed = StoreChanges{};

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return ended || task; });
      if (ended) return;
      lock.unlock();
      task(*this);
      lock.lock();
      task = nullptr;
      changed.notify_all();
    }
  }
};

Result<std::unique_ptr<DeadlineReader>> DeadlineReader::open(Open open,
                                                             Clock::time_point deadline) {
  const auto worker = std::make_shared<Worker>();
  std::unique_ptr<DeadlineReader> reader(new DeadlineReader(worker, deadline));
  if (!reader->run([open = std::move(open)](Worker& self) { self.reader = open(); })) {
    return reader->too_late();
  }
  reader->stop();
  XSAUDIT_TRY(worker->reader);
  return reader;
}

DeadlineReader::~DeadlineReader() {
  if (abandoned_) {
    worker_->thread.detach();
  } else {
    stop();
  }
}

void DeadlineReader::start() {
  if (worker_->thread.joinable()) return;
  worker_->ended = false;
  worker_->thread = std::thread([worker = worker_] { worker->work(); });
}

void DeadlineReader::stop() {
  if (!worker_->thread.joinable()) return;
  {
    const std::lock_guard lock(worker_->mutex);
    worker_->ended = true;
  }
  worker_->changed.notify_all();
  worker_->thread.join();
}

bool DeadlineReader::run(std::function<void(Worker&)> task) {
  if (abandoned_) return false;
  start();
  std::unique_lock lock(worker_->mutex);
  worker_->task = std::move(task);
  worker_->changed.notify_all();
  abandoned_ = !worker_->changed.wait_until(lock, deadline_, [&] { return !worker_->task; });
  return !abandoned_;
}

Error DeadlineReader::too_late() const {
  return {"live store", "xenstored did not answer all requests in time", ""};
}

void DeadlineReader::receive(StoreReply& reply) {
  StoreRequest request = std::move(sent_.front());
  sent_.pop_front();
  const std::uint64_t tag = request.tag;
  const bool done = run([request = std::move(request)](Worker& self) {
    (*self.reader)->send(request);
    (*self.reader)->receive(self.reply);
  });
  if (done) {
    std::swap(reply, worker_->reply);
    return;
  }
  reply.tag = tag;
  reply.outcome = StoreReply::Outcome::closed;
  reply.problem = too_late().message;
}

Status DeadlineReader::watch(Watched what) {
  const auto task = [what](Worker& self) { self.watched = (*self.reader)->watch(what); };
  if (!run(task)) return too_late();
  return worker_->watched;
}

Result<StoreChanges> DeadlineReader::changes() {
  if (!run([](Worker& self) { self.noticed = (*self.reader)->changes(); })) return too_late();
  return std::move(worker_->noticed);
}

Result<StoreChanges> DeadlineReader::await_changes() {
  if (!run([](Worker& self) { self.noticed = (*self.reader)->await_changes(); })) return too_late();
  return std::move(worker_->noticed);
}

void DeadlineReader::unwatch() {
  run([](Worker& self) { (*self.reader)->unwatch(); });
}

std::optional<bool> DeadlineReader::any_domid() {
  if (!run([](Worker& self) { self.any_domid = (*self.reader)->any_domid(); })) return {};
  return worker_->any_domid;
}

Status DeadlineReader::begin_transaction() {
  if (!run([](Worker& self) { self.begun = (*self.reader)->begin_transaction(); })) {
    return too_late();
  }
  return worker_->begun;
}

Status DeadlineReader::end_transaction() {
  if (!run([](Worker& self) { self.ended_well = (*self.reader)->end_transaction(); })) {
    return too_late();
  }
  return worker_->ended_well;
}

}  // namespace xsaudit
