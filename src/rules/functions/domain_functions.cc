#include "rules/eval/list_value.h"
#include "rules/functions/functions.h"

namespace xsaudit {
namespace {

// A number as a set of one domain, or a set of domains.
const Unknown* liveness_unknown(EvalContext& context, std::int64_t domid = -1) {
  Unknown unknown;
  unknown.of_liveness = true;
  unknown.domid = domid;
  unknown.path = context.slots[kNodeSlot];
  unknown.fact = "the running domains are not known";
  unknown.reason = "the nodes that show it were not all recorded";
  return context.arena.make(unknown);
}

Value alive(EvalContext& context, const Value* arguments) {
  switch (context.facts.liveness.state(arguments[0].integer)) {
    case Liveness::State::alive: return Value::of(true);
    case Liveness::State::dead: return Dependence(kLivenessMark).give(Value::of(false));
    case Liveness::State::unknown: break;
  }
  return Value::of(liveness_unknown(context, arguments[0].integer));
}

Value privileged(EvalContext& context, const Value* arguments) {
  return Value::of(context.facts.access.privileged(arguments[0].integer));
}

Value acts_for(EvalContext& context, const Value* arguments) {
  return Value::of(context.facts.access.acts_for(arguments[0].integer, arguments[1].integer));
}

Value liveness(EvalContext& context, const Value*) {
  switch (context.facts.liveness.basis) {
    case Liveness::Basis::introduced: return Value::of(std::string_view("introduced"));
    case Liveness::Basis::given: return Value::of(std::string_view("given"));
    case Liveness::Basis::inferred: break;
  }
  return Value::of(std::string_view("inferred"));
}

Value domids(EvalContext& context, const Value*) {
  const std::vector<Domid>& alive = context.facts.liveness.alive;
  const Liveness& liveness = context.facts.liveness;
  const bool unsure = !liveness.all_known() || liveness.others_alive;
  const Value list = list_value(
      context, alive, [](Domid domid) { return Value::of(domid); },
      unsure ? liveness_unknown(context) : nullptr);
  return Dependence(kLivenessMark).give(list);  // for the domains that are not in it
}

Value domain_of(EvalContext& context, const Value* arguments) {
  const Value& path = arguments[0];
  const auto domid = path.is(Value::Kind::path) && path.size == 0
                         ? context.store_index.domain_of(path.node)
                         : context.facts.schema.domains().domain_of(context.text_of(path));
  return domid ? Value::of(*domid) : Value();
}

Value profile(EvalContext& context, const Value* arguments) {
  if (!can_exist(arguments[0].integer)) return {};
  const auto index = context.store_index.profile(arguments[0].integer);
  if (index) {
    return Value::of(std::string_view(context.facts.schema.profiles().profiles()[*index].name));
  }
  return Value::of(profile_unknown(context, context.node()));
}

Value gaps(EvalContext& context, const Value*) {
  const SnapshotInfo& info = context.snapshot.info();
  std::vector<std::string> texts;
  if (!info.has_permissions) texts.emplace_back("it has no permissions");
  if (info.coverage == Coverage::excerpt) texts.emplace_back("it is an excerpt");
  if (info.coverage == Coverage::subtree) texts.push_back("it covers only " + info.covered);
  if (info.consistency == Consistency::moved) texts.emplace_back("it changed while it was read");
  for (const SnapshotInfo::Gap& gap : info.gaps) texts.push_back(gap.place + ": " + gap.what);
  return list_value(context, texts,
                    [&](const std::string& text) { return Value::of(context.arena.copy(text)); });
}

const Unknown* clients_unknown(EvalContext& context) {
  return context.unknown(context.node(), "the watches and transactions in the daemon are not known",
                         context.snapshot.info().kind == "live" ? UnknownReason::not_given
                                                                : UnknownReason::not_in_form);
}

Value watches(EvalContext& context, const Value* arguments) {
  const auto& clients = context.snapshot.info().clients;
  if (!clients || !clients->lists_watches) return Value::of(clients_unknown(context));
  const auto own = clients->watches_of(arguments[0].integer);
  return list_value(context, own,
                    [](const auto& watch) { return Value::of(std::string_view(watch.path)); });
}

Value open_transactions(EvalContext& context, const Value* arguments) {
  const auto& clients = context.snapshot.info().clients;
  if (!clients || !clients->lists_transactions) return Value::of(clients_unknown(context));
  const auto own = clients->transactions.find(arguments[0].integer);
  const bool none = own == clients->transactions.end();
  return Value::of(none ? std::int64_t{0} : static_cast<std::int64_t>(own->second));
}

Value watch_count(EvalContext& context, const Value* arguments) {
  const auto& clients = context.snapshot.info().clients;
  const auto count = clients ? clients->watch_count(arguments[0].integer) : std::nullopt;
  if (!count) return Value::of(clients_unknown(context));
  return Value::of(static_cast<std::int64_t>(*count));
}

Value daemon(EvalContext& context, const Value*) {
  return Value::of(std::string_view(to_text(context.snapshot.info().daemon)));
}

}  // namespace

const Unknown* profile_unknown(EvalContext& context, NodeId node) {
  Unknown unknown;
  unknown.path = Value::of_path(node);
  unknown.fact = "the toolstack of the domain is not known";
  unknown.reason = "the nodes that show it were not all recorded";
  return context.arena.make(unknown);
}

FunctionGroup domain_functions() {
  return {
      "Domains",
      {function(
           "alive(domid)", {kInteger}, kBoolean, alive,
           "Whether the domain exists: as reported by the daemon, as given with `--domains`, or as "
           "inferred from the store."),
       function("domids()", {}, list_of(Type::Kind::integer), domids,
                "The domains that are alive."),
       function_of_store(
           "liveness()", {}, kText, liveness,
           "The source of the list of running domains: `introduced`, `given` or `inferred`."),
       function("privileged(domid)", {kInteger}, kBoolean, privileged,
                "Whether the domain has full access, like domain 0."),
       function("acts_for(domid, other)", {kInteger, kInteger}, kBoolean, acts_for,
                "Whether a domain has all rights of another: it is the same domain, or its stub "
                "domain."),
       function_of_home("domain_of(path)", {kText}, kInteger, domain_of,
                        "The domain in whose home the path lies; null if in none."),
       function("profile(domid)", {kInteger}, kText, profile,
                "The toolstack that created the domain, by its layout of the store: `libxl`, "
                "`xenopsd`, `dom0less` or `xend`, by the marks in schema/profiles.yaml or as given "
                "with `--profile`."),
       function(
           "watches(domid)", {kInteger}, list_of(Type::Kind::text), watches,
           "The watches of a domain, as registered. A dump of the daemon's state has them, and "
           "oxenstored lists them for a live audit."),
       function("watch_count(domid)", {kInteger}, kInteger, watch_count,
                "The number of watches of a domain. C xenstored counts them for a live audit."),
       function(
           "open_transactions(domid)", {kInteger}, kInteger, open_transactions,
           "How many transactions a domain has open; only a dump of the daemon's state has them."),
       function_of_store(
           "daemon()", {}, kText, daemon,
           "The daemon that keeps the store: `xenstored` (in C), `oxenstored` or `unknown`."),
       function("gaps()", {}, list_of(Type::Kind::text), gaps,
                "The data that the snapshot lacks, one text for each gap.")}};
}

}  // namespace xsaudit
