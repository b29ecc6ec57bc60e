#include "rules/testing/fixture_host.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "base/number_text.h"
#include "rules/testing/fixture_kernel.h"

namespace xsaudit {
namespace {

constexpr std::string_view kUnknown = "unknown";

template <typename T>
Fact<T> not_told() {
  return Fact<T>::unknown("the test does not define it");
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Result<std::uint32_t> number(const YamlValue& value) {
  XSAUDIT_ASSIGN(auto wide, value.as_integer());
  if (wide < 0 || wide > UINT32_MAX) return value.error("expected a number of 32 bits");
  return static_cast<std::uint32_t>(wide);
}

// One number, or a list of them.
Result<std::vector<std::uint32_t>> numbers(const YamlValue& value) {
  std::vector<std::uint32_t> all;
  for (const YamlValue& one : value.is_list() ? value.items() : std::vector<YamlValue>{value}) {
    XSAUDIT_ASSIGN(auto read, number(one));
    all.push_back(read);
  }
  return all;
}

Result<std::vector<std::string>> words(const YamlValue& value) {
  if (value.is_scalar()) return words_of(value.text());
  return value.as_strings();
}

// One for all four, or each: real, effective, saved, filesystem.
Result<Ids> ids(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto all, numbers(value));
  if (all.size() == 1) return Ids{all.at(0), all.at(0), all.at(0), all.at(0)};
  if (all.size() != 4) return value.error("expected one number, or four");
  return Ids{all.at(0), all.at(1), all.at(2), all.at(3)};
}

Result<Capabilities> capabilities(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto bits, numbers(value));
  Capabilities all;
  for (const std::uint32_t bit : bits) {
    if (bit > 63) return value.error("expected numbers of capabilities");
    all.permitted |= std::uint64_t{1} << bit;
  }
  return all;
}

// Kinds of namespace that the process has of its own; "mnt" and "ipc" are shared where not listed.
Result<std::vector<Namespace>> namespaces(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto own, value.as_strings());
  std::vector<Namespace> all;
  for (const char* kind : {"mnt", "ipc"}) {
    const bool is_own = std::find(own.begin(), own.end(), kind) != own.end();
    all.push_back({.kind = kind, .id = is_own ? "own" : "ours", .ours = !is_own});
  }
  return all;
}

Result<std::vector<Limit>> limits(const YamlValue& value) {
  std::vector<Limit> all;
  for (const auto& [name, most] : value.members()) {
    XSAUDIT_ASSIGN(const auto hard, number(most));
    all.push_back({.name = std::string(name.text()), .soft = hard, .hard = hard});
  }
  return all;
}

// "/dev/null"; "socket /run/xenstored/socket" is connected to what is bound there.
Result<std::vector<Descriptor>> descriptors(const YamlValue& value) {
  constexpr std::string_view kSocket = "socket ";
  XSAUDIT_ASSIGN(const auto texts, value.as_strings());
  std::vector<Descriptor> all;
  for (const std::string& text : texts) {
    Descriptor one{.number = static_cast<std::uint32_t>(all.size()), .target = text};
    if (text.starts_with(kSocket)) {
      one.target = "socket:[" + std::to_string(1000 + all.size()) + "]";
      one.peer = text.substr(kSocket.size());
    }
    all.push_back(std::move(one));
  }
  return all;
}

Result<std::string> word(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto text, value.as_text());
  return std::string(text);
}

Result<std::uint64_t> seconds(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto read, value.as_integer());
  return static_cast<std::uint64_t>(read);
}

template <typename T>
Status read_member(const YamlValue& process, const char* key, Result<T> (*read)(const YamlValue&),
                   Fact<T>& into) {
  const YamlValue value = process.get(key);
  if (!value.exists()) {
    into = not_told<T>();
  } else if (value.text() == kUnknown) {
    into = Fact<T>::unknown("it may not be looked at");
  } else {
    XSAUDIT_ASSIGN(into, read(value));
  }
  return ok();
}

Result<Fact<Process>> read_process(Pid pid, const YamlValue& value) {
  if (value.is_scalar()) return Fact<Process>::unknown(std::string(value.text()));
  XSAUDIT_TRY(value.only_keys({"state", "started", "executable", "arguments", "uids", "gids",
                               "groups", "capabilities", "threads_with_other_credentials", "root",
                               "own_namespaces", "limits", "descriptors"}));
  Process process;
  process.pid = pid;
  Credentials& credentials = process.credentials;
  for (const Status& done :
       {read_member(value, "state", word, process.state),
        read_member(value, "started", seconds, process.started),
        read_member(value, "executable", word, process.executable),
        read_member(value, "arguments", words, process.arguments),
        read_member(value, "uids", ids, credentials.uids),
        read_member(value, "gids", ids, credentials.gids),
        read_member(value, "groups", numbers, credentials.groups),
        read_member(value, "capabilities", capabilities, credentials.capabilities),
        read_member(value, "threads_with_other_credentials", number, process.other_threads),
        read_member(value, "root", word, process.root),
        read_member(value, "own_namespaces", namespaces, process.namespaces),
        read_member(value, "limits", limits, process.limits),
        read_member(value, "descriptors", descriptors, process.descriptors)}) {
    XSAUDIT_TRY(done);
  }
  if (!value.get("state").exists()) process.state = std::string("S");
  return Fact<Process>(std::move(process));
}

Result<std::uint32_t> number_of_key(const YamlValue& key) {
  std::uint32_t number = 0;
  if (!whole_number(key.text(), number)) return key.error("expected a number");
  return number;
}

