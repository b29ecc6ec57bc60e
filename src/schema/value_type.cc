#include "schema/value_type.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/escape.h"
#include "base/number_text.h"
#include "schema/pattern.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// Decimal digits of a number in this range, without sign.
bool in_range(std::string_view value, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  return whole_number(value, number) && number >= least && number <= most;
}

bool hex_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

bool is_any(std::string_view) { return true; }
bool is_empty(std::string_view value) { return value.empty(); }

// Text that is safe to show and to pass to another program.
bool is_text(std::string_view value) {
  while (!value.empty()) {
    const std::size_t length = printable_utf8(value);
    if (length == 0) return false;
    value.remove_prefix(length);
  }
  return true;
}

bool is_domid(std::string_view value) {
  Binding binding;
  return bind(VariableType::domid, value, binding);
}
bool is_uuid(std::string_view value) {
  Binding binding;
  return bind(VariableType::uuid, value, binding);
}
bool is_path(std::string_view value) { return valid_path(value); }
bool is_file(std::string_view value) { return value.starts_with('/') && is_text(value); }
bool is_kib(std::string_view value) { return in_range(value, 0, UINT64_MAX >> 10); }
// EVTCHN_FIFO_NR_CHANNELS of xen/include/public/event_channel.h; port 0 is never used.
bool is_event_channel(std::string_view value) { return in_range(value, 1, (1u << 17) - 1); }
bool is_grant_reference(std::string_view value) { return in_range(value, 0, UINT32_MAX); }
bool is_frame_number(std::string_view value) { return in_range(value, 0, UINT64_MAX); }
bool is_state(std::string_view value) {
  return value.size() == 1 && value[0] >= '0' && value[0] <= '8';
}
bool is_flag(std::string_view value) { return value == "0" || value == "1"; }
bool is_device_number(std::string_view value) { return in_range(value, 0, (1u << 29) - 1); }

bool is_mac(std::string_view value) {
  if (value.size() != 17) return false;
  for (std::size_t i = 0; i < value.size(); i += 3) {
    if (!hex_digits(value.substr(i, 2)) || (i < 15 && value[i + 2] != ':')) return false;
  }
  return true;
}

bool is_address(std::string_view value, int family) {
  unsigned char address[sizeof(in6_addr)];
  return value.find('\0') == value.npos && value.size() < 64 &&
         inet_pton(family, std::string(value).c_str(), address) == 1;
}
bool is_ipv4(std::string_view value) { return is_address(value, AF_INET); }
bool is_ipv6(std::string_view value) { return is_address(value, AF_INET6); }

bool is_major_minor(std::string_view value) {
  const std::size_t colon = value.find(':');
  return colon != value.npos && value.size() <= 17 && hex_digits(value.substr(0, colon)) &&
         hex_digits(value.substr(colon + 1));
}

// VENDOR PRODUCT VERSION and, if anything, a blank and more (docs/misc/xenstore-paths.pandoc).
// Windows drivers put the blank there also where no more follows.
bool is_distribution(std::string_view value) {
  const std::size_t product = value.find(' ') + 1;
  const std::size_t version = value.find(' ', product) + 1;
  return is_text(value) && product > 1 && version > product + 1 && version < value.size() &&
         value[version] != ' ';
}

Error fail(std::string message, std::string hint = {}) {
  return {"", std::move(message), std::move(hint)};
}

}  // namespace

const std::vector<ValueType::Named>& ValueType::named() {
  static const std::vector<Named> types = {
      {"any", "any bytes", is_any},
      {"text", "text in UTF-8 without control characters", is_text},
      {"empty", "empty", is_empty},
      {"domid", "a domid", is_domid},
      {"uuid", "a UUID", is_uuid},
      {"path", "a path of the store", is_path},
      {"file", "an absolute path of a file", is_file},
      {"kib", "an amount of memory in KiB", is_kib},
      {kEventChannelType.data(), "an event channel", is_event_channel},
      {"grant-reference", "a grant reference", is_grant_reference},
      {"frame-number", "a frame number", is_frame_number},
      {"state", "a xenbus state, 0 to 8", is_state},
      {"flag", "0 or 1", is_flag},
      {"device-number", "a device number", is_device_number},
      {"major-minor", "major:minor in hexadecimal", is_major_minor},
      {"mac", "a MAC address", is_mac},
      {"ipv4", "an IPv4 address", is_ipv4},
      {"ipv6", "an IPv6 address", is_ipv6},
      {"distribution", "vendor, product, version and attributes of software", is_distribution},
  };
  return types;
}

