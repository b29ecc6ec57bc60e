// A host of a test's own: while this object lives, the test sees its own /dev, /run and /etc/passwd
// with the devices, the store's socket and the users of a dom0. It is a mount namespace: nothing of
// the real host changes. For a process of one thread that may_have_own_mounts().
#pragma once

#include <string>
#include <vector>

#include "support/scratch_directory.h"

namespace xsaudit {

class ScratchHost {
 public:
  // `users` are lines of /etc/passwd, added to the host's own.
  explicit ScratchHost(const std::string& users);
  ScratchHost(const ScratchHost&) = delete;
  ScratchHost& operator=(const ScratchHost&) = delete;
  ~ScratchHost();

  const ScratchDirectory& directory() const { return directory_; }

  // As the store's daemon does with those who connected; they stay connected from then on.
  void accept_connections();

  static constexpr char kStoreSocket[] = "/run/xenstored/socket";

 private:
  ScratchDirectory directory_;
  int real_mounts_;
  int listening_;
  std::vector<int> accepted_;
};

}  // namespace xsaudit
