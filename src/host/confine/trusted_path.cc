#include "host/confine/trusted_path.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>

#include "base/escape.h"

namespace xsaudit {
namespace {

namespace fs = std::filesystem;

// The number of links that Linux follows (MAXSYMLINKS).
constexpr int kMaxSteps = 40;

Error cannot_read(const std::string& path, int number) {
  return {escape(path), std::string("cannot be read: ") + std::strerror(number), {}};
}

// The problem with one file or directory on the way; empty if there is none.
std::string problem_with(const struct stat& found) {
  if (found.st_uid != 0) return "belongs to user " + std::to_string(found.st_uid);
  if (S_ISLNK(found.st_mode)) return {};  // the directory shows who may replace a link
  const bool sticky = S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0;
  if (sticky || (found.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return (found.st_mode & S_IWOTH) != 0 ? "can be written by every user"
                                        : "can be written by its group";
}

}  // namespace

Status only_root_may_write(const std::string& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  if (failed) return cannot_read(path, failed.value());
  std::deque<fs::path> ahead(absolute.begin(), absolute.end());
  fs::path here = "/";
  int links = 0;
  while (!ahead.empty()) {
    const fs::path name = ahead.front();
    ahead.pop_front();
    if (name.empty() || name == ".") continue;
    const fs::path next = name == ".." ? here.parent_path() : here / name;

    struct stat found {};
    if (::lstat(next.c_str(), &found) != 0) return cannot_read(path, errno);
    if (const std::string problem = problem_with(found); !problem.empty()) {
      const bool itself = next == absolute;
      return Error{escape(path),
                   itself ? problem : escape(next.native()) + " on the way to it " + problem,
                   "as root, xsaudit uses only files that root alone can change"};
    }
    if (!S_ISLNK(found.st_mode)) {
      here = next;
      continue;
    }
    if (++links > kMaxSteps) return cannot_read(path, ELOOP);
    const fs::path target = fs::read_symlink(next, failed);
    if (failed) return cannot_read(path, failed.value());
    if (target.is_absolute()) here = "/";
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
  return ok();
}

}  // namespace xsaudit
