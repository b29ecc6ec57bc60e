// The schema as people read it: the page of all paths is up to date, and what is told of one path.
#include "schema/schema_text.h"

#include "schema_support.h"

namespace xsaudit {
namespace {

const Schema& built_in() {
  static const Result<Schema> schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  return *schema;
}

TEST_CASE("schema/PATHS.md is what the schema's files say") {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/schema/PATHS.md", std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  INFO("renew it: xsaudit schema list --format markdown >schema/PATHS.md");
  CHECK((text.str() == schema_page(built_in())));
}

TEST_CASE("the page has a line for each entry, below a heading of its own area") {
  const std::string page = schema_page(built_in());
  std::size_t lines = 0;
  for (std::size_t at = page.find("\n| `"); at != page.npos; at = page.find("\n| `", at + 1)) {
    ++lines;
  }
  CHECK(lines == built_in().entries().size());
  CHECK(page.find("\n## Other\n") == page.npos);  // every file has a title
  CHECK(page.find("](#devices-vif-network-interfaces)") != page.npos);
}

TEST_CASE("what is told of a path has what its entry says, filled in") {
  const std::string path = "/local/domain/3/console/vnc-pass";
  const std::string text = schema_explanation(built_in(), built_in().match(path), path);
  for (const char* part : {"/local/domain/3/console/vnc-pass\n", "$DOMID = 3", "n$BACKEND_DOMID,r3",
                           "secret       always", "(console.yaml:", "dom0less"}) {
    INFO(text);
    CHECK(text.find(part) != text.npos);
  }
  const SchemaEntry* const entry = find_entry(built_in(), "~/device/$KIND/$DEVID/backend");
  REQUIRE(entry != nullptr);
  const std::string general = schema_explanation(built_in(), {entry, nullptr, {}}, "");
  CHECK(general.find("n$DOMID,r$BACKEND_DOMID") != general.npos);
  CHECK(general.find("variables") == general.npos);
  CHECK(find_entry(built_in(), "~/no/such/entry") == nullptr);
}

TEST_CASE("versions are told as a range") {
  const auto told = [](const char* path) {
    return schema_explanation(built_in(), built_in().match(path), path);
  };
  CHECK(told("/local/domain/3/control/sysrq").find("since Xen 4.12\n") != std::string::npos);
  CHECK(told("/local/pool/0/description").find("until Xen 4.4\n") != std::string::npos);
  CHECK(told("/local/domain/3/name").find("versions") == std::string::npos);
}

TEST_CASE("a path that is not described brings to mind one that is") {
  CHECK(near_path(built_in(), "/local/domain/3/nmae") == "did you mean '~/name'?");
  CHECK(near_path(built_in(), "/tool/xenstord") == "did you mean '/tool/xenstored'?");
  CHECK(near_path(built_in(), "/quite/another") == "");
}

TEST_CASE("an entry's versions are in order, and it is not older than the node above it") {
  for (const SchemaEntry& entry : built_in().entries()) {
    for (const Pattern& pattern : entry.patterns) {
      const std::size_t slash = pattern.text().rfind('/');
      if (slash == std::string::npos || slash == 0) continue;
      const SchemaEntry* const above = find_entry(built_in(), pattern.text().substr(0, slash));
      if (above == nullptr) continue;
      INFO(pattern.text());
      // Where it says nothing, it is as old as that.
      if (above->since && entry.since) CHECK_FALSE(*entry.since < *above->since);
      if (above->until && entry.until) CHECK_FALSE(*above->until < *entry.until);
    }
  }
}

}  // namespace
}  // namespace xsaudit
