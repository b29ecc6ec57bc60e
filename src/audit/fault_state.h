// What is wrong at a place, as a short text that stays the same as long as the fault does: over
// restarts of the host and of the guests, which give them new domids. A baseline knows a finding by
// it, so that what was harmless when it became known does not cover what a guest makes of it later.
// What of the evidence counts is for the rule to say (known_by in rules/README.md). Facts and
// guests must outlive it; used by one thread, as Guests is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "audit/guests.h"
#include "rules/evaluation.h"
#include "rules/facts.h"

namespace xsaudit {

class FaultState {
 public:
  FaultState(const Facts& facts, Guests& guests) : facts_(facts), guests_(guests) {}

  // Of the place that a violation is told at: 16 hexadecimal digits.
  std::string of(const Violation& violation);

  // Of another node that it stands for: a number that tells the node and its state from all others.
  std::uint64_t of_other(const Rule& rule, NodeId node);

 private:
  // Appends a part so that no two lists of parts give the same text.
  static void add(std::string_view part, std::string& text);
  void add_node(const Rule& rule, std::string_view path, std::string& text);
  void add_value(std::string_view path, NodeId node, std::string& text);
  void add_permissions(NodeId node, std::string& text);
  // A guest by its UUID, where that is sure.
  std::string domain(Domid domid);
  // A value or a text of a rule, with the guests named by UUID that a path in it names.
  std::string stable(std::string_view text);

  const Facts& facts_;
  Guests& guests_;
};

}  // namespace xsaudit