// "interdomain 5" has a peer, "closed" has none, "none" does not exist, "unknown" is not known.
Result<EventChannel> read_channel(const YamlValue& value) {
  EventChannel channel{.state = Fact<std::string>::absent(), .peer = Fact<Domid>::absent()};
  const std::vector<std::string> parts = words_of(value.text());
  if (parts.size() == 2) {
    Domid peer = 0;
    if (!whole_number(parts[1], peer)) return value.error("expected the number of a domain");
    channel.peer = peer;
  }
  if (value.text() == kUnknown) {
    channel.state = Fact<std::string>::unknown("Xen refuses the request");
    channel.peer = Fact<Domid>::as_little_as(channel.state);
  } else if (value.text() != "none" && !parts.empty()) {
    channel.state = parts[0];
  }
  return channel;
}

// By domain and port, or the reason why nothing of them is known.
Result<Fact<EventChannels>> read_channels(const YamlValue& value) {
  if (value.is_scalar()) return Fact<EventChannels>::unknown(std::string(value.text()));
  EventChannels channels;
  for (const auto& [domid, ports] : value.members()) {
    for (const auto& [port, written] : ports.members()) {
      XSAUDIT_ASSIGN(auto channel, read_channel(written));
      XSAUDIT_ASSIGN(channel.domid, number_of_key(domid));
      XSAUDIT_ASSIGN(channel.port, number_of_key(port));
      channels.push_back(std::move(channel));
    }
  }
  sort(channels);
  return Fact<EventChannels>(std::move(channels));
}

class FixtureHostBuilder {
 public:
  FixtureHostBuilder(const Schema& schema, const Snapshot& store)
      : schema_(schema), store_(store) {}

  Result<HostFacts> make(const YamlValue& host) {
    XSAUDIT_TRY(
        host.only_keys({"processes", "users", "records", "kernel", "settings", "event_channels"}));
    XSAUDIT_TRY(add_processes(host.get("processes")));
    XSAUDIT_TRY(add_users(host.get("users")));
    XSAUDIT_TRY(add_records(host.get("records")));
    if (const YamlValue kernel = host.get("kernel"); kernel.exists()) {
      XSAUDIT_ASSIGN(facts_.kernel, make_fixture_kernel(kernel));
    }
    if (const YamlValue settings = host.get("settings"); settings.exists()) {
      facts_.settings = Settings{};
      for (const auto& [key, value] : settings.members()) {
        (*facts_.settings)[std::string(key.text())] = value.text();
      }
    }
    if (const YamlValue channels = host.get("event_channels"); channels.exists()) {
      XSAUDIT_ASSIGN(facts_.event_channels, read_channels(channels));
    }
    return std::move(facts_);
  }

 private:
  Status add_processes(const YamlValue& processes) {
    std::vector<Pid> found;
    for (const auto& [key, value] : processes.members()) {
      XSAUDIT_ASSIGN(const auto pid, number_of_key(key));
      XSAUDIT_ASSIGN(auto process, read_process(pid, value));
      facts_.processes.emplace(pid, std::move(process));
      found.push_back(pid);
    }
    facts_.searches.emplace(schema_.host().arguments, found);
    // Pids in the store that the test does not define belong to no process.
    for (const Pattern& pattern : schema_.host().processes) {
      pattern.for_each(store_, {}, [&](NodeId node, const std::vector<Binding>&) {
        Binding pid;
        if (bind(VariableType::number, store_.value(node), pid)) {
          facts_.processes.try_emplace(static_cast<Pid>(pid.number), Fact<Process>::absent());
        }
        return true;
      });
    }
    return ok();
  }

  Status add_users(const YamlValue& users) {
    std::vector<User> all;
    for (const auto& [name, value] : users.members()) {
      XSAUDIT_ASSIGN(const auto uid, number(value));
      all.push_back({.name = std::string(name.text()), .uid = uid, .gid = uid});
      facts_.users.emplace(name.text(), all.back());
    }
    facts_.uid_ranges.emplace(UidRange{0, UINT32_MAX}, all);
    for (const Domid domid : schema_.domains().homes(store_)) {
      for (const std::string& name : schema_.host().users_of(domid)) absent(name);
    }
    return ok();
  }

  Status add_records(const YamlValue& records) {
    const HostTable& table = schema_.host();
    for (const Domid domid : schema_.domains().homes(store_)) {
      const auto uuid = schema_.domains().uuid(store_, domid);
      if (!uuid) continue;
      const YamlValue written = records.get(std::to_string(domid));
      Fact<DomainRecord>& record = facts_.domain_records[{domid, *uuid}];
      record = Fact<DomainRecord>::absent();
      if (!written.exists()) continue;
      record = DomainRecord{};
      for (const std::string& pointer : table.record_values) {
        const YamlValue value = written.get(pointer);
        (*record)[pointer] = value.exists() ? Fact<std::string>(std::string(value.text()))
                                            : Fact<std::string>::absent();
      }
      for (const std::string& pointer : table.record_users) {
        if (const YamlValue name = written.get(pointer); name.exists())
          absent(std::string(name.text()));
      }
    }
    return ok();
  }

  void absent(const std::string& user) { facts_.users.try_emplace(user, Fact<User>::absent()); }

  const Schema& schema_;
  const Snapshot& store_;
  HostFacts facts_;
};

}  // namespace

Result<HostFacts> make_fixture_host(const YamlValue& host, const Schema& schema,
                                    const Snapshot& store) {
  return FixtureHostBuilder(schema, store).make(host);
}

}  // namespace xsaudit
