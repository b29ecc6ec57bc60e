#include "base/error.h"

#include <catch2/catch.hpp>

#include <memory>

namespace xsaudit {
namespace {

TEST_CASE("an error is told with its place and its hint, where it has them") {
  CHECK(Error{"rules/a.yaml:3:1", "unknown key 'mach'", "did you mean 'match'?"}.text() ==
        "rules/a.yaml:3:1: unknown key 'mach' (did you mean 'match'?)");
  CHECK(Error{"", "no rule is called 'x'", ""}.text() == "no rule is called 'x'");
  CHECK(Error{"dump:7", "not a line of xenstore-ls", ""}.text() ==
        "dump:7: not a line of xenstore-ls");
}

TEST_CASE("a result is a value or an error, and hands out what cannot be copied") {
  Result<std::unique_ptr<int>> good = std::make_unique<int>(7);
  REQUIRE(good.ok());
  const std::unique_ptr<int> taken = std::move(good).value();
  CHECK(*taken == 7);
  const Result<std::unique_ptr<int>> bad = Error{"", "none", ""};
  CHECK_FALSE(bad);
  CHECK(bad.error().message == "none");
  CHECK(ok());
}

Result<std::unique_ptr<int>> halved(Result<std::unique_ptr<int>> number) {
  XSAUDIT_ASSIGN(auto whole, std::move(number));
  XSAUDIT_TRY(*whole % 2 == 0 ? ok() : Status(Error{"", "odd", ""}));
  return std::make_unique<int>(*whole / 2);
}

TEST_CASE("the macros return an error, or give the value") {
  CHECK(**halved(std::make_unique<int>(8)) == 4);
  CHECK(halved(std::make_unique<int>(7)).error().message == "odd");
  CHECK(halved(Error{"", "none", ""}).error().message == "none");
}

}  // namespace
}  // namespace xsaudit
