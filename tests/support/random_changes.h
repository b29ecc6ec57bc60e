// Random changes of a real daemon's store. Used by one thread.
#pragma once

#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "support/guest_connection.h"
#include "support/running_daemon.h"
#include "support/xenstore_client.h"

namespace xsaudit {

// Changes that a toolstack and a guest make, drawn from a small tree, so that they meet.
class RandomChanges {
 public:
  RandomChanges(const RunningDaemon& daemon, XenstoreClient& control, unsigned seed)
      : daemon_(daemon), control_(control), random_(seed) {}

  void make() {
    switch (below(12)) {
      case 0: return try_to([&] { control_.remove(path("/tree")); });
      case 1: return try_to([&] { control_.set_permissions(path("/tree"), permissions()); });
      case 2:
        return try_to([&] {
          control_.write_together({{path("/tree"), value()}, {path("/tree"), value()}});
        });
      case 3: return try_to([&] { control_.write(path("/tree"), "the same"); });
      case 4: return change_domain();
      case 5:
      case 6:
      case 7: return act_as_guest();
      default: return try_to([&] { control_.write(path("/tree"), value()); });
    }
  }

 private:
  unsigned below(unsigned limit) {
    return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_);
  }
  std::string path(const std::string& top) {
    std::string text = top;
    for (unsigned depth = 1 + below(4); depth > 0; --depth) {
      text += std::string("/") + static_cast<char>('a' + below(3));
    }
    return text;
  }
  std::string value() { return std::to_string(below(1000)); }
  std::string permissions() {
    return "n" + std::to_string(below(3)) + ",r" + std::to_string(below(9));
  }
  template <typename Act>
  void try_to(const Act& act) {
    try {
      act();
    } catch (const std::runtime_error&) {  // there is no such node
    }
  }
  // The nodes and entries of a domain that ends go without events from oxenstored.
  void change_domain() {
    if (guest_) {
      if (below(10) > 0) return;
      const Domid domid = guest_->domid();
      guest_.reset();
      try_to([&] { control_.release(domid); });
      return;
    }
    const auto domid = static_cast<Domid>(next_domid_++);
    const std::string home = "/local/domain/" + std::to_string(domid);
    control_.write(home, "");
    control_.set_permissions(home, "n" + std::to_string(domid));
    control_.write("/tree/b", "");
    control_.set_permissions("/tree/b", "n0,b" + std::to_string(domid));
    guest_ = std::make_unique<GuestConnection>(daemon_, control_, domid);
    home_ = home;
  }
  void act_as_guest() {
    if (!guest_) return;
    const std::string at = below(3) == 0 ? path("/tree/b") : path(home_);
    switch (below(5)) {
      case 0: guest_->remove(at); break;
      case 1: guest_->set_permissions(at, "n" + std::to_string(guest_->domid()) + ",r0"); break;
      case 2:
        guest_->begin();
        guest_->write(at, value());
        guest_->remove(path(home_));
        guest_->write(path(home_), value());
        guest_->end(below(3) > 0);
        break;
      default: guest_->write(at, value());
    }
  }

  const RunningDaemon& daemon_;
  XenstoreClient& control_;
  std::mt19937 random_;
  std::unique_ptr<GuestConnection> guest_;
  std::string home_;
  int next_domid_ = 10;
};

}  // namespace xsaudit
