#include "support/hostile_stores.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>

#include "support/state_stream.h"

namespace xsaudit {
namespace {

struct Node {
  std::string path;
  std::string value;
  std::string permissions;  // "n0,r1"
};
using Nodes = std::vector<Node>;

std::string number(std::size_t value) { return std::to_string(value); }

std::string times(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  out.resize(bytes);
  return out;
}

// Two guests, 1 and 2, each with a disk and a network device, as libxl made them.
Nodes two_guests() {
  std::ifstream file(XSAUDIT_SOURCE_DIR "/tests/dumps/cxenstored-01-2pv-vif-vbd.fp.txt");
  Nodes nodes;
  for (std::string line; std::getline(file, line);) {
    const std::size_t quote = line.find(" = \"");
    const std::size_t end = line.rfind("\"   (");
    nodes.push_back({line.substr(0, quote), line.substr(quote + 4, end - quote - 4),
                     line.substr(end + 5, line.size() - end - 6)});
  }
  return nodes;
}

// As `xenstore-ls -fp` prints it.
std::string listing(const Nodes& nodes) {
  std::string text;
  for (const Node& node : nodes) {
    text += node.path + " = \"" + node.value + "\"   (" + node.permissions + ")\n";
  }
  return text;
}

std::vector<StateStream::Entry> entries_of(const std::string& permissions) {
  std::vector<StateStream::Entry> entries;
  std::istringstream texts(permissions);
  for (std::string one; std::getline(texts, one, ',');) {
    entries.push_back({one[0], 0, static_cast<unsigned>(std::stoul(one.substr(1)))});
  }
  return entries;
}

// As C xenstored writes it for a live update: with watches and transactions of guest 1.
std::string state(const Nodes& nodes, const std::vector<std::string>& watches = {},
                  std::size_t transactions = 0) {
  StateStream stream(1, false);
  stream.global();
  for (const std::uint32_t domid : {0U, 1U, 2U}) stream.connection(domid + 1, domid);
  for (const std::string& path : watches) stream.watch(2, path, "token");
  for (std::size_t i = 0; i < transactions; ++i) {
    stream.transaction(2, static_cast<std::uint32_t>(i + 1));
  }
  stream.node("/", {{'n', 0, 0}}, "");
  for (const Node& node : nodes) stream.node(node.path, entries_of(node.permissions), node.value);
  return stream.end().bytes();
}

// As oxenstored writes it.
std::string oxenstored_dump(const Nodes& nodes) {
  const auto hex = [](std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return out;
  };
  std::string text =
      "$xenstored-dump-format\nglobal,9\ndom,0,0,13,31\ndom,1,1,1,32\ndom,2,2,1,33\n"
      "store,2f,6e30,\n";
  for (const Node& node : nodes) {
    std::string list = node.permissions;
    std::replace(list.begin(), list.end(), ',', '\0');
    text += "store," + hex(node.path) + "," + hex(list) + "," + hex(node.value) + "\n";
  }
  return text;
}

// The nodes that guest 1 creates.
class StoreBuilder {
 public:
  Nodes nodes = two_guests();

