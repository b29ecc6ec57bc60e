// xsaudit snapshot over real daemons: what it writes, and what it asks.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include <xen/io/xs_wire.h>

#include "source/recording/dump_reader.h"
#include "support/printed_by.h"
#include "support/recording_proxy.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

void fill(RunningDaemon& daemon, XenstoreClient& control) {
  for (const Domid domid : {1U, 2U}) {
    const std::string home = "/local/domain/" + std::to_string(domid);
    control.write(home + "/data/any", std::string("\"\0\x01\xff\\\n   (n0)", 13));
    control.set_permissions(home + "/data", "n" + std::to_string(domid) + ",r0");
  }
  daemon.make_ring(1);
  control.introduce(1);
}

}  // namespace

TEST_CASE("a snapshot of form ls is what xenstore-ls prints, byte for byte") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(daemon, control);
    CHECK(printed_by(XSAUDIT_PROGRAM " snapshot --format ls") == printed_by("xenstore-ls -fp"));
  });
}

TEST_CASE("a snapshot holds what is known of the store beside its nodes") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(daemon, control);
    const auto store = read_dump_text(printed_by(XSAUDIT_PROGRAM " snapshot"), "snapshot");
    REQUIRE(store);
    CHECK(store->info().complete());
    CHECK(store->info().daemon == daemon.kind());
    CHECK(store->info().consistency == Consistency::one_moment);
    REQUIRE(store->info().introduced.has_value());
    // Domain 2 has nodes, but no ring; domain 0 has none in this store but stands in each list.
    CHECK(*store->info().introduced == std::vector<Domid>{0, 1});
    CHECK_FALSE(store->info().host.empty());
    CHECK(store->info().time.has_value());
  });
}

TEST_CASE("a snapshot contains the reason why Xen could not be asked about event channels") {
  if (access("/dev/xen/privcmd", F_OK) == 0) return;  // this is a real domain 0
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(daemon, control);
    const std::string device = "/local/domain/0/backend/vif/1/0";
    control.write(device + "/state", "4");
    control.write("/local/domain/1/device/vif/0/backend", device);
    control.write("/local/domain/1/device/vif/0/backend-id", "0");
    control.write("/local/domain/1/device/vif/0/event-channel", "12");
    const std::string snapshot = XSAUDIT_PROGRAM " snapshot --with-host-facts";
    CHECK(printed_by(snapshot).find("event_channels") == std::string::npos);
    CHECK(
        printed_by(snapshot + " --event-channels")
            .find(
                "{\"event_channels\":{\"unknown\":\"/dev/xen/privcmd: cannot open it: No such file "
                "or directory\"}}") != std::string::npos);
    const std::string report =
        run_command(XSAUDIT_PROGRAM " audit --host-facts always --event-channels --verbose").text;
    CHECK(report.find("event-channel-elsewhere") != std::string::npos);
    CHECK(report.find("/dev/xen/privcmd: cannot open it") != std::string::npos);
  });
}

TEST_CASE("a snapshot that is not whole says so") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(daemon, control);
    const auto store =
        read_dump_text(printed_by(XSAUDIT_PROGRAM " snapshot --max-nodes 3 2>/dev/null", 3), "cut");
    REQUIRE(store);
    CHECK_FALSE(store->info().complete());
    CHECK(printed_by(XSAUDIT_PROGRAM " snapshot --max-nodes 3 2>&1 >/dev/null", 3) ==
          "xsaudit: live store: the store has more than 3 nodes\n");
  });
}

TEST_CASE("no command does more than look at a store") {
  with_each_daemon([](RunningDaemon& daemon) {
    INFO(to_text(daemon.kind()));
    XenstoreClient control;
    fill(daemon, control);
    const ScratchDirectory directory;
    const RecordingProxy proxy(directory / "socket", daemon.socket());
    ::setenv("XENSTORED_PATH", (directory / "socket").c_str(), 1);
    for (const char* reader : {"wire", "libxenstore"}) {
      for (const char* command : {"audit --accept-incomplete", "snapshot"}) {
        static_cast<void>(std::system(
            (std::string(XSAUDIT_PROGRAM " ") + command + " --transport " + reader + " >/dev/null")
                .c_str()));
      }
    }
    ::unsetenv("XENSTORED_PATH");
    for (const std::string& request : proxy.harmful()) FAIL_CHECK(request);
    CHECK(proxy.connections() > 4);
    const bool transactions = daemon.kind() == Daemon::oxenstored;
    CHECK(proxy.requests().count(XS_TRANSACTION_START) == (transactions ? 1 : 0));
  });
}

}  // namespace xsaudit
