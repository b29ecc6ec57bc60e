// The toolstack's record of a domain, which it wrote when it created the domain: a JSON file on the
// host (libxl's userdata). The schema lists the files and the values in them. Plain values and pure
// functions, except for read_domain_record(), which opens the file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/facts/fact.h"
#include "store/permissions.h"

namespace xsaudit {

struct DomainRecordQuestion {
  Domid domid = 0;
  std::string uuid;                 // from the store, so any text
  std::string path;                 // contains $DOMID and $UUID
  std::vector<std::string> values;  // JSON pointers: "/b_info/device_model_user"
};

// The values by JSON pointer: the text of a string, a number as in the file, "true", "false".
// Absent if the record has no such value, unknown if it is a list or an object.
using DomainRecord = std::map<std::string, Fact<std::string>>;

// Absent if there is no such file. The rest of the record is not kept: it contains passwords.
Fact<DomainRecord> read_domain_record(const DomainRecordQuestion& question);

// `text` is the contents of a record; libxl puts a NUL byte at its end.
Fact<DomainRecord> parse_domain_record(std::string_view text,
                                       const std::vector<std::string>& values);

// Unknown unless the uuid has the form of a UUID: it becomes part of a path.
Fact<std::string> domain_record_path(const DomainRecordQuestion& question);

inline constexpr std::size_t kMaxDomainRecordBytes = 1 << 20;

// Whether this program runs in domain 0: only there the processes that its store names are
// processes of this host. Stateless; any thread, before the process is confined.

// Reads xenfs if it is mounted, else sysfs. `root` is "/" except in tests.
bool runs_in_domain_zero(const std::string& root = "/");

}  // namespace xsaudit
