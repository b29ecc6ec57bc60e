#include "cli/host_probe.h"

#include <chrono>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "base/error.h"
#include "cli/command_line.h"
#include "host/facts/domain_record.h"

namespace xsaudit {
namespace {

// The time in which the kernel and the guests' drivers follow a change of the store.
constexpr std::chrono::milliseconds kPause{500};

// Whether the process is absent or was started after the store was read: the guest may have stopped
// or restarted in between.
bool may_have_changed(const Fact<Process>& process, const SnapshotInfo& info) {
  if (process.is_absent()) return true;
  if (!process.is_known() || !process->started.is_known() || !info.time) return false;
  return *process->started >= static_cast<std::uint64_t>(*info.time);
}

// Facts about nodes that have changed since the reading become unknown.
void discard_changed(LiveStore& live, const SnapshotInfo& info,
                     const std::vector<std::pair<std::string, Pid>>& named, HostFacts& facts) {
  std::vector<std::pair<std::string, Pid>> doubtful;
  for (const auto& one : named) {
    if (may_have_changed(facts.process(one.second), info)) doubtful.push_back(one);
  }
  if (doubtful.empty()) return;
  std::vector<std::string> paths;
  for (const auto& [path, pid] : doubtful) paths.push_back(path);
  const std::vector<std::string> values = live.read_values(paths);
  for (std::size_t i = 0; i < doubtful.size(); ++i) {
    const Pid pid = doubtful[i].second;
    if (values[i] == std::to_string(pid)) continue;
    facts.processes[pid] =
        Fact<Process>::unknown("the store changed while the processes were examined");
  }
}

}  // namespace

void HostProbeOptions::add_to(CommandLine& app) {
  app.add_option(
         "--host-facts", when,
         "examine device models and the kernel's devices as well;\nauto: if this is domain 0")
      ->one_of({"auto", "always", "never"})
      ->type_name("WHEN")
      ->capture_default_str()
      ->group("Live store");
}

void HostProbeOptions::add_event_channels_to(CommandLine& app) {
  app.add_flag("--event-channels", event_channels,
               "examine the host as well, and the event channels of guests as Xen\n"
               "knows them; needs root in domain 0")
      ->group("Live store");
}

bool HostProbeOptions::wanted() const {
  return event_channels || when == "always" || (when == "auto" && runs_in_domain_zero());
}

Result<HostProbe> HostProbe::start(const Schema& schema, const LiveOptions& live,
                                   std::vector<Domid> privileged, bool event_channels) {
  const std::chrono::seconds patience(live.timeout);
  XSAUDIT_ASSIGN(auto helper, HostHelper::start(schema, patience));
  HostProbe probe(schema, std::move(privileged), std::move(helper));
  if (event_channels) {
    XSAUDIT_ASSIGN(auto channel_helper, EventChannelHelper::start(patience));
    probe.channel_helper_.emplace(std::move(channel_helper));
  }
  return probe;
}

std::vector<int> HostProbe::descriptors() const {
  std::vector<int> all = helper_.descriptors();
  if (channel_helper_) {
    const std::vector<int> more = channel_helper_->descriptors();
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void HostProbe::begin() {
  kernel_before_ = {};
  if (auto facts = helper_.ask_kernel()) kernel_before_ = std::move(facts->kernel);
}

// Reads the kernel's devices once more if they contradict the store: the kernel follows a change of
// the store within moments.
void HostProbe::settle_kernel(const Snapshot& store, Fact<KernelView>& kernel) {
  if (!kernel.is_known()) return;
  if (!kernel_before_.is_known()) {
    kernel = Fact<KernelView>::unknown("the kernel could not be read before the store");
    return;
  }
  kernel->changed = changed_backends(*kernel_before_, *kernel);
  if (!kernel_contradicts(schema_, store, *kernel)) return;
  std::this_thread::sleep_for(kPause);
  auto later = helper_.ask_kernel();
  if (!later || !later->kernel.is_known()) return;
  later->kernel->changed = changed_backends(*kernel_before_, *later->kernel);
  kernel = std::move(later->kernel);
}

Fact<EventChannels> HostProbe::collect_channels(LiveStore& live, const Snapshot& store) {
  const std::vector<NamedEventChannel> named = named_event_channels(schema_, store);
  std::vector<EventChannelQuestion> questions;
  for (const NamedEventChannel& one : named) questions.push_back(one.channel);
  Fact<EventChannels> channels = channel_helper_->ask(questions);
  if (!channels.is_known()) return channels;
  const auto doubtful = contradicting_channels(schema_, store, named, *channels);
  if (!doubtful.empty()) settle_channels(live, store, doubtful, *channels);
  return channels;
}

// A device may have been connected anew after the store was read, by a channel of the same number.
// A channel whose nodes or state have changed since becomes unknown.
void HostProbe::settle_channels(LiveStore& live, const Snapshot& store,
                                const std::vector<NamedEventChannel>& doubtful,
                                EventChannels& channels) {
  std::this_thread::sleep_for(kPause);
  std::vector<EventChannelQuestion> questions;
  std::vector<std::string> paths;
  std::vector<std::string_view> values;
  for (const NamedEventChannel& one : doubtful) {
    questions.push_back(one.channel);
    for (const NodeId node : {one.node, backend_domid_node(schema_, store, one.node)}) {
      paths.push_back(store.path(node));
      values.push_back(store.value(node));
    }
  }
  const Fact<EventChannels> later = channel_helper_->ask(questions);
  const std::vector<std::string> later_values = live.read_values(paths);
  std::vector<bool> same_nodes;
  for (std::size_t i = 0; i < paths.size(); i += 2) {
    same_nodes.push_back(later_values[i] == values[i] && later_values[i + 1] == values[i + 1]);
  }
  discard_changed(questions, same_nodes, later, channels);
}

void HostProbe::collect(LiveStore& live, Snapshot& store) {
  const AccessOptions domains = schema_.domains().access_options(store, privileged_);
  auto facts = helper_.ask(named_by_store(schema_, store, domains));
  if (!facts) {
    store.info().add_gap(facts.error().place, facts.error().message);
    return;
  }
  discard_changed(live, store.info(), named_processes(schema_, store, domains), *facts);
  settle_kernel(store, facts->kernel);
  if (channel_helper_) facts->event_channels = collect_channels(live, store);
  store.info().host_facts = std::make_shared<const HostFacts>(*std::move(facts));
}

}  // namespace xsaudit
