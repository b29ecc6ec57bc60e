#include "audit/suppression.h"

#include <algorithm>
#include <optional>

#include "yaml/yaml_document.h"

namespace xsaudit {

namespace {

bool is_uuid(std::string_view text) {
  Binding binding;
  return bind(VariableType::uuid, text, binding);
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char one, char other) { return lower(one) == lower(other); });
}

// One line of text: the lines of a block become one.
Result<std::string> as_sentence(const YamlValue& value) {
  XSAUDIT_ASSIGN(const auto written, value.as_text());
  std::string text(written);
  std::replace(text.begin(), text.end(), '\n', ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, text.find_first_not_of(' '));
  const bool printable = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (!printable) return value.error("control characters are not allowed here");
  if (text.empty()) return value.error("expected some text");
  return text;
}

Result<Suppression> load(const YamlValue& entry, const VariableTypes& types) {
  XSAUDIT_TRY(entry.only_keys({"rule", "path", "guest", "source", "reason", "expires", "owner"}));
  Suppression suppression;
  suppression.place = entry.place();
  for (const auto& [key, text] :
       {std::pair("rule", &suppression.rule), std::pair("reason", &suppression.reason)}) {
    XSAUDIT_ASSIGN(const auto value, entry.require(key));
    XSAUDIT_ASSIGN(*text, as_sentence(value));
  }
  for (const auto& [key, text] :
       {std::pair("guest", &suppression.guest), std::pair("source", &suppression.source),
        std::pair("owner", &suppression.owner)}) {
    const YamlValue value = entry.get(key);
    if (!value.exists()) continue;
    XSAUDIT_ASSIGN(*text, as_sentence(value));
  }
  if (const YamlValue path = entry.get("path"); path.exists()) {
    XSAUDIT_ASSIGN(auto patterns, Pattern::expand(path, types));
    suppression.path = path.text();
    if (!suppression.path.ends_with("/**")) {
      auto deeper = Pattern::expand(suppression.path + "/**", types);
      if (deeper) suppression.deeper_patterns = *std::move(deeper);
    }
    suppression.patterns = std::move(patterns);
  } else if (suppression.guest.empty()) {
    return entry.error("it has neither 'path' nor 'guest'",
                       "add one of them; path: /** covers every node");
  }
  XSAUDIT_ASSIGN(const auto expires, entry.require("expires"));
  const auto day = parse_day(expires.text());
  if (!day)
    return expires.error("expected a day, the last on which the suppression is valid",
                         "as 2027-03-31");
  suppression.expires = *day;
  return suppression;
}

}  // namespace

Suppression::Match Suppression::matches(std::string_view node, const Guest* guest_of_node,
                                        bool others) const {
  std::vector<Binding> bindings;
  if (!patterns.empty() && std::none_of(patterns.begin(), patterns.end(), [&](const Pattern& one) {
        return one.matches(node, bindings);
      })) {
    return Match::no;
  }
  if (guest.empty()) return Match::yes;
  if (guest_of_node == nullptr) return Match::no;
  // A text in the form of a UUID is never treated as a name, which the owner of a guest may choose.
  const bool by_uuid = is_uuid(guest);
  const bool same =
      by_uuid ? same_but_for_case(guest, guest_of_node->uuid) : guest == guest_of_node->name;
  if (!same) return Match::no;
  if (others && patterns.empty()) return Match::elsewhere;
  return (by_uuid ? guest_of_node->uuid_sure : guest_of_node->name_sure) ? Match::yes
                                                                         : Match::unsure;
}

Result<std::vector<Suppression>> load_suppressions(const TextFile& file,
                                                   const VariableTypes& types) {
  XSAUDIT_ASSIGN(const auto document, YamlDocument::parse(file.name, file.text));
  std::vector<Suppression> suppressions;
  const YamlValue root = document.root();
  if (!root.exists() || root.kind() == YamlValue::Kind::null) return suppressions;
  XSAUDIT_TRY(root.only_keys({"suppressions"}));
  XSAUDIT_ASSIGN(const auto list, root.require("suppressions"));
  if (!list.is_list() && list.kind() != YamlValue::Kind::null) {
    return list.error("expected a list");
  }
  for (const YamlValue& entry : list.items()) {
    XSAUDIT_ASSIGN(auto suppression, load(entry, types));
    suppressions.push_back(std::move(suppression));
  }
  return suppressions;
}

const char* to_text(SuppressionUse::State state) {
  switch (state) {
    case SuppressionUse::State::used: return "used";
    case SuppressionUse::State::unused: return "unused";
    case SuppressionUse::State::expired: return "expired";
  }
  return "unknown";
}

