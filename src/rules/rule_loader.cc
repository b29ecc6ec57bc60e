#include "rules/rule_loader.h"

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "rules/check/names.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

namespace {

ExpressionText text_of(const YamlValue& value) {
  return {value.text(), [value](std::size_t offset) { return value.place_in(offset); },
          value.built_in()};
}

}  // namespace

Result<ExpressionPtr> RuleExpressions::any(const YamlValue& value) {
  XSAUDIT_TRY(value.as_text());
  return compile_expression(text_of(value), scope_, schema_.variables());
}

Result<ExpressionPtr> RuleExpressions::of(const YamlValue& value, Type type) {
  auto made = any(value);
  if (!made || fits((*made)->type(), type)) return made;
  return value.error("expected " + to_text(type) + ", this is " + to_text((*made)->type()),
                     conversion_hint((*made)->type(), type));
}

Result<ExpressionPtr> RuleExpressions::scalar(const YamlValue& value) {
  auto made = any(value);
  if (!made || fits((*made)->type(), kText) || fits((*made)->type(), kInteger)) return made;
  return value.error("expected a text or a number, this is " + to_text((*made)->type()));
}

Result<ExpressionPtr> RuleExpressions::evidence(const YamlValue& value) {
  auto made = any(value);
  if (!made || fits((*made)->type(), kText) || fits((*made)->type(), list_of(Type::Kind::text))) {
    return made;
  }
  return value.error("evidence is a path or a list of paths, not " + to_text((*made)->type()));
}

Result<Message> RuleExpressions::message(const YamlValue& value, Message::Use use) {
  XSAUDIT_TRY(value.as_text());
  return Message::compile(text_of(value), scope_, schema_.variables(), use);
}

namespace {

constexpr std::array<const char*, 5> kClasses = {"security", "hygiene", "lifecycle", "quota",
                                                 "integrity"};
// Stands in the fix as written for the steps of the schema.
constexpr std::string_view kDetachNote =
    "# (then the steps that detach a device of this kind, by its guest's toolstack)\n";
constexpr std::string_view kSeverities = "info, low, medium, high or critical";

bool valid_id(std::string_view id) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !id.empty() && std::all_of(id.begin(), id.end(), good);
}

bool valid_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto good = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), good);
}

class RuleLoader {
 public:
  RuleLoader(YamlValue root, const Schema& schema)
      : root_(root), schema_(schema), expressions_(schema) {
    loaded_.program = std::make_shared<RuleProgram>();
  }

  Status load() {
    XSAUDIT_TRY(root_.only_keys(
        {"id",         "title",    "severity", "severity_when", "class",     "match",
         "let",        "when",     "assert",   "secret",        "transient", "message",
         "evidence",   "known_by", "report",   "superseded_by", "why",       "fix",
         "exceptions", "refs",     "tests",    "wrong",         "suspect",   "victim",
         "detach"}));
    for (const auto step :
         {&RuleLoader::load_head, &RuleLoader::load_match, &RuleLoader::load_lets,
          &RuleLoader::load_verdict, &RuleLoader::load_transient, &RuleLoader::load_severities,
          &RuleLoader::load_messages, &RuleLoader::load_evidence, &RuleLoader::load_suspects,
          &RuleLoader::load_known_by, &RuleLoader::load_report, &RuleLoader::load_prose}) {
      XSAUDIT_TRY((this->*step)());
    }
    loaded_.program->layout = expressions_.scope().layout();
    return ok();
  }

  LoadedRule& loaded() { return loaded_; }

 private:
  Rule& rule() { return loaded_.rule; }
  RuleProgram& program() { return *loaded_.program; }

  Result<std::string> sentence(std::string_view key) {
    XSAUDIT_ASSIGN(auto value, root_.require(key));
    XSAUDIT_ASSIGN(const auto text, value.as_text());
    if (text.empty()) return value.error("it must not be empty");
    return std::string(text);
  }

  Result<Severity> severity(const YamlValue& value) {
    const auto severity = parse_severity(value.text());
    if (severity) return *severity;
    return value.error("expected " + std::string(kSeverities) + ", found " +
                       single_quoted(value.text()));
  }

  Status load_head() {
    XSAUDIT_ASSIGN(auto id, root_.require("id"));
    if (!valid_id(id.text())) {
      return id.error(single_quoted(id.text()) + " is not an id", "small letters, digits and '-'");
    }
    rule().id = id.text();
    loaded_.id_place = id.place();
    XSAUDIT_ASSIGN(rule().title, sentence("title"));
    XSAUDIT_ASSIGN(auto written, root_.require("severity"));
    XSAUDIT_ASSIGN(rule().severity, this->severity(written));
    XSAUDIT_ASSIGN(auto category, root_.require("class"));
    const auto known = std::find(kClasses.begin(), kClasses.end(), category.text());
    if (known == kClasses.end()) {
      return category.error("unknown class " + single_quoted(category.text()),
                            "security, hygiene, lifecycle, quota or integrity");
    }
    rule().category = static_cast<RuleClass>(known - kClasses.begin());
    return ok();
  }

