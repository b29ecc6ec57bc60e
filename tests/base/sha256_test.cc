#include <catch2/catch.hpp>
#include <string>

#include "base/hash.h"
#include "base/sha256_blocks.h"

using namespace xsaudit;

namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : sha256(bytes)) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace

TEST_CASE("SHA-256 of the examples that NIST publishes") {
  CHECK(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// By coreutils' sha256sum: head -c N /dev/zero | tr '\0' a | sha256sum
TEST_CASE("SHA-256 around the ends of its blocks") {
  CHECK(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(std::string(55, 'a')) ==
        "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  CHECK(hex(std::string(56, 'a')) ==
        "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
  CHECK(hex(std::string(63, 'a')) ==
        "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
  CHECK(hex(std::string(64, 'a')) ==
        "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
  CHECK(hex(std::string(65, 'a')) ==
        "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0");
  CHECK(hex(std::string(119, 'a')) ==
        "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
  CHECK(hex(std::string(120, 'a')) ==
        "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c");
  CHECK(hex(std::string(1000, 'a')) ==
        "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}

TEST_CASE("SHA-256 of bytes that come in pieces is that of all of them") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i * 7);
  for (const std::size_t piece : {1UL, 3UL, 55UL, 63UL, 64UL, 65UL, 128UL, 299UL, 300UL}) {
    INFO(piece);
    Sha256 hash;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hash.add(std::string_view(bytes).substr(at, piece));
    }
    CHECK(hash.bytes() == bytes.size());
    CHECK(std::move(hash).finish() == sha256(bytes));
  }
  CHECK(hexadecimal(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// Skipped steps or a wrong order of words would show in any block.
TEST_CASE("SHA-256 with the processor's instructions is that without them") {
  std::string blocks(20 * kSha256BlockBytes, '\0');
  std::uint32_t next = 1;
  for (char& byte : blocks) byte = static_cast<char>((next = next * 1664525 + 1013904223) >> 24);
  for (std::size_t count = 0; count <= 20; ++count) {
    Sha256State fast = {1, 2, 3, 4, 5, 6, 7, next};
    Sha256State slow = fast;
    sha256_add_blocks(fast, blocks.data(), count);
    sha256_add_blocks_portable(slow, blocks.data(), count);
    CHECK(fast == slow);
  }
}