  void add(std::string path, std::string value = {}, std::string permissions = "n1,r0") {
    nodes.push_back({std::move(path), std::move(value), std::move(permissions)});
  }
  // A directory of guest 1's own. Its parents are those of two_guests() or were added before.
  std::string directory(const std::string& path, const std::string& permissions = "n1") {
    add(path, "", permissions);
    return path;
  }
};

const std::string kHome = "/local/domain/1";
const std::string kData = kHome + "/data/x";

StoreBuilder with_data() {
  StoreBuilder builder;
  builder.directory(kData);
  return builder;
}

// Domids that no domain has, in no order.
std::size_t dead_domid(std::size_t i) { return 100 + i * 7919 % 32000; }

constexpr std::size_t kLists = 10;

// Nodes of guest 1 with a list of its own each.
template <typename Entry>
Nodes with_entries(std::size_t size, const Entry& entry) {
  StoreBuilder builder = with_data();
  for (std::size_t list = 0; list < kLists; ++list) {
    std::string text = "n1";
    for (std::size_t i = 0; i < size; ++i) text.append(",").append(entry(list, i));
    builder.add(kData + "/" + number(list), "", text);
  }
  return builder.nodes;
}
Nodes entries_of_the_dead(std::size_t size) {
  return with_entries(size, [](std::size_t list, std::size_t i) {
    return "b" + number(dead_domid(i + list * 2000));
  });
}
std::string dead_entries_listed(std::size_t size) { return listing(entries_of_the_dead(size)); }
std::string dead_entries_dumped(std::size_t size) {
  return oxenstored_dump(entries_of_the_dead(size));
}
std::string dead_entries_in_state(std::size_t size) { return state(entries_of_the_dead(size)); }
std::string entries_of_one_domain(std::size_t size) {
  return listing(with_entries(size, [](std::size_t list, std::size_t i) {
    return (i % 2 ? "r" : "w") + number(2 + list);
  }));
}
std::string entries_for_every_domain(std::size_t size) {
  return listing(with_entries(size, [](std::size_t, std::size_t i) {
    return (i % 2 ? "r" : "b") + number(i % 3 == 0 ? 32757 : 32752 + i % 16);
  }));
}
std::string entries_of_the_owner(std::size_t size) {
  return listing(with_entries(
      size, [](std::size_t, std::size_t i) { return std::string(i % 2 ? "r" : "w") + "1"; }));
}

std::string lists(std::size_t size) {
  StoreBuilder builder = with_data();
  for (std::size_t i = 0; i < size; ++i) {
    std::string text = "n1";
    for (std::size_t entry = 0; entry < 16; ++entry) text += ",r" + number(dead_domid(i + entry));
    builder.add(kData + "/" + number(i), "", text);
  }
  return listing(builder.nodes);
}

template <typename Value>
Nodes with_nodes(std::size_t size, const Value& value, const std::string& permissions = "n1") {
  StoreBuilder builder = with_data();
  for (std::size_t i = 0; i < size; ++i) {
    builder.add(kData + "/" + number(i), value(i), permissions);
  }
  return builder.nodes;
}
std::string nodes_with_values(std::size_t size) {
  return listing(with_nodes(size, [](std::size_t i) { return "value " + number(i); }));
}
std::string nodes_that_break_rules(std::size_t size) {
  return listing(with_nodes(
      size, [](std::size_t) { return "\\xff"; }, "b1,w77,r77,w32757,b32760"));
}
// Each with an owner that has directories of its own to be searched.
std::string nodes_of_another_owner(std::size_t size) {
  StoreBuilder builder;
  builder.directory("/local/domain/2/backend", "n2");
  for (std::size_t i = 0; i < size; ++i) {
    builder.directory("/local/domain/2/backend/kind" + number(i), "n2");
  }
  for (std::size_t i = 0; i < size; ++i) builder.add(kHome + "/data/" + number(i), "", "n2");
  return listing(builder.nodes);
}
std::string nodes_with_messages(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 0; i < size; ++i) builder.add(kHome + "/error/" + number(i), "alike");
  return listing(builder.nodes);
}

// As many nodes whatever the depth, in chains below one directory.
template <typename Add>
Nodes with_chains(std::size_t depth, const Add& add) {
  constexpr std::size_t kNodes = 11520;  // in whole chains of 90, 180 and so on
  StoreBuilder builder = with_data();
  for (std::size_t chain = 0; chain * depth < kNodes; ++chain) {
    std::string path = kData + "/" + number(chain);
    for (std::size_t level = 0; level < depth; ++level) {
      add(builder, path);
      path += "/a";
    }
  }
  return builder.nodes;
}
std::string deep_chains(std::size_t depth) {
  return listing(with_chains(
      depth, [](StoreBuilder& builder, const std::string& path) { builder.add(path, "", "n1"); }));
}
std::string deep_chains_that_break_rules(std::size_t depth) {
  return listing(with_chains(depth, [](StoreBuilder& builder, const std::string& path) {
    builder.add(path, "\\xff", path.size() % 4 < 2 ? "b1,w77,r77,w32757" : "b2,w78,r78");
  }));
}

std::string short_names(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 0; i < size; ++i) builder.add(kHome + "/" + number(i));
  return listing(builder.nodes);
}
std::string long_names(std::size_t size) {
  StoreBuilder builder = with_data();
  for (std::size_t i = 0; i < size; ++i) {
    builder.add(kData + "/" + times("name-", 200) + number(i));
  }
  return listing(builder.nodes);
}