  Status load_match() {
    XSAUDIT_ASSIGN(auto match, root_.require("match"));
    XSAUDIT_ASSIGN(rule().match, match.as_strings());
    std::vector<Pattern> patterns;
    const std::vector<YamlValue> written =
        match.is_list() ? match.items() : std::vector<YamlValue>{match};
    for (const YamlValue& one : written) {
      XSAUDIT_ASSIGN(auto expanded, Pattern::expand(one, schema_.variables()));
      for (Pattern& pattern : expanded) patterns.push_back(std::move(pattern));
    }
    if (patterns.empty()) return match.error("a rule matches at least one pattern");
    auto named = bind_patterns(std::move(patterns), expressions_.scope());
    if (!named) return match.error(named.error().message);
    program().match = *std::move(named);
    return ok();
  }

  Status load_lets() {
    const YamlValue lets = root_.get("let");
    if (!lets.exists()) return ok();
    if (!lets.is_map()) return lets.error("expected names with an expression each");
    for (const auto& [name, value] : lets.members()) {
      if (!valid_name(name.text())) {
        return name.error(single_quoted(name.text()) + " is not a name", "letters, digits and '_'");
      }
      if (expressions_.scope().find(name.text()) != nullptr) {
        return name.error(single_quoted(name.text()) + " is a name already");
      }
      XSAUDIT_ASSIGN(auto made, expressions_.any(value));
      program().lets.push_back(std::move(made));
      if (!expressions_.scope().let(std::string(name.text()), *program().lets.back())) {
        return name.error(kTooManyNames);
      }
    }
    return ok();
  }

  Status load_verdict() {
    if (const YamlValue when = root_.get("when"); when.exists()) {
      XSAUDIT_ASSIGN(program().when, expressions_.of(when, kBoolean));
    }
    XSAUDIT_ASSIGN(auto assertion, root_.require("assert"));
    XSAUDIT_ASSIGN(program().assertion, expressions_.of(assertion, kBoolean));
    const YamlValue secret = root_.get("secret");
    if (!secret.exists()) return ok();
    XSAUDIT_ASSIGN(program().secret, expressions_.of(secret, kBoolean));
    return ok();
  }

  Status load_transient() {
    const YamlValue transient = root_.get("transient");
    if (!transient.exists()) return ok();
    program().transient = true;
    if (!transient.is_map()) {
      if (transient.text() == "live") program().confirmed = Constant::of(true);
      if (transient.text() == "live" || transient.text() == "true") return ok();
      return transient.error("expected true, live, or {unless: a condition}",
                             "otherwise omit the key");
    }
    XSAUDIT_TRY(transient.only_keys({"unless"}));
    XSAUDIT_ASSIGN(auto unless, transient.require("unless"));
    XSAUDIT_ASSIGN(program().confirmed, expressions_.of(unless, kBoolean));
    return ok();
  }

  Status load_severities() {
    const YamlValue cases = root_.get("severity_when");
    if (!cases.exists()) return ok();
    if (!cases.is_list()) return cases.error("expected a list of {when: ..., severity: ...}");
    for (const YamlValue& one : cases.items()) {
      XSAUDIT_TRY(one.only_keys({"when", "severity"}));
      XSAUDIT_ASSIGN(auto when, one.require("when"));
      XSAUDIT_ASSIGN(auto made, expressions_.of(when, kBoolean));
      XSAUDIT_ASSIGN(auto written, one.require("severity"));
      XSAUDIT_ASSIGN(auto severity, this->severity(written));
      program().severity_when.push_back({std::move(made), severity});
    }
    return ok();
  }

  Status load_messages() {
    XSAUDIT_ASSIGN(auto message, root_.require("message"));
    XSAUDIT_ASSIGN(program().message, expressions_.message(message, Message::Use::sentence));
    if (const YamlValue detach = root_.get("detach"); detach.exists()) {
      XSAUDIT_ASSIGN(program().detach, detach.as_bool());
      XSAUDIT_TRY(root_.require("fix"));
    }
    const YamlValue fix = root_.get("fix");
    if (!fix.exists()) return ok();
    XSAUDIT_ASSIGN(auto commands, expressions_.message(fix, Message::Use::command));
    rule().fix = fix.text();
    if (program().detach) rule().fix += kDetachNote;
    program().fix = std::move(commands);
    return ok();
  }

