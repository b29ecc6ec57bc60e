#include "source/archive/report_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/calendar.h"
#include "base/escape.h"
#include "source/archive/report_parts.h"

namespace xsaudit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 100'000;
constexpr std::size_t kMostOpen = 200;
constexpr int kDeepest = 8;

}  // namespace

Result<ReportFolder> ReportFolder::open(const std::string& path) {
  ReportFolder folder;
  std::error_code failed;
  fs::recursive_directory_iterator entry(path, fs::directory_options::none, failed);
  if (failed) return Error{escape(path), "cannot open it: " + failed.message(), ""};
  std::vector<std::string> wanted;
  std::size_t count = 0;
  for (; entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    if (failed || ++count > kMostFiles) break;
    if (entry.depth() >= kDeepest) entry.disable_recursion_pending();
    const std::string name = entry->path().string();
    if (entry->is_symlink(failed) || !entry->is_regular_file(failed)) continue;
    if (ReportParts::wanted(name)) wanted.push_back(name);
  }
  if (failed) folder.gaps_.push_back("not all of the folder could be read: " + failed.message());
  if (count > kMostFiles) folder.gaps_.emplace_back("the folder contains too many files");
  std::sort(wanted.begin(), wanted.end());
  for (const std::string& name : wanted) {
    if (folder.files_.size() == kMostOpen) {
      folder.gaps_.emplace_back("the folder contains too many logs");
      break;
    }
    FileDescriptor file(
        ::open(name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      folder.gaps_.push_back(escape_shortened(name) + " could not be opened");
      continue;
    }
    folder.files_.push_back({name, std::move(file), status.st_mtim.tv_sec});
  }
  return folder;
}

std::vector<int> ReportFolder::descriptors() const {
  std::vector<int> numbers;
  for (const File& file : files_) numbers.push_back(file.descriptor.get());
  return numbers;
}

Result<Snapshot> ReportFolder::read(const std::string& name, const DumpOptions& options) {
  ReportParts parts(name, options);
  for (std::string& gap : gaps_) parts.add_gap(std::move(gap));
  for (const File& file : files_) {
    FileBytes bytes(file.descriptor.get());
    XSAUDIT_TRY(parts.add(file.name, bytes, file.modified));
  }
  XSAUDIT_ASSIGN(const auto now, current_time());
  return std::move(parts).finish(now.time_since_epoch().count());
}

}  // namespace xsaudit
