#include "rules/facts.h"

namespace xsaudit {

bool Facts::secret(NodeId node) const {
  if (secrets != nullptr && secrets->contains(node)) return true;
  return schema.secret(snapshot.path(node), snapshot.value(node));
}

}  // namespace xsaudit
