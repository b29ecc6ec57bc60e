// The type of a node's value. Written in the schema as one text:
//
//   type        = alternative { " or " alternative }
//   alternative = NAME                       a named type: domid, uuid, state, … (value_type.cc)
//               | "integer" [ " " MIN ".." MAX ]   either bound may be left out
//               | "one of " WORD { " " WORD }
//               | "matches " REGEX           RE2, the whole value; only as the last alternative
//               | $VARIABLE                  what the variable of the path stands for
//
// for example "uuid", "integer 0..65535 or empty", "one of online offline". A type is immutable;
// any thread may use it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "schema/regex.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// The named type of the numbers of event channels.
inline constexpr std::string_view kEventChannelType = "event-channel";

class ValueType {
 public:
  // Errors have no place: `at`, if given, is set to the position in the text. The regular
  // expressions of `built_in` files are known to be valid.
  static Result<ValueType> parse(std::string_view text, std::size_t* at = nullptr,
                                 bool built_in = false);
  static Result<ValueType> parse(const YamlValue& text);

  const std::string& text() const { return text_; }
  // The variables that it compares with; they must be bound for accepts().
  std::vector<std::string> variables() const;

  // Whether one of its alternatives is this named type.
  bool allows(std::string_view name) const;

  // `lookup(name)` returns the text of a variable of the path.
  template <typename Lookup>
  bool accepts(std::string_view value, const Lookup& lookup) const {
    for (const Alternative& one : alternatives_) {
      if (one.variable.empty() ? accepts(one, value) : value == lookup(one.variable)) return true;
    }
    return false;
  }

  // The expected value in words: "a domid, or empty".
  std::string expected() const;

  // All named types with their descriptions, for `xsaudit schema` and its documentation.
  struct Named {
    const char* name;
    const char* expected;
    bool (*accepts)(std::string_view value);
  };
  static const std::vector<Named>& named();

 private:
  struct Alternative {
    const Named* named = nullptr;
    bool integer = false;
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;
    std::vector<std::string> choices;
    std::shared_ptr<const Regex> regex;
    std::string variable;
  };
  static Result<Alternative> parse_alternative(std::string_view text, bool built_in);
  static bool accepts(const Alternative& one, std::string_view value);
  static std::string expected(const Alternative& one);

  std::string text_;
  std::vector<Alternative> alternatives_;
};

}  // namespace xsaudit
