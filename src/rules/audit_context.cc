#include "rules/audit_context.h"

namespace xsaudit {

AuditContext::Shared::Shared(const Schema& schema, const Snapshot& snapshot, ContextOptions&& given,
                             const HostFacts* host)
    : options(std::move(given)),
      domains(schema.domains().access_options(snapshot, options.privileged)),
      access(snapshot, domains),
      limits(schema.limits()) {
  // By growing trust: the configuration may have changed since the daemon was started.
  const bool configured = host != nullptr && host->settings.is_known() &&
                          snapshot.info().daemon == schema.host().settings_daemon;
  if (configured) limits.set_configured(*host->settings);
  if (const auto& clients = snapshot.info().clients) limits.set_reported(clients->limits);
  for (const auto& [name, value] : options.quota) {
    limits.set(name, value, LimitTable::Source::given);
  }
}

AuditContext::AuditContext(const Schema& schema_in, const Snapshot& snapshot_in,
                           ContextOptions given, const HostFacts* host_facts)
    : shared_(std::make_shared<const Shared>(schema_in, snapshot_in, std::move(given), host_facts)),
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
