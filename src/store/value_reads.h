// Which values of a store were read, and for what: so that after a change of a value only that is
// judged again for which it was read. Snapshot::value() notes each read here if the snapshot has
// such a record (Snapshot::set_reads), so that no reader can be forgotten. A read outside of any
// Scope counts as read for everything. The record only grows. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xsaudit {

class ValueReads {
 public:
  using Node = std::uint32_t;
  // For what a value is read: a number, such as that of a rule, and the place that is judged.
  struct Purpose {
    std::uint32_t number = kEverything;
    Node place = kWhole;
    bool operator==(const Purpose&) const = default;
  };
  static constexpr std::uint32_t kEverything = UINT32_MAX;
  // Not to be recorded: the reader follows changes in another way.
  static constexpr std::uint32_t kNothing = UINT32_MAX - 1;
  static constexpr Node kWhole = UINT32_MAX;  // of a number: all its places

  explicit ValueReads(std::size_t nodes) : by_node_(nodes), for_everything_(nodes, false) {}

  // Until its end values are read for this purpose. `reads` may be null.
  class Scope {
   public:
    Scope(ValueReads* reads, std::uint32_t number, Node place = kWhole) : reads_(reads) {
      if (reads_ == nullptr) return;
      before_ = reads_->now_;
      apart_before_ = reads_->apart_;
      reads_->now_ = {number, place};
      reads_->apart_ = kWhole;
    }
    ~Scope() {
      if (reads_ == nullptr) return;
      reads_->now_ = before_;
      reads_->apart_ = apart_before_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    ValueReads* const reads_;
    Purpose before_;
    Node apart_before_ = kWhole;
  };
  // The same for all places of the number that reads now.
  class WholeScope : public Scope {
   public:
    explicit WholeScope(ValueReads* reads)
        : Scope(reads, reads == nullptr ? kEverything : reads->now_.number) {}
  };

  // The same for an answer about one node that is given for all nodes that are alike. That node's
  // own value is not noted: a node is judged again if what makes it alike changes.
  class AlikeScope : public WholeScope {
   public:
    AlikeScope(ValueReads* reads, Node node) : WholeScope(reads) {
      if (reads != nullptr) reads->apart_ = node;
    }
  };

  // The number that reads now continues at another place.
  void move_to(Node place) { now_.place = place; }

  void note(Node node) {
    if (now_.number != kNothing && node != apart_) add(node);
  }
  // Only the size of the value was read, whether it is printable, or whether it has its type. That
  // is not noted at the node that is judged, which is judged again if one of these changes.
  void note_class(Node node) {
    if (node != now_.place) note(node);
  }
  // The sum of the sizes of many values was read.
  void note_sum();

  bool for_everything(Node node) const { return for_everything_[node]; }
  std::span<const Purpose> purposes(Node node) const { return by_node_[node]; }
  std::span<const std::uint32_t> summed() const { return summed_; }  // numbers
  std::size_t size() const { return size_; }

 private:
  void add(Node node);

  Purpose now_;
  Node apart_ = kWhole;
  std::vector<std::vector<Purpose>> by_node_;
  std::vector<bool> for_everything_;
  std::vector<std::uint32_t> summed_;
  std::size_t size_ = 0;
};

}  // namespace xsaudit
