#include "host/facts/domain_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json_reader.h"
#include "host/facts/bounded_read.h"

namespace xsaudit {

namespace {

using Json = nlohmann::json;

Fact<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_primitive() && !value.is_null()) return value.dump();
  return Fact<std::string>::unknown("it is not a single value");
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), [](char c, char form) {
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return form == 'h' ? is_hex : c == '-';
  });
}

std::string replaced(std::string text, std::string_view name, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += by.size()) {
    text.replace(at, name.size(), by);
  }
  return text;
}

}  // namespace

Fact<std::string> domain_record_path(const DomainRecordQuestion& question) {
  if (!is_uuid(question.uuid)) {
    return Fact<std::string>::unknown("the uuid of the domain is not one");
  }
  return replaced(replaced(question.path, "$DOMID", std::to_string(question.domid)), "$UUID",
                  question.uuid);
}

Fact<DomainRecord> parse_domain_record(std::string_view text,
                                       const std::vector<std::string>& values) {
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  const Json json = parse_bounded_json(text);
  if (!json.is_object()) return Fact<DomainRecord>::unknown("it is not a JSON object");
  DomainRecord record;
  for (const std::string& pointer : values) {
    try {
      const Json::json_pointer place(pointer);
      record[pointer] =
          json.contains(place) ? text_of(json.at(place)) : Fact<std::string>::absent();
    } catch (const Json::exception&) {  // what nlohmann throws for
      record[pointer] = Fact<std::string>::unknown("it is not asked for by a JSON pointer");
    }
  }
  return record;
}

Fact<DomainRecord> read_domain_record(const DomainRecordQuestion& question) {
  const Fact<std::string> path = domain_record_path(question);
  if (!path.is_known()) return Fact<DomainRecord>::as_little_as(path);
  struct stat status {};
  // Opening a pipe would wait for a writer.
  if (stat(path->c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return Fact<DomainRecord>::unknown("it is not a regular file");
  }
  const Fact<std::string> text = read_file(AT_FDCWD, *path, kMaxDomainRecordBytes);
  if (!text.is_known()) return Fact<DomainRecord>::as_little_as(text);
  return parse_domain_record(*text, question.values);
}

namespace {

constexpr std::size_t kMaxFileBytes = 4096;

bool says(const std::string& path, const std::string& what) {
  const Fact<std::string> text = read_file(AT_FDCWD, path, kMaxFileBytes);
  return text.is_known() && text->find(what) != std::string::npos;
}

}  // namespace

bool runs_in_domain_zero(const std::string& root) {
  // Linux drivers/xen/xenfs/super.c: of the initial domain only.
  if (says(root + "proc/xen/capabilities", "control_d")) return true;
  // The handle of domain 0 is all zeros (xen.git: XENVER_guest_handle).
  return says(root + "sys/hypervisor/type", "xen") &&
         says(root + "sys/hypervisor/uuid", "00000000-0000-0000-0000-000000000000");
}

}  // namespace xsaudit
