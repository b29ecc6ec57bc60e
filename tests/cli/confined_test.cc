// The program while it judges: what it holds, and what it could do.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "host/attempts.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/unix_socket.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

const std::string kRecording =
    XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored/01-2pv-vif-vbd.fp.txt";

// What came of each attempt made inside the program.
std::map<std::string, int> attempts_inside(const std::string& arguments) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "empty");
  scratch.write("file", "contents");
  const int listening = listen_at(scratch / "socket");
  const std::string command = "XSAUDIT_TARGETS=" + (scratch / "") +
                              " LD_PRELOAD=" + XSAUDIT_ATTEMPTS + " " XSAUDIT_PROGRAM " " +
                              arguments + " 2>" + (scratch / "attempts") + " >/dev/null";
  static_cast<void>(std::system(command.c_str()));
  ::close(listening);
  return parse_attempts(contents_of(scratch / "attempts"));
}

void check_that_none_succeeds(const std::string& arguments) {
  INFO(arguments);
  const auto attempts = attempts_inside(arguments);
  CHECK(attempts.size() > 60);
  for (const auto& [name, error] : attempts) {
    CAPTURE(name);
    if (name == "memory") {
      CHECK(error == 0);
    } else {
      CHECK((error == EPERM || (name == "clone3" && error == ENOSYS)));
    }
  }
}

// A run of the program that cannot go on: what it writes is not read, or what it reads does not
// come.
class HeldUp {
 public:
  enum class By { input, output };
  HeldUp(By by, std::vector<std::string> arguments) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const bool output = by == By::output;
    other_end_ = output ? ends[0] : ends[1];
    const int own_end = output ? ends[1] : ends[0];
    process_ = ::fork();
    if (process_ == 0) {
      const int nothing = ::open("/dev/null", O_RDWR);
      for (const int standard : {0, 1, 2}) ::dup2(nothing, standard);
      ::dup2(own_end, output ? STDOUT_FILENO : STDIN_FILENO);
      std::vector<char*> list;
      for (std::string& argument : arguments) list.push_back(argument.data());
      list.push_back(nullptr);
      ::execv(XSAUDIT_PROGRAM, list.data());
      ::_exit(99);
    }
    ::close(own_end);
  }
  HeldUp(const HeldUp&) = delete;
  HeldUp& operator=(const HeldUp&) = delete;
  ~HeldUp() {
    ::close(other_end_);
    ::waitpid(process_, nullptr, 0);
  }

  std::string process() const { return std::to_string(process_); }
  std::string folder() const { return "/proc/" + std::to_string(process_); }
  // "2" of the line "Seccomp:\t2".
  std::string status(const std::string& field) const {
    const std::string text = "\n" + contents_of(folder() + "/status");
    const std::size_t at = text.find("\n" + field + ":\t");
    if (at == std::string::npos) return "no " + field;
    const std::size_t start = at + field.size() + 3;
    return text.substr(start, text.find('\n', start) - start);
  }
  // Until the program can do nothing but wait for the pipe. A test that is never here fails at the
  // checks that follow.
  void wait_until_confined() const {
    for (int turn = 0; turn < 3000 && status("Seccomp") != "2"; ++turn) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  void check_that_it_is_confined() const {
    wait_until_confined();
    CHECK(status("Seccomp") == "2");
    CHECK(status("NoNewPrivs") == "1");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
      CAPTURE(set);
      CHECK(status(set) == "0000000000000000");
    }
  }
  // The program may close a descriptor after it was listed.
  std::vector<std::string> open() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder() + "/fd")) {
      std::error_code closed;
      const auto target = std::filesystem::read_symlink(entry.path(), closed);
      if (!closed) names.push_back(target.string());
    }
    return names;
  }

 private:
  pid_t process_ = -1;
  int other_end_ = -1;
};

}  // namespace

TEST_CASE("the program can reach nothing while it judges a recording") {
  check_that_none_succeeds("audit " + kRecording);
  check_that_none_succeeds("access --domain 1 --store " + kRecording);
  check_that_none_succeeds("diff " + kRecording + " " + kRecording);
}

TEST_CASE("the program can reach nothing once it has read a live store") {
  with_each_daemon([](RunningDaemon&) {
    XenstoreClient().write("/local/domain/1/name", "alpha");
    for (const char* reader : {"wire", "libxenstore"}) {
      for (const char* command : {"audit", "snapshot"}) {
        check_that_none_succeeds(std::string(command) + " --transport " + reader);
      }
    }
  });
}

