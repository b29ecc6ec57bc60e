// Whose work a domain is, by marks that no guest can make.
#include "schema/schema.h"
#include "schema_support.h"

namespace xsaudit {
namespace {

const ProfileTable& table() {
  static const Result<Schema> schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  return schema->profiles();
}

std::string name(const std::optional<ProfileTable::Index>& index) {
  return index ? table().profiles()[*index].name : "unknown";
}
std::string profile(std::string_view text, Domid domid) {
  return name(table().of_domain(fixture_store(text), domid));
}

TEST_CASE("each toolstack's domain is recognised") {
  constexpr const char* libxl = R"(
    /local/domain/3 =  (n0,r3)
    /local/domain/3/vm = /vm/0f82d65c-305d-4002-b93c-984251a6c77b (n0,r3)
    /libxl/3
  )";
  CHECK(profile(libxl, 3) == "libxl");
  CHECK(profile(libxl, 0) == "libxl");
  CHECK(profile(libxl + std::string("/xenops/domain/3"), 3) == "xenopsd");
  CHECK(profile(libxl + std::string("/xenops/domain/3"), 0) == "xenopsd");
  constexpr const char* dom0less = R"(
    /local/domain/3 =  (n0)
    /local/domain/3/vm = vm/0f82d65c-305d-4002-b93c-984251a6c77b (n3,r0)
    /libxl/3
  )";
  CHECK(profile(dom0less, 3) == "dom0less");
  CHECK(profile(dom0less, 0) == "libxl");
  constexpr const char* xend = R"(
    /local/domain/3 =  (r3)
    /vm/00000000-0000-0000-0000-000000000000/on_xend_stop = ignore
  )";
  CHECK(profile(xend, 3) == "xend");
  CHECK(profile(xend, 0) == "xend");
}

TEST_CASE("a domain without marks counts as the host's") {
  CHECK(profile("/local/domain/3/name = x", 3) == "libxl");
  CHECK(profile("/xenops/domain/4\n/local/domain/3/name = x", 3) == "xenopsd");
}

TEST_CASE("a guest cannot choose its profile by what it may write") {
  // All of it in a home that libxl made: the home itself, and what libxl keeps, are not the
  // guest's.
  CHECK(profile(R"(
    /local/domain/3 =  (n0,r3)
    /local/domain/3/vm = vm/0f82d65c-305d-4002-b93c-984251a6c77b (n3,r0)
    /local/domain/3/data/xenops/domain/3 =  (n3)
    /libxl/3
  )",
                3) == "libxl");
  // Even a home that is the guest's by mistake does not make it xend's.
  CHECK(profile("/local/domain/3 =  (r3)\n/libxl/3", 3) == "libxl");
  // A dead domain of libxl's: its entries are gone.
  CHECK(profile("/local/domain/3 =  (n0)\n/local/domain/3/vm = /vm/x (n0)\n/libxl/3", 3) ==
        "libxl");
}

TEST_CASE("where the marks were not recorded the profile is unknown") {
  SnapshotInfo info;
  info.coverage = Coverage::excerpt;
  const Snapshot excerpt = fixture_store("/libxl/3", info, UnknownReason::not_recorded);
  CHECK(name(table().of_domain(excerpt, 3)) == "unknown");
  CHECK(name(table().of_host(excerpt)) == "unknown");

  SnapshotBuilder builder;
  builder.set_value(builder.at("/local/domain/3/vm"), "");
  builder.set_value(builder.at("/libxl/3"), "");
  const Snapshot without_permissions = std::move(builder).finish({}, UnknownReason::known);
  CHECK(name(table().of_domain(without_permissions, 3)) == "unknown");
  CHECK(name(table().of_host(without_permissions)) == "libxl");
}

TEST_CASE("a table of profiles that is wrong is refused with its place") {
  const VariableTypes types = {{"DOMID", VariableType::domid}, {"UUID", VariableType::uuid}};
  const auto refusal = [&](const std::string& text) {
    const YamlDocument document = yaml(text);
    const auto loaded = ProfileTable::load(
        document.root(), types, [](const YamlValue& form) -> Result<PermissionTemplate> {
          auto parsed = PermissionTemplate::parse(form.text());
          return parsed ? parsed : form.error(parsed.error().message);
        });
    return loaded ? "accepted" : loaded.error().text();
  };
  const std::string last = "z: {description: z, host: []}\n";
  CHECK(refusal("a: {description: a, domain: [/a/$DOMID]}\n" + last) == "accepted");
  CHECK(refusal("a: {description: a}\n") ==
        "f.yaml:1:1: the last profile must be that of any other host (host: [])");
  CHECK(refusal("a: {host: []}\n") == "f.yaml:1:4: 'description' is missing");
  CHECK(refusal("a: {description: a, domain: /a}\n" + last) ==
        "f.yaml:1:29: expected a list of marks");
  CHECK(refusal("a: {description: a, domain: [/a/$UUID]}\n" + last) ==
        "f.yaml:1:30: a mark has no variable but $DOMID");
  CHECK(refusal("a: {description: a, host: [/a/$DOMID]}\n" + last) ==
        "f.yaml:1:28: a mark of the host has no variable");
  CHECK(refusal("a: {description: a, host: [/a/*]}\n" + last) ==
        "f.yaml:1:28: expected one path, without '*'");
  CHECK(refusal("a: {description: a, host: [{node: /a, permission: n0}]}\n" + last) ==
        "f.yaml:1:39: unknown key 'permission' (did you mean 'permissions'?)");
  CHECK(refusal("a: {description: a, host: [{node: /a, permissions: x0}]}\n" + last)
            .starts_with("f.yaml:1:52: "));
}

}  // namespace
}  // namespace xsaudit
