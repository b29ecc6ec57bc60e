#include "store/path.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

TEST_CASE("a name has the characters that xenstored takes, and at least one") {
  CHECK(valid_name("a"));
  CHECK(valid_name("AZaz09-_@"));
  CHECK_FALSE(valid_name(""));
  // Every byte on its own: 26 + 26 + 10 + 3 are good.
  int good = 0;
  for (int byte = 0; byte < 256; ++byte)
    good += valid_name(std::string(1, static_cast<char>(byte)));
  CHECK(good == 65);
  for (const char* bad : {"a b", "a:b", "a.b", "..", "a=b", "a\"b", "a/b", "\xc3\xa4", "a\n"}) {
    INFO(bad);
    CHECK_FALSE(valid_name(bad));
  }
  CHECK_FALSE(valid_name(std::string_view("a\0b", 3)));
}

TEST_CASE("a path is absolute, without empty components and without a slash at its end") {
  for (const char* good :
       {"/", "/a", "/a/b", "/local/domain/0/backend/vif/1/0", "/@releaseDomain"}) {
    INFO(good);
    CHECK(valid_path(good));
  }
  CHECK(path_problem("") == "the path is empty");
  CHECK(path_problem("a/b") == "the path does not begin with '/'");
  CHECK(path_problem("@releaseDomain") == "the path does not begin with '/'");
  CHECK(path_problem("/a/") == "the path ends with '/'");
  CHECK(path_problem("//") == "the path ends with '/'");
  CHECK(path_problem("//a") == "the path has an empty component ('//')");
  CHECK(path_problem("/a//b") == "the path has an empty component ('//')");
  CHECK(path_problem("/a/../b") == "the path has a character that no node name can have");
  CHECK(path_problem("/a b") == "the path has a character that no node name can have");
  CHECK_FALSE(valid_path(std::string_view("/a\0", 3)));
}

TEST_CASE("a path is at most 4,095 bytes long") {
  CHECK(valid_path("/" + std::string(4094, 'a')));
  CHECK(path_problem("/" + std::string(4095, 'a')) == "the path is longer than 4095 bytes");
}

TEST_CASE("a path is taken apart and put together") {
  CHECK(path_names("/").empty());
  CHECK(path_names("/a") == std::vector<std::string_view>{"a"});
  CHECK(path_names("/local/domain/12") == std::vector<std::string_view>{"local", "domain", "12"});
  CHECK(path_names("").empty());
  CHECK(join_path("/", "a") == "/a");
  CHECK(join_path("/a/b", "c") == "/a/b/c");
  CHECK(parent_path("/a/b") == "/a");
  CHECK(parent_path("/a") == "/");
  CHECK(parent_path("/") == "/");
  CHECK(last_name("/a/b") == "b");
  CHECK(last_name("/a") == "a");
  CHECK(last_name("/").empty());
}

TEST_CASE("taking a path apart and joining the names gives the path again") {
  for (const std::string path : {"/a", "/a/b", "/local/domain/0/backend/vif/1/0/state"}) {
    std::string joined = "/";
    for (const std::string_view name : path_names(path)) joined = join_path(joined, name);
    CHECK(joined == path);
    CHECK(join_path(parent_path(path), last_name(path)) == path);
  }
}

TEST_CASE("the longest path has the greatest number of components") {
  std::string path;
  while (path.size() + 2 <= kMaxPathBytes) path += "/a";
  REQUIRE(valid_path(path));
  CHECK(path_names(path).size() == kMaxPathDepth);
}

}  // namespace
}  // namespace xsaudit
