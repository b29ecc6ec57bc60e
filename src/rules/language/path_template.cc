#include "rules/language/path_template.h"

#include <array>
#include <charconv>

#include "store/path.h"

namespace xsaudit {
namespace {

Reads reads_of(const std::vector<PathTemplate::Piece>& pieces) {
  Reads reads;
  for (const PathTemplate::Piece& piece : pieces) {
    if (piece.name != nullptr) reads = reads | piece.name->reads();
  }
  return reads;
}

}  // namespace

PathTemplate::PathTemplate(std::vector<Piece> pieces)
    : Expression(kText, reads_of(pieces)), pieces_(std::move(pieces)) {}

Value PathTemplate::evaluate(Frame& frame) const {
  std::array<char, kMaxPathBytes> path;
  std::size_t size = 0;
  const auto append = [&](std::string_view text) {
    if (text.size() > path.size() - size) return false;
    text.copy(path.data() + size, text.size());
    size += text.size();
    return true;
  };
  for (const Piece& piece : pieces_) {
    bool fits = append(piece.text);
    if (piece.name != nullptr) {
      const Value value = piece.name->evaluate(frame);
      if (value.is(Value::Kind::null)) return value;
      if (value.is(Value::Kind::unknown)) return frame.undecided(value);
      if (value.is(Value::Kind::integer)) {
        char* const begin = path.data() + size;
        const auto [end, failed] = std::to_chars(begin, path.data() + path.size(), value.integer);
        fits = fits && failed == std::errc();
        if (fits) size += static_cast<std::size_t>(end - begin);
      } else {
        fits = fits && append(frame.text_of(value));
      }
    }
    if (!fits) return {};  // longer than any path
  }
  return Value::of(frame.arena.copy({path.data(), size}));
}

}  // namespace xsaudit
