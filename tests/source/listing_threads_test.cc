// A listing that is read with a second thread gives the same snapshot, the same gaps and the same
// errors as without, with the same lines.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "source/recording/dump_reader.h"
#include "source/recording/recording_format.h"

namespace xsaudit {
namespace {

std::string text_of(const std::string& listing, std::size_t threads) {
  DumpOptions options;
  options.threads = threads;
  const auto store = read_dump_text(listing, "dump", options);
  if (!store) return "error: " + store.error().text();
  std::string text = write_recording(*store);
  for (NodeId node = 0; node < store->size(); ++node)
    text += std::to_string(store->line(node)) + ' ';
  for (const auto& gap : store->info().gaps) text += '\n' + gap.place + ": " + gap.what;
  return text + '\n' + std::to_string(store->info().gap_count);
}

constexpr std::size_t kLines = 6000;  // several times what one batch has

std::string whole_paths() {
  std::string text = "/tool = \"\"   (n0)\n/local = \"\"   (n0)\n";
  for (std::size_t i = 2; i < kLines; ++i) {
    text += "/local/node" + std::to_string(i / 3) + std::string(i % 3, 'x') + " = \"value " +
            std::to_string(i % 1000) + "\\n\"   (n0,r" + std::to_string(i % 5) + ")\n";
  }
  return text;
}

std::string indented() {
  std::string text = "tool = \"\"   (n0)\nlocal = \"\"   (n0)\n";
  for (std::size_t i = 2; i < kLines; ++i) {
    text += std::string(1 + (i - 2) % 3, ' ') + "node" + std::to_string(i) + " = \"1\"   (n0)\n";
  }
  return text;
}

// The listing with other text before one of its lines.
std::string with(std::string listing, std::size_t line, const std::string& text) {
  std::size_t at = 0;
  for (; line > 1; --line) at = listing.find('\n', at) + 1;
  return listing.insert(at, text);
}

std::string prefixed(const std::string& listing, const std::string& prefix) {
  std::string text = prefix;
  for (const char c : listing) {
    text += c;
    if (c == '\n') text += prefix;
  }
  return text.substr(0, text.size() - prefix.size());
}

void compare(const std::string& listing) {
  const std::string one = text_of(listing, 1);
  for (const std::size_t threads : {2U, 8U}) CHECK(text_of(listing, threads) == one);
}

}  // namespace

TEST_CASE("a listing is read alike with several threads") {
  for (const std::string& whole : {whole_paths(), indented()}) {
    REQUIRE(whole.size() > 2 * DumpInput::kMaxLineBytes);
    compare(whole);
    compare(prefixed(whole, "> "));
    compare("root@dom0:~# xenstore-ls -fp\n" + whole + "root@dom0:~# \n");
    compare(whole.substr(0, whole.size() - 20));
    CHECK(text_of(whole, 2).find("error") == std::string::npos);
  }
}

TEST_CASE("damage of a listing is found at the same lines with several threads") {
  for (const std::string& whole : {whole_paths(), indented()}) {
    for (const std::size_t line :
         {std::size_t{1}, std::size_t{1024}, std::size_t{1025}, kLines / 2, kLines}) {
      INFO("line " << line);
      compare(with(whole, line, "not a line\n"));
      compare(with(whole, line, "/local/open = \"unclosed\n"));
      compare(with(whole, line, "/local/wrapped =\n\"value\"   (n0)\n"));
      compare(with(whole, line, "/local/old:\n  (n0)\n"));
      compare(with(whole, line, "                    deep = \"\"   (n0)\n"));
      compare(with(whole, line, "\n\n\r\n"));
      compare(with(whole, line, "/local/bytes = \"a\xc2\xa0z\"\xc2\xa0  (n0)\r\n"));
      compare(with(whole, line, std::string(DumpInput::kMaxLineBytes + 1, 'x') + "\n"));
    }
  }
}

}  // namespace xsaudit
