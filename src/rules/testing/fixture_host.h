// The host facts in tests of a rule: a few processes, users and records of the toolstack
// (rules/README.md describes the syntax). Facts of a process that the test does not define are
// unknown; a process, a user or a record that it does not name is absent. Stateless; any thread.
#pragma once

#include "host/facts/host_facts.h"
#include "schema/schema.h"
#include "store/snapshot.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

// `host` is the map under that key. The store determines the questions that a real host would have
// been asked.
Result<HostFacts> make_fixture_host(const YamlValue& host, const Schema& schema,
                                    const Snapshot& store);

}  // namespace xsaudit
