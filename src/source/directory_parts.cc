#include "source/directory_parts.h"

namespace xsaudit {
namespace {

// How often a directory may change while it comes in parts.
constexpr int kMostRestarts = 20;

constexpr std::string_view kNoName("\0", 1);
constexpr std::string_view kEnd("\0\0", 2);  // of the last name, and the empty one

}  // namespace

DirectoryParts::State DirectoryParts::take(std::string_view payload, std::size_t longest) {
  const std::size_t zero = payload.find('\0');
  const std::string_view generation = payload.substr(0, zero);
  std::string_view names = zero == std::string_view::npos ? "" : payload.substr(zero + 1);
  received_ += names.size();
  if (!names_.empty() && generation != generation_) {
    names_ = {};  // with its memory
    return ++restarts_ > kMostRestarts ? State::never_steady : State::more;
  }
  generation_ = generation;
  const bool last = names == kNoName || names.ends_with(kEnd);
  if (last) names.remove_suffix(kNoName.size());
  if (names.empty() && !last) return State::wrong;
  names_ += names;
  if (names_.size() > longest) return State::too_long;
  return last ? State::complete : State::more;
}

}  // namespace xsaudit
