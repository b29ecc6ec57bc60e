// What a toolstack wrote down of a domain when it made it, in a JSON file on the host (libxl's
// userdata). Which file and which of its values is the business of the schema: this reads them.
// Plain values and pure functions but for read_domain_record(), which opens the file.
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
  std::string uuid;                 // from the store, so anything at all
  std::string path;                 // with $DOMID and $UUID in it
  std::vector<std::string> values;  // JSON pointers: "/b_info/device_model_user"
};

// By JSON pointer: the text of a string, a number as in the file, "true", "false". Absent where the
// record has no such value, unknown where it is a list or an object.
using DomainRecord = std::map<std::string, Fact<std::string>>;

// Absent: there is no such file. Nothing else of the record is kept: it has passwords.
Fact<DomainRecord> read_domain_record(const DomainRecordQuestion& question);

// `text` is the contents of a record; a NUL byte at its end is libxl's.
Fact<DomainRecord> parse_domain_record(std::string_view text,
                                       const std::vector<std::string>& values);

// Unknown unless the uuid has the form of one: it becomes part of a path.
Fact<std::string> domain_record_path(const DomainRecordQuestion& question);

inline constexpr std::size_t kMaxDomainRecordBytes = 1 << 20;

// Whether this program runs in domain 0: the processes that its store speaks of are those of this
// host only there. Stateless; any thread, before the process is confined.

// By xenfs, where that is mounted, else by sysfs. `root` is "/" but in tests.
bool runs_in_domain_zero(const std::string& root = "/");

}  // namespace xsaudit
