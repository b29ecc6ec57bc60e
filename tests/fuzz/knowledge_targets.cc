// What admins write: YAML, the schema, rules, expressions.
#include "rules/check/checker.h"
#include "rules/rule_set.h"
#include "rules/testing/rule_test.h"
#include "schema/schema.h"
#include "targets.h"
#include "yaml/yaml_document.h"
#include "yaml/yaml_tree.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Result<Schema> loaded = Schema::load(embedded_schema());
  require(loaded.ok(), "the schema does not load");
  return *loaded;
}

// Every value of a document has a place, and a document is never deeper than it may be.
void visit(const YamlValue& value, std::size_t depth) {
  require(depth <= kMaxYamlDepth, "a document is too deep");
  require(!value.place().empty(), "a value has no place");
  require(value.place_in(value.text().size() / 2).starts_with("fuzz.yaml:"), "a byte has no place");
  for (const YamlValue& item : value.items()) visit(item, depth + 1);
  for (const auto& [key, member] : value.members()) {
    require(key.is_scalar(), "a key is not a text");
    require(value.get(key.text()).exists(), "a key is not found");
    static_cast<void>(key.lines());
    visit(member, depth + 1);
  }
}

void read_yaml(std::string_view bytes) {
  const auto document = YamlDocument::parse("fuzz.yaml", std::string(bytes));
  if (document) {
    visit(document->root(), 0);
  } else {
    require(document.error().place.starts_with("fuzz.yaml:"), "a mistake has no place");
    require(!document.error().message.empty(), "a mistake has no message");
  }
}

void load_schema(std::string_view bytes) {
  const auto loaded = Schema::load({{"fuzz.yaml", std::string(bytes)}});
  if (!loaded) return;
  for (const char* path : {"/", "/local/domain/1/device/vif/0", "/libxl/1/device"}) {
    const auto match = loaded->match(path);
    require((match.entry == nullptr) == (match.pattern == nullptr), "half an entry governs a path");
  }
}

// Its own tests are run, too, for they run the rule.
void load_rule(std::string_view bytes) {
  const auto rules = RuleSet::load({{"fuzz.yaml", std::string(bytes)}}, schema());
  if (!rules) return;
  for (const Rule& rule : rules->rules()) {
    static_cast<void>(run_rule_tests(rule, *rules, schema()));
  }
}

void compile(std::string_view bytes) {
  Scope scope;
  scope.bind("DOMID", kInteger);
  scope.bind("KIND", kText);
  const ExpressionText text{bytes, [](std::size_t offset) { return std::to_string(offset); }};
  static_cast<void>(compile_expression(text, scope, schema().variables()));
}

}  // namespace

std::vector<FuzzTarget> knowledge_targets() {
  return {
      {"yaml", read_yaml}, {"schema", load_schema}, {"rule", load_rule}, {"expression", compile}};
}

}  // namespace xsaudit
