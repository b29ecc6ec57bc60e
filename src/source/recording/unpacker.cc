#include <zlib.h>
#include <zstd.h>

#include <string>

#include "source/recording/byte_source.h"

namespace xsaudit {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";

Error damaged(const char* form, const char* why) {
  return {"", std::string("its ") + form + " data are damaged: " + why, ""};
}

class Gunzip : public Unpacker {
 public:
  Gunzip() { good_ = ::inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK; }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() override { ::inflateEnd(&stream_); }

  Result<std::size_t> unpack(std::string_view& packed, char* into, std::size_t size,
                             bool& ended) override {
    if (!good_) return damaged("gzip", "out of memory");
    if (ended_ && !packed.empty()) {
      ::inflateReset(&stream_);
      ended_ = false;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): zlib does not write there
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(size);
    const int status = ended_ ? Z_BUF_ERROR : ::inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return damaged("gzip", stream_.msg != nullptr ? stream_.msg : "not inflatable");
    }
    ended_ = ended_ || status == Z_STREAM_END;
    ended = ended_;
    packed.remove_prefix(packed.size() - stream_.avail_in);
    return size - stream_.avail_out;
  }

 private:
  z_stream stream_{};
  bool good_ = false;
  bool ended_ = false;
};

class Unzstd : public Unpacker {
 public:
  Result<std::size_t> unpack(std::string_view& packed, char* into, std::size_t size,
                             bool& ended) override {
    if (context_ == nullptr) return damaged("zstd", "out of memory");
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{into, size, 0};
    // With nothing to take it would begin the next stream.
    if (!packed.empty() || !ended_) {
      const std::size_t left = ::ZSTD_decompressStream(context_.get(), &out, &in);
      if (::ZSTD_isError(left) != 0) return damaged("zstd", ::ZSTD_getErrorName(left));
      ended_ = left == 0;
    }
    ended = ended_;
    packed.remove_prefix(in.pos);
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_{::ZSTD_createDCtx()};
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Unpacker> make_unpacker(std::string_view first_bytes) {
  if (first_bytes.starts_with(kGzip)) return std::make_unique<Gunzip>();
  if (first_bytes.starts_with(kZstd)) return std::make_unique<Unzstd>();
  return nullptr;
}

}  // namespace xsaudit
