#include "host/facts/user_database.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "support/own_mounts.h"
#include "support/scratch_host.h"

namespace xsaudit {

TEST_CASE("root is a user, and a made-up name is none") {
  CHECK(find_user("root") == Fact<User>(User{"root", 0, 0}));
  CHECK(find_user("xsaudit-no-such-user").is_absent());
  CHECK(find_user("").is_absent());
}

TEST_CASE("users are found by their uid, one or a range") {
  if (!may_have_own_mounts()) return;
  const ScratchHost host(
      "xen-qemuuser-range-base:x:2000000:2000000::/nonexistent:/bin/false\n"
      "mallory:x:2000007:100::/home/mallory:/bin/sh\n"
      "twin:x:2000007:101::/home/twin:/bin/sh\n"
      "after:x:2032752:1::/:/bin/false\n"
      "a broken line\n");
  CHECK(find_user("mallory") == Fact<User>(User{"mallory", 2000007, 100}));
  CHECK(find_users({2000000, 2032751}) ==
        Fact<std::vector<User>>({User{"xen-qemuuser-range-base", 2000000, 2000000},
                                 User{"mallory", 2000007, 100}, User{"twin", 2000007, 101}}));
  CHECK(find_users({2000007, 2000007}) == Fact<std::vector<User>>({User{"mallory", 2000007, 100}}));
  CHECK(find_users({2000008, 2000008})->empty());
  CHECK(find_users({2000008, 2032751})->empty());
  CHECK(find_users({2032752, 2032752})->size() == 1);
}

TEST_CASE("a long entry is a user like any other") {
  if (!may_have_own_mounts()) return;
  const ScratchHost host("long:x:2000001:1:" + std::string(50'000, 'x') + ":/:/bin/false\n");
  CHECK(find_user("long") == Fact<User>(User{"long", 2000001, 1}));
}

}  // namespace xsaudit
