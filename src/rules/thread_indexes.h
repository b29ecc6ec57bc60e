// An index for each thread that works on one evaluation at the same time: at most as many as there
// are threads, kept for the next piece of work, because an index remembers what it looked up. Any
// thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "rules/functions/store_index.h"

namespace xsaudit {

class ThreadIndexes {
 public:
  // `first`, which must outlive this, is one of them.
  explicit ThreadIndexes(StoreIndex& first) : model_(first.for_thread()) {
    free_.push_back(&first);
  }

  StoreIndex& take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      made_.push_back(model_->for_thread());
      return *made_.back();
    }
    StoreIndex& index = *free_.back();
    free_.pop_back();
    return index;
  }
  void give_back(StoreIndex& index) {
    const std::lock_guard lock(mutex_);
    free_.push_back(&index);
  }

 private:
  std::mutex mutex_;
  // Of which the others are made: the first one is in use meanwhile.
  const std::unique_ptr<const StoreIndex> model_;
  std::vector<StoreIndex*> free_;
  std::vector<std::unique_ptr<StoreIndex>> made_;
};

}  // namespace xsaudit
