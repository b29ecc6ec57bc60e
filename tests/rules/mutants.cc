#include "mutants.h"

#include <functional>
#include <string_view>
#include <utility>

#include "rules/syntax/parser.h"
#include "yaml/yaml_document.h"

namespace xsaudit {
namespace {

// ---- expressions ----

std::string in_marks(std::string_view text, char quote) {
  static constexpr const char* kDigits = "0123456789abcdef";
  std::string out(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      out += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
    } else {
      out += c;
    }
  }
  return out + quote;
}

const char* sign_of(Operator op) {
  switch (op) {
    case Operator::equal: return " == ";
    case Operator::not_equal: return " != ";
    case Operator::less: return " < ";
    case Operator::less_equal: return " <= ";
    case Operator::greater: return " > ";
    case Operator::greater_equal: return " >= ";
    case Operator::in: return " in ";
    case Operator::plus: return " + ";
    case Operator::minus: return " - ";
    case Operator::times: return " * ";
    case Operator::divide: return " / ";
    default: return " % ";
  }
}

std::string written(const Syntax& syntax);

std::string joined(const std::vector<Syntax>& parts, std::size_t first, const char* between) {
  std::string text;
  for (std::size_t i = first; i < parts.size(); ++i) {
    text += (i > first ? between : "") + written(parts[i]);
  }
  return text;
}

std::string written(const Syntax& syntax) {
  const auto& parts = syntax.children;
  switch (syntax.kind) {
    case Syntax::Kind::null: return "null";
    case Syntax::Kind::boolean: return syntax.number != 0 ? "true" : "false";
    case Syntax::Kind::integer: return std::to_string(syntax.number);
    case Syntax::Kind::text: return in_marks(syntax.text, '\'');
    case Syntax::Kind::name: return syntax.text;
    case Syntax::Kind::list: return "[" + joined(parts, 0, ", ") + "]";
    case Syntax::Kind::negation: return "!(" + written(parts[0]) + ")";
    case Syntax::Kind::minus: return "-(" + written(parts[0]) + ")";
    case Syntax::Kind::conjunction: return "(" + joined(parts, 0, " && ") + ")";
    case Syntax::Kind::disjunction: return "(" + joined(parts, 0, " || ") + ")";
    case Syntax::Kind::binary:
      return "(" + written(parts[0]) + sign_of(syntax.op) + written(parts[1]) + ")";
    case Syntax::Kind::conditional:
      return "(" + written(parts[0]) + " ? " + written(parts[1]) + " : " + written(parts[2]) + ")";
    case Syntax::Kind::call: return syntax.text + "(" + joined(parts, 0, ", ") + ")";
    case Syntax::Kind::method: break;
  }
  return "(" + written(parts[0]) + ")." + syntax.text + "(" + joined(parts, 1, ", ") + ")";
}

// A changed tree, and what was changed.
using Take = std::function<void(const std::string& change, Syntax changed)>;

bool is_condition(const Syntax& syntax) {
  switch (syntax.kind) {
    case Syntax::Kind::binary:
      return syntax.op != Operator::plus && syntax.op != Operator::minus &&
             syntax.op != Operator::times && syntax.op != Operator::divide &&
             syntax.op != Operator::remainder;
    case Syntax::Kind::call:
      return syntax.text == "exists" || syntax.text == "any" || syntax.text == "all" ||
             syntax.text == "alive" || syntax.text == "privileged" || syntax.text == "acts_for" ||
             syntax.text == "recorded";
    case Syntax::Kind::method:
      return syntax.text == "exists" || syntax.text == "all" || syntax.text == "matches" ||
             syntax.text == "startsWith" || syntax.text == "endsWith" || syntax.text == "contains";
    default: return false;
  }
}

void change(const Syntax& syntax, const Take& take) {
  const auto& parts = syntax.children;
  const bool whole = syntax.kind == Syntax::Kind::conjunction ||
                     syntax.kind == Syntax::Kind::disjunction ||
                     (syntax.kind == Syntax::Kind::list && parts.size() > 1);
  for (std::size_t i = 0; whole && i < parts.size(); ++i) {
    Syntax changed = syntax;
    changed.children.erase(changed.children.begin() + static_cast<std::ptrdiff_t>(i));
    if (changed.children.size() == 1 && syntax.kind != Syntax::Kind::list) {
      changed = Syntax(changed.children[0]);
    }
    take("without " + written(parts[i]), std::move(changed));
  }
  if (syntax.kind == Syntax::Kind::negation) take("not negated: " + written(parts[0]), parts[0]);
  if (is_condition(syntax)) {
    Syntax negated;
    negated.kind = Syntax::Kind::negation;
    negated.children = {syntax};
    take("negated: " + written(syntax), std::move(negated));
  }
  if (syntax.kind == Syntax::Kind::conditional) {
    take("always " + written(parts[1]), parts[1]);
    take("always " + written(parts[2]), parts[2]);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (syntax.kind == Syntax::Kind::negation && is_condition(parts[i])) {
      // Turning it round is what leaving the negation out does.
      for (std::size_t j = 0; j < parts[i].children.size(); ++j) {
        change(parts[i].children[j], [&](const std::string& what, Syntax changed) {
          Syntax copy = syntax;
          copy.children[i].children[j] = std::move(changed);
          take(what, std::move(copy));
        });
      }
      continue;
    }
    change(parts[i], [&](const std::string& what, Syntax changed) {
      Syntax copy = syntax;
      copy.children[i] = std::move(changed);
      take(what, std::move(copy));
    });
  }
}

// ---- files ----

// YAML that can be changed. Scalars are written between double quotes.
struct Member;
struct Node {
  YamlValue::Kind kind = YamlValue::Kind::null;
  std::string text;
  std::vector<Member> items;
};
struct Member {
  std::string name;  // empty in a list
  Node value;
};

Node copy_of(const YamlValue& value) {
  Node node;
  node.kind = value.kind();
  if (value.is_scalar()) node.text = value.text();
  if (value.is_list()) {
    for (const YamlValue& item : value.items()) node.items.push_back({"", copy_of(item)});
  }
  if (value.is_map()) {
    for (const auto& [key, item] : value.members()) {
      node.items.push_back({std::string(key.text()), copy_of(item)});
    }
  }
  return node;
}

std::string written(const Node& node) {
  if (node.kind == YamlValue::Kind::scalar) return in_marks(node.text, '"');
  if (node.kind == YamlValue::Kind::null) return "";
  const bool map = node.kind == YamlValue::Kind::map;
  std::string text = map ? "{" : "[";
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) text += ", ";
    if (map) text += in_marks(node.items[i].name, '"') + ": ";
    text += written(node.items[i].value);
  }
  return text + (map ? "}" : "]");
}

