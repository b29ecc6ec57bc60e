// The schema beside docs/misc/xenstore-paths.pandoc: an entry for every path that the document
// describes, and a reason for every difference.
#include <iterator>
#include <set>
#include <utility>

#include "schema/schema.h"
#include "schema_support.h"
#include "store/access.h"

namespace xsaudit {
namespace {

std::vector<std::vector<std::string>> table(const std::string& name, std::size_t columns) {
  std::ifstream file(std::string(XSAUDIT_SOURCE_DIR "/tests/schema/") + name, std::ios::binary);
  REQUIRE(file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    CAPTURE(line);
    REQUIRE(row.size() == columns);
    rows.push_back(std::move(row));
  }
  return rows;
}

// One line of xenstore_paths.txt.
struct Described {
  std::string path;
  std::string type;
  std::set<std::string> tags;
  std::string example;

  bool tagged(const char* tag) const { return tags.count(tag) != 0; }
  // "read", "write" or "none": what the domain may do that the path belongs to.
  std::string access() const {
    if (tagged("w")) return "write";
    const bool hidden = tagged("n") || path.starts_with("/libxl/");
    return hidden ? "none" : "read";
  }
};

std::vector<Described> described() {
  std::vector<Described> all;
  for (auto& row : table("xenstore_paths.txt", 4)) {
    std::istringstream tags(row[2] == "-" ? "" : row[2]);
    all.push_back({row[0], row[1], {std::istream_iterator<std::string>(tags), {}}, row[3]});
  }
  return all;
}

const Schema& schema() {
  static const Schema loaded = [] {
    auto result = Schema::load(embedded_schema());
    if (!result) FAIL(result.error().text());
    return *std::move(result);
  }();
  return loaded;
}

// What each of an entry's lists gives the domain that the example belongs to: the one whose home it
// is in, or else domain 3.
std::set<std::string> access(const Schema::Match& match, const std::string& example) {
  const Domid own = example.starts_with("/local/domain/0/") ? 0 : 3;
  const auto lookup = [&](std::string_view name) -> std::optional<Domid> {
    const int bound = match.pattern->variable(name);
    if (bound >= 0) return match.bindings[static_cast<std::size_t>(bound)].number;
    return name == "DOMID" ? own : 5;
  };
  const Grants grants({}, Daemon::cxenstored);
  std::set<std::string> all;
  for (const PermissionTemplate& form : *match.entry->forms("libxl")) {
    const Permissions list = form.resolve(lookup).value();
    all.insert(grants.allows(list, own, Right::write)  ? "write"
               : grants.allows(list, own, Right::read) ? "read"
                                                       : "none");
  }
  return all;
}

TEST_CASE("every path that xenstore-paths describes has an entry") {
  const auto all = described();
  CHECK(all.size() == 90);  // headings of the document
  for (const Described& one : all) {
    CAPTURE(one.path, one.example);
    const Schema::Match match = schema().match(one.example);
    REQUIRE(match.entry != nullptr);
    CHECK(match.pattern->deep() == (one.path == "~/data/*"));  // else described as what it is
    CHECK(match.entry->forms("libxl") != nullptr);
  }
}

TEST_CASE("where the schema says otherwise than xenstore-paths, there is a reason") {
  std::set<std::pair<std::string, std::string>> differences;
  for (const Described& one : described()) {
    const Schema::Match match = schema().match(one.example);
    REQUIRE(match.entry != nullptr);
    const SchemaEntry& entry = *match.entry;
    if (access(match, one.example) != std::set<std::string>{one.access()}) {
      differences.emplace(one.path, "permissions");
    }
    if (one.type != "-" && one.type != entry.type.text()) differences.emplace(one.path, "type");
    const bool pv = !one.tagged("HVM");
    const bool hvm = !one.tagged("PV");
    if (entry.pv != pv || entry.hvm != hvm || entry.pvh != (pv && hvm)) {
      differences.emplace(one.path, "guests");
    }
  }

  std::set<std::pair<std::string, std::string>> explained;
  for (const auto& row : table("xenstore_paths_differences.txt", 3)) {
    CAPTURE(row[0], row[1]);
    CHECK(explained.emplace(row[0], row[1]).second);
    CHECK(row[2].ends_with('.'));
  }
  for (const auto& [path, what] : differences) {
    CAPTURE(path, what);
    CHECK(explained.count({path, what}) == 1);
  }
  for (const auto& [path, what] : explained) {
    CAPTURE(path, what);
    CHECK(differences.count({path, what}) == 1);  // or the schema now agrees
  }
}

}  // namespace
}  // namespace xsaudit