// Every value that guest 1 has anything to do with.
std::string values_of(const std::string& text) {
  StoreBuilder builder;
  for (Node& node : builder.nodes) {
    const bool of_guest = node.path.find("/domain/1") != std::string::npos ||
                          (node.path.find("/backend/") != std::string::npos &&
                           node.path.find("/1/") != std::string::npos);
    // Without its UUID nothing that is found of it could go into a baseline.
    if (of_guest && !node.value.empty() && node.path != kHome + "/vm") node.value = text;
  }
  return listing(builder.nodes);
}
std::string digits(std::size_t size) { return values_of(times("1", size)); }
std::string letters(std::size_t size) { return values_of(times("a", size)); }
std::string colons(std::size_t size) { return values_of(times("0a:", size)); }
std::string links(std::size_t size) {
  return values_of(times("/local/domain/1/device/vif/0/backend", size));
}
std::string deep_links(std::size_t size) {
  return values_of("/local/domain/0/backend/vif/1/0" + times("/a", size));
}
std::string unprintable(std::size_t size) { return values_of(times("\\xff\\x00\\t", size)); }
std::string almost_text(std::size_t size) { return values_of(times("<a>&%{ ", size) + "\\x1b"); }

// As many nodes whatever their length.
std::string long_paths(std::size_t length) {
  StoreBuilder builder = with_data();
  for (std::size_t i = 0; i < 4000; ++i) {
    const std::string name = number(i);
    builder.add(kData + "/" + times("x", length - kData.size() - 1 - name.size()) + name, "\\xff",
                "b1,w77,r77");
  }
  return listing(builder.nodes);
}

