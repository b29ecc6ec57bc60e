#include "source/recorder/segment_format.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <utility>

#include "base/escape.h"
#include "base/number_text.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::string_view kSegmentStart = "recorder-";
constexpr std::string_view kSegmentEnd = ".zst";
constexpr std::string_view kGone = "gone";

std::string head_without_checksum(const RecordHead& head) {
  return fmt::format("{} {} {} {} ", kRecordWords.of(head.kind), head.number,
                     moment_text(head.time), head.bytes);
}

std::string fact_text(UnknownReason reason, const std::string& known) {
  return reason == UnknownReason::known ? known : "?" + std::string(kReasonWords.of(reason));
}

}  // namespace

std::string segment_name(std::uint64_t number) {
  return fmt::format("{}{:010}{}", kSegmentStart, number, kSegmentEnd);
}

std::optional<std::uint64_t> parse_segment_name(std::string_view name) {
  std::uint64_t number = 0;
  if (!name.starts_with(kSegmentStart) || !name.ends_with(kSegmentEnd)) return std::nullopt;
  name.remove_prefix(kSegmentStart.size());
  name.remove_suffix(std::min(name.size(), kSegmentEnd.size()));
  return whole_number(name, number) && number < UINT64_MAX ? std::optional(number) : std::nullopt;
}

std::uint32_t add_to_checksum(std::uint32_t checksum, std::string_view text) {
  return static_cast<std::uint32_t>(
      ::crc32_z(checksum, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::uint32_t begin_checksum(const RecordHead& head) {
  return add_to_checksum(0, head_without_checksum(head));
}

std::string write_head(const RecordHead& head) {
  return head_without_checksum(head) + fmt::format("{:08x}\n", head.checksum);
}

std::optional<RecordHead> parse_head(std::string_view line) {
  RecordHead head;
  const auto kind = kRecordWords.value(take_recorded_word(line));
  const bool numbered = whole_number(take_recorded_word(line), head.number);
  const auto time = parse_moment_text(take_recorded_word(line));
  const bool sized = whole_number(take_recorded_word(line), head.bytes);
  if (!kind || !numbered || !time || !sized || !whole_number(line, head.checksum, 16)) {
    return std::nullopt;
  }
  head.kind = *kind;
  head.time = *time;
  return head;
}

std::string write_change(const RecordedChange& change, Moment record_time) {
  const NodeFacts& facts = change.facts;
  std::string line =
      std::to_string((record_time - change.time).count()) + ' ' + recorded_word(change.path) + ' ';
  if (!facts.present) return line + std::string(kGone) + '\n';
  const UnknownReason permissions_unknown =
      facts.permissions.empty() && facts.permissions_unknown == UnknownReason::known
          ? UnknownReason::not_recorded
          : facts.permissions_unknown;
  line += fact_text(permissions_unknown, recorded_permissions(facts.permissions)) + ' ';
  return line + fact_text(facts.value_unknown, '=' + escape(facts.value)) + '\n';
}

std::optional<RecordedChange> parse_change(std::string_view line, Moment record_time) {
  RecordedChange change;
  std::uint32_t before = 0;
  if (!whole_number(take_recorded_word(line), before) ||
      !unescape(take_recorded_word(line), change.path) || !valid_path(change.path)) {
    return std::nullopt;
  }
  change.time = record_time - std::chrono::microseconds(before);
  if (line == kGone) return change.path == "/" ? std::nullopt : std::optional(std::move(change));
  NodeFacts& facts = change.facts;
  facts.present = true;
  const std::string_view permissions = take_recorded_word(line);
  if (const auto reason = parse_recorded_reason(permissions)) {
    facts.permissions_unknown = *reason;
  } else if (!parse_recorded_permissions(permissions, facts.permissions)) {
    return std::nullopt;
  }
  if (line.starts_with('=')) {
    if (!unescape(line.substr(1), facts.value)) return std::nullopt;
  } else if (const auto reason = parse_recorded_reason(line)) {
    facts.value_unknown = *reason;
  } else {
    return std::nullopt;
  }
  return change;
}

SegmentPacker::SegmentPacker()
    : context_(::ZSTD_createCCtx(),
               [](void* context) { ::ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context)); }) {
  pack(std::string(kSegmentFirstLine) + '\n', ZSTD_e_continue);
}

SegmentPacker::SegmentPacker(SegmentPacker&&) noexcept = default;
SegmentPacker& SegmentPacker::operator=(SegmentPacker&&) noexcept = default;
SegmentPacker::~SegmentPacker() = default;

void SegmentPacker::add(RecordKind kind, Moment time, std::string_view text) {
  RecordHead head{.kind = kind, .number = ++number_, .time = time, .bytes = text.size()};
  head.checksum = add_to_checksum(begin_checksum(head), text);
  pack(write_head(head), ZSTD_e_continue);
  pack(text, ZSTD_e_continue);
}

std::string SegmentPacker::flush() {
  pack({}, ZSTD_e_flush);
  return std::exchange(packed_, {});
}

std::string SegmentPacker::finish() {
  pack({}, ZSTD_e_end);
  return std::exchange(packed_, {});
}

// The context exists, and its only error would be a lack of memory, after which a program that uses
// C++'s own memory would have ended.
void SegmentPacker::pack(std::string_view bytes, int how) {
  unpacked_ += bytes.size();
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string room(::ZSTD_CStreamOutSize(), '\0');
  while (true) {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t left = ::ZSTD_compressStream2(static_cast<ZSTD_CCtx*>(context_.get()), &out,
                                                    &in, static_cast<ZSTD_EndDirective>(how));
    if (::ZSTD_isError(left) != 0) throw std::bad_alloc();
    packed_.append(room.data(), out.pos);
    const bool taken = in.pos == in.size;
    if (how == ZSTD_e_continue ? taken : left == 0) return;
  }
}

}  // namespace xsaudit
