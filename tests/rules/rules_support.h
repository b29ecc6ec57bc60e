// What the tests of the rules share: the project's schema, small stores, and expressions evaluated
// on them.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/check/checker.h"
#include "rules/eval/message.h"
#include "rules/evaluation.h"
#include "rules/testing/fixture_store.h"
#include "schema/schema.h"

namespace xsaudit {

inline const Schema& test_schema() {
  static const Result<Schema> schema = Schema::load(embedded_schema());
  if (!schema) FAIL(schema.error().text());
  return *schema;
}

inline Snapshot store_of(const FixtureStore& store) {
  auto snapshot = make_fixture_store(store);
  if (!snapshot) FAIL(snapshot.error().text());
  return *std::move(snapshot);
}
inline Snapshot store_of(std::string_view text) { return store_of(FixtureStore{text}); }

// A snapshot with all that a rule may ask about it.
class TestFacts {
 public:
  explicit TestFacts(Snapshot snapshot, std::optional<std::vector<Domid>> alive = std::nullopt)
      : snapshot_(std::move(snapshot)),
        context_(test_schema(), snapshot_, options_of(std::move(alive))) {}
  TestFacts(Snapshot snapshot, const ContextOptions& options)
      : snapshot_(std::move(snapshot)), context_(test_schema(), snapshot_, options) {}
  TestFacts(const TestFacts&) = delete;
  TestFacts& operator=(const TestFacts&) = delete;

  AuditContext facts() const {
    AuditContext all = context_;
    all.host = host ? &*host : nullptr;
    return all;
  }
  const Snapshot& snapshot() const { return snapshot_; }

  std::optional<HostFacts> host;  // nothing: nobody looked

 private:
  static ContextOptions options_of(std::optional<std::vector<Domid>> alive) {
    ContextOptions options;
    options.alive = std::move(alive);
    return options;
  }

  Snapshot snapshot_;
  AuditContext context_;
};

inline ExpressionText text_at(std::string_view text) {
  return {text, [](std::size_t offset) { return "at " + std::to_string(offset); }};
}

// The error of an expression that is wrong, or "accepted".
inline std::string refusal(std::string_view text) {
  Scope scope;
  scope.bind("DOMID", kInteger);
  auto made = compile_expression(text_at(text), scope, test_schema().variables());
  return made ? "accepted" : made.error().text();
}

// What an expression comes to at a node: `true`, `7`, `'text'`, `null`, `[1, 2]`, `domains 1 and
// 2`, or `unknown: …`. `values` are let names, in order.
inline std::string evaluated(const TestFacts& facts, std::string_view text,
                             std::string_view node = "/",
                             const std::vector<std::pair<std::string, std::string>>& values = {}) {
  Scope scope;
  const auto domid = scope.bind("DOMID", kInteger);
  std::vector<ExpressionPtr> lets;
  for (const auto& [name, expression] : values) {
    auto made = compile_expression(text_at(expression), scope, test_schema().variables());
    if (!made) return "refused: " + made.error().text();
    lets.push_back(*std::move(made));
    scope.let(name, *lets.back());
  }
  auto made = compile_expression(text_at(text), scope, test_schema().variables());
  if (!made) return "refused: " + made.error().text();

  const AuditContext all = facts.facts();
  StoreIndex store_index(all);
  EvalContext context(all, store_index, scope.layout());
  const NodeId place = facts.snapshot().find(node);
  REQUIRE(place != kNoNode);
  context.move_to(place);
  context.slots[*domid] = Value::of(std::int64_t{3});
  const Value value = (*made)->evaluate(context);
  const auto written = [&](const Value& one) {
    if (one.is(Value::Kind::null)) return std::string("null");
    const bool quote = one.is(Value::Kind::text) || one.is(Value::Kind::path);
    return quote ? "'" + shown(context, one) + "'" : shown(context, one);
  };
  if (value.is(Value::Kind::unknown)) return "unknown: " + context.text_of(*value.unknown);
  if (!value.is(Value::Kind::list))
    return written(value) + (value.gap != nullptr ? " or more" : "");
  std::string list;
  for (std::uint32_t i = 0; i < value.size; ++i) {
    list += (i > 0 ? ", " : "") + written(value.items[i]);
  }
  return "[" + list + "]" + (value.gap != nullptr ? " or more" : "");
}

}  // namespace xsaudit
