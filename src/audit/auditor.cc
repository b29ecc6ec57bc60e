#include "audit/auditor.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "audit/fingerprint.h"
#include "audit/guests.h"
#include "audit/leftovers.h"
#include "audit/logged_cause.h"
#include "audit/second_reading.h"
#include "audit/verdict.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/parallel_for.h"
#include "host/facts/process_record.h"
#include "rules/secret_nodes.h"
#include "rules/superseding.h"
#include "store/path.h"

namespace xsaudit {
namespace {

// Any member of a set that is not empty.
Domid some_member(const DomainSet& domains) {
  if (!domains.everyone_else()) return domains.listed().front();
  Domid domid = 1;
  while (!domains.contains(domid)) ++domid;
  return domid;
}

std::optional<Guest> subject_of(const Violation& violation, Guests& guests) {
  const auto domid = guests.subject(violation.path);
  return domid ? std::optional<Guest>(guests.guest(*domid)) : std::nullopt;
}

GuestNote note_of(Violation&& violation, std::size_t rule, Guests& guests) {
  GuestNote note{.rule = rule, .source = 0, .path = {}, .guest = {}, .text = {}};
  note.guest = subject_of(violation, guests);
  note.path = std::move(violation.path);
  note.text = visible(violation.message);
  return note;
}

// Makes findings from the violations of one store. Used by one thread.
class FindingBuilder {
 public:
  FindingBuilder(const AuditContext& facts, bool with_state)
      : facts_(facts),
        with_state_(with_state),
        guests_(facts.schema, facts.snapshot, &facts.access),
        leftovers_(facts, guests_),
        prover_(facts, guests_),
        state_(facts, guests_) {}

  Finding make(Violation&& violation, std::size_t rule) {
    Finding finding;
    finding.rule = rule;
    finding.severity = violation.severity;
    finding.message = visible(violation.message);
    finding.fix = visible(violation.fix);
    finding.count = violation.count;
    finding.samples = std::move(violation.samples);
    if (with_state_) {
      finding.state = state_.of(violation);
      add_others(violation, finding);
    }
    finding.guest = subject_of(violation, guests_);
    if (const auto device = facts_.schema.devices().device_of(violation.path)) {
      finding.device = device->kind + "/" + device->id;
    }
    finding.cause = cause(violation);
    finding.logged = prover_.of(finding.cause);
    if (violation.suspect) finding.suspect = guests_.guest(*violation.suspect);
    add_victim(violation, finding);
    add_suppression_place(violation, finding);
    for (std::string& path : violation.evidence) {
      finding.evidence.push_back(evidence(std::move(path), violation));
    }
    finding.path = std::move(violation.path);
    identify(finding);
    return finding;
  }

 private:
  void identify(Finding& finding) {
    finding.stable_path = guests_.stable_path(finding.path);
    finding.identified = guests_.identified(finding.path);
    if (finding.identified) return;
    if (auto leftover = leftovers_.stable_path(finding.path)) {
      finding.stable_path = *std::move(leftover);
      finding.identified = true;
    }
  }

  void add_others(const Violation& violation, Finding& finding) {
    std::vector<std::uint64_t> others;
    for (const NodeId node : violation.others) {
      others.push_back(state_.of_other(*violation.rule, node));
    }
    std::sort(others.begin(), others.end());
    if (others.size() <= Finding::kMaxOthers) {
      for (const std::uint64_t other : others) finding.others.push_back(hexadecimal(other));
      return;
    }
    std::string all;
    for (const std::uint64_t other : others) all += hexadecimal(other);
    finding.others_hash = short_hash(all);
  }

  // Whom the suspect harms: whom the rule names, else whose node it is.
  void add_victim(const Violation& violation, Finding& finding) {
    if (violation.victim) {
      finding.victim = guests_.guest(*violation.victim);
    } else if (finding.suspect) {
      finding.victim = finding.guest;
    }
    if (finding.victim && finding.suspect && finding.victim->domid == finding.suspect->domid) {
      finding.victim.reset();
    }
  }

