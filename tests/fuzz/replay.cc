// replay TARGET PATH…: runs a target on every file given, and in every directory given. What made
// it fail once is kept in corpus/TARGET, so that the normal test run would notice it again.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "targets.h"

namespace {

void replay(const xsaudit::FuzzTarget& target, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::printf("%s\n", path.c_str());
  std::fflush(stdout);
  target.run(bytes);
}

}  // namespace

int main(int count, char** arguments) {
  for (const xsaudit::FuzzTarget& target : xsaudit::fuzz_targets()) {
    if (count < 3 || target.name != arguments[1]) continue;
    std::size_t files = 0;
    for (int i = 2; i < count; ++i) {
      if (!std::filesystem::is_directory(arguments[i])) {
        replay(target, arguments[i]);
        ++files;
        continue;
      }
      for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i])) {
        if (!entry.is_regular_file()) continue;
        replay(target, entry.path());
        ++files;
      }
    }
    return files == 0 ? 1 : 0;
  }
  std::fputs("usage: replay TARGET PATH...\n", stderr);
  return 2;
}
