#include "host/facts/domain_record.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/scratch_directory.h"

namespace xsaudit {
namespace {

// A root directory of these files.
std::string root_of(const ScratchDirectory& directory, const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& files) {
  const std::string root = directory / name;
  for (const auto& [path, text] : files) {
    const std::filesystem::path file = root + "/" + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  return root + "/";
}

}  // namespace

TEST_CASE("domain 0 is told from its guests and from hosts without Xen") {
  const ScratchDirectory directory;
  CHECK(
      runs_in_domain_zero(root_of(directory, "xenfs", {{"proc/xen/capabilities", "control_d\n"}})));
  const std::string none = "00000000-0000-0000-0000-000000000000\n";
  CHECK(runs_in_domain_zero(root_of(
      directory, "sysfs", {{"sys/hypervisor/type", "xen\n"}, {"sys/hypervisor/uuid", none}})));
  CHECK_FALSE(runs_in_domain_zero(
      root_of(directory, "guest",
              {{"proc/xen/capabilities", ""},
               {"sys/hypervisor/type", "xen\n"},
               {"sys/hypervisor/uuid", "8fd7b577-cdec-4842-83b2-f0af6b6a3386\n"}})));
  CHECK_FALSE(runs_in_domain_zero(root_of(directory, "bare", {})));
  CHECK_FALSE(runs_in_domain_zero(root_of(
      directory, "other", {{"sys/hypervisor/type", "kvm\n"}, {"sys/hypervisor/uuid", none}})));
}

}  // namespace xsaudit