  void add_suppression_place(const Violation& violation, Finding& finding) const {
    if (!valid_path(violation.path)) return;
    const Snapshot& snapshot = facts_.snapshot;
    // Nodes are in depth-first order, so what is above the first and the last is above all between.
    NodeId top = violation.node;
    NodeId last = violation.node;
    for (const NodeId other : violation.others) {
      top = std::min(top, other);
      last = std::max(last, other);
    }
    while (last >= snapshot.subtree_end(top)) top = snapshot.parent(top);
    std::string path = snapshot.path(top);
    if (finding.guest && finding.guest->uuid_sure) {
      path = guests_.pattern_of(path, finding.guest->domid);
      finding.suppression_guest = finding.guest->uuid;
    }
    if (!violation.others.empty()) path += path == "/" ? "**" : "/**";
    finding.suppression_path = std::move(path);
  }

  // Most paths of a violation are the one of its node, which need not be searched for: guests
  // choose the length of paths.
  NodeId find(const std::string& path, const Violation& violation) const {
    return path == violation.path ? violation.node : facts_.snapshot.find(path);
  }

  Cause cause(const Violation& violation) {
    Cause cause;
    cause.path = violation.wrong;
    if (!valid_path(cause.path)) return cause;
    const Snapshot& snapshot = facts_.snapshot;
    const NodeId node = find(cause.path, violation);
    if (node == kNoNode) {
      if (snapshot.presence(cause.path) == Presence::absent) {
        cause.part = Cause::Part::presence;
        cause.domains = removers_of_absent(violation);
      }
    } else {
      if (violation.wrong_permissions) {
        cause.part = Cause::Part::permissions;
        if (snapshot.permissions(node) != nullptr) cause.domains = owner_set(node);
      } else if (const DomainSet* const controllers = facts_.access.controllers(node)) {
        cause.domains = *controllers;
        if (!controllers->empty()) {
          const Domid domid = some_member(*controllers);
          cause.through = snapshot.path(facts_.access.controlled_through(node, domid));
        }
      }
    }
    if (cause.domains && !cause.domains->everyone_else()) {
      for (const Domid domid : cause.domains->listed()) {
        if (cause.named.size() == Cause::kMaxNamed) break;
        cause.named.push_back(guests_.guest(domid));
      }
    }
    return cause;
  }

  // Only the owner of a node may set its permissions (xenstored core.c do_set_perms, oxenstored
  // perms.ml check_owner), or a stub domain for it.
  DomainSet owner_set(NodeId node) const {
    return acting_for(owner_of(*facts_.snapshot.permissions(node)));
  }
  static Domid owner_of(const Permissions& permissions) { return permissions.front().domid; }
  DomainSet acting_for(Domid domid) const {
    if (facts_.access.privileged(domid)) return {};
    std::vector<Domid> domids = facts_.access.stub_domains(domid);
    domids.push_back(domid);
    return DomainSet::of(std::move(domids));
  }

  // Of a node that is not there: who could have removed it. Its permissions went with it; they were
  // those that the schema describes, if it describes any.
  std::optional<DomainSet> removers_of_absent(const Violation& violation) const {
    const DomainSet* const removers =
        facts_.access.removers(facts_.snapshot.nearest(violation.wrong));
    if (removers == nullptr) return std::nullopt;
    DomainSet domains = *removers;
    for (const Permissions& permissions : violation.wrong_described) {
      domains = domains.united(facts_.access.grants().domains(permissions, Right::write));
    }
    return domains;
  }