  Status load_evidence() {
    const YamlValue evidence = root_.get("evidence");
    if (!evidence.exists()) return ok();
    const std::vector<YamlValue> written =
        evidence.is_list() ? evidence.items() : std::vector<YamlValue>{evidence};
    for (const YamlValue& one : written) {
      XSAUDIT_ASSIGN(auto made, expressions_.evidence(one));
      program().evidence.push_back(std::move(made));
    }
    return ok();
  }

  // The domains that could have caused the fault.
  Status load_suspects() {
    if (const YamlValue wrong = root_.get("wrong"); wrong.exists()) {
      YamlValue path = wrong;
      if (wrong.is_map()) {
        XSAUDIT_TRY(wrong.only_keys({"permissions"}));
        XSAUDIT_ASSIGN(path, wrong.require("permissions"));
        program().wrong_permissions = true;
      }
      XSAUDIT_ASSIGN(program().wrong, expressions_.of(path, kText));
    }
    for (const auto& [key, into] :
         {std::pair("suspect", &program().suspect), std::pair("victim", &program().victim)}) {
      const YamlValue domain = root_.get(key);
      if (!domain.exists()) continue;
      XSAUDIT_ASSIGN(*into, expressions_.of(domain, kInteger));
    }
    return ok();
  }

  // A leftover or a quota is recognised by its path: the value there changes in normal operation.
  Status load_known_by() {
    const YamlValue known_by = root_.get("known_by");
    const bool by_evidence = !known_by.exists() && rule().category != RuleClass::lifecycle &&
                             rule().category != RuleClass::quota;
    rule().known_by_values = rule().known_by_permissions = by_evidence;
    if (!known_by.exists()) return ok();
    if (!known_by.is_list()) {
      return known_by.error("expected a list of 'values', 'permissions' and expressions");
    }
    for (const YamlValue& one : known_by.items()) {
      if (one.text() == "values") {
        rule().known_by_values = true;
      } else if (one.text() == "permissions") {
        rule().known_by_permissions = true;
      } else {
        XSAUDIT_ASSIGN(auto made, expressions_.any(one));
        program().known_by.push_back(std::move(made));
      }
    }
    return ok();
  }

  Status load_report() {
    if (const YamlValue report = root_.get("report"); report.is_map()) {
      XSAUDIT_TRY(report.only_keys({"once_per"}));
      XSAUDIT_ASSIGN(auto written, report.require("once_per"));
      XSAUDIT_ASSIGN(program().once_per, expressions_.scalar(written));
    } else if (report.exists()) {
      rule().is_note = report.text() == "note";
      program().once_per_subtree = report.text() == "subtree";
      if (!rule().is_note && !program().once_per_subtree) {
        return report.error("unknown way to report " + single_quoted(report.text()),
                            "'subtree', 'note', or {once_per: an expression}");
      }
    }
    const YamlValue superseders = root_.get("superseded_by");
    if (!superseders.exists()) return ok();
    if (!superseders.is_list()) {
      return superseders.error("expected a list of ids of rules, or of {rule: ..., at: ...}");
    }
    for (const YamlValue& one : superseders.items()) {
      RuleProgram::Superseder superseder;
      YamlValue id = one;
      if (one.is_map()) {
        XSAUDIT_TRY(one.only_keys({"rule", "at"}));
        XSAUDIT_ASSIGN(id, one.require("rule"));
        XSAUDIT_ASSIGN(auto at, one.require("at"));
        XSAUDIT_ASSIGN(superseder.at, expressions_.of(at, kText));
      }
      XSAUDIT_TRY(id.as_text());
      loaded_.superseders.push_back({std::string(id.text()), id.place()});
      program().superseded_by.push_back(std::move(superseder));
    }
    return ok();
  }

  Status load_prose() {
    XSAUDIT_ASSIGN(rule().why, sentence("why"));
    for (const auto& [key, into] :
         {std::pair("exceptions", &rule().exceptions), std::pair("refs", &rule().references)}) {
      const YamlValue list = root_.get(key);
      if (!list.exists()) continue;
      XSAUDIT_ASSIGN(*into, list.as_strings());
    }
    return ok();
  }

  const YamlValue root_;
  const Schema& schema_;
  RuleExpressions expressions_;
  LoadedRule loaded_;
};

}  // namespace

Result<LoadedRule> load_rule(const RuleFile& file, const Schema& schema) {
  const auto keys = file.document.root().members();
  for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
    if (keys[i].first.text() != "tests") continue;
    return keys[i + 1].first.error("'tests' is the last key of a rule", "move this before it");
  }
  RuleLoader loader(file.document.root(), schema);
  XSAUDIT_TRY(loader.load());
  LoadedRule loaded = std::move(loader.loaded());
  loaded.rule.file = file.document.file();
  loaded.rule.document = file.document;
  loaded.rule.tests = file.tests;
  return loaded;
}

const char* to_text(RuleClass category) { return kClasses[static_cast<std::size_t>(category)]; }

}  // namespace xsaudit
