// Permissions with variables.
#include "schema/permission_template.h"

#include <catch2/catch.hpp>

namespace xsaudit {
namespace {

std::string resolved(std::string_view text) {
  auto form = PermissionTemplate::parse(text);
  if (!form) return form.error().text();
  const auto list = form->resolve([](std::string_view name) -> std::optional<Domid> {
    if (name == "DOMID") return 7;
    if (name == "BACKEND_DOMID") return 0;
    return std::nullopt;
  });
  return list ? to_text(*list) : "unknown";
}

TEST_CASE("variables become domids") {
  CHECK(resolved("n0") == "n0");
  CHECK(resolved("n0,r$DOMID") == "n0,r7");
  CHECK(resolved("n$DOMID,r$BACKEND_DOMID,b3") == "n7,r0,b3");
  CHECK(resolved("w$DOMID") == "w7");
  CHECK(resolved("n0,r$STUBDOM") == "unknown");
}

TEST_CASE("forms that are refused") {
  const std::string hint = " (as in n0,r$DOMID)";
  CHECK(resolved("") == "'' is not a permission: too short" + hint);
  CHECK(resolved("x0") == "'x0' is not a permission: unknown letter" + hint);
  CHECK(resolved("x$DOMID") == "'x0' is not a permission: unknown letter" + hint);
  CHECK(resolved("n0,") == "'' is not a permission: too short" + hint);
  CHECK(resolved("n0, r1") == "' r1' is not a permission: unknown letter" + hint);
  CHECK(resolved("n0,r$") == "'$' without the name of a variable");
  CHECK(resolved("n0,r") == "'r' is not a permission: too short" + hint);
}

}  // namespace
}  // namespace xsaudit
