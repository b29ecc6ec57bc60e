// The schema beside stores recorded on real hosts: it knows every node of them, and what it says of
// their values is so.
#include <string>

#include "schema/schema.h"
#include "schema_support.h"
#include "source/dump_reader.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

Snapshot recorded(const std::string& name) {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  auto store = read_dump_text(text.str(), name);
  if (!store) FAIL(store.error().text());
  return *std::move(store);
}

TEST_CASE("every node of a healthy store is described, and has a value of its type") {
  auto schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  for (const char* name :
       {"cxenstored-00-dom0-only.fp.txt", "cxenstored-01-2pv-vif-vbd.fp.txt",
        "cxenstored-18-renamed-memset-vcpuset-cpupool.fp.txt",
        "cxenstored-71-driver-domain-serving.fp.txt", "cxenstored-93-hvm-up.fp.txt",
        "cxenstored-95-paused-kvkb.fp.txt", "cxenstored-97-hvm-dm-restrict.fp.txt",
        "oxenstored-01-2pv-vif-vbd.fp.txt"}) {
    const Snapshot store = recorded(name);
    REQUIRE(store.size() > 10);
    for (NodeId node = 0; node < store.size(); ++node) {
      const std::string path = store.path(node);
      const Schema::Match match = schema->match(path);
      CAPTURE(name, path);
      REQUIRE(match.entry != nullptr);
      if (store.value_unknown(node) != UnknownReason::known) continue;  // of "/"
      const std::string_view value = store.value(node);
      const auto lookup = [&](std::string_view variable) {
        const int index = match.pattern->variable(variable);
        return match.bindings[static_cast<std::size_t>(index)].text;
      };
      INFO("should be " << match.entry->type.expected() << ", is " << escape(value));
      CHECK(match.entry->type.accepts(value, lookup));
    }
  }
}

}  // namespace
}  // namespace xsaudit
