// Effective access the slow and obvious way, to compare store/access.h with: a store that is a map
// from path to permissions, and a daemon that grants or refuses one request at a time, as xenstored
// core.c (perm_for_conn, do_write, do_rm, construct_node) and oxenstored (perms.ml check, store.ml)
// do. Who can remove or control a node is then not a formula: every removal is tried, and after it
// the write.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/access.h"

namespace xsaudit {

class ReferenceDaemon {
 public:
  // `daemon` is cxenstored or oxenstored.
  ReferenceDaemon(Daemon daemon, AccessOptions options)
      : oxenstored_(daemon == Daemon::oxenstored), options_(std::move(options)) {}

  bool is_oxenstored() const { return oxenstored_; }
  bool privileged(Domid caller) const;
  bool grants(const Permissions& list, Domid caller, Right right) const;

 private:
  // The caller, and the domains that it is a stub domain for.
  std::vector<Domid> identities(Domid caller) const;

  bool oxenstored_;
  AccessOptions options_;
};

class ReferenceStore {
 public:
  // Unknown permissions let nobody do anything.
  explicit ReferenceStore(std::map<std::string, std::optional<Permissions>> nodes)
      : nodes_(std::move(nodes)) {}

  // The requests. False when the daemon refuses.
  bool write(const ReferenceDaemon& daemon, Domid caller, const std::string& path);
  bool remove(const ReferenceDaemon& daemon, Domid caller, const std::string& path);

  bool exists(const std::string& path) const { return nodes_.contains(path); }

  // What one removal, or one write, or one removal and then one write can do.
  bool can_remove(const ReferenceDaemon& daemon, Domid caller, const std::string& path) const;
  bool can_control(const ReferenceDaemon& daemon, Domid caller, const std::string& path) const;
  // Whether removing exactly `victim` takes `path` away, and whether `path` can then be written.
  bool removes(const ReferenceDaemon& daemon, Domid caller, const std::string& victim,
               const std::string& path) const;
  bool remakes(const ReferenceDaemon& daemon, Domid caller, const std::string& victim,
               const std::string& path) const;

 private:
  bool may_write(const ReferenceDaemon& daemon, Domid caller, const std::string& path) const;

  std::map<std::string, std::optional<Permissions>> nodes_;
};

}  // namespace xsaudit
