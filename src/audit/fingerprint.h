// A short identifier of a finding that stays the same as long as the fault does: over restarts of
// the tool and of the host, and over the guest's own restarts, which give it a new domid. It is
// made from the rule and the path, with guests named by UUID, and not from any value. Stateless;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/guests.h"
#include "rules/audit_context.h"
#include "rules/evaluation.h"

namespace xsaudit {

// 16 hexadecimal digits. `stable_path` is Guests::stable_path(). Two guests may have the same UUID
// (one can be forged, and both halves of a local migration share one), so two findings of a store
// can have the same rule and path: `occurrence`, counted from 0, distinguishes them.
std::string fingerprint(std::string_view rule, std::string_view stable_path,
                        std::size_t occurrence);

// The first 16 hexadecimal digits of SHA-256, and the same as a number.
std::string short_hash(std::string_view bytes);
std::uint64_t hash_number(std::string_view bytes);
std::string hexadecimal(std::uint64_t number);  // 16 digits

// The state of a fault at a node, as a short text that stays the same as long as the fault does:
// over restarts of the host and of the guests, which give them new domids. A baseline compares it,
// so that a known harmless state does not cover what a guest makes of it later. The rule selects
// the evidence that counts (known_by in rules/README.md). The context and guests must outlive it;
// used by one thread, as Guests is.
class FaultState {
 public:
  FaultState(const AuditContext& facts, Guests& guests) : facts_(facts), guests_(guests) {}

  // The state at the node of a violation: 16 hexadecimal digits.
  std::string of(const Violation& violation);

  // The state at another node of the finding: a number that identifies the node and its state.
  std::uint64_t of_other(const Rule& rule, NodeId node);

 private:
  // Appends a part in a form in which different lists of parts give different texts.
  static void add(std::string_view part, std::string& text);
  void add_node(const Rule& rule, std::string_view path, std::string& text);
  // The same of a node that is there.
  void add_node(const Rule& rule, std::string_view path, NodeId node, std::string& text);
  void add_state(const Rule& rule, std::string_view path, NodeId node, std::string& text);
  void add_value(std::string_view path, NodeId node, std::string& text);
  void add_permissions(NodeId node, std::string& text);
  // A guest as its UUID if that is reliable, else as its domid.
  std::string domain(Domid domid);
  // A value, or a text of a rule. The guests that a path in it names are replaced by their UUIDs.
  std::string stable(std::string_view text);

  const AuditContext& facts_;
  Guests& guests_;
  // What add_permissions() appends, by PermissionsId: a guest can give one long list to many nodes.
  std::vector<std::string> permission_texts_;
};

}  // namespace xsaudit
