#include "host/facts/user_database.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "support/own_mounts.h"
#include "support/scratch_directory.h"
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

// What a program without name services reads is what the C library reads of the same file.
TEST_CASE("a file of users gives the users that the C library gives") {
  if (!may_have_own_mounts()) return;
  const std::string text =
      "root:x:0:0:root:/root:/bin/bash\n"
      "# a comment\n"
      "\n"
      "no numbers:x:a:b::/:/bin/sh\n"
      "+nis\n"
      "first:x:3000:1::/:/bin/sh\n"
      "first:x:3001:2::/:/bin/sh\n"
      " spaces:x:3002:3::/:/bin/sh\n"
      "long:x:3003:1:" +
      std::string(50'000, 'x') +
      ":/:/bin/false\n"
      "without:x:3004:1\n"
      "last:x:3005:1::/:/bin/sh";
  const ScratchHost host(text);
  const ScratchDirectory directory;
  const std::string file = directory / "users";
  std::ofstream(file) << text;
  for (const char* name : {"root", "first", "spaces", " spaces", "long", "without", "last",
                           "no numbers", "+nis", "", "#"}) {
    INFO(name);
    CHECK(find_user_in(file, name) == find_user(name));
  }
  CHECK(find_user_in(file, "last").is_known());
  CHECK(find_user_in(file, "long").is_known());
  CHECK(find_users_in(file, {3000, 4000}) == find_users({3000, 4000}));
  CHECK(find_users_in(file, {3000, 4000})->size() >= 4);
}

TEST_CASE("a file of users that is missing has none, and one that cannot be read is not known") {
  const ScratchDirectory directory;
  CHECK(find_user_in(directory / "none", "root").is_absent());
  CHECK(find_users_in(directory / "none", {0, 10})->empty());
  CHECK(find_user_in(directory / "none" + std::string(300, 'x'), "root").is_unknown());
  const std::string many = directory / "many";
  {
    std::ofstream out(many);
    for (std::size_t i = 0; i <= kMaxUsers; ++i) out << "u" << i << ":x:" << i << ":0::/:\n";
  }
  CHECK(find_users_in(many, {0, 10}).is_unknown());
}

TEST_CASE("a long entry is a user like any other") {
  if (!may_have_own_mounts()) return;
  const ScratchHost host("long:x:2000001:1:" + std::string(50'000, 'x') + ":/:/bin/false\n");
  CHECK(find_user("long") == Fact<User>(User{"long", 2000001, 1}));
}

}  // namespace xsaudit
