// A short name for a finding that stays the same as long as the fault does: over restarts of the
// tool and of the host, and over the guest's own, which give it a new domid. It is made of the rule
// and the place, with guests named by UUID, and not of any value. Stateless; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xsaudit {

// 16 hexadecimal digits. `stable_path` is Guests::stable_path(). Two guests may have one UUID (one
// can be forged, and both halves of a local migration share one), so that two findings of a store
// can come to the same rule and path: `occurrence` tells them apart, counted from 0.
std::string fingerprint(std::string_view rule, std::string_view stable_path,
                        std::size_t occurrence);

// The first 16 hexadecimal digits of SHA-256, and the same as a number.
std::string short_hash(std::string_view bytes);
std::uint64_t hash_number(std::string_view bytes);
std::string hexadecimal(std::uint64_t number);  // 16 digits

}  // namespace xsaudit
