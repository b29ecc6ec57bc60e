#include "report/markup_writer.h"

#include <catch2/catch.hpp>

#include "report/html_report.h"
#include "report/sample_result.h"

using namespace xsaudit;

TEST_CASE("elements, attributes and text") {
  MarkupWriter markup("<!DOCTYPE html>");
  markup.open("a", {{"b", "1"}, {"c", "<\"'&>\nd"}});
  markup.element("e", "]]> & <f/>");
  markup.element("e", "", {{"h", ""}});
  markup.empty("g", {{"h", "\x01"}});
  markup.open("i");
  markup.text("<j>");
  markup.close();
  markup.verbatim("script", "1 < 2 && '\n'");
  markup.close();
  CHECK(std::move(markup).result() ==
        "<!DOCTYPE html>\n"
        "<a b=\"1\" c=\"&lt;&quot;&#39;&amp;&gt;&#10;d\">\n"
        "  <e>]]&gt; &amp; &lt;f/&gt;</e>\n"
        "  <e h=\"\"></e>\n"
        "  <g h=\"\\x01\"/>\n"
        "  <i>\n"
        "    &lt;j&gt;\n"
        "  </i>\n"
        "  <script>1 < 2 && '\n'</script>\n"
        "</a>\n");
}

TEST_CASE("what XML cannot hold becomes visible") {
  CHECK(markup_text(std::string("\0\x1b\r\t\x7f", 5)) == "\\x00\\x1b\\r\\t\\x7f");
  CHECK(markup_text("\xff gr\xc3\xbcn \xef\xbf\xbf") == "\\xff gr\xc3\xbcn \\xef\\xbf\\xbf");
  const std::string text = markup_text(every_byte());
  CHECK(text.find('<') == std::string::npos);
  CHECK(text.find('\0') == std::string::npos);
}

// The examples of RFC 4648, section 10.
TEST_CASE("base64") {
  const auto encoded = [](const std::string& text) {
    return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  CHECK(encoded("") == "");
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foob") == "Zm9vYg==");
  CHECK(encoded("fooba") == "Zm9vYmE=");
  CHECK(encoded("foobar") == "Zm9vYmFy");
}
