// xsaudit render RESULT
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/escape.h"
#include "base/system_io.h"
#include "cli/command_line.h"
#include "cli/options/confinement_choice.h"
#include "cli/options/report_choice.h"
#include "report/result_reader.h"

namespace xsaudit {
namespace {

constexpr const char* kRenderDescription =
    "Writes reports from a saved result, identical to those that the audit would have written.\n";

constexpr const char* kRenderFooter =
    "Exit status: 0 if the reports were written, 2 if not.\n"
    "\n"
    "Examples:\n"
    "  xsaudit audit --report json=r.json         save a result\n"
    "  xsaudit render r.json --format html -o r.html";

// Ten times the size of the largest possible result; parsed, it takes several times as much memory.
constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

Result<std::string> read_all(int descriptor, const std::string& name) {
  std::string text;
  if (!read_to_end(descriptor, text, kMaxBytes)) {
    return Error{escape(name), std::string("cannot read it: ") + std::strerror(errno), {}};
  }
  if (text.size() > kMaxBytes) return Error{escape(name), "it is too long for a result", {}};
  return text;
}

}  // namespace

int run_render(const Arguments& arguments) {
  std::string file;
  ReportChoice reports;
  ConfinementChoice confinement;
  CommandLine app(kRenderDescription, "xsaudit render");
  app.footer(kRenderFooter);
  app.add_option("RESULT", file, "result written with --format json; \"-\" for standard input")
      ->type_name("")
      ->required();
  reports.add_to(app);
  bool show_suppressed = false;
  app.add_flag("--show-suppressed", show_suppressed, "show suppressed and known findings in full");
  confinement.add_to(app);
  if (const auto status = app.parse(arguments)) return *status;

  const int descriptor =
      file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(Error{escape(file), std::string("cannot open it: ") + std::strerror(errno), {}});
  }
  Outputs outputs;
  if (const Status opened = reports.open(outputs); !opened) return fail(opened.error());
  if (const Status started = outputs.start(); !started) return fail(started.error());
  std::vector<int> keep = outputs.descriptors();
  keep.push_back(descriptor);
  const Status confined = confinement.confine(std::move(keep));
  if (!confined) return fail(confined.error());

  const auto text = read_all(descriptor, file);
  if (!text) return fail(text.error());
  const auto result = read_result(*text, file);
  if (!result) return fail(result.error());
  Status written = reports.write(outputs, *result, {.suppressed = show_suppressed});
  if (written) written = outputs.commit();
  return written ? kExitClean : fail(written.error());
}

}  // namespace xsaudit
