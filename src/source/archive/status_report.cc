// Status reports of XenServer and XCP-ng as archives: .tar, .tar.gz, .tar.bz2 and .zip, by
// libarchive. Entries are read in their order, as a stream; names decide only whether an entry is
// read, so links, "..", and absolute names have no effect.
#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/escape.h"
#include "source/archive/report_parts.h"

namespace xsaudit {
namespace {

constexpr std::string_view kTarMagic = "ustar";
constexpr std::size_t kTarMagicAt = 257;
constexpr std::string_view kBzip2Magic = "BZh";
constexpr std::string_view kZipMagic = "PK\x03\x04";

bool is_archive(std::string_view head) {
  return (head.size() > kTarMagicAt && head.substr(kTarMagicAt).starts_with(kTarMagic)) ||
         head.starts_with(kBzip2Magic) || head.starts_with(kZipMagic);
}

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;
// A status report has a few thousand files.
constexpr std::uint64_t kMostEntries = 100'000;
constexpr std::uint64_t kMostUnpackedBytes = std::uint64_t{2} << 30;

struct FreeArchive {
  void operator()(archive* one) const { ::archive_read_free(one); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;

la_ssize_t give_block(archive*, void* input, const void** block) {
  const std::string_view bytes = static_cast<DumpInput*>(input)->take(kBlockBytes);
  *block = bytes.data();
  return static_cast<la_ssize_t>(bytes.size());
}

// The content of the present entry.
class EntryBytes : public ByteSource {
 public:
  EntryBytes(archive* source, std::uint64_t& unpacked) : source_(source), unpacked_(unpacked) {}

  Result<std::size_t> read(char* into, std::size_t size) override {
    const la_ssize_t count = ::archive_read_data(source_, into, size);
    if (count < 0) return Error{"", "the archive is damaged", ""};
    unpacked_ += static_cast<std::uint64_t>(count);
    if (unpacked_ > kMostUnpackedBytes) {
      return Error{"", "it unpacks to more than " + std::to_string(kMostUnpackedBytes) + " bytes",
                   ""};
    }
    return static_cast<std::size_t>(count);
  }

 private:
  archive* source_;
  std::uint64_t& unpacked_;
};

class StatusReport {
 public:
  StatusReport(DumpInput& input, const DumpOptions& options)
      : input_(input), parts_(input.name(), options), archive_(::archive_read_new()) {}

  Result<Snapshot> read() {
    archive* const source = archive_.get();
    ::archive_read_support_filter_bzip2(source);
    ::archive_read_support_format_tar(source);
    ::archive_read_support_format_zip_streamable(source);
    if (::archive_read_open(source, &input_, nullptr, give_block, nullptr) != ARCHIVE_OK) {
      return Error{escape_shortened(input_.name()), "the archive cannot be read", ""};
    }
    XSAUDIT_TRY(entries());
    XSAUDIT_TRY(input_.status());
    XSAUDIT_ASSIGN(const auto now, current_time());
    return std::move(parts_).finish(now.time_since_epoch().count());
  }

 private:
  // Damage after the listing is a gap: the report was cut.
  Status entries() {
    archive* const source = archive_.get();
    for (std::uint64_t count = 0;; ++count) {
      archive_entry* entry = nullptr;
      const int status = ::archive_read_next_header(source, &entry);
      if (status == ARCHIVE_EOF) return ok();
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return cut("the archive is damaged");
      if (count == kMostEntries) {
        return cut("it contains more than " + std::to_string(kMostEntries) + " entries");
      }
      const char* const path = ::archive_entry_pathname(entry);
      const bool regular =
          ::archive_entry_filetype(entry) == AE_IFREG && ::archive_entry_hardlink(entry) == nullptr;
      if (path == nullptr || !regular || !ReportParts::wanted(path)) {
        if (const Status skipped = skip(); !skipped) return cut(skipped.error().message);
        continue;
      }
      const std::string name = path;
      EntryBytes bytes(source, unpacked_);
      std::optional<std::int64_t> modified;
      if (::archive_entry_mtime_is_set(entry) != 0) modified = ::archive_entry_mtime(entry);
      const Status added = parts_.add(name, bytes, modified);
      if (!added && !parts_.has_listing()) return added;
      if (!added) return cut(escape_shortened(name) + ": " + added.error().message);
    }
  }

  // Unwanted entries of a packed archive are unpacked, too, so they count.
  Status skip() {
    EntryBytes bytes(archive_.get(), unpacked_);
    while (true) {
      XSAUDIT_ASSIGN(const auto count, bytes.read(skipped_.data(), skipped_.size()));
      if (count == 0) return ok();
    }
  }

  Status cut(const std::string& why) {
    if (!parts_.has_listing()) return Error{escape_shortened(input_.name()), why, ""};
    parts_.add_gap(why);
    return ok();
  }

  DumpInput& input_;
  ReportParts parts_;
  Archive archive_;
  std::vector<char> skipped_ = std::vector<char>(kBlockBytes);
  std::uint64_t unpacked_ = 0;
};

Result<Snapshot> read_status_report(DumpInput& input, const DumpOptions& options) {
  return StatusReport(input, options).read();
}

}  // namespace

const DumpForm kStatusReport = {"status-report", is_archive, read_status_report};

}  // namespace xsaudit