void add_frontend(StoreBuilder& builder, const std::string& top, const std::string& backend) {
  builder.directory(top, "n1,r0");
  builder.add(top + "/backend", backend);
  builder.add(top + "/backend-id", "0");
  builder.add(top + "/state", "4");
  builder.add(top + "/mac", "00:16:3e:00:00:01");
}
std::string frontends(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 10; i < size + 10; ++i) {
    add_frontend(builder, kHome + "/device/vif/" + number(i),
                 "/local/domain/0/backend/vif/1/" + number(i));
  }
  return listing(builder.nodes);
}
std::string frontends_of_one_backend(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 10; i < size + 10; ++i) {
    add_frontend(builder, kHome + "/device/vif/" + number(i), "/local/domain/0/backend/vif/1/0");
  }
  return listing(builder.nodes);
}
std::string kinds_of_device(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string kind = builder.directory(kHome + "/device/kind" + number(i));
    add_frontend(builder, kind + "/0", "/local/domain/0/backend/vif/1/0");
  }
  return listing(builder.nodes);
}
// The nodes of a driver domain, guest 2, for one device or for as many as there are.
std::string backends(std::size_t size, bool one_frontend) {
  StoreBuilder builder;
  builder.directory("/local/domain/2/backend", "n2");
  builder.directory("/local/domain/2/backend/vif", "n2");
  builder.directory("/local/domain/2/backend/vif/1", "n2");
  for (std::size_t i = 10; i < size + 10; ++i) {
    const std::string top =
        builder.directory("/local/domain/2/backend/vif/1/" + number(i), "n2,r1");
    builder.add(top + "/frontend", kHome + "/device/vif/" + number(one_frontend ? 0 : i), "n2,r1");
    builder.add(top + "/frontend-id", "1", "n2,r1");
    builder.add(top + "/state", "4", "n2,r1");
    builder.add(top + "/mac", "00:16:3e:00:00:01", "n2,r1");
  }
  return listing(builder.nodes);
}
std::string backends_of_one_frontend(std::size_t size) { return backends(size, true); }
std::string backends_without_frontends(std::size_t size) { return backends(size, false); }
std::string backends_for_other_guests(std::size_t size) {
  StoreBuilder builder;
  builder.directory("/local/domain/2/backend", "n2");
  builder.directory("/local/domain/2/backend/vif", "n2");
  for (std::size_t i = 0; i < size; ++i) {
    const std::string of_guest =
        builder.directory("/local/domain/2/backend/vif/" + number(dead_domid(i)), "n2");
    const std::string top = builder.directory(of_guest + "/0", "n2,r1");
    builder.add(top + "/frontend", kHome + "/device/vif/0", "n2,r1");
    builder.add(top + "/state", "4", "n2,r1");
  }
  return listing(builder.nodes);
}
// One disk, in the hands of both guests.
std::string shared_disks(std::size_t size) {
  StoreBuilder builder;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string guest = number(1 + i % 2);
    const std::string top = builder.directory(
        "/local/domain/0/backend/vbd/" + guest + "/" + number(60000 + i), "n0,r" + guest);
    const std::string of_backend = "n0,r" + guest;
    builder.add(top + "/mode", "w", of_backend);
    builder.add(top + "/params", "/dev/one", of_backend);
    builder.add(top + "/physical-device", "7:0", of_backend);
    builder.add(top + "/state", "4", of_backend);
  }
  return listing(builder.nodes);
}
std::string shared_pci_devices(std::size_t size) {
  StoreBuilder builder;
  builder.directory("/local/domain/2/backend", "n2");
  for (const char* const backend : {"/local/domain/0/backend/pci", "/local/domain/2/backend/pci"}) {
    builder.directory(backend, "n0");
    for (const char* const guest : {"/1", "/2"}) {
      builder.directory(std::string(backend) + guest, "n0");
      const std::string top = builder.directory(std::string(backend) + guest + "/0", "n0");
      for (std::size_t i = 0; i < size; ++i) {
        builder.add(top + "/dev-" + number(i), "0000:03:00.0", "n0");
        builder.add(top + "/opts-" + number(i), "permissive=1,msitranslate=0", "n0");
      }
    }
  }
  return listing(builder.nodes);
}
std::string vchans(std::size_t size) {
  StoreBuilder builder;
  builder.directory(kHome + "/data/vchan");
  for (std::size_t i = 0; i < size; ++i) {
    const std::string top =
        builder.directory(kHome + "/data/vchan/" + number(dead_domid(i)), "n1,b" + number(i + 50));
    builder.add(top + "/ring-ref", "8");
    builder.add(top + "/event-channel", "8");
  }
  return listing(builder.nodes);
}

std::string watches_of_one_node(std::size_t size) {
  return state(two_guests(), std::vector<std::string>(size, "/local/domain/2/data"));
}
std::string watches_of_many_nodes(std::size_t size) {
  StoreBuilder builder = with_data();
  std::vector<std::string> watches;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string path = "/local/domain/2/data/" + number(i);
    builder.add(path, "", "n2");
    watches.push_back(path);
  }
  return state(builder.nodes, watches);
}
std::string transactions(std::size_t size) { return state(two_guests(), {}, size); }

