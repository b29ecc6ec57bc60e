// The daemon's own answers to a privileged client: the limits, the watches, and how much of its
// limits a domain uses. All requests only read (XS_CONTROL quota and watches, GET_QUOTA), and their
// number is bounded. A daemon that refuses or does not know a request leaves the fact unknown,
// which is not a gap of the snapshot. Functions without state.
//
// C xenstored answers `quota` with its limits and `quota DOMID` with the counts of a domain
// (xenstored domain.c, domain_get_quota). oxenstored answers `watches` with all watches and `quota
// DOMID` with the number of nodes and its limit (oxenstored process.ml, do_debug). From Xen 4.22 on
// C xenstored has limits of single domains, which GET_QUOTA reports.
#pragma once

#include <string_view>
#include <vector>

#include "source/live/store_reader.h"
#include "store/snapshot_info.h"

namespace xsaudit {

// Sets info.clients. `info` must contain the daemon, the introduced domains and any_domid. To be
// called after everything else was read: a list of watches that is too long costs the connection.
void ask_for_clients(StoreReader& reader, SnapshotInfo& info);

// More domains than these are not asked about one by one.
inline constexpr std::size_t kMaxDomainsAskedAbout = 4096;

// The parsers of the answers. False if the text is not such an answer; it can contain anything that
// a guest has put into the token of a watch.
bool parse_counts(std::string_view text, ClientState::Limits& counts);
bool parse_watches(std::string_view text, std::vector<ClientState::Watch>& watches);
bool parse_node_limit(std::string_view text, std::uint32_t& limit);

}  // namespace xsaudit
