#include "manual/markdown_page.h"

#include <catch2/catch.hpp>

#include "manual/roff.h"

using namespace xsaudit;

namespace {

// Without the lines that every page begins with.
std::string converted(std::string_view markdown) {
  const std::string page = markdown_page({"a-b", 5, "2027-03-31", "a page"}, markdown);
  const std::string head = ".SH \"DESCRIPTION\"\n";
  return page.substr(page.find(head) + head.size());
}

}  // namespace

TEST_CASE("a page has its name, section and day") {
  CHECK(markdown_page({"a-b", 5, "2027-03-31", "a page"}, "# Title\n\nText.\n") ==
        ".\\\" Made by src/manual.\n"
        ".TH A\\-B 5 2027-03-31 \"xsaudit " XSAUDIT_VERSION
        "\"\n"
        ".SH \"NAME\"\na\\-b \\- a page\n.SH \"DESCRIPTION\"\nText.\n");
}

TEST_CASE("roff interprets nothing of a text") {
  CHECK(roff_escaped("\\n '-' `a` ~^ \"x\"") ==
        "\\en \\(aq\\-\\(aq \\(gaa\\(ga \\(ti\\(ha \\(dqx\\(dq");
  CHECK(roff_escaped("\xe2\x80\xa6 \xc3\xa9 \xf0\x9f\x98\x80") == "\\[u2026] \\[u00E9] \\[u1F600]");
  CHECK(converted(".so file\n") == "\\&.so file\n");
  CHECK(converted("```\n.so file\n'x\n```\n") == ".RS 4\n.nf\n\\&.so file\n\\(aqx\n.fi\n.RE\n");
}

TEST_CASE("headings, paragraphs, lists and code") {
  CHECK(converted("## A key\n\n### Some\none\ntwo. Three\n\nfour\n") ==
        ".SH \"A KEY\"\n.SS \"Some\"\none two.\nThree\n.PP\nfour\n");
  CHECK(converted("- one\n  more\n- two\n") == ".IP \\(bu 4\none more\n.IP \\(bu 4\ntwo\n");
  CHECK(converted("1. one\n2. two\n") == ".IP 1. 4\none\n.IP 2. 4\ntwo\n");
  CHECK(converted("Text:\n\n    a\n\n      b\n\nText\n") ==
        "Text:\n.PP\n.RS 4\n.nf\na\n\n  b\n.fi\n.RE\n.PP\nText\n");
}

TEST_CASE("code, links, bold and italic text") {
  CHECK(converted("`a-b` and **c** and *d* and a * b\n") ==
        "\\fBa\\-b\\fR and \\fBc\\fR and \\fId\\fR and a * b\n");
  CHECK(
      converted("[RE2](https://x.org/re2), [a](a.yaml), [rules/README.md](../rules/README.md)\n") ==
      "RE2 <https://x.org/re2>, a, \\fBxsaudit\\-rules\\fR(5)\n");
  CHECK(converted("a ` and a [ stay\n") == "a \\(ga and a [ stay\n");
}

TEST_CASE("the rows of a table are items") {
  CHECK(converted("| key | | holds |\n|---|---|---|\n| `id` | required | a `x|y` b |\n| c | | d "
                  "\\| e |\n") == ".TP\n\\fBid\\fR (required)\na \\fBx|y\\fR b\n.TP\nc\nd | e\n");
}