  Evidence evidence(std::string path, const Violation& violation) const {
    const Snapshot& snapshot = facts_.snapshot;
    Evidence evidence;
    evidence.path = std::move(path);
    // A rule may build a path from a guest's text. A path that no store accepts has no node.
    const bool valid = valid_path(evidence.path);
    const NodeId node = valid ? find(evidence.path, violation) : kNoNode;
    if (node == kNoNode) {
      evidence.presence =
          valid ? snapshot.presence(evidence.path, &evidence.presence_unknown) : Presence::absent;
      return evidence;
    }
    evidence.presence = Presence::present;
    evidence.line = snapshot.line(node);
    evidence.value_unknown = snapshot.value_unknown(node);
    if (!facts_.options.show_secrets && facts_.secret(node)) {
      evidence.value_unknown = UnknownReason::secret;
    } else {
      evidence.value = snapshot.value(node);
    }
    evidence.permissions_unknown = snapshot.permissions_unknown(node);
    if (const Permissions* const permissions = snapshot.permissions(node)) {
      evidence.permissions = *permissions;
    }
    if (const DomainSet* const controllers = facts_.access.controllers(node)) {
      evidence.controllers = *controllers;
      if (!controllers->empty()) {
        const Domid domid = some_member(*controllers);
        evidence.through = snapshot.path(facts_.access.controlled_through(node, domid));
      }
    }
    return evidence;
  }

  const AuditContext& facts_;
  const bool with_state_;
  Guests guests_;
  Leftovers leftovers_;
  LogProver prover_;
  FaultState state_;
};

// Gives each finding its fingerprint. They are in the order of the report.
void add_fingerprints(std::vector<Finding>& findings, const RuleSet& rules) {
  std::map<std::pair<std::size_t, std::string_view>, std::size_t> occurrences;
  for (Finding& finding : findings) {
    const std::size_t occurrence = occurrences[{finding.rule, finding.stable_path}]++;
    finding.fingerprint =
        fingerprint(rules.rules()[finding.rule].id, finding.stable_path, occurrence);
  }
}

// Findings without a guest come last.
Domid guest_number(const std::optional<Guest>& guest) { return guest ? guest->domid : UINT32_MAX; }

// The host facts that were collected or recorded with the store; null if there are none.
Result<std::shared_ptr<const HostFacts>> host_of(const SnapshotInfo& info) {
  if (!info.host_record) return info.host_facts;
  XSAUDIT_ASSIGN(auto facts, read_process_record(info.host_record->text, info.name,
                                                 info.host_record->first_line));
  return std::make_shared<const HostFacts>(std::move(facts));
}

bool comes_first(const Finding& a, const Finding& b) {
  return std::tuple(b.severity, guest_number(a.guest), std::string_view(a.device),
                    std::string_view(a.path), a.rule) <
         std::tuple(a.severity, guest_number(b.guest), std::string_view(b.device),
                    std::string_view(b.path), b.rule);
}

// Each finding, which is large, is moved once.
std::vector<Finding> in_order(std::vector<std::vector<Finding>> parts) {
  std::vector<Finding*> order;
  for (std::vector<Finding>& part : parts) {
    for (Finding& finding : part) order.push_back(&finding);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Finding* a, const Finding* b) { return comes_first(*a, *b); });
  std::vector<Finding> sorted;
  sorted.reserve(order.size());
  for (Finding* const finding : order) sorted.push_back(std::move(*finding));
  return sorted;
}

}  // namespace

Auditor::Auditor(const Schema& schema, const RuleSet& rules, AuditOptions options)
    : schema_(schema),
      rules_(rules),
      options_(std::move(options)),
      suppressor_(std::move(options_.suppressions), options_.today, rules),
      used_(suppressor_) {
  result_.version = XSAUDIT_VERSION;
  result_.time = options_.time;
  result_.fail_on = options_.fail_on;
  for (const Rule& rule : rules.rules()) {
    RuleSummary summary{rule.id,
                        visible(rule.title),
                        rule.severity,
                        to_text(rule.category),
                        visible(rule.why),
                        visible(rule.fix),
                        {}};
    for (const std::string& one : rule.references) summary.references.push_back(visible(one));
    result_.rules.push_back(std::move(summary));
  }
}

