// The program as a XAPI plugin: XAPI runs a file of /etc/xapi.d/plugins with an XML-RPC call as its
// only argument, reads the answer from standard output and expects the exit status 0. A command
// runs in a child process, so that its output, and what it says of an error, become the answer.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/escape.h"
#include "base/file_descriptor.h"
#include "base/system_io.h"
#include "cli/command_line.h"
#include "cli/plugin_call.h"
#include "report/report.h"

namespace xsaudit {
namespace {

// Several times the size of the largest report.
constexpr std::size_t kMaxOutput = std::size_t{256} << 20;

struct CommandOutput {
  std::string text;
  std::string errors;
  bool ended = false;  // by itself, not by a signal
};

Result<CommandOutput> run_in_child(const Arguments& arguments) {
  const FileDescriptor text(::memfd_create("text", MFD_CLOEXEC));
  const FileDescriptor errors(::memfd_create("errors", MFD_CLOEXEC));
  const pid_t child = text.is_open() && errors.is_open() ? ::fork() : -1;
  if (child < 0) return Error{"", std::string("cannot start: ") + std::strerror(errno), {}};
  if (child == 0) {
    if (::dup2(text.get(), STDOUT_FILENO) < 0 || ::dup2(errors.get(), STDERR_FILENO) < 0) {
      ::_exit(kExitNotAudited);
    }
    std::exit(run_command_line(arguments));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  CommandOutput output;
  output.ended = WIFEXITED(status);
  const bool read = ::lseek(text.get(), 0, SEEK_SET) == 0 &&
                    ::lseek(errors.get(), 0, SEEK_SET) == 0 &&
                    read_to_end(text.get(), output.text, kMaxOutput) &&
                    read_to_end(errors.get(), output.errors, kMaxOutput);
  if (!read) return Error{"", std::string("cannot read the report: ") + std::strerror(errno), {}};
  return output;
}

// The command line for a call. An argument of the call is the value of one option, and cannot
// become another; the options check it.
Result<Arguments> command_of(const PluginCall& call) {
  if (call.function == "version" && call.arguments.empty()) return Arguments{"--version"};
  if (call.function != "audit") {
    return Error{"", "there is no function " + single_quoted(call.function),
                 "the functions are audit (format, fail_on) and version"};
  }
  Arguments arguments = {"audit", "--quiet=false"};
  std::string format = "json";
  for (const auto& [name, value] : call.arguments) {
    if (name == "format") {
      format = value;
    } else if (name == "fail_on") {
      arguments.push_back("--fail-on=" + value);
    } else {
      return Error{"", "there is no argument " + single_quoted(name), "use format or fail_on"};
    }
  }
  if (find_report_format(format) == nullptr) {
    return Error{"", "there is no format " + single_quoted(format), "see xsaudit audit --help"};
  }
  arguments.push_back("--format=" + format);
  return arguments;
}

Result<std::string> report_for(const PluginCall& call) {
  XSAUDIT_ASSIGN(const auto arguments, command_of(call));
  XSAUDIT_ASSIGN(auto output, run_in_child(arguments));
  // A report of a store that could not be read says so. Without a report there is only the error.
  if (output.ended && !output.text.empty()) return std::move(output.text);
  return Error{"", output.errors.empty() ? "there is no report" : output.errors, {}};
}

}  // namespace

bool is_plugin_call(const Arguments& arguments) {
  return arguments.size() == 1 && arguments.front().substr(0, 1) == "<";
}

int run_xapi_plugin(const Arguments& arguments) {
  const auto call = read_plugin_call(arguments.front());
  auto report = call ? report_for(*call) : Result<std::string>(call.error());
  if (report) return print(plugin_answer(*report));
  // The code is the one that XenAPIPlugin.py of xen-api gives for an error of a plugin.
  return print(plugin_failure(
      {"XENAPI_PLUGIN_FAILURE", call ? call->function : "", "xsaudit", report.error().text()}));
}

}  // namespace xsaudit
