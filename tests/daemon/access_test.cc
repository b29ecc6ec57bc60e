// Effective access as store/access.h works it out, against what real daemons let guests do: over
// small spaces of permission lists and of trees, every read, write and removal is tried.
#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

#include "source/live/live_source.h"
#include "source/live/open_reader.h"
#include "store/access.h"
#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {
namespace {

Snapshot walked(Daemon daemon) {
  auto reader = open_reader({.way = ReaderOptions::Way::wire});
  REQUIRE(reader);
  auto store = read_live(**reader);
  REQUIRE(store);
  REQUIRE(store->info().complete());
  store->info().daemon = daemon;
  return std::move(store).value();
}

// Every list of one to three entries: first for one of `owners`, the others for one of `listed`.
std::vector<std::string> small_lists(const std::vector<Domid>& owners,
                                     const std::vector<Domid>& listed) {
  const auto entries = [](const std::vector<Domid>& domids) {
    std::vector<std::string> out;
    for (const Domid domid : domids) {
      for (const char letter : {'n', 'r', 'w', 'b'}) out.push_back(letter + std::to_string(domid));
    }
    return out;
  };
  std::vector<std::string> lists = entries(owners);
  for (std::size_t begin = 0, length = 1; length < 3; ++length) {
    const std::size_t end = lists.size();
    for (std::size_t i = begin; i < end; ++i) {
      for (const std::string& entry : entries(listed)) lists.push_back(lists[i] + "," + entry);
    }
    begin = end;
  }
  return lists;
}

// Makes one node for each list, and has each guest read and write each of them.
void check_lists(const RunningDaemon& daemon, XenstoreClient& control,
                 const std::vector<GuestConnection*>& guests, const std::vector<std::string>& lists,
                 const AccessOptions& options) {
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::string path = "/lists/" + std::to_string(i);
    control.write(path, "");
    control.set_permissions(path, lists[i]);
  }
  const Snapshot store = walked(daemon.kind());
  const Access access(store, options);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::string path = "/lists/" + std::to_string(i);
    const NodeId node = store.find(path);
    REQUIRE(node != kNoNode);
    for (GuestConnection* guest : guests) {
      INFO(to_text(daemon.kind()) << ": domain " << guest->domid() << " and " << lists[i]);
      const auto read = guest->read(path);
      const auto write = guest->write(path, "w");
      CHECK(access.readers(node)->contains(guest->domid()) == read.done());
      CHECK(access.writers(node)->contains(guest->domid()) == write.done());
      if (!read.done()) CHECK(read.error == "EACCES");
      if (!write.done()) CHECK(write.error == "EACCES");
    }
  }
}

// A chain of nodes that is made anew after each try.
class Chain {
 public:
  Chain(XenstoreClient& control, std::vector<std::string> paths, std::vector<std::string> lists)
      : control_(control), paths_(std::move(paths)), lists_(std::move(lists)) {
    restore();
  }
  ~Chain() { control_.remove(paths_.front()); }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  void restore() {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      control_.write(paths_[i], "before");
      control_.set_permissions(paths_[i], lists_[i]);
    }
  }
  const std::string& bottom() const { return paths_.back(); }

  // Whether the guest, by removing one node of the chain, makes the lowest disappear.
  bool can_remove(GuestConnection& guest) {
    bool found = false;
    for (const std::string& victim : paths_) {
      guest.remove(victim);
      found = found || !control_.read(bottom()).has_value();
      clean();
    }
    return found;
  }

  // Whether the guest can decide the value of `path`, which is the lowest node or below it, by
  // writing it, or by removing one node of the chain and then writing it.
  bool can_control(GuestConnection& guest, const std::string& path) {
    guest.write(path, "after");
    bool found = control_.read(path) == "after";
    clean();
    for (const std::string& victim : paths_) {
      guest.remove(victim);
      guest.write(path, "after");
      found = found || control_.read(path) == "after";
      clean();
    }
    return found;
  }

 private:
  void clean() {
    control_.remove(paths_.front());
    restore();
  }

  XenstoreClient& control_;
  const std::vector<std::string> paths_;
  const std::vector<std::string> lists_;
};

}  // namespace

TEST_CASE("a daemon lets guests read and write as the lists say") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    GuestConnection one(daemon, control, 1);
    GuestConnection two(daemon, control, 2);
    GuestConnection other(daemon, control, 3);
    check_lists(daemon, control, {&one, &two, &other}, small_lists({0, 1, 2}, {1, 2}), {});
  });
}

TEST_CASE("a daemon lets a stub domain act for its target") {
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    GuestConnection target(daemon, control, 1);
    GuestConnection stub(daemon, control, 3);
    control.set_target(3, 1);
    AccessOptions options;
    options.targets = {{3, 1}};
    check_lists(daemon, control, {&target, &stub}, small_lists({0, 1, 3}, {1, 3}), options);
  });
}

// Owned by nobody of interest, by the guest, writable by an entry, by default, and by default but
// for one guest.
TEST_CASE("a daemon lets guests remove, remake and create nodes as access says") {
  static const std::vector<std::string> kLists = {"n0", "n1", "n0,b1", "b0", "w2,n1"};
  with_each_daemon([](RunningDaemon& daemon) {
    XenstoreClient control;
    GuestConnection one(daemon, control, 1);
    GuestConnection two(daemon, control, 2);
    for (const std::string& top : kLists) {
      for (const std::string& middle : kLists) {
        for (const std::string& bottom : kLists) {
          Chain chain(control, {"/top", "/top/middle", "/top/middle/bottom"},
                      {top, middle, bottom});
          const Snapshot store = walked(daemon.kind());
          const Access access(store, {});
          const NodeId node = store.find(chain.bottom());
          REQUIRE(node != kNoNode);
          for (GuestConnection* guest : {&one, &two}) {
            INFO(to_text(daemon.kind()) << ": domain " << guest->domid() << " and " << top << " / "
                                        << middle << " / " << bottom);
            const Domid domid = guest->domid();
            CHECK(access.removers(node)->contains(domid) == chain.can_remove(*guest));
            CHECK(access.controllers(node)->contains(domid) ==
                  chain.can_control(*guest, chain.bottom()));
            CHECK(access.creators(node)->contains(domid) ==
                  chain.can_control(*guest, chain.bottom() + "/new/deep"));
          }
        }
      }
    }
  });
}

TEST_CASE("who may write the root can do to a daemon what access says") {
  for (const std::string list : {"n0", "n0,b1", "b0"}) {
    with_each_daemon([&](RunningDaemon& daemon) {
      XenstoreClient control;
      GuestConnection guest(daemon, control, 1);
      control.write("/top", "before");
      control.set_permissions("/top", "n0");
      control.set_permissions("/", list);
      const Snapshot store = walked(daemon.kind());
      const Access access(store, {});
      INFO(to_text(daemon.kind()) << " with " << list);
      guest.write("/new", "after");
      CHECK(access.creators(kRootNode)->contains(1) == (control.read("/new") == "after"));
      guest.remove("/");
      const NodeId top = store.find("/top");
      CHECK(access.removers(top)->contains(1) == !control.read("/top").has_value());
    });
  }
}

}  // namespace xsaudit