SourceAudit Auditor::audit(const std::string& name, const Result<Snapshot>& source,
                           const Resample& resample) const {
  SourceAudit audit{
      .summary = {}, .findings = {}, .notes = {}, .not_evaluated = {}, .suppressor = suppressor_};
  if (!source) {
    audit.summary.info.name = name;
    audit.summary.error = source.error().text();
    return audit;
  }
  audit.summary.info = source->info();
  audit.summary.info.host_facts.reset();
  audit.summary.info.host_record.reset();
  audit.summary.info.access_log.reset();
  audit.summary.nodes = source->recorded();
  audit.suppressor.set_source(source->info());
  const auto host = host_of(source->info());
  if (host) {
    this->audit(*source, host->get(), resample, audit);
  } else {
    audit.summary.error = host.error().text();
  }
  return audit;
}

void Auditor::add(SourceAudit audit) {
  const std::size_t index = result_.sources.size();
  result_.sources.push_back(std::move(audit.summary));
  for (Finding& finding : audit.findings) finding.source = index;
  const auto suppressed =
      std::stable_partition(audit.findings.begin(), audit.findings.end(),
                            [](const Finding& finding) { return !finding.suppression; });
  std::move(suppressed, audit.findings.end(), std::back_inserter(result_.suppressed));
  audit.findings.erase(suppressed, audit.findings.end());
  if (result_.findings.empty()) {  // findings are large: of one source they stay where they are
    result_.findings = std::move(audit.findings);
  } else {
    std::move(audit.findings.begin(), audit.findings.end(), std::back_inserter(result_.findings));
  }
  for (GuestNote& note : audit.notes) {
    note.source = index;
    result_.notes.push_back(std::move(note));
  }
  for (UndecidedRule& entry : audit.not_evaluated) {
    entry.source = index;
    result_.not_evaluated.push_back(std::move(entry));
  }
  result_.sources[index].incomplete = incomplete_because(result_, index);
  used_.add(audit.suppressor);
}

void Auditor::audit(const Snapshot& snapshot, const HostFacts* host, const Resample& resample,
                    SourceAudit& audit) const {
  AuditContext facts(schema_, snapshot, options_, host);
  audit.summary.liveness = facts.liveness;
  StoreIndex store_index(facts, options_.judging);
  facts.set_secrets(find_secrets(rules_, facts, store_index));
  AllHits hits = find_hits(rules_, facts, store_index, options_.work);
  if (resample) {
    recheck(facts, store_index, resample, hits, audit.summary.info);
  } else {
    take_as_seen_once(hits);
  }

  {  // the findings need guests of their own
    Guests guests(schema_, snapshot, &facts.access);
    audit.summary.devices = list_devices(schema_, snapshot, guests, host);
    for (const Domid domid : facts.liveness.alive) {
      audit.summary.guests.push_back(guests.guest(domid));
    }
  }
  add_findings(facts, store_index, hits, audit);
}

SourceAudit Auditor::report(const AuditContext& facts, StoreIndex& store_index,
                            AllHits hits) const {
  const SnapshotInfo& info = facts.snapshot.info();
  SourceAudit audit{
      .summary = {}, .findings = {}, .notes = {}, .not_evaluated = {}, .suppressor = suppressor_};
  // What determines whether the audit is complete; a copy of all would cost more than the judging.
  audit.summary.info.coverage = info.coverage;
  audit.summary.info.covered = info.covered;
  audit.summary.info.has_permissions = info.has_permissions;
  audit.summary.info.gap_count = info.gap_count;
  if (info.gap_count > 0) audit.summary.info.gaps = {info.gaps.front()};
  audit.summary.nodes = facts.snapshot.recorded();
  audit.summary.liveness = facts.liveness;
  audit.suppressor.set_source(info);
  add_findings(facts, store_index, hits, audit);
  return audit;
}

