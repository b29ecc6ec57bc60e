#include "rules/eval/search_index.h"

#include <algorithm>
#include <tuple>

#include "base/hash.h"

namespace xsaudit {
namespace {

bool before(const SearchIndex::Entry& a, const SearchIndex::Entry& b) {
  return std::tie(a.where, a.what, a.node, a.alternative) <
         std::tie(b.where, b.what, b.node, b.alternative);
}

SearchIndex::Range range_of(const std::vector<SearchIndex::Entry>& entries, std::uint64_t where,
                            std::uint64_t first, std::uint64_t last) {
  const auto begin = std::lower_bound(
      entries.begin(), entries.end(), std::pair(where, first),
      [](const auto& entry, const auto& key) { return std::pair(entry.where, entry.what) < key; });
  const auto end = std::upper_bound(
      begin, entries.end(), std::pair(where, last),
      [](const auto& key, const auto& entry) { return key < std::pair(entry.where, entry.what); });
  return {entries.data() + (begin - entries.begin()), entries.data() + (end - entries.begin())};
}

}  // namespace

void append_key(EvalContext& context, const Value& value, std::string& key) {
  key += static_cast<char>(value.is(Value::Kind::path) ? Value::Kind::text : value.kind);
  if (value.is(Value::Kind::null)) return;
  if (value.is(Value::Kind::boolean)) {
    key += value.boolean ? '1' : '0';
    return;
  }
  if (value.is(Value::Kind::integer)) {
    key.append(reinterpret_cast<const char*>(&value.integer), sizeof value.integer);
    return;
  }
  const std::string_view text = context.text_of(value);
  const std::size_t size = text.size();
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  key += text;
}

SearchIndex::SearchIndex(const SearchParts& parts, EvalContext& context) : parts_(parts) {
  const ValueReads::WholeScope scope(context.snapshot.reads());
  for (std::size_t alternative = 0; alternative < parts.patterns.alternatives.size();
       ++alternative) {
    NodeId top = kNoNode;
    const auto found = [&](NodeId node, const std::vector<Binding>& bindings) {
      if (top == kNoNode || node >= context.snapshot.subtree_end(top)) top = node;
      add(context, alternative, node, top, bindings);
      return true;
    };
    const auto gap = [&](NodeId node, const std::vector<Binding>& bindings) {
      if (gaps_.size() < kMaxGaps) {
        gaps_.push_back({node, alternative, bindings});
      } else if (gap_anywhere_ == kNoNode) {
        gap_anywhere_ = node;
      }
    };
    parts.patterns.alternatives[alternative].pattern.for_each(context.snapshot, {}, found, gap);
  }
  std::sort(entries_.begin(), entries_.end(), before);
  std::sort(without_keys_.begin(), without_keys_.end(), before);
}

void SearchIndex::add(EvalContext& context, std::size_t alternative, NodeId node, NodeId top,
                      const std::vector<Binding>& found) {
  context.step();
  const Arena::Mark mark = context.arena.mark();
  parts_.patterns.bind(context, parts_.patterns.alternatives[alternative], found);
  context.slots[parts_.it] = Value::of_path(node);

  Entry entry;
  entry.node = node;
  entry.top = top;
  entry.alternative = static_cast<std::uint32_t>(alternative);
  key_.clear();
  for (const NamedPatterns::Variable& variable : parts_.patterns.variables) {
    if (variable.outer != nullptr) append_key(context, context.slots[variable.slot], key_);
  }
  entry.where = keyed_hash(key_);
  key_.clear();
  bool known = true;
  for (const SearchParts::Key& key : parts_.keys) {
    const Value value = key.inner->evaluate(context);
    secret_keys_ |= value.marks & kSecretMark;
    known = known && !value.is(Value::Kind::unknown);
    if (known) append_key(context, value, key_);
  }
  if (known) entry.what = keyed_hash(key_);
  (known ? entries_ : without_keys_).push_back(entry);
  context.arena.release(mark);
}

SearchIndex::Range SearchIndex::matches(std::uint64_t where, std::uint64_t what) const {
  return range_of(entries_, where, what, what);
}
SearchIndex::Range SearchIndex::matches(std::uint64_t where) const {
  return range_of(entries_, where, 0, UINT64_MAX);
}
SearchIndex::Range SearchIndex::without_keys(std::uint64_t where) const {
  return range_of(without_keys_, where, 0, UINT64_MAX);
}

NodeId SearchIndex::gap(EvalContext& context, std::span<const Value> outer) const {
  for (const Gap& gap : gaps_) {
    if (parts_.patterns.agree(context, parts_.patterns.alternatives[gap.alternative], gap.bindings,
                              outer)) {
      return gap.node;
    }
  }
  return gap_anywhere_;
}

bool SearchIndex::bind(EvalContext& context, const Entry& entry, std::span<const Value> outer) {
  const NamedPatterns::Alternative& taken = parts_.patterns.alternatives[entry.alternative];
  taken.pattern.matches(context.text_of(Value::of_path(entry.top)), bindings_);
  if (!parts_.patterns.agree(context, taken, bindings_, outer)) return false;
  parts_.patterns.bind(context, taken, bindings_);
  context.slots[parts_.it] = Value::of_path(entry.node);
  return true;
}

}  // namespace xsaudit
