// measure RUNS COMMAND…: runs the command that often, its output thrown away, and prints the best
// elapsed and processor seconds and the peak of its memory in KiB: "0.123 0.101 4567".
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <limits>

namespace {

struct Best {
  double elapsed = std::numeric_limits<double>::infinity();
  double processor = std::numeric_limits<double>::infinity();
  long peak_kib = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

bool run(char** command, Best& best) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor <= 2; ++descriptor) dup2(nowhere, descriptor);
    execvp(command[0], command);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return false;
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) return false;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  best.elapsed = std::min(best.elapsed, elapsed.count());
  best.processor = std::min(best.processor, seconds(usage.ru_utime) + seconds(usage.ru_stime));
  best.peak_kib = std::max(best.peak_kib, usage.ru_maxrss);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  int runs = 0;
  if (count > 2) std::from_chars(arguments[1], arguments[1] + std::strlen(arguments[1]), runs);
  if (runs < 1) {
    std::fputs("usage: measure RUNS COMMAND...\n", stderr);
    return 2;
  }
  Best best;
  for (int i = 0; i < runs; ++i) {
    if (run(arguments + 2, best)) continue;
    std::fprintf(stderr, "measure: %s could not be run to its end\n", arguments[2]);
    return 1;
  }
  std::printf("%.4f %.4f %ld\n", best.elapsed, best.processor, best.peak_kib);
}
