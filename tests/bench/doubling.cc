// doubling XSAUDIT [STEPS [QUANTITY]]: what an audit costs while a guest doubles what it made, for
// everything that a guest can make much of. Each audit runs all rules, writes every report, and
// compares with suppressions and with a baseline that knows the same findings. A line for each
// store: processor seconds and the peak of memory at the last size, and how often that of the size
// before went into it, for each step. Linear is 2 at most; a quadratic one is 4.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/hostile_stores.h"

namespace {

struct Cost {
  double seconds = 0;
  double mebibytes = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// The cheapest of two runs. An audit that ends with anything but findings or gaps is no measure.
Cost measure(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  Cost least;
  for (int run = 0; run < 2; ++run) {
    const pid_t child = fork();
    if (child == 0) {
      const int nowhere = open("/dev/null", O_WRONLY);
      dup2(nowhere, 1);
      dup2(nowhere, 2);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 1 && WEXITSTATUS(status) != 3)) {
      std::fprintf(stderr, "doubling: %s did not audit\n", arguments[0]);
      std::exit(1);
    }
    const Cost cost = {seconds(usage.ru_utime) + seconds(usage.ru_stime),
                       static_cast<double>(usage.ru_maxrss) / 1024};
    if (run == 0 || cost.seconds < least.seconds) least = cost;
  }
  return least;
}

constexpr const char* kSuppressions = R"(suppressions:
  - {rule: schema-unknown-path, path: /local/domain/1/data/x/1/**, reason: a test, expires: 2099-01-01}
  - {rule: world-readable-node, path: "/local/domain/$DOMID/data/**", reason: a test, expires: 2099-01-01}
  - {rule: shadowed-perm-entry, guest: another, reason: a test, expires: 2099-01-01}
)";

std::vector<std::string> audit(const std::string& xsaudit, const std::string& scratch) {
  return {xsaudit,           "audit",
          "--suppress",      scratch + "/suppressions.yaml",
          "--report",        "json=" + scratch + "/json",
          "--report",        "jsonl=" + scratch + "/jsonl",
          "--report",        "sarif=" + scratch + "/sarif",
          "--report",        "junit=" + scratch + "/junit",
          "--report",        "github=" + scratch + "/github",
          "--report",        "prometheus=" + scratch + "/prometheus",
          "--report",        "nagios=" + scratch + "/nagios",
          "--report",        "checkmk=" + scratch + "/checkmk",
          "--report",        "zabbix=" + scratch + "/zabbix",
          "--report",        "markdown=" + scratch + "/markdown",
          "--report",        "html=" + scratch + "/html",
          scratch + "/store"};
}

// Of an audit that makes a baseline and of one that compares with it.
Cost cost_of(const std::string& recording, const std::string& xsaudit, const std::string& scratch) {
  std::ofstream(scratch + "/store", std::ios::binary) << recording;
  std::vector<std::string> words = audit(xsaudit, scratch);
  words.insert(words.end(), {"--write-baseline", scratch + "/baseline"});
  const Cost first = measure(words);
  words = audit(xsaudit, scratch);
  words.insert(words.end(), {"--baseline", scratch + "/baseline"});
  const Cost second = measure(words);
  return {first.seconds + second.seconds, std::max(first.mebibytes, second.mebibytes)};
}

void show(const xsaudit::HostileStore& store, const std::string& xsaudit, int steps,
          const std::string& scratch) {
  // What an audit costs anyway is no part of the ratios.
  static const Cost least =
      cost_of(xsaudit::hostile_stores().front().recording(0), xsaudit, scratch);
  std::vector<Cost> costs;
  std::size_t size = store.large;
  for (int step = 0; step < steps; ++step, size *= 2) {
    Cost cost = cost_of(store.recording(size), xsaudit, scratch);
    cost.seconds -= least.seconds;
    cost.mebibytes -= least.mebibytes;
    costs.push_back(cost);
  }
  std::printf("%-13s %-36s %8zu %8.2f %7.0f ", store.quantity, store.content, size / 2,
              costs.back().seconds, costs.back().mebibytes);
  for (std::size_t i = 1; i < costs.size(); ++i) {
    std::printf(" %4.1f", costs[i].seconds / costs[i - 1].seconds);
  }
  std::printf("  ");
  for (std::size_t i = 1; i < costs.size(); ++i) {
    std::printf(" %4.1f", costs[i].mebibytes / costs[i - 1].mebibytes);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const int steps = count > 2 ? std::atoi(arguments[2]) : 5;
  if (count < 2 || count > 4 || steps < 2) {
    std::fputs("usage: doubling XSAUDIT [STEPS [QUANTITY]]\n", stderr);
    return 2;
  }
  std::string scratch = std::filesystem::temp_directory_path() / "xsaudit-doubling-XXXXXX";
  if (mkdtemp(scratch.data()) == nullptr) return 1;
  std::ofstream(scratch + "/suppressions.yaml") << kSuppressions;
  std::printf("%-13s %-36s %8s %8s %7s  %-*s   ratios of memory\n", "quantity", "content", "size",
              "seconds", "MiB", 5 * (steps - 1), "ratios of time");
  for (const xsaudit::HostileStore& store : xsaudit::hostile_stores()) {
    if (count == 4 && std::strcmp(arguments[3], store.quantity) != 0) continue;
    show(store, arguments[1], steps, scratch);
  }
  std::filesystem::remove_all(scratch);
}
