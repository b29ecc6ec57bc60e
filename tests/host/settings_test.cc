#include "host/facts/settings.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "support/scratch_directory.h"

namespace xsaudit {

TEST_CASE("the settings in oxenstored's configuration") {
  const Settings settings = parse_settings(
      "# default xenstored config\n"
      "\n"
      "quota-maxentity = 8192\n"
      "  quota-maxwatch=512 # for XAPI\r\n"
      "# quota-maxsize = 1\n"
      "access-log-file = syslog:local3\n"
      "a line without a value\n"
      "quota-maxwatch = 600");
  CHECK(settings == Settings{{"quota-maxentity", "8192"},
                             {"quota-maxwatch", "600"},
                             {"access-log-file", "syslog:local3"}});
  CHECK(parse_settings("").empty());
}

TEST_CASE("a configuration that is not there, too long or not a file") {
  const ScratchDirectory directory;
  CHECK(read_settings(directory / "none").is_absent());
  std::ofstream(directory / "some") << "a = b\n";
  CHECK(read_settings(directory / "some") == Fact<Settings>(Settings{{"a", "b"}}));
  std::ofstream(directory / "long") << std::string(kMaxSettingsBytes + 1, 'a');
  CHECK(read_settings(directory / "long").is_unknown());
  REQUIRE(mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK(read_settings(directory / "pipe").is_unknown());
}

}  // namespace xsaudit