// Guests that toolstacks made, each like guest 1.
std::string domains(std::size_t size, bool alike) {
  Nodes nodes = two_guests();
  const Nodes pattern = nodes;
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  };
  std::string uuid;
  for (const Node& node : pattern) {
    if (node.path == kHome + "/vm") uuid = node.value.substr(4);
  }
  for (std::size_t i = 3; i < size + 3; ++i) {
    const std::string domid = number(i);
    std::string own = uuid;
    own.replace(own.size() - 8, 8, times("0", 8 - domid.size()) + domid);
    const auto renamed = [&](std::string text) {
      for (const char* const from : {"/domain/1", "/vbd/1", "/vif/1", "/console/1", "/libxl/1"}) {
        const std::string to = std::string(from).substr(0, std::string(from).size() - 1) + domid;
        if (text.ends_with(from)) text.replace(text.size() - std::string(from).size(), 99, to);
        text = replaced(std::move(text), std::string(from) + "/", to + "/");
      }
      return alike ? text : replaced(std::move(text), uuid, own);
    };
    for (const Node& node : pattern) {
      const std::string path = renamed(node.path);
      if (path == node.path) continue;
      std::string value = renamed(node.value);
      if (value == "1" && (node.path.ends_with("/domid") || node.path.ends_with("/frontend-id"))) {
        value = domid;
      }
      if (!alike && node.path.ends_with("/name")) value += domid;
      // Each has a disk of its own.
      value = replaced(std::move(value), "/dev/loop0", "/dev/loop" + domid);
      value = replaced(std::move(value), "7:0", "7:" + domid);
      nodes.push_back({path, value, replaced(node.permissions, "1", domid)});
    }
  }
  return listing(nodes);
}
std::string different_domains(std::size_t size) { return domains(size, false); }
std::string domains_that_are_alike(std::size_t size) { return domains(size, true); }

}  // namespace

const std::vector<HostileStore>& hostile_stores() {
  static const std::vector<HostileStore> stores = {
      {"entries", "of dead domains", 40, 250, dead_entries_listed},
      {"entries", "the same, from oxenstored", 40, 250, dead_entries_dumped},
      {"entries", "the same, from C xenstored", 40, 250, dead_entries_in_state},
      {"entries", "of one domain", 40, 250, entries_of_one_domain},
      {"entries", "for every domain", 40, 250, entries_for_every_domain},
      {"entries", "of the owner", 40, 250, entries_of_the_owner},
      {"lists", "all different", 200, 4000, lists},
      {"nodes", "with values", 200, 20000, nodes_with_values},
      {"nodes", "that break rules", 200, 10000, nodes_that_break_rules},
      {"nodes", "of an owner with as many backends", 100, 1000, nodes_of_another_owner},
      {"nodes", "with messages", 200, 10000, nodes_with_messages},
      {"depth", "of plain nodes", 90, 90, deep_chains},
      {"depth", "of nodes that break rules", 90, 90, deep_chains_that_break_rules},
      {"names", "short, in the home", 200, 10000, short_names},
      {"names", "long", 200, 10000, long_names},
      {"value", "digits", 500, 2000, digits},
      {"value", "letters", 500, 2000, letters},
      {"value", "colons", 500, 2000, colons},
      {"value", "links", 500, 2000, links},
      {"value", "deep links", 500, 2000, deep_links},
      {"value", "bytes that cannot be shown", 500, 2000, unprintable},
      {"value", "bytes to be escaped", 500, 2000, almost_text},
      {"path", "in one name", 180, 180, long_paths},
      {"devices", "frontends", 50, 2000, frontends},
      {"devices", "frontends of one backend", 50, 2000, frontends_of_one_backend},
      {"devices", "each of its own kind", 50, 2000, kinds_of_device},
      {"devices", "backends of one frontend", 2000, 2000, backends_of_one_frontend},
      {"devices", "backends without frontends", 2000, 2000, backends_without_frontends},
      {"devices", "backends for other guests", 50, 2000, backends_for_other_guests},
      {"devices", "disks shared", 2000, 2000, shared_disks},
      {"devices", "PCI devices shared", 25, 500, shared_pci_devices},
      {"devices", "vchans to dead domains", 50, 2000, vchans},
      {"watches", "of one node", 200, 50000, watches_of_one_node},
      {"watches", "of many nodes", 200, 20000, watches_of_many_nodes},
      {"transactions", "", 200, 100000, transactions},
      {"domains", "all different", 10, 200, different_domains},
      {"domains", "with one name and UUID", 10, 200, domains_that_are_alike},
  };
  return stores;
}

}  // namespace xsaudit
