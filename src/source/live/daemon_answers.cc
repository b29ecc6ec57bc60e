#include "source/live/daemon_answers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/number_text.h"

namespace xsaudit {
namespace {

constexpr std::string_view kNodes = "nodes";
constexpr std::string_view kWatches = "watches";

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Without the zero byte at the end, which every answer has.
bool take_end(std::string_view& text) {
  if (!text.ends_with('\0')) return false;
  text.remove_suffix(1);
  return text.find('\0') == std::string_view::npos;
}

// The answers to requests of one kind, in their order; nothing where the daemon refuses.
class Questions {
 public:
  explicit Questions(StoreReader& reader) : reader_(reader) {}

  std::vector<std::optional<std::string>> ask(DaemonQuestion question,
                                              const std::vector<Domid>& domids) {
    std::vector<std::optional<std::string>> answers(domids.size());
    StoreReply reply;
    std::size_t sent = 0;
    for (std::size_t taken = 0; taken < domids.size(); ++taken) {
      for (; !closed_ && sent < domids.size() && sent - taken < reader_.window(); ++sent) {
        reader_.send({.kind = StoreRequest::Kind::daemon,
                      .question = question,
                      .path = {},
                      .domid = domids[sent],
                      .tag = sent});
      }
      if (sent == taken) break;
      reader_.receive(reply);
      if (reply.outcome == StoreReply::Outcome::closed) closed_ = true;
      if (reply.outcome == StoreReply::Outcome::ok) answers[reply.tag] = std::move(reply.value);
    }
    return answers;
  }
  std::optional<std::string> ask(DaemonQuestion question) {
    return ask(question, {Domid{0}}).front();
  }

 private:
  StoreReader& reader_;
  bool closed_ = false;
};

// The unprivileged domains that the daemon serves, as far as they are asked about.
std::vector<Domid> asked_about(const SnapshotInfo& info) {
  std::vector<Domid> domids;
  if (!info.introduced) return domids;
  for (const Domid domid : *info.introduced) {
    if (domid != 0) domids.push_back(domid);
  }
  if (domids.size() > kMaxDomainsAskedAbout) domids.resize(kMaxDomainsAskedAbout);
  return domids;
}

void ask_cxenstored(Questions& questions, const SnapshotInfo& info, ClientState& clients) {
  if (const auto limits = questions.ask(DaemonQuestion::limits)) {
    parse_counts(*limits, clients.limits);
  }
  ClientState::Limits soft;
  if (const auto limits = questions.ask(DaemonQuestion::soft_limits);
      limits && parse_counts(*limits, soft)) {
    for (const auto& [name, number] : soft) clients.limits["soft-" + name] = number;
  }
  const std::vector<Domid> domids = asked_about(info);
  const auto counts = questions.ask(DaemonQuestion::domain, domids);
  for (std::size_t i = 0; i < domids.size(); ++i) {
    ClientState::Limits used;
    if (!counts[i] || !parse_counts(*counts[i], used)) continue;
    if (const auto watches = used.find(kWatches); watches != used.end()) {
      clients.watch_counts[domids[i]] = watches->second;
    }
  }
  // A daemon with this feature has limits of single domains, too.
  if (info.any_domid != true) return;
  for (const auto& [question, name] : {std::pair(DaemonQuestion::node_limit, kNodes),
                                       std::pair(DaemonQuestion::watch_limit, kWatches)}) {
    const auto limits = questions.ask(question, domids);
    for (std::size_t i = 0; i < domids.size(); ++i) {
      std::uint32_t limit = 0;
      std::string_view text = limits[i] ? std::string_view(*limits[i]) : std::string_view();
      if (take_end(text) && whole_number(text, limit)) {
        clients.limits_of[domids[i]][std::string(name)] = limit;
      }
    }
  }
}

// The limit is the same for every domain, and domain 0 always has nodes.
void ask_oxenstored(Questions& questions, ClientState& clients) {
  std::uint32_t limit = 0;
  const auto nodes = questions.ask(DaemonQuestion::domain);
  if (nodes && parse_node_limit(*nodes, limit)) clients.limits[std::string(kNodes)] = limit;
  const auto watches = questions.ask(DaemonQuestion::watches);
  clients.lists_watches = watches && parse_watches(*watches, clients.watches);
  if (!clients.lists_watches) clients.watches.clear();
  clients.sort_watches();
}

}  // namespace

bool parse_counts(std::string_view text, ClientState::Limits& counts) {
  if (!take_end(text)) return false;
  take_line(text);  // "Quota settings:", "Domain 5:"
  ClientState::Limits found;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    std::string_view name = line.substr(0, colon);
    while (name.ends_with(' ')) name.remove_suffix(1);
    std::string_view rest = line.substr(colon + 1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    std::uint32_t number = 0;
    if (name.empty() || !take_number(rest, number)) return false;
    found[std::string(name)] = number;
  }
  if (found.empty()) return false;
  for (auto& [name, number] : found) counts[name] = number;
  return true;
}

// "watch D5: PATH TOKEN", one line each, those of a connection together. A connection of domain 0
// that is not a domain has a name beginning with A. The token can contain the end of a line, and
// then a line that looks like another: if the watches of a domain are not together, one does.
bool parse_watches(std::string_view text, std::vector<ClientState::Watch>& watches) {
  constexpr std::string_view kWatch = "watch ";
  if (!take_end(text)) return false;
  std::set<Domid> done;
  std::optional<Domid> last;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (!line.starts_with(kWatch)) return false;
    line.remove_prefix(kWatch.size());
    if (line.empty() || (line.front() != 'D' && line.front() != 'A')) return false;
    const bool domain = line.front() == 'D';
    line.remove_prefix(1);
    Domid number = 0;
    if (!take_number(line, number) || number < 0 || !line.starts_with(": ")) return false;
    line.remove_prefix(2);
    const std::optional<Domid> domid = domain ? std::optional(number) : std::nullopt;
    if (domid != last && last) done.insert(*last);
    if (domid && done.contains(*domid)) return false;
    last = domid;
    const std::size_t blank = line.find(' ');  // a path has none
    if (blank == std::string_view::npos || blank == 0) return false;
    watches.push_back({.domid = domid, .path = std::string(line.substr(0, blank))});
  }
  return true;
}

// "dom5 quota: 42/1000"
bool parse_node_limit(std::string_view text, std::uint32_t& limit) {
  if (!take_end(text) || !text.starts_with("dom")) return false;
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && whole_number(text.substr(slash + 1), limit);
}

void ask_for_clients(StoreReader& reader, SnapshotInfo& info) {
  Questions questions(reader);
  ClientState clients;
  clients.lists_watches = false;
  clients.lists_transactions = false;
  if (info.daemon == Daemon::oxenstored) {
    ask_oxenstored(questions, clients);
  } else if (info.daemon == Daemon::cxenstored) {
    ask_cxenstored(questions, info, clients);
  }
  info.clients = std::move(clients);
}

}  // namespace xsaudit
