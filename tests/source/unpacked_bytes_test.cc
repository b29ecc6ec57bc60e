#include "source/recording/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>

#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  REQUIRE(::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(text.size() + 1000, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string zstandard(const std::string& text) {
  std::string out(::ZSTD_compressBound(text.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// Gives its bytes one at a time, as a slow pipe does.
class Dribble : public ByteSource {
 public:
  explicit Dribble(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(char* into, std::size_t size) override {
    return rest_.read(into, std::min<std::size_t>(size, 1));
  }

 private:
  MemoryBytes rest_;
};

// What comes out, or the error.
std::string unpacked(ByteSource& source, std::uint64_t most = UnpackedBytes::kMaxBytes) {
  UnpackedBytes bytes(source, most);
  std::string out;
  char buffer[1000];
  while (true) {
    const auto count = bytes.read(buffer, sizeof buffer);
    if (!count) return "error: " + count.error().message;
    if (*count == 0) return out;
    out.append(buffer, *count);
  }
}

std::string unpacked(const std::string& packed, std::uint64_t most = UnpackedBytes::kMaxBytes) {
  MemoryBytes source(packed);
  return unpacked(source, most);
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "/node" + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

}  // namespace

TEST_CASE("what is packed is unpacked, everything else is as it is") {
  for (const std::string& text : {std::string(), std::string("x"), std::string("abc"), sample()}) {
    CHECK((unpacked(text) == text));
    CHECK((unpacked(gzipped(text)) == text));
    CHECK((unpacked(zstandard(text)) == text));
  }
}

TEST_CASE("streams one after the other are one") {
  const std::string text = sample();
  CHECK((unpacked(gzipped(text) + gzipped("more")) == text + "more"));
  CHECK((unpacked(zstandard(text) + zstandard("more")) == text + "more"));
}

TEST_CASE("it does not matter in what pieces packed bytes come") {
  const std::string text = sample().substr(0, 3000);
  for (const std::string& packed : {text, gzipped(text), zstandard(text)}) {
    Dribble source(packed);
    CHECK((unpacked(source) == text));
  }
}

TEST_CASE("packed data without their end are refused wherever they end") {
  const std::string text = sample().substr(0, 2000);
  for (const std::string& packed : {gzipped(text), zstandard(text)}) {
    for (std::size_t size = 4; size < packed.size(); ++size) {
      CAPTURE(size);
      REQUIRE(unpacked(packed.substr(0, size)) == "error: it is packed, and its end is missing");
    }
  }
}

TEST_CASE("damaged data are refused") {
  for (std::string packed : {gzipped(sample()), zstandard(sample())}) {
    packed[packed.size() / 2] = static_cast<char>(~packed[packed.size() / 2]);
    CHECK(unpacked(packed).find("error: its ") == 0);
  }
}

TEST_CASE("what unpacks to more than the bound is refused") {
  const std::string text(100'000, 'x');
  for (const std::string& packed : {gzipped(text), zstandard(text)}) {
    CHECK((unpacked(packed, 100'000) == text));
    CHECK(unpacked(packed, 99'999) == "error: it unpacks to more than 99999 bytes");
  }
}

TEST_CASE("a packed recording is read as the recording it is") {
  const std::string text = "/tool = \"\"   (n0)\n/local = \"\"   (n0)\n";
  for (const std::string& packed : {gzipped(text), zstandard(text)}) {
    const auto store = read_dump_text(packed, "dump");
    REQUIRE(store);
    CHECK(store->info().kind == "xenstore-ls -fp");
    CHECK(store->size() == 3);
  }
  const auto damaged = read_dump_text(gzipped(text).substr(0, 20), "dump");
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().text() == "dump: it is packed, and its end is missing");
}

}  // namespace xsaudit
