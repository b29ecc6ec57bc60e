#include "schema/pattern.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/escape.h"
#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxExpansions = 256;
// The meaning of "~" in xenstore-paths: /local/domain/$DOMID.
constexpr std::array<std::string_view, 3> kHome = {"local", "domain", "$DOMID"};

Error fail(std::size_t* at, std::size_t offset, std::string message, std::string hint = {}) {
  if (at != nullptr) *at = offset;
  return {"", std::move(message), std::move(hint)};
}

bool in_variable_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The position of the variable in a component that is neither a literal nor "*".
struct VariablePlace {
  std::size_t begin = std::string_view::npos;  // of the '$'
  std::size_t end = 0;
};

Result<VariablePlace> find_variable(std::string_view component, std::size_t offset,
                                    std::size_t* at) {
  VariablePlace place;
  for (std::size_t i = 0; i < component.size(); ++i) {
    const std::string_view character = component.substr(i, 1);
    if (valid_name(character)) continue;
    if (character == "*") {
      return fail(at, offset + i, "'*' stands for a whole component",
                  "for a part of one use a variable, as in oem-$INDEX");
    }
    if (character != "$") {
      return fail(at, offset + i, "no node name has '" + escape(character) + "'");
    }
    if (place.end > 0) return fail(at, offset + i, "a component has at most one variable");
    place.begin = i;
    place.end = i + 1;
    while (place.end < component.size() && in_variable_name(component[place.end])) ++place.end;
    if (place.end == i + 1 || component[i + 1] < 'A') {
      return fail(at, offset + i, "'$' without the name of a variable",
                  "variables are written in capitals, as in $DOMID");
    }
    i = place.end - 1;
  }
  return place;
}

}  // namespace

bool bind(VariableType type, std::string_view text, Binding& binding) {
  binding.bound = false;
  binding.number = 0;
  switch (type) {
    case VariableType::name:
      if (text.empty()) return false;
      break;
    case VariableType::number:
    case VariableType::domid:
      if (text.empty() || text.size() > 9 || (text.front() == '0' && text.size() > 1)) return false;
      for (const char c : text) {
        if (c < '0' || c > '9') return false;
        binding.number = binding.number * 10 + (c - '0');
      }
      if (type == VariableType::domid && binding.number >= kFirstReservedDomid) return false;
      break;
    case VariableType::uuid:
      if (text.size() != 36) return false;
      for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !hex) return false;
      }
      break;
    case VariableType::device:
      if (!begins_with_number(text)) return false;
      break;
  }
  binding.text = text;
  binding.bound = true;
  return true;
}

