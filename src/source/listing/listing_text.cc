#include "source/listing/listing_text.h"

#include <algorithm>

#include "store/path.h"

namespace xsaudit {
namespace {

constexpr std::string_view kClient = "xenstore-ls";

// Could be a part of a listing, or a client's complaint: it must not pass for what people write.
bool like_a_client(std::string_view line) {
  return line.starts_with('/') || line.find("=\"") != line.npos || line.find("= \"") != line.npos ||
         line.find("xenstore-ls:") != line.npos ||
         line.starts_with("could not access permissions for ");
}

bool has_word(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<signed char>(c) < 0;
  });
}

}  // namespace

ListingText::ListingText(DumpInput& input, bool other_thread)
    : input_(input),
      lines_(input),
      batches_([this](Batch& batch) { return fill(batch); },
               other_thread && input.head().size() > DumpInput::kMaxLineBytes) {}

bool ListingText::fill(Batch& batch) {
  batch.bytes.clear();
  batch.rows.clear();
  bool more = true;
  for (std::string_view text;
       batch.rows.size() < kBatchLines && batch.bytes.size() < kBatchBytes;) {
    more = lines_.next(text);
    if (!more) break;
    Row& row = batch.rows.emplace_back();
    row.text = {batch.bytes.size(), text.size()};
    batch.bytes += text;
    row.as_recorded = row.text;
    // Nearly every line is the same bytes as it was recorded, not only equal ones.
    const bool same = lines_.as_recorded().data() == text.data();
    if (lines_.as_recorded().size() != text.size() || (!same && lines_.as_recorded() != text)) {
      row.as_recorded = {batch.bytes.size(), lines_.as_recorded().size()};
      batch.bytes += lines_.as_recorded();
    }
    row.line = lines_.line();
    row.ended = lines_.ended();
    row.quoted = lines_.quoted();
  }
  // The bytes do not move any more.
  for (Row& row : batch.rows) {
    row.parsed =
        parse_listing_line(std::string_view(batch.bytes).substr(row.text.begin, row.text.size));
    row.valid_path = !row.parsed.path.empty() && valid_path(row.parsed.path);
  }
  return more;
}

bool ListingText::next() {
  while (batch_ == nullptr || next_row_ == batch_->rows.size()) {
    batch_ = batches_.next();
    next_row_ = 0;
    row_ = nullptr;
    if (batch_ == nullptr) return false;
  }
  row_ = &batch_->rows[next_row_++];
  return true;
}

std::string ListingText::place_of_text() const {
  const std::size_t blanks = as_recorded().find_first_not_of(kBlanks);
  return place() + ':' + std::to_string(blanks == std::string_view::npos ? 1 : blanks + 1);
}

// "root@dom0:~# xenstore-ls -fp", and any line that begins as it does.
bool ListingText::is_prompt(std::string_view line) {
  const std::size_t command = line.find(kClient);
  if (command != line.npos && !line.substr(command).starts_with("xenstore-ls:")) {
    const std::size_t sign = line.substr(0, command).find_last_of("#$>%");
    if (sign != line.npos) {
      prompt_ = line.substr(0, sign + 1);
      return true;
    }
  }
  return !prompt_.empty() && line.starts_with(prompt_);
}

bool ListingText::is_around(bool after_node) {
  std::string_view line = text();
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (is_prompt(line) || line.starts_with("```") || line.starts_with("~~~")) {
    outside_ = after_node;
    return true;
  }
  if (like_a_client(line)) return false;
  // "[...]" says that something was left out.
  return outside_ || !row_->quoted || (!after_node && has_word(line));
}

}  // namespace xsaudit
