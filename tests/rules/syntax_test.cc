// How expressions are written: precedence, literals, and what is refused, with its place.
#include <iterator>
#include <random>

#include "rules_support.h"

namespace xsaudit {
namespace {

std::string result(std::string_view text) {
  static const TestFacts facts(store_of(""));
  return evaluated(facts, text);
}

TEST_CASE("operators bind as in C and CEL") {
  CHECK(result("1 + 2 * 3") == "7");
  CHECK(result("(1 + 2) * 3") == "9");
  CHECK(result("10 - 3 - 2") == "5");
  CHECK(result("17 / 5 % 2") == "1");
  CHECK(result("-2 * -3") == "6");
  CHECK(result("1 + 1 == 2 && 3 < 4") == "true");
  CHECK(result("true || false && false") == "true");
  CHECK(result("!false && true") == "true");
  CHECK(result("!(1 in [1, 2])") == "false");
  CHECK(result("1 in [1, 2] == true") ==
        "refused: at 12: comparisons do not form chains "
        "(written with &&, as in a < b && b < c)");
  CHECK(result("false ? 1 : true ? 2 : 3") == "2");
  CHECK(result("'a' + 'b' == 'ab'") == "true");
  CHECK(result("  1\n +\t1 ") == "2");
}

TEST_CASE("texts stand in either quotes and know a few escapes") {
  CHECK(result("'it'") == "'it'");
  CHECK(result(R"("it's")") == "'it's'");
  CHECK(result(R"('it\'s')") == "'it's'");
  CHECK(result(R"('\x41\t\n\r\\'.size())") == "5");
  CHECK(result(R"('\x41')") == "'A'");
  CHECK(result(R"('\x00'.size())") == "1");
}

TEST_CASE("what is no expression is refused where it goes wrong") {
  CHECK(refusal("") == "at 0: the expression ends where a value was expected");
  CHECK(refusal("1 +") == "at 3: the expression ends where a value was expected");
  CHECK(refusal("(1") == "at 2: the expression ends where ')' was expected");
  CHECK(refusal("[1, 2") == "at 5: the expression ends where ',' or ']' was expected");
  CHECK(refusal("1 2") == "at 2: expected the end of the expression, found '2'");
  CHECK(refusal("true ? 1") == "at 8: the expression ends where ':' was expected");
  CHECK(refusal("'open") == "at 0: a text that does not end (its closing quote is missing)");
  CHECK(refusal("1a") == "at 0: a number with letters in it (texts stand in quotes)");
  CHECK(refusal("99999999999999999999") == "at 0: the number is too large");
  CHECK(refusal("1 = 1") == "at 2: '=' has no meaning here (equality is written ==)");
  CHECK(refusal("true & true") == "at 5: '&' has no meaning here (written twice: &&)");
  CHECK(refusal("$DOMID == 1") ==
        "at 0: '$' has no meaning here (a variable is written without '$' here, as in DOMID)");
  CHECK(refusal("node.name") ==
        "at 5: 'name' is not called (there are no fields, only methods, as in name.size())");
  CHECK(refusal("1 < 2 < 3").substr(0, 38) == "at 6: comparisons do not form chains (");
  CHECK(refusal(R"('\d')").substr(0, 32) == "at 1: unknown escape in a text (");
  CHECK(refusal("'\xff' == \xff") == R"(at 7: '\xff' has no meaning here)");
  CHECK(refusal("}") == "at 0: '}' has no meaning here");
}

TEST_CASE("expressions are at most 64 levels deep, however they are nested") {
  const auto repeated = [](const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  const std::string too_deep = "the expression is nested deeper than 64 levels";
  CHECK(refusal(repeated("(", 60) + "1" + repeated(")", 60)) == "accepted");
  CHECK(refusal(repeated("!", 60) + "true") == "accepted");
  CHECK(refusal("1" + repeated(" + 1", 60)) == "accepted");
  for (const std::string& text :
       {repeated("(", 100000) + "1", repeated("!", 100000) + "true", repeated("-", 100000) + "1",
        repeated("[", 100000), "1" + repeated(" + 1", 100), "'a'" + repeated(".size()", 100),
        repeated("true ? 1 : ", 100) + "1", repeated("int(", 100000)}) {
    CHECK(refusal(text).find(too_deep) != std::string::npos);
  }
}

TEST_CASE("chains of && and || may be as long as they like") {
  std::string text = "true";
  for (int i = 0; i < 1000; ++i) text += " && true";
  CHECK(refusal(text) == "accepted");
}

TEST_CASE("whatever is written, it is accepted or refused") {
  const char* const words[] = {
      "value", "node", "(",       ")",      "[",    "]",    "'a'",  "1",    "&&",      "||", "!",
      "==",    "in",   "+",       "-",      ".",    "size", "any",  "like", "'/a/$X'", ",",  "?",
      ":",     "null", "readers", "exists", "true", "x",    "\"\\", "\xff", "DOMID",   "%"};
  std::mt19937 random(3);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) {
      text += words[random() % std::size(words)];
      if (random() % 4 == 0) text += ' ';
    }
    const std::string answer = refusal(text);
    if (answer == "accepted") ++accepted;
    CHECK((answer == "accepted" || answer.starts_with("at ")));
  }
  CHECK(accepted > 100);
}

}  // namespace
}  // namespace xsaudit