namespace {

using Match = Suppression::Match;

// The coverage of all nodes of a violation by a suppression.
struct Cover {
  Match first = Match::no;  // for the finding's own node
  Match all = Match::no;    // the weakest match of any node
};

Cover cover(const Suppression& suppression, const Violation& violation, const Snapshot& snapshot,
            Guests& guests) {
  const auto match = [&](const std::string& path) {
    const auto domid = guests.subject(path);
    if (!domid) return suppression.matches(path, nullptr, false);
    const bool others = guests.belongs_to_another(path, *domid);
    return suppression.matches(path, &guests.guest(*domid), others);
  };
  Cover cover;
  cover.first = cover.all = match(violation.path);
  for (const NodeId node : violation.others) {
    if (cover.all == Match::no) break;
    cover.all = std::min(cover.all, match(snapshot.path(node)));
  }
  return cover;
}

const char* note_on(const Cover& cover) {
  if (cover.all == Match::unsure) {
    return "an unprivileged domain could have written the name or UUID";
  }
  if (cover.all == Match::elsewhere) {
    return "another domain, such as the backend domain, could have caused it; add its path";
  }
  return "it matches only some of the nodes of a finding";
}

}  // namespace

namespace {

// Whether the suppression would cover the violation if its path ended in "/**".
bool covers_with_nodes_below(const Suppression& suppression, const Violation& violation,
                             const Snapshot& snapshot, Guests& guests) {
  if (suppression.deeper_patterns.empty()) return false;
  Suppression wider = suppression;
  wider.patterns = suppression.deeper_patterns;
  return cover(wider, violation, snapshot, guests).all == Match::yes;
}

}  // namespace

void Suppressor::set_source(const SnapshotInfo& info) {
  source_ = info.name;
  host_ = info.host;
}

bool Suppressor::for_source(const Suppression& suppression) const {
  const std::string& source = suppression.source;
  return source.empty() || source == source_ || source == host_;
}

Suppressor::Suppressor(std::vector<Suppression> suppressions, Day today, const RuleSet& rules) {
  for (Suppression& suppression : suppressions) {
    SuppressionUse use;
    if (suppression.expired(today)) use.state = SuppressionUse::State::expired;
    if (rules.find(suppression.rule) == nullptr) {
      std::vector<std::string_view> ids;
      for (const Rule& rule : rules.rules()) ids.emplace_back(rule.id);
      const std::string near = did_you_mean(suppression.rule, ids);
      use.note = "there is no such rule" + (near.empty() ? "" : ", " + near);
    }
    by_rule_[suppression.rule].push_back(uses_.size());
    use.suppression = std::move(suppression);
    uses_.push_back(std::move(use));
  }
}

std::optional<std::size_t> Suppressor::find(const Violation& violation, const Snapshot& snapshot,
                                            Guests& guests) {
  const auto found = by_rule_.find(violation.rule->id);
  if (found == by_rule_.end()) return std::nullopt;
  std::optional<std::size_t> first;
  for (const std::size_t index : found->second) {
    SuppressionUse& use = uses_[index];
    if (!for_source(use.suppression)) continue;
    const Cover covered = cover(use.suppression, violation, snapshot, guests);
    if (covered.all == Match::yes) {
      ++use.findings;
      if (use.state == SuppressionUse::State::expired) continue;
      use.state = SuppressionUse::State::used;
      if (!first) first = index;
    } else if (covered.first != Match::no) {
      use.note = note_on(covered);
    } else if (use.findings == 0 && !use.needs_nodes_below) {
      use.needs_nodes_below = covers_with_nodes_below(use.suppression, violation, snapshot, guests);
    }
  }
  return first;
}

void Suppressor::add(const Suppressor& other) {
  for (std::size_t i = 0; i < uses_.size(); ++i) {
    uses_[i].findings += other.uses_[i].findings;
    if (other.uses_[i].state == SuppressionUse::State::used) {
      uses_[i].state = SuppressionUse::State::used;
    }
    if (!other.uses_[i].note.empty()) uses_[i].note = other.uses_[i].note;
    uses_[i].needs_nodes_below |= other.uses_[i].needs_nodes_below;
  }
}

std::vector<SuppressionUse> Suppressor::uses() && {
  for (SuppressionUse& use : uses_) {
    if (use.needs_nodes_below && use.findings == 0 && use.note.empty()) {
      use.note = "did you mean 'path: " + use.suppression.path + "/**'?";
    }
  }
  return std::move(uses_);
}

}  // namespace xsaudit
