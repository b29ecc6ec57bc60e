#include "cli/progress.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace xsaudit {
namespace {

constexpr auto kQuietAtFirst = std::chrono::milliseconds(500);
constexpr auto kBetween = std::chrono::milliseconds(100);

// ECMA-48: erase to the end of the line.
constexpr const char* kFromTheStart = "\r\x1b[K";

bool takes_escapes(int descriptor) {
  const char* const terminal = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

}  // namespace

Progress::Progress() : Progress(STDERR_FILENO, Clock::now) {}

Progress::Progress(int descriptor, std::function<Clock::time_point()> now)
    : descriptor_(descriptor),
      on_(takes_escapes(descriptor)),
      now_(std::move(now)),
      next_(now_() + kQuietAtFirst) {}

void Progress::phase(const std::string& what) {
  const std::lock_guard lock(mutex_);
  phase_ = what;
  if (on_ && now_() >= next_) show(what);
}

void Progress::step(std::uint64_t done, std::string_view things, std::uint64_t total) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  if (now_() < next_) return;
  std::string text = phase_ + ": " + std::to_string(done);
  if (total > 0) text += " of " + std::to_string(total);
  show(text.append(" ").append(things));
}

void Progress::show(const std::string& text) {
  const std::string line = kFromTheStart + text;
  // An error of writing does not matter here.
  (void)!::write(descriptor_, line.data(), line.size());
  shown_ = true;
  next_ = now_() + kBetween;
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (!shown_) return;
  (void)!::write(descriptor_, kFromTheStart, std::strlen(kFromTheStart));
  shown_ = false;
}

}  // namespace xsaudit
