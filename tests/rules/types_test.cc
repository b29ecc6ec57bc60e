// Types, null, and the logic of what is not known.
#include "rules_support.h"

namespace xsaudit {
namespace {

// /cut holds a value of which only a part was recorded, /secret one that could not be read.
const TestFacts& facts() {
  static const TestFacts made(store_of(R"(
    /one = "1"   (n0)
    /empty = ""   (n0)
    /cut = "12\..."   (n0)
    /secret:
  )"));
  return made;
}
std::string result(std::string_view text) { return evaluated(facts(), text); }

const std::string kTrue = "value('/one') == '1'";
const std::string kFalse = "value('/one') == '2'";
const std::string kUnknown = "value('/cut') == '1'";
const std::string kUnknownText =
    "unknown: /cut: its value is not known: it was truncated by the recording";

TEST_CASE("three-valued logic: every combination") {
  const std::vector<std::pair<std::string, char>> all = {
      {kTrue, 't'}, {kFalse, 'f'}, {kUnknown, 'u'}};
  const auto text = [](char value) {
    return value == 't' ? "true" : value == 'f' ? std::string("false") : kUnknownText;
  };
  for (const auto& [a, x] : all) {
    CHECK(result("!(" + a + ")") == text(x == 't' ? 'f' : x == 'f' ? 't' : 'u'));
    for (const auto& [b, y] : all) {
      CAPTURE(x, y);
      const char both = x == 'f' || y == 'f' ? 'f' : x == 'u' || y == 'u' ? 'u' : 't';
      const char either = x == 't' || y == 't' ? 't' : x == 'u' || y == 'u' ? 'u' : 'f';
      CHECK(result("(" + a + ") && (" + b + ")") == text(both));
      CHECK(result("(" + a + ") || (" + b + ")") == text(either));
      CHECK(result("(" + a + ") ? (" + b + ") : true") == text(x == 't'   ? y
                                                               : x == 'f' ? 't'
                                                                          : 'u'));
    }
  }
}

TEST_CASE("an unknown operand makes the result unknown, with its reason") {
  CHECK(result("value('/secret')") ==
        "unknown: /secret: its value is not known: it could not be read");
  CHECK(result("value('/cut') + 'x'") == kUnknownText);
  CHECK(result("int(value('/cut')) + 1") == kUnknownText);
  CHECK(result("value('/cut').size() > 0") == kUnknownText);
  // The other items of a list are known all the same.
  CHECK(result("'x' in ['x', value('/cut')]") == "true");
  CHECK(result("['x', value('/cut')].size() > 0") == "true");
  CHECK(result("'y' in ['x', value('/cut')]") == kUnknownText);
  CHECK(result("value('/cut').matches('1')") == kUnknownText);
  CHECK(result("value('/cut') in ['1']") == kUnknownText);
  CHECK(result("[value('/cut')].size()") == kUnknownText);
  CHECK(result("perms('/secret')") ==
        "unknown: /secret: its permissions are not known: it could not be read");
}

TEST_CASE("of two reasons, one that a better recording would not have had") {
  const TestFacts store(store_of(R"(
    /cut = "12\..."
  )"));
  CHECK(evaluated(store, "perms('/cut') == 'n0' && value('/cut') == '1'") == kUnknownText);
  CHECK(evaluated(store, "value('/cut') == '1' && perms('/cut') == 'n0'") == kUnknownText);
  CHECK(evaluated(store, "perms('/cut') == 'n0'") ==
        "unknown: /cut: its permissions are not known: the format does not record it");
}

TEST_CASE("null is nothing: equal to itself alone, and without order") {
  CHECK(result("value('/none')") == "null");
  CHECK(result("value('/none') == null") == "true");
  CHECK(result("null == null") == "true");
  CHECK(result("value('/none') == value('/nothing')") == "true");
  CHECK(result("value('/none') == ''") == "false");
  CHECK(result("value('/none') != ''") == "true");
  CHECK(result("value('/empty') == null") == "false");
  CHECK(result("value('/none') < 'a'") == "false");
  CHECK(result("value('/none') >= 'a'") == "false");
  CHECK(result("value('/none') <= value('/none')") == "false");
  CHECK(result("int('x') == 0") == "false");
  CHECK(result("null in ['a', null]") == "true");
  CHECK(result("null in ['a']") == "false");
}

TEST_CASE("of null there is nothing but null, false, nobody and the empty list") {
  CHECK(result("value(null)") == "null");
  CHECK(result("value('/none') + '/x'") == "null");
  CHECK(result("value(value('/none') + '/x')") == "null");
  CHECK(result("int(null) + 1") == "null");
  CHECK(result("exists(value('/none'))") == "false");
  CHECK(result("alive(int('x'))") == "false");
  CHECK(result("value('/none').startsWith('')") == "false");
  CHECK(result("value('/none').matches('.*')") == "false");
  CHECK(result("value('/none').size()") == "null");
  CHECK(result("readers(null)") == "no unprivileged domain");
  CHECK(result("children(null)") == "[]");
  CHECK(result("matches_pattern(null, '/**')") == "false");
}

TEST_CASE("arithmetic that has no result is null") {
  CHECK(result("1 / 0") == "null");
  CHECK(result("1 % 0") == "null");
  CHECK(result("9223372036854775807 + 1") == "null");
  CHECK(result("-9223372036854775807 - 2") == "null");
  CHECK(result("9223372036854775807 * 2") == "null");
  CHECK(result("(-9223372036854775807 - 1) / -1") == "null");
  CHECK(result("(-9223372036854775807 - 1) % -1") == "null");
  CHECK(result("-7 / 2") == "-3");
  CHECK(result("-7 % 2") == "-1");
}

TEST_CASE("types are checked when the rule is loaded") {
  CHECK(refusal("value(1)") ==
        "at 6: value(path) takes a text here, not a number "
        "(string(...) makes a text of a number)");
  CHECK(refusal("value('/a') == 1") ==
        "at 12: '==' compares two texts, two numbers, or two of true and false: these are a text "
        "and a number (int(...) makes a number of a text)");
  CHECK(refusal("DOMID == value('/a')").find("(string(...) makes a text of a number)") !=
        std::string::npos);
  CHECK(refusal("[1] == [1]").find("'==' compares") != std::string::npos);
  CHECK(refusal("readers(node) == 3").find("'==' compares") != std::string::npos);
  CHECK(refusal("true < false") ==
        "at 5: only numbers and texts have an order: these are true or false and true or false");
  CHECK(refusal("1 && true") == "at 0: each side of '&&' is true or false, not a number");
  CHECK(refusal("true || 'a'") == "at 8: each side of '||' is true or false, not a text");
  CHECK(refusal("readers(node) && true") ==
        "at 0: each side of '&&' is true or false, not a set of domains (ask for .size() == 0, or "
        "DOMID in ...)");
  CHECK(refusal("!'a'").substr(0, 50) == "at 0: '!' turns true to false; this is a text ('!'");
  CHECK(refusal("!DOMID in [1]").find("!(a in b)") != std::string::npos);
  CHECK(refusal("1 ? 2 : 3") == "at 0: the condition before '?' is true or false, not a number");
  CHECK(refusal("true ? 2 : 'a'") ==
        "at 5: both outcomes are of one type: these are a number and a text");
  CHECK(refusal("[1, 'a']") ==
        "at 4: the items of a list are of one type: this is a text, the first was a number");
  CHECK(refusal("[[1]]") == "at 1: a list cannot hold a list of numbers");
  CHECK(refusal("1 in 'a'").find("'in' needs a list or a set of domains on its right") !=
        std::string::npos);
  CHECK(refusal("'1' in [1, 2]") ==
        "at 4: nothing in a list of numbers is a text "
        "(int(...) makes a number of a text)");
  CHECK(refusal("'1' in readers(node)").find("nothing in a set of domains is a text") !=
        std::string::npos);
  CHECK(refusal("1 + 'a'") ==
        "at 2: '+' adds numbers, or joins texts: these are a number and a "
        "text (string(...) makes a text of a number)");
  CHECK(refusal("'a' - 'b'") ==
        "at 4: only numbers can be calculated with: these are a text and a text");
  CHECK(refusal("-'a'") ==
        "at 1: the operand of '-' is a number, not a text (int(...) "
        "makes a number of a text)");
  CHECK(refusal("null == 1") == "accepted");
  CHECK(refusal("null == true").find("'==' compares") != std::string::npos);
  CHECK(refusal("1 in []") == "accepted");
}

TEST_CASE("names and functions that do not exist come with a guess") {
  CHECK(refusal("nod == ''") == "at 0: there is no name 'nod' here (did you mean 'node'?)");
  CHECK(refusal("exists == ''") ==
        "at 0: there is no name 'exists' here (the function is called as exists(...))");
  CHECK(refusal("vallue('/')") == "at 0: there is no function 'vallue' (did you mean 'value'?)");
  CHECK(refusal("'a'.startWith('a')") ==
        "at 4: there is no method 'startWith' (did you mean 'startsWith'?)");
  CHECK(refusal("value()") == "at 0: it is called as value(path)");
  CHECK(refusal("sibling('a', 'b', 'c')") == "at 0: it is called as sibling(name)");
  CHECK(refusal("'a'.matches('(')").find("at 12: the regular expression is wrong") == 0);
  CHECK(refusal("'a'.matches(node)") == "at 12: the regular expression is written out, in quotes");
  CHECK(refusal("any('/a/$', true)").find("at 8: '$' without the name of a variable") == 0);
  CHECK(refusal("any(node, true)") == "at 4: the pattern is written out, in quotes");
  CHECK(refusal("any('/a', 1)") ==
        "at 10: the condition on each match is true or false, not a number");
  CHECK(refusal("any('/a', true, true)") == "at 16: any(...) has an argument too many");
  CHECK(refusal("any()") == "at 0: any(...) lacks the pattern");
  CHECK(refusal("any('/a', it == '') && it == ''").find("there is no name 'it'") !=
        std::string::npos);
  CHECK(refusal("path('/a/$NOBODY')").find("there is no text and no number 'NOBODY' here") !=
        std::string::npos);
  CHECK(refusal("path('/a/**')").find("'**' stands for many paths") != std::string::npos);
  CHECK(refusal("[1].exists(DOMID, true)").find("'DOMID' is a name already") != std::string::npos);
  CHECK(refusal("[1].exists(1, true)").find("it is called as .exists(x, ...)") !=
        std::string::npos);
  CHECK(refusal("'a'.exists(x, true)").find("only lists and sets of domains have .exists(...)") !=
        std::string::npos);
}

}  // namespace
}  // namespace xsaudit
