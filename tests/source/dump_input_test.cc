#include "source/recording/dump_input.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace xsaudit {
namespace {

// Gives `text` in pieces of `piece` bytes, and counts what was asked of it.
class Pieces : public ByteSource {
 public:
  Pieces(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  Result<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t count = std::min({size, piece_, text_.size() - given_});
    std::copy_n(text_.data() + given_, count, into);
    given_ += count;
    return count;
  }
  std::size_t given() const { return given_; }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t given_ = 0;
};

// Never ends, never has a newline.
class Endless : public ByteSource {
 public:
  Result<std::size_t> read(char* into, std::size_t size) override {
    std::fill_n(into, size, 'x');
    given += size;
    return size;
  }
  std::size_t given = 0;
};

class Failing : public ByteSource {
 public:
  Result<std::size_t> read(char* into, std::size_t size) override {
    if (failed_) return Error{"", "it cannot be read: Input/output error", ""};
    failed_ = true;
    std::fill_n(into, std::min<std::size_t>(size, 3), '\n');
    return std::size_t{3};
  }

 private:
  bool failed_ = false;
};

std::vector<std::string> lines(DumpInput& input) {
  std::vector<std::string> out;
  for (std::string_view line; input.next_line(line);) out.emplace_back(line);
  return out;
}

}  // namespace

TEST_CASE("lines come out the same however the bytes come in") {
  const std::string text = "one\n\nthree is longer\nfour";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Pieces source(text, piece);
    DumpInput input(source, "dump");
    CHECK(input.head() == text);
    CHECK(lines(input) == std::vector<std::string>{"one", "", "three is longer", "four"});
    CHECK(input.line() == 4);
    CHECK(input.place() == "dump:4");
    CHECK(input.place(7) == "dump:4:7");
    CHECK_FALSE(input.line_ended());
    CHECK(input.status());
  }
}

TEST_CASE("many lines pass through a small buffer") {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 100'000; ++i) {
    expected.push_back("line " + std::to_string(i) +
                       std::string(static_cast<std::size_t>(i % 97), '.'));
    text += expected.back() + "\n";
  }
  Pieces source(text, 4099);
  DumpInput input(source, "dump");
  CHECK(lines(input) == expected);
  CHECK(input.line_ended());
}

TEST_CASE("a line without end takes no memory without end") {
  Endless source;
  DumpInput input(source, "dump");
  CHECK(input.head().size() == DumpInput::kMaxLineBytes + 1);
  CHECK(lines(input).empty());
  REQUIRE_FALSE(input.status());
  CHECK(input.status().error().place == "dump:1");
  CHECK(source.given <= 1'000'000);
}

TEST_CASE("a line of the greatest length is a line") {
  for (const std::size_t size : {DumpInput::kMaxLineBytes, DumpInput::kMaxLineBytes + 1}) {
    Pieces source("first\n" + std::string(size, 'x') + "\n", 1000);
    DumpInput input(source, "dump");
    const bool fits = size == DumpInput::kMaxLineBytes;
    CHECK(lines(input).size() == (fits ? 2 : 1));
    CHECK(input.status().ok() == fits);
    if (!fits) CHECK(input.status().error().place == "dump:2");
  }
}

TEST_CASE("a source that fails ends the reading with its reason") {
  Failing source;
  DumpInput input(source, "dump");
  CHECK(lines(input).size() <= 3);
  REQUIRE_FALSE(input.status());
  CHECK(input.status().error().text() == "dump: it cannot be read: Input/output error");
}

}  // namespace xsaudit