void Auditor::add_findings(const AuditContext& facts, StoreIndex& store_index, AllHits& hits,
                           SourceAudit& audit) const {
  Guests guests(schema_, facts.snapshot, &facts.access);
  Evaluation evaluation = report(facts, store_index, hits, audit.suppressor, guests);
  std::vector<Fault> faults;
  for (Violation& violation : evaluation.violations) {
    if (violation.is_note()) {
      audit.notes.push_back(note_of(std::move(violation), index_of(*violation.rule), guests));
      continue;
    }
    faults.push_back({&violation, audit.suppressor.find(violation, facts.snapshot, guests)});
  }
  audit.findings = in_order(make_findings(facts, faults));
  add_fingerprints(audit.findings, rules_);
  std::stable_sort(audit.notes.begin(), audit.notes.end(),
                   [](const GuestNote& a, const GuestNote& b) {
                     return guest_number(a.guest) < guest_number(b.guest);
                   });
  for (NotEvaluated& entry : evaluation.not_evaluated) {
    audit.not_evaluated.push_back({index_of(*entry.rule), 0, std::move(entry.path),
                                   std::move(entry.reason), entry.by_form, entry.count,
                                   entry.everywhere});
  }
}

std::vector<std::vector<Finding>> Auditor::make_findings(const AuditContext& facts,
                                                         const std::vector<Fault>& faults) const {
  constexpr std::size_t kPart = 512;  // so many that what a builder looks up once does not count
  std::vector<std::vector<Finding>> parts((faults.size() + kPart - 1) / kPart);
  // Reads are recorded by one thread only (store/value_reads.h).
  const std::size_t threads = facts.snapshot.reads() == nullptr ? options_.work.threads : 1;
  parallel_for(parts.size(), threads, [&](std::size_t part) {
    FindingBuilder builder(facts, options_.with_state);
    const std::size_t end = std::min(faults.size(), (part + 1) * kPart);
    parts[part].reserve(end - part * kPart);
    for (std::size_t i = part * kPart; i < end; ++i) {
      Violation& violation = *faults[i].violation;
      parts[part].push_back(builder.make(std::move(violation), index_of(*violation.rule)));
      parts[part].back().suppression = faults[i].suppression;
    }
  });
  return parts;
}

void Auditor::recheck(const AuditContext& facts, StoreIndex& store_index, const Resample& resample,
                      AllHits& hits, SnapshotInfo& info) const {
  if (!may_pass(rules_, hits)) return;
  const Status rechecked = recheck(facts, store_index, resample(), hits, info);
  if (rechecked) return;
  take_as_not_seen_again(rules_, hits);
  info.add_gap("live", "transient findings could not be re-checked: " + rechecked.error().text());
}

Status Auditor::recheck(const AuditContext& facts, StoreIndex& store_index,
                        const Result<Snapshot>& again, AllHits& hits, SnapshotInfo& info) const {
  XSAUDIT_TRY(again);
  info.add_gaps_of(again->info());
  if (again->size() == 1) return Error{"", "it held no node at all", ""};
  const auto host = host_of(again->info());
  if (!host) info.add_gap(host.error().place, host.error().message);
  AuditContext second(schema_, *again, options_, host ? host->get() : nullptr);
  second.log = facts.log;
  return SecondReading(rules_, facts, store_index, second, options_.judging, options_.work.threads)
      .apply(hits);
}

// A suppressed hit does not supersede another: a suppression is about one rule, and the superseded
// finding is reported as if that rule did not exist. It may be suppressed in its turn.
Evaluation Auditor::report(const AuditContext& facts, StoreIndex& store_index, AllHits& hits,
                           const Suppressor& suppressor, Guests& guests) const {
  while (true) {
    mark_superseded(rules_, hits);
    Evaluation evaluation = report_hits(rules_, facts, store_index, hits, options_.work.threads);
    Suppressor trial = suppressor;
    bool more = false;
    for (const Violation& violation : evaluation.violations) {
      if (violation.is_note() || !trial.find(violation, facts.snapshot, guests)) continue;
      RuleHits& own = hits[index_of(*violation.rule)];
      more = own.suppress(violation.node) || more;
      for (const NodeId other : violation.others) more = own.suppress(other) || more;
    }
    if (!more) return evaluation;
  }
}

AuditResult Auditor::finish() && {
  result_.suppressions = std::move(used_).uses();
  if (options_.baseline) apply_baseline(*options_.baseline, result_);
  result_.verdict = verdict_of(result_);
  return std::move(result_);
}

}  // namespace xsaudit
