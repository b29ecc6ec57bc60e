#include "rules/audit_context.h"

namespace xsaudit {

AuditContext::Shared::Shared(const Schema& schema, const Snapshot& snapshot, ContextOptions&& given)
    : options(std::move(given)),
      domains(schema.domains().access_options(snapshot, options.privileged)),
      access(snapshot, domains),
      limits(schema.limits()) {
  if (const auto& clients = snapshot.info().clients) limits.set_reported(clients->limits);
  for (const auto& [name, value] : options.quota) {
    limits.set(name, value, LimitTable::Source::given);
  }
}

AuditContext::AuditContext(const Schema& schema_in, const Snapshot& snapshot_in,
                           ContextOptions given, const HostFacts* host_facts)
    : shared_(std::make_shared<const Shared>(schema_in, snapshot_in, std::move(given))),
      schema(schema_in),
      snapshot(snapshot_in),
      host(host_facts),
      log(snapshot_in.info().access_log.get()),
      options(shared_->options),
      access(shared_->access),
      limits(shared_->limits),
      liveness(schema_in.liveness(snapshot_in, shared_->domains.privileged, options.alive)) {}

AuditContext AuditContext::assuming(Liveness::State state) const {
  AuditContext assumed = *this;
  assumed.liveness = liveness.assuming(state);
  return assumed;
}

void AuditContext::set_secrets(SecretNodes secrets) {
  secrets_ = std::make_shared<const SecretNodes>(std::move(secrets));
}

bool AuditContext::secret(NodeId node) const {
  if (secrets_ != nullptr && secrets_->contains(node)) return true;
  return schema.secret(snapshot.path(node), snapshot.value(node));
}

}  // namespace xsaudit