int Pattern::variable(std::string_view name) const {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    if (variables_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

Status Pattern::add_component(std::string_view component, const VariableTypes& types,
                              std::size_t offset, std::size_t* at) {
  if (component.empty()) return fail(at, offset, "the pattern has an empty component");
  if (component == "*") {
    segments_.emplace_back(Segment::Kind::any);
    return ok();
  }
  if (valid_name(component)) {
    segments_.emplace_back(Segment::Kind::literal, component);
    return ok();
  }
  XSAUDIT_ASSIGN(const auto place, find_variable(component, offset, at));
  const std::string_view name = component.substr(place.begin + 1, place.end - place.begin - 1);
  int index = variable(name);
  if (index < 0) {
    index = static_cast<int>(variables_.size());
    const auto type = types.find(name);
    variables_.push_back(
        {std::string(name), type == types.end() ? VariableType::name : type->second});
  }
  segments_.emplace_back(Segment::Kind::variable, component.substr(0, place.begin),
                         component.substr(place.end), index);
  return ok();
}

Result<Pattern> Pattern::parse(std::string_view text, const VariableTypes& types, std::size_t* at) {
  Pattern pattern;
  pattern.text_ = text;
  if (text.size() > kMaxPathBytes) return fail(at, 0, "the pattern is longer than 4095 bytes");
  const bool in_home = text.starts_with('~');
  if (!in_home && !text.starts_with('/')) {
    return fail(at, 0, "a pattern begins with '/' or '~'");
  }
  if (in_home && text.size() > 1 && text[1] != '/') {
    return fail(at, 0, "'~' stands for a whole path", "write '~/' and the path below it");
  }
  const auto count = [text](char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
  };
  pattern.segments_.reserve(kHome.size() + count('/'));
  pattern.variables_.reserve(1 + count('$'));
  for (std::size_t i = 0; i < kHome.size() && in_home; ++i) {
    XSAUDIT_TRY(pattern.add_component(kHome[i], types, 0, at));
  }
  for (std::size_t begin = 1; text.size() > 1 && begin <= text.size();) {
    if (in_home && begin == 1) ++begin;
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::string_view component = text.substr(begin, end - begin);
    if (component == "**") {
      if (end != text.size()) return fail(at, begin, "'**' can only be the last component");
      pattern.deep_ = true;
      break;
    }
    XSAUDIT_TRY(pattern.add_component(component, types, begin, at));
    begin = end + 1;
  }
  return pattern;
}

Result<std::vector<Pattern>> Pattern::expand(std::string_view text, const VariableTypes& types,
                                             std::size_t* at) {
  std::vector<Pattern> patterns;
  if (text.find('{') == text.npos && text.find('}') == text.npos) {
    XSAUDIT_ASSIGN(auto pattern, parse(text, types, at));
    patterns.push_back(std::move(pattern));
    return patterns;
  }
  std::vector<std::string> texts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t brace = std::min(text.find_first_of("{}", i), text.size());
    for (std::string& one : texts) one += text.substr(i, brace - i);
    if (brace == text.size()) break;
    i = brace;
    if (text[i] == '}') return fail(at, i, "'}' without '{'");
    const std::size_t close = text.find_first_of("{}", i + 1);
    if (close == std::string_view::npos) return fail(at, i, "'{' without '}'");
    if (text[close] == '{') return fail(at, close, "'{' inside '{'");
    std::string_view choices = text.substr(i + 1, close - i - 1);
    std::vector<std::string> longer;
    for (bool more = true; more;) {
      const std::size_t comma = choices.find(',');
      more = comma != std::string_view::npos;
      for (const std::string& one : texts)
        longer.push_back(one + std::string(choices.substr(0, comma)));
      if (more) choices.remove_prefix(comma + 1);
      if (longer.size() > kMaxExpansions) {
        return fail(at, i, "the pattern stands for more than 256 patterns");
      }
    }
    texts = std::move(longer);
    i = close;
  }

  patterns.reserve(texts.size());
  std::set<std::string_view> seen;
  for (const std::string& one : texts) {
    if (!seen.insert(one).second) {
      return fail(at, 0, "the pattern stands for '" + escape_shortened(one, 80) + "' twice");
    }
    auto pattern = parse(one, types, at);
    if (!pattern) {
      if (at != nullptr) *at = 0;  // the place in what it stands for says little
      return pattern.error();
    }
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

Result<Pattern> Pattern::parse(const YamlValue& text, const VariableTypes& types) {
  XSAUDIT_TRY(text.as_text());
  std::size_t at = 0;
  auto pattern = parse(text.text(), types, &at);
  if (pattern) return pattern;
  return Error{text.place_in(at), pattern.error().message, pattern.error().hint};
}

Result<std::vector<Pattern>> Pattern::expand(const YamlValue& text, const VariableTypes& types) {
  XSAUDIT_TRY(text.as_text());
  std::size_t at = 0;
  auto patterns = expand(text.text(), types, &at);
  if (patterns) return patterns;
  return Error{text.place_in(at), patterns.error().message, patterns.error().hint};
}

Result<std::string> Pattern::path(const std::vector<Binding>& bindings) const {
  if (deep_) return Error{"", "'" + text_ + "' stands for many paths", ""};
  std::string out;
  for (const Segment& segment : segments_) {
    out += '/';
    out += segment.prefix;
    if (segment.kind == Segment::Kind::literal) continue;
    if (segment.kind == Segment::Kind::any) {
      return Error{"", "'" + text_ + "' stands for many paths", ""};
    }
    const auto index = static_cast<std::size_t>(segment.variable);
    if (index >= bindings.size() || !bindings[index].bound) {
      return Error{"", "$" + variables_[index].name + " of '" + text_ + "' is not known", ""};
    }
    out += bindings[index].text;
    out += segment.suffix;
  }
  return out.empty() ? "/" : out;
}

std::string path_for_domain(const Pattern& pattern, Domid domid) {
  const std::string text = std::to_string(domid);
  return pattern.path(std::vector<Binding>(pattern.variables().size(), {text, domid, true}))
      .value();
}

}  // namespace xsaudit
