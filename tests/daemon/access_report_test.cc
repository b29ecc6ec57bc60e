// The answers of `xsaudit access`, each tried by a guest against real daemons: over stores of a
// real host in which an administrator gave a guest too much access.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "audit/access_report.h"
#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "source/recording/dump_reader.h"
#include "store/path.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/scratch_directory.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

const Schema& built_in_schema() {
  static const Schema loaded = *Schema::load(embedded_schema());
  return loaded;
}

Snapshot recorded(const std::string& name) {
  const std::string file =
      XSAUDIT_SOURCE_DIR "/tests/dumps/lab-xen4.17-cxenstored/" + name + ".fp.txt";
  return *read_dump_text(contents_of(file), name);
}

Snapshot walked(Daemon daemon) {
  auto reader = open_reader({.way = ReaderOptions::Way::wire});
  REQUIRE(reader);
  auto store = read_live(**reader);
  REQUIRE(store);
  store->info().daemon = daemon;
  return std::move(store).value();
}

const AccessWay* way_of(const std::vector<AccessWay>& ways, Domid domid) {
  const auto found = std::find_if(
      ways.begin(), ways.end(), [&](const AccessWay& way) { return way.domains.contains(domid); });
  return found == ways.end() ? nullptr : &*found;
}

bool inside(const std::string& path, const std::string& top) {
  return path == top || path.starts_with(top + "/");
}

// Tries the answers about one node; the store is the same afterwards.
class Trial {
 public:
  Trial(XenstoreClient& control, GuestConnection& guest, const Snapshot& recording)
      : control_(control), guest_(guest), recording_(recording) {}

  void read_and_write(const PathAccess& answer) {
    const Domid domid = guest_.domid();
    const std::string before = control_.read(answer.path).value_or("");
    CHECK(answer.readers.contains(domid) == guest_.read(answer.path).done());
    CHECK(answer.writers.contains(domid) == guest_.write(answer.path, "after").done());
    control_.write(answer.path, before);
  }

  void create(const PathAccess& answer) {
    const AccessWay* const way = way_of(answer.controllers, guest_.domid());
    const bool directly = way != nullptr && way->through == answer.nearest;
    CHECK(directly == guest_.write(answer.path, "after").done());
    if (control_.read(answer.path)) control_.remove(answer.path);
  }

  void remove(const PathAccess& answer) {
    const AccessWay* const remover = way_of(answer.removers, guest_.domid());
    if (remover == nullptr) {
      for (std::string victim = answer.path; victim != "/"; victim = parent_path(victim)) {
        guest_.remove(victim);
        REQUIRE(control_.read(answer.path));
      }
      return;
    }
    guest_.remove(remover->through);
    CHECK_FALSE(control_.read(answer.path));
    restore();
    const AccessWay* const controller = way_of(answer.controllers, guest_.domid());
    if (controller == nullptr || controller->through == answer.path) return;
    guest_.remove(controller->through);
    CHECK(guest_.write(answer.path, "after").done());
    CHECK(control_.read(answer.path) == "after");
    restore();
  }

  // A node that the guest may not write, in a directory that it can remove and create again.
  static inline const std::string kDeep = "/local/domain/0/backend/vif/1/0/frontend/deep";

  void restore() {
    control_.load(recording_);
    control_.write(kDeep, "before");
    control_.set_permissions(kDeep, "n0");
  }

 private:
  XenstoreClient& control_;
  GuestConnection& guest_;
  const Snapshot& recording_;
};

}  // namespace

TEST_CASE("a guest can do what the answers of access list, and nothing else") {
  for (const char* const name :
       {"47-libxl-guest-writable", "49-backend-guest-writable", "51-backend-kind-world-writable"}) {
    with_each_daemon([&](RunningDaemon& daemon) {
      const Snapshot recording = recorded(name);
      XenstoreClient control;
      GuestConnection one(daemon, control, 1);
      GuestConnection two(daemon, control, 2);
      for (GuestConnection* guest : {&one, &two}) {
        Trial trial(control, *guest, recording);
        trial.restore();
        const Snapshot store = walked(daemon.kind());
        const AuditContext facts(built_in_schema(), store);
        std::vector<std::string> paths;
        for (NodeId node = 1; node < store.size(); ++node) {
          // oxenstored lists the names of its special watches as nodes.
          if (const std::string path = store.path(node); !path.starts_with("/@")) {
            paths.push_back(path);
            paths.push_back(path + "/created");
          }
        }
        const AccessReport report = report_access(facts, paths, guest->domid());
        // Every guest may watch one of the special nodes from Xen 4.22 on.
        std::uint64_t reached = 0;
        for (const char* const special : {"/@introduceDomain", "/@releaseDomain"}) {
          const Permissions* const list = store.permissions(store.find(special));
          reached += list != nullptr && to_text(*list) == "n0,r32757";
        }
        for (const PathAccess& answer : report.paths) {
          INFO(to_text(daemon.kind())
               << ", " << name << ": domain " << guest->domid() << " and " << answer.path);
          if (answer.presence == Presence::absent) {
            trial.create(answer);
            continue;
          }
          trial.read_and_write(answer);
          if (inside(answer.path, report.reach->home)) continue;
          trial.remove(answer);
          reached += answer.readers.contains(guest->domid()) ||
                     way_of(answer.removers, guest->domid()) != nullptr;
        }
        CHECK(report.reach->nodes == reached);
      }
    });
  }
}

}  // namespace xsaudit