Result<ValueType::Alternative> ValueType::parse_alternative(std::string_view text, bool built_in) {
  Alternative one;
  if (text.starts_with('$')) {
    one.variable = text.substr(1);
    if (one.variable.empty()) return fail("'$' without the name of a variable");
    return one;
  }
  if (text == "integer" || text.starts_with("integer ")) {
    one.integer = true;
    const std::string_view range = text.size() > 7 ? text.substr(8) : "..";
    const std::size_t dots = range.find("..");
    const auto bound = [&](std::string_view part, std::optional<std::int64_t>& into) {
      return part.empty() || whole_number(part, into.emplace());
    };
    if (dots == range.npos || !bound(range.substr(0, dots), one.least) ||
        !bound(range.substr(dots + 2), one.most)) {
      return fail("'" + escape_shortened(range, 40) + "' is not a range",
                  "as in: integer 0..65535");
    }
    return one;
  }
  if (text.starts_with("one of ")) {
    std::string_view rest = text.substr(7);
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      if (word.empty()) return fail("two blanks in a row");
      one.choices.emplace_back(word);
    }
    if (one.choices.size() < 2) return fail("a choice among fewer than two");
    return one;
  }
  if (text.starts_with("matches ")) {
    one.regex = std::make_shared<const Regex>(std::string(text.substr(8)), Regex::Alphabet::utf8);
    const std::string problem = built_in ? "" : one.regex->problem();
    if (!problem.empty()) return fail("not a regular expression: " + problem);
    return one;
  }
  std::vector<std::string_view> known = {"integer", "one of", "matches"};
  for (const Named& type : named()) {
    if (text == type.name) {
      one.named = &type;
      return one;
    }
    known.emplace_back(type.name);
  }
  return fail("unknown type '" + escape_shortened(text, 40) + "'", did_you_mean(text, known));
}

Result<ValueType> ValueType::parse(std::string_view text, std::size_t* at, bool built_in) {
  constexpr std::string_view kOr = " or ";
  ValueType type;
  type.text_ = text;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::string_view rest = text.substr(begin);
    const std::size_t end = rest.starts_with("matches ") ? rest.npos : rest.find(kOr);
    auto one = parse_alternative(rest.substr(0, end), built_in);
    if (!one) {
      if (at != nullptr) *at = begin;
      return one.error();
    }
    type.alternatives_.push_back(*std::move(one));
    if (end == rest.npos) break;
    begin += end + kOr.size();
  }
  return type;
}

Result<ValueType> ValueType::parse(const YamlValue& text) {
  XSAUDIT_TRY(text.as_text());
  std::size_t at = 0;
  auto type = parse(text.text(), &at, text.built_in());
  if (type) return type;
  return Error{text.place_in(at), type.error().message, type.error().hint};
}

bool ValueType::allows(std::string_view name) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(), [&](const Alternative& one) {
    return one.named != nullptr && one.named->name == name;
  });
}

std::vector<std::string> ValueType::variables() const {
  std::vector<std::string> names;
  for (const Alternative& one : alternatives_) {
    if (!one.variable.empty()) names.push_back(one.variable);
  }
  return names;
}

bool ValueType::accepts(const Alternative& one, std::string_view value) {
  if (one.named != nullptr) return one.named->accepts(value);
  if (one.regex) return one.regex->matches(value);
  if (one.integer) {
    std::int64_t number = 0;
    return whole_number(value, number) && (!one.least || number >= *one.least) &&
           (!one.most || number <= *one.most);
  }
  return std::find(one.choices.begin(), one.choices.end(), value) != one.choices.end();
}

std::string ValueType::expected(const Alternative& one) {
  if (one.named != nullptr) return one.named->expected;
  if (one.regex) return "a text that matches " + one.regex->pattern();
  if (!one.variable.empty()) return "$" + one.variable + " of its path";
  if (one.integer) {
    std::string text = "a whole number";
    if (one.least) text += " from " + std::to_string(*one.least);
    if (one.most) text += (one.least ? " to " : " up to ") + std::to_string(*one.most);
    return text;
  }
  std::string text = "one of";
  for (const std::string& choice : one.choices) {
    text += (&choice == &one.choices.front() ? " '" : ", '") + choice + "'";
  }
  return text;
}

std::string ValueType::expected() const {
  std::string text;
  for (const Alternative& one : alternatives_) {
    if (!text.empty()) text += ", or ";
    text += expected(one);
  }
  return text;
}

}  // namespace xsaudit
