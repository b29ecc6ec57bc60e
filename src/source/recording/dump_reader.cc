#include "source/recording/dump_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "source/recording/byte_source.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

// In the order in which they are tried.
const std::array kForms = {&kStatusReport, &kRecording, &kOxenstoredDump, &kXenstoredState,
                           &kListing};

bool blank(char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; }

Snapshot nothing(const DumpInput& input) {
  SnapshotInfo info;
  info.name = input.name();
  info.kind = "empty";
  info.coverage = Coverage::excerpt;
  info.add_gap(escape_shortened(input.name()), "the recording is empty");
  return SnapshotBuilder().finish(std::move(info), UnknownReason::not_recorded);
}

// A byte that no text has.
bool binary(char c) {
  return (static_cast<unsigned char>(c) < ' ' && !blank(c) && c != '\f' && c != '\x1b') ||
         c == '\x7f';
}

Error unrecognised(const DumpInput& input, std::string_view head) {
  const std::string name = escape_shortened(input.name());
  const auto odd = std::find_if(head.begin(), head.end(), binary);
  if (odd != head.end()) {
    const auto line = 1 + std::count(head.begin(), odd, '\n');
    return {name + ':' + std::to_string(line),
            "this is not text but binary data, and not a recording of a store",
            "record one with 'xenstore-ls -fp'"};
  }
  const auto first = std::find_if_not(head.begin(), head.end(), blank);
  const auto line = 1 + std::count(head.begin(), first, '\n');
  const auto start = static_cast<std::size_t>(first - head.begin());
  const std::string_view rest = head.substr(head.substr(0, start).rfind('\n') + 1);
  return {name + ':' + std::to_string(line),
          "this is not a recording of a store: '" +
              escape_shortened(rest.substr(0, rest.find('\n')), 60) + "'",
          "record one with 'xenstore-ls -fp'"};
}

Result<Snapshot> read_form(ByteSource& source, std::string name, const DumpOptions& options) {
  UnpackedBytes unpacked(source);
  DumpInput input(unpacked, std::move(name));
  const std::string_view head = input.head();
  XSAUDIT_TRY(input.status());
  for (const DumpForm* form : kForms) {
    if (options.form.empty() ? form->recognises(head) : options.form == form->name) {
      return form->read(input, options);
    }
  }
  if (std::all_of(head.begin(), head.end(), blank)) return nothing(input);
  return unrecognised(input, head);
}

Result<Snapshot> read(ByteSource& source, std::string name, const DumpOptions& options) {
  HashedBytes hashed(source);
  auto snapshot = read_form(hashed, std::move(name), options);
  if (!snapshot) return snapshot;
  XSAUDIT_ASSIGN(snapshot->info().recorded, std::move(hashed).finish());
  return snapshot;
}

}  // namespace

Result<Snapshot> read_dump(int descriptor, std::string name, const DumpOptions& options) {
  FileBytes source(descriptor);
  return read(source, std::move(name), options);
}

Result<Snapshot> read_dump_text(std::string_view text, std::string name,
                                const DumpOptions& options) {
  MemoryBytes source(text);
  return read(source, std::move(name), options);
}

Result<Snapshot> read_dump_bytes(ByteSource& source, std::string name, const DumpOptions& options) {
  return read_form(source, std::move(name), options);
}

std::vector<std::string> dump_forms() {
  std::vector<std::string> names;
  for (const DumpForm* form : kForms) names.emplace_back(form->name);
  return names;
}

}  // namespace xsaudit
