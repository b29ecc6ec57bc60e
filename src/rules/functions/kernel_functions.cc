// Functions over the devices that the kernel of domain 0 serves (host/facts/kernel_view.h).
#include <algorithm>
#include <optional>

#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"
#include "rules/functions/host_answer.h"

namespace xsaudit {
namespace {

using namespace host_answer;

constexpr const char* kDevices = "which devices the kernel of domain 0 serves is not known";

// The view, or the value to return without it.
struct KernelAnswer {
  const KernelView* view = nullptr;
  Value otherwise;
};

KernelAnswer kernel(EvalContext& context, const char* what = kDevices) {
  const HostFacts* const host = context.facts.host;
  if (host == nullptr) {
    return {.otherwise =
                unknown(context, what, "no facts of the host were recorded with the store", true)};
  }
  if (host->kernel.is_known()) return {.view = &*host->kernel, .otherwise = {}};
  // Not in recordings of an earlier version, nor on a host without such a kernel.
  const char* const reason =
      host->kernel.is_unknown() ? host->kernel.reason().c_str() : "the host has no such kernel";
  return {.otherwise = unknown(context, what, reason, true)};
}

// A list of the view that the kernel does not have at all is unknown for the form of the recording:
// this kernel has no such drivers.
template <typename T>
Value list_unknown(EvalContext& context, const Fact<std::vector<T>>& list) {
  if (list.is_absent()) return unknown(context, kDevices, "the kernel has no such list", true);
  return unknown(context, kDevices, list.reason().c_str(), false);
}

// The backend of the kernel at a path of the store: null if the kernel has none.
struct BackendAnswer {
  const KernelBackend* backend = nullptr;
  Value otherwise;
};

BackendAnswer backend_at(EvalContext& context, const Value& path) {
  const auto name = context.facts.schema.devices().kernel_name(context.text_of(path));
  if (!name) return {};
  const KernelAnswer answer = kernel(context);
  if (answer.view == nullptr) return {.otherwise = answer.otherwise};
  if (!answer.view->backends.is_known()) {
    return {.otherwise = list_unknown(context, answer.view->backends)};
  }
  const auto& changed = answer.view->changed;
  if (std::binary_search(changed.begin(), changed.end(), *name)) {
    return {.otherwise = unknown(context, kDevices, "it changed while the store was read", true)};
  }
  return {.backend = answer.view->backend(*name), .otherwise = {}};
}

template <typename T, typename ToValue>
Value of_backend(EvalContext& context, const Value& path, Fact<T> KernelBackend::*member,
                 ToValue to_value, Value nothing = {}) {
  const BackendAnswer answer = backend_at(context, path);
  if (answer.backend == nullptr) {
    return answer.otherwise.is(Value::Kind::unknown) ? answer.otherwise : nothing;
  }
  const Fact<T>& fact = answer.backend->*member;
  return fact.is_known() ? to_value(*fact) : not_known(context, fact, kDevices, nothing);
}

Value kernel_backends(EvalContext& context, const Value*) {
  const KernelAnswer answer = kernel(context);
  if (answer.view == nullptr) return answer.otherwise;
  const KernelView& view = *answer.view;
  if (!view.backends.is_known()) return list_unknown(context, view.backends);
  std::vector<std::string> paths;
  for (const KernelBackend& one : *view.backends) {
    if (!one.driver.is_known()) continue;
    if (std::binary_search(view.changed.begin(), view.changed.end(), one.nodename)) continue;
    paths.push_back(context.facts.schema.devices().kernel_path(one.nodename));
  }
  return list_value(context, paths, [&](const std::string& path) { return copied(context, path); });
}

Value kernel_driver(EvalContext& context, const Value* arguments) {
  return of_backend(context, arguments[0], &KernelBackend::driver, text);
}

Value kernel_state(EvalContext& context, const Value* arguments) {
  return of_backend(context, arguments[0], &KernelBackend::state, text);
}

Value kernel_serves(EvalContext& context, const Value* arguments) {
  const std::string_view kind = context.text_of(arguments[0]);
  if (!context.facts.schema.devices().served_by_kernel(kind)) return Value::of(false);
  const KernelAnswer answer = kernel(context);
  if (answer.view == nullptr) return answer.otherwise;
  if (!answer.view->drivers.is_known()) return list_unknown(context, answer.view->drivers);
  return Value::of(answer.view->has_driver(kind));
}

Value opened_disk(EvalContext& context, const Value* arguments) {
  return of_backend(context, arguments[0], &KernelBackend::disk, text);
}

// Linux xen-blkback/xenbus.c: a disk is writable if there is a 'w' in its mode.
Value opened_writable(EvalContext& context, const Value* arguments) {
  return of_backend(
      context, arguments[0], &KernelBackend::mode,
      [](const std::string& mode) { return Value::of(mode.find('w') != std::string::npos); },
      Value::of(false));
}

const BlockDevice* disk_of(const KernelView& view, const KernelBackend& backend) {
  return backend.disk.is_known() ? view.disk(*backend.disk) : nullptr;
}

// Whether the two are the same disk, one file behind two loop devices, or a disk and its partition.
bool overlap(const BlockDevice& one, const BlockDevice& other) {
  if (one.number == other.number) return true;
  if (one.file.is_known() && one.file == other.file) return true;
  const auto lies_on = [](const BlockDevice& part, const BlockDevice& disk) {
    return part.whole.is_known() && *part.whole == disk.number;
  };
  return lies_on(one, other) || lies_on(other, one);
}

Value opened_too(EvalContext& context, const Value* arguments) {
  const BackendAnswer answer = backend_at(context, arguments[0]);
  if (answer.backend == nullptr) {
    return answer.otherwise.is(Value::Kind::unknown) ? answer.otherwise : kNoItems;
  }
  const KernelView& view = *context.facts.host->kernel;
  const BlockDevice* const own = disk_of(view, *answer.backend);
  if (own == nullptr) return kNoItems;
  context.step(view.backends->size());
  std::vector<std::string> paths;
  for (const KernelBackend& other : *view.backends) {
    const BlockDevice* const disk = disk_of(view, other);
    if (&other == answer.backend || disk == nullptr || !overlap(*own, *disk)) continue;
    paths.push_back(context.facts.schema.devices().kernel_path(other.nodename));
  }
  return list_value(context, paths, [&](const std::string& path) { return copied(context, path); });
}

Value disk_name(EvalContext& context, const Value* arguments) {
  const BackendAnswer answer = backend_at(context, arguments[0]);
  if (answer.backend == nullptr) return answer.otherwise;
  const BlockDevice* const disk = disk_of(*context.facts.host->kernel, *answer.backend);
  if (disk == nullptr) return {};
  for (const Fact<std::string>* name : {&disk->file, &disk->mapped, &disk->name}) {
    if (name->is_known()) return text(**name);
  }
  return text(disk->number);
}

Value mounts(EvalContext& context, const Value* arguments) {
  const BackendAnswer answer = backend_at(context, arguments[0]);
  if (answer.backend == nullptr) {
    return answer.otherwise.is(Value::Kind::unknown) ? answer.otherwise : kNoItems;
  }
  const BlockDevice* const disk = disk_of(*context.facts.host->kernel, *answer.backend);
  if (disk == nullptr) return kNoItems;
  if (!disk->mounts.is_known()) {
    return not_known(context, disk->mounts, "where the disk is mounted is not known", kNoItems);
  }
  return list_value(context, *disk->mounts, text);
}

Value interfaces(EvalContext& context, const Value* arguments) {
  return of_backend(
      context, arguments[0], &KernelBackend::interfaces,
      [&](const std::vector<NetworkInterface>& all) {
        return list_value(context, all, [](const NetworkInterface& one) { return text(one.name); });
      },
      kNoItems);
}

// The interface of a backend or the tap device of that name, or the value to return without it.
std::pair<const NetworkInterface*, Value> interface_at(EvalContext& context, const Value& name) {
  const KernelAnswer answer = kernel(context);
  if (answer.view == nullptr) return {nullptr, answer.otherwise};
  const KernelView& view = *answer.view;
  if (!view.backends.is_known()) return {nullptr, list_unknown(context, view.backends)};
  const std::string_view wanted = context.text_of(name);
  context.step(view.backends->size());
  for (const KernelBackend& backend : *view.backends) {
    if (!backend.interfaces.is_known()) continue;
    for (const NetworkInterface& one : *backend.interfaces) {
      if (one.name == wanted) return {&one, {}};
    }
  }
  if (view.taps.is_unknown()) return {nullptr, list_unknown(context, view.taps)};
  if (!view.taps.is_known()) return {};
  for (const NetworkInterface& one : *view.taps) {
    if (one.name == wanted) return {&one, {}};
  }
  return {};
}

Value bridge(EvalContext& context, const Value* arguments) {
  const auto [one, otherwise] = interface_at(context, arguments[0]);
  if (one == nullptr) return otherwise;
  if (!one->bridged.is_known()) return not_known(context, one->bridged, kDevices);
  return *one->bridged ? text(*one->master) : Value();
}

Value in_switch(EvalContext& context, const Value* arguments) {
  const auto [one, otherwise] = interface_at(context, arguments[0]);
  if (one == nullptr) {
    return otherwise.is(Value::Kind::unknown) ? otherwise : Value::of(false);
  }
  if (!one->bridged.is_known()) return not_known(context, one->bridged, kDevices);
  return Value::of(one->master.is_known() && !*one->bridged);
}

}  // namespace

FunctionGroup kernel_functions() {
  constexpr Type::Kind text_item = Type::Kind::text;
  return {
      "The kernel of domain 0",
      {function("kernel_backends()", {}, list_of(text_item), kernel_backends,
                "The paths in the store of the backends that a driver of the kernel serves."),
       function("kernel_driver(path)", {kText}, kText, kernel_driver,
                "The driver that serves the backend at this path; null if the kernel has none."),
       function("kernel_state(path)", {kText}, kText, kernel_state,
                "The driver's own state of the backend: `Connected`."),
       function(
           "kernel_serves(kind)", {kText}, kBoolean, kernel_serves,
           "Whether only drivers of the kernel serve backends of this kind, and one of them is "
           "loaded."),
       function("opened_disk(path)", {kText}, kText, opened_disk,
                "The number of the disk that the driver has opened for the backend: `fd:3`; null "
                "if it has opened none."),
       function("opened_writable(path)", {kText}, kBoolean, opened_writable,
                "Whether it has opened the disk for writing."),
       function(
           "opened_too(path)", {kText}, list_of(text_item), opened_too,
           "The other backends whose drivers have opened the same disk, another loop device of "
           "the same file, a partition of it or the disk that it is a partition of."),
       function("disk_name(path)", {kText}, kText, disk_name,
                "The name of the opened disk: the file of a loop device, a volume, or `sda`."),
       function("mounts(path)", {kText}, list_of(text_item), mounts,
                "Where domain 0 has mounted the opened disk or anything that lies on it."),
       function("interfaces(path)", {kText}, list_of(text_item), interfaces,
                "The network interfaces of the backend at this path."),
       function("bridge(interface)", {kText}, kText, bridge,
                "The Linux bridge that contains the interface of a backend, or a tap device; null "
                "if none does."),
       function(
           "in_switch(interface)", {kText}, kBoolean, in_switch,
           "Whether the interface belongs to something other than a Linux bridge, such as Open "
           "vSwitch.")}};
}

}  // namespace xsaudit
