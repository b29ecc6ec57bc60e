#include "cli/options/recording_options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "source/recording/dump_reader.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kRecordingsGroup = "Recordings";

}  // namespace

void RecordingOptions::add_to(CLI::App& app) {
  std::vector<std::string> forms = dump_forms();
  forms.insert(forms.begin(), "auto");
  app.add_option("--input-format", form, "form of the recordings; auto: by what is in them")
      ->check(CLI::IsMember(forms))
      ->type_name("FORM")
      ->capture_default_str()
      ->group(kRecordingsGroup);
  app.add_option("--at", at,
                 "the node whose children a listing without whole paths begins with:\n"
                 "the path that was given to xenstore-ls")
      ->check([](const std::string& path) { return path_problem(path); })
      ->type_name("PATH")
      ->group(kRecordingsGroup);
}

void RecordingOptions::add_domains(CLI::App& app, std::vector<Domid>& domains) {
  app.add_option("--domains", domains,
                 "domids alive when the recording was made, where it does not say")
      ->type_name("DOMID,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(Domid{0}, kFirstReservedDomid - 1).description(""));
}

DumpOptions RecordingOptions::dump_options(const Schema& schema) const {
  return {.form = form == "auto" ? "" : form,
          .at = at,
          .top_names = schema.top_names(),
          .always = schema.always(),
          .implied = schema.implied()};
}

}  // namespace xsaudit
