#include "cli/options/report_choice.h"

#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "cli/command_line.h"

namespace xsaudit {
namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const ReportFormat& format : report_formats()) names.emplace_back(format.name);
  return names;
}

Error wrong_report(const std::string& text) {
  std::string known;
  for (const std::string& name : format_names()) known += (known.empty() ? "" : ", ") + name;
  return {"--report '" + escape_shortened(text) + "'", "expected FORMAT=FILE",
          "FORMAT is one of " + known};
}

}  // namespace

void ReportChoice::add_to(CommandLine& app) {
  app.add_option("-f,--format", format_, "format of the report")
      ->one_of(format_names())
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_option("-o,--output", output_, "write the report to FILE, which is replaced atomically")
      ->type_name("FILE");
  app.add_option("--report", reports_, "write another report to FILE; may be repeated")
      ->type_name("FORMAT=FILE")
      ->one_at_a_time();
  app.add_flag("-v,--verbose", verbose_,
               "show rules that could not be evaluated, with places and reasons");
  app.add_option("--color", colour_, "colour the text report; auto: on a terminal")
      ->one_of({"auto", "always", "never"})
      ->type_name("WHEN")
      ->capture_default_str();
}

Status ReportChoice::open(Outputs& outputs) {
  std::set<std::string> files = {output_};
  const auto add = [&](const ReportFormat* format, const std::string& path) -> Status {
    XSAUDIT_ASSIGN(const auto output, outputs.open(path));
    opened_.emplace_back(format, output);
    return ok();
  };
  XSAUDIT_TRY(add(find_report_format(format_), output_));
  for (const std::string& report : reports_) {
    const std::size_t equals = report.find('=');
    const ReportFormat* const format = find_report_format(report.substr(0, equals));
    if (equals == std::string::npos || equals + 1 == report.size() || format == nullptr) {
      return wrong_report(report);
    }
    const std::string path = report.substr(equals + 1);
    if (!files.insert(path).second) {
      return Error{escape_shortened(path), "two reports would go into this file", {}};
    }
    XSAUDIT_TRY(add(format, path));
  }
  return ok();
}

Status ReportChoice::write(Outputs& outputs, const AuditResult& result, const Shown& shown) const {
  for (const auto& [format, output] : opened_) {
    const bool first = &opened_.front().second == &output;
    if (first && shown.none && output_.empty()) continue;
    const ReportOptions options{first && wants_colour(), shown.suppressed, verbose_,
                                first && shown.only_faulty, shown.accept_incomplete};
    XSAUDIT_TRY(outputs.write(output, format->write(result, options)));
  }
  return ok();
}

bool ReportChoice::for_monitoring() const {
  return find_report_format(format_)->monitoring != nullptr;
}

int ReportChoice::exit_status(const AuditResult& result, const Shown& shown, int usual) const {
  const MonitoringFormat* const monitoring = find_report_format(format_)->monitoring;
  if (monitoring == nullptr) return usual;
  ReportOptions options;
  options.accept_incomplete = shown.accept_incomplete;
  return monitoring->exit_status(result, options);
}

void ReportChoice::expect_failures(const Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view value;
    for (const std::string_view option : {"--format", "-f"}) {
      const std::string_view argument = arguments[i];
      if (argument.substr(0, option.size()) != option) continue;
      value = argument.substr(option.size());
      if (value.empty() && i + 1 < arguments.size()) value = arguments[i + 1];
      if (!value.empty() && value.front() == '=') value.remove_prefix(1);
    }
    if (const ReportFormat* const format = find_report_format(value)) fail_as(format->monitoring);
  }
}

void ReportChoice::expect_failures() const { fail_as(find_report_format(format_)->monitoring); }

bool ReportChoice::wants_colour() const {
  if (colour_ != "auto") return colour_ == "always";
  return output_.empty() && standard_output_wants_colour();
}

}  // namespace xsaudit
