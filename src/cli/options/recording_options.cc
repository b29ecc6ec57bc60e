#include "cli/options/recording_options.h"

#include "cli/command_line.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kRecordingsGroup = "Recordings";

}  // namespace

void RecordingOptions::add_to(CommandLine& app) {
  std::vector<std::string> forms = dump_forms();
  forms.insert(forms.begin(), "auto");
  app.add_option("--input-format", form, "format of the recordings; auto detects it")
      ->one_of(forms)
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group(kRecordingsGroup);
  app.add_option("--root-path", root_path,
                 "place the nodes of a listing without absolute paths below PATH,\n"
                 "the path that was passed to xenstore-ls")
      ->check([](const std::string& path) { return path_problem(path); })
      ->type_name("PATH")
      ->group(kRecordingsGroup);
}

void RecordingOptions::add_domains(CommandLine& app, std::vector<Domid>& domains) {
  app.add_option("--domains", domains,
                 "assume that these domains were running when the recording was\n"
                 "made; default: as recorded, else inferred from the store")
      ->type_name("DOMID,...")
      ->delimiter(',')
      ->one_at_a_time()
      ->between(0, kFirstReservedDomid - 1);
}

void RecordingOptions::add_privileged(CommandLine& app, std::vector<Domid>& domains) {
  app.add_option("--privileged", domains,
                 "treat these domains as privileged like domain 0, for example a\n"
                 "toolstack domain")
      ->type_name("DOMID,...")
      ->delimiter(',')
      ->one_at_a_time()
      ->between(0, kFirstReservedDomid - 1);
}

DumpOptions RecordingOptions::dump_options(const Schema& schema) const {
  return {.form = form == "auto" ? "" : form,
          .at = root_path,
          .top_names = schema.top_names(),
          .always = schema.always(),
          .implied = schema.implied()};
}

}  // namespace xsaudit
