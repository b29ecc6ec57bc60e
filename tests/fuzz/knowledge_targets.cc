// What admins write: the schema, rules, expressions.
#include "rules/language/checker.h"
#include "rules/rule_set.h"
#include "rules/rule_test.h"
#include "schema/schema.h"
#include "targets.h"

namespace xsaudit {
namespace {

const Schema& schema() {
  static const Result<Schema> loaded = Schema::load(embedded_schema());
  require(loaded.ok(), "the schema does not load");
  return *loaded;
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
  return {{"schema", load_schema}, {"rule", load_rule}, {"expression", compile}};
}

}  // namespace xsaudit
