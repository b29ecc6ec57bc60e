#include "cli/options/recording_options.h"

#include <unistd.h>

#include "base/escape.h"
#include "base/number_text.h"
#include "base/text_file.h"
#include "cli/command_line.h"
#include "source/archive/domain_listing.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"

namespace xsaudit {
namespace {

constexpr const char* kRecordingsGroup = "Recordings";

std::optional<Domid> domid_of(std::string_view text) {
  std::uint32_t number = 0;
  if (!whole_number(text, number) || number >= kFirstReservedDomid) return std::nullopt;
  return static_cast<Domid>(number);
}

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

void RunningDomains::add_to(CommandLine& app) {
  app.add_option("--domains", given,
                 "assume that these domains were running when the recording was\n"
                 "made, or those in FILE, the output of xl list or list_domains;\n"
                 "default: as recorded, else inferred from the store")
      ->type_name("DOMID,...|FILE")
      ->delimiter(',')
      ->one_at_a_time()
      ->check([](const std::string& item) -> std::string {
        if (domid_of(item) || ::access(item.c_str(), R_OK) == 0) return {};
        return single_quoted(item) + " is neither a domid, from 0 to " +
               std::to_string(kFirstReservedDomid - 1) + ", nor a file that can be read";
      });
}

Result<std::optional<std::vector<Domid>>> RunningDomains::read() const {
  std::optional<std::vector<Domid>> domains;
  for (const std::string& item : given) {
    if (!domains) domains.emplace();
    if (const auto domid = domid_of(item)) {
      domains->push_back(*domid);
      continue;
    }
    XSAUDIT_ASSIGN(const auto file, read_text_file(item));
    const auto listed = read_domain_listing(file.text);
    if (!listed) {
      const std::string& line = listed.error().place;
      return Error{escape_shortened(item) + (line.empty() ? "" : ":" + line),
                   listed.error().message, "expected the output of xl list or list_domains"};
    }
    domains->insert(domains->end(), listed->begin(), listed->end());
  }
  return domains;
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
          .implied = schema.implied(),
          .threads = 1};
}

}  // namespace xsaudit