class Mutator {
 public:
  explicit Mutator(const TextFile& file) : file_(file) {
    const std::size_t tests = file.text.find("\ntests:");
    // Blank lines keep the tests in their place.
    tests_ = file.text.substr(tests + 1);
    auto document = YamlDocument::parse(file.name, file.text.substr(0, tests + 1));
    if (document) root_ = copy_of(document->root());
  }

  std::vector<Mutant> mutants() && {
    for (std::size_t i = 0; i < root_.items.size(); ++i) {
      const std::string key = root_.items[i].name;
      if (key == "match") change_match(i);
      if (key == "when" || key == "assert" || key == "secret") change_expression(key, at(i));
      if (key == "when" || key == "report" || key == "secret") leave_out(root_, i, key);
      if (key == "let") change_members(i, "let");
      if (key == "severity_when" || key == "superseded_by") change_list(i, key);
      if (key == "transient") change_settles(i);
      if (key == "report" && root_.items[i].value.kind == YamlValue::Kind::map) {
        change_members(i, "report");
      }
    }
    return std::move(mutants_);
  }

 private:
  Node& at(std::size_t i) { return root_.items[i].value; }

  void keep(const std::string& what) {
    std::string text;
    for (const auto& [key, value] : root_.items) text += key + ": " + written(value) + "\n";
    mutants_.push_back({what, {file_.name, text + tests_}});
  }

  // With `node` for the time being `value`.
  void replace(Node& node, Node value, const std::string& what) {
    std::swap(node, value);
    keep(what);
    std::swap(node, value);
  }

  void leave_out(Node& node, std::size_t i, const std::string& what) {
    Node without = node;
    without.items.erase(without.items.begin() + static_cast<std::ptrdiff_t>(i));
    replace(node, std::move(without), "without " + what);
  }

  void change_expression(const std::string& key, Node& node) {
    const std::string text = node.text;
    const auto syntax = parse_expression({text, [](std::size_t) { return std::string(); }});
    if (!syntax) return;
    change(*syntax, [&](const std::string& what, const Syntax& changed) {
      replace(node, {YamlValue::Kind::scalar, written(changed), {}}, key + ": " + what);
    });
  }

  void change_members(std::size_t i, const std::string& key) {
    for (auto& [name, node] : at(i).items) change_expression(key + " " + name, node);
  }

  // Each pattern, and each of the names between braces.
  void change_match(std::size_t i) {
    Node& match = at(i);
    if (match.kind == YamlValue::Kind::scalar) return change_braces(match);
    for (std::size_t j = 0; j < match.items.size(); ++j) {
      if (match.items.size() > 1) leave_out(match, j, "match " + match.items[j].value.text);
      change_braces(match.items[j].value);
    }
  }

  void change_braces(Node& pattern) {
    const std::string text = pattern.text;
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
      const std::size_t close = text.find('}', open);
      std::vector<std::string> names;
      for (std::size_t begin = open + 1; begin <= close;) {
        const std::size_t end = std::min(text.find(',', begin), close);
        names.push_back(text.substr(begin, end - begin));
        begin = end + 1;
      }
      for (std::size_t left_out = 0; left_out < names.size(); ++left_out) {
        std::string rest;
        for (std::size_t k = 0; k < names.size(); ++k) {
          if (k != left_out) rest += (rest.empty() ? "" : ",") + names[k];
        }
        if (names.size() > 2) rest = "{" + rest + "}";
        replace(pattern,
                {YamlValue::Kind::scalar, text.substr(0, open) + rest + text.substr(close + 1), {}},
                "match: without " + names[left_out]);
      }
    }
  }

  void change_list(std::size_t i, const std::string& key) {
    Node& list = at(i);
    for (std::size_t j = 0; j < list.items.size(); ++j) {
      leave_out(list, j, key + " " + written(list.items[j].value));
      for (auto& [name, node] : list.items[j].value.items) {
        if (name == "when" || name == "at") change_expression(key + " " + name, node);
      }
    }
  }

  // `live` shows in a live store only.
  void change_settles(std::size_t i) {
    if (at(i).text == "live") return;
    leave_out(root_, i, "transient");
    if (at(i).kind != YamlValue::Kind::map) return;
    replace(at(i), {YamlValue::Kind::scalar, "true", {}}, "transient: without unless");
    for (auto& [name, node] : at(i).items) change_expression("transient " + name, node);
  }

  const TextFile& file_;
  std::string tests_;
  Node root_;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::vector<Mutant> mutants_of(const TextFile& rule) { return Mutator(rule).mutants(); }

}  // namespace xsaudit