TEST_CASE("an unconfined program can, so these attempts are worth something") {
  const auto attempts = attempts_inside("audit --no-sandbox " + kRecording);
  for (const char* name : {"socket-unix", "open-read", "open-write", "creat", "fork"}) {
    CAPTURE(name);
    CHECK(attempts.at(name) == 0);
  }
}

TEST_CASE("the program is confined before the first byte of a recording") {
  const HeldUp program(HeldUp::By::input, {"xsaudit", "audit", "-"});
  program.check_that_it_is_confined();
  CHECK(program.open().size() == 3);
}

TEST_CASE("outputs that were opened before are all that a confined program still holds") {
  const ScratchDirectory scratch;
  const HeldUp program(HeldUp::By::input, {"xsaudit", "audit", "-o", scratch / "report", "-"});
  program.check_that_it_is_confined();
  auto open = program.open();
  const auto of_helper = std::remove_if(open.begin(), open.end(), [](const std::string& name) {
    return name.rfind("pipe:", 0) == 0 || name == "/dev/null";
  });
  open.erase(of_helper, open.end());
  REQUIRE(open.size() == 1);
  CHECK(open[0].rfind(scratch / ".xsaudit.", 0) == 0);
}

// "2" of the line "Seccomp:\t2" of a process.
std::string status_of(const std::string& process, const std::string& field) {
  const std::string text = "\n" + contents_of("/proc/" + process + "/status");
  const std::size_t at = text.find("\n" + field + ":\t");
  if (at == std::string::npos) return "no " + field;
  const std::size_t start = at + field.size() + 3;
  return text.substr(start, text.find('\n', start) - start);
}

bool becomes_confined(const std::string& process) {
  for (int turn = 0; turn < 500 && status_of(process, "Seccomp") != "2"; ++turn) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return status_of(process, "Seccomp") == "2";
}

struct Children {
  int watching = 0;
  int confined = 0;  // and not watching
  int unconfined = 0;
};

// Of a process, and of its confined children. An unconfined one may start others.
void count_children(const std::string& process, Children& counted) {
  std::istringstream names(contents_of("/proc/" + process + "/task/" + process + "/children"));
  for (std::string child; names >> child;) {
    if (!becomes_confined(child)) {
      ++counted.unconfined;
      continue;
    }
    ++(status_of(child, "Name") == "xsaudit-watch" ? counted.watching : counted.confined);
    count_children(child, counted);
  }
}

TEST_CASE("no process reads the store that is not confined, at the first look or the second") {
  with_each_daemon([](RunningDaemon&) {
    for (const std::string reader : {"wire", "libxenstore"}) {
      INFO(reader);
      // The report cannot be written, and before that the second look is waited for.
      const ScratchDirectory scratch;
      const HeldUp program(HeldUp::By::output,
                           {"xsaudit", "audit", "--recheck-after", "3600", "--transport", reader,
                            "--lock", "none", "--host-facts", "always", "--format", "json"});
      program.check_that_it_is_confined();
      Children children;
      count_children(program.process(), children);
      CHECK(children.watching == 2);    // the first look's may have ended, the second look's waits
      CHECK(children.confined == 1);    // waits for the second look
      CHECK(children.unconfined == 1);  // looks at processes, and never at the store
    }
  });
}

TEST_CASE("no connection to the store is left when a snapshot is written") {
  with_each_daemon([](RunningDaemon&) {
    XenstoreClient control;
    for (int i = 0; i < 64; ++i) {  // more than a pipe takes
      control.write("/data/" + std::to_string(i), std::string(2000, 'x'));
    }
    for (const std::string reader : {"wire", "libxenstore"}) {
      const HeldUp program(HeldUp::By::output, {"xsaudit", "snapshot", "--transport", reader});
      program.check_that_it_is_confined();
      // It is read by then, and the pipe is full.
      for (int turn = 0; turn < 3000 && program.open().size() != 3; ++turn) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      CHECK(program.open().size() == 3);
    }
  });
}

TEST_CASE("root is given up for the user that is named") {
  if (::geteuid() != 0) return;
  const HeldUp program(HeldUp::By::input, {"xsaudit", "audit", "--user", "nobody", "-"});
  program.check_that_it_is_confined();
  CHECK(program.status("Uid") == "65534\t65534\t65534\t65534");
  CHECK(program.status("CapBnd") == "0000000000000000");
}

}  // namespace xsaudit
