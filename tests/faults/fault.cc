#include "faults/fault.h"

#include <algorithm>
#include <charconv>

#include "schema/pattern.h"

namespace xsaudit {
namespace {

bool in_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// Takes one piece off a template: literal text, or the name behind a '$'.
std::string_view take_piece(std::string_view& text, bool& is_name) {
  is_name = text.starts_with('$');
  std::size_t size = is_name ? 1 : text.find('$');
  while (is_name && size < text.size() && in_name(text[size])) ++size;
  const std::string_view piece = text.substr(0, size);
  text.remove_prefix(piece.size());
  return is_name ? piece.substr(1) : piece;
}

// Replaces the names that are known and leaves the others.
std::string partly_filled_in(std::string_view text, const Names& names) {
  std::string filled;
  bool is_name = false;
  while (!text.empty()) {
    const std::string_view piece = take_piece(text, is_name);
    const auto known = is_name ? names.find(piece) : names.end();
    if (known != names.end()) {
      filled += known->second;
    } else {
      filled += (is_name ? "$" : "") + std::string(piece);
    }
  }
  return filled;
}

// Whether `value` is what the template says. A name that is not known yet takes all there is if it
// stands alone, and else what comes before the next '/'.
bool holds(std::string_view text, std::string_view value, Names& names) {
  const bool alone = text.starts_with('$') && std::all_of(text.begin() + 1, text.end(), in_name);
  bool is_name = false;
  while (!text.empty()) {
    const std::string_view piece = take_piece(text, is_name);
    std::string_view expected = piece;
    if (is_name) {
      const auto known = names.find(piece);
      if (known == names.end()) {
        const std::string_view taken = alone ? value : value.substr(0, value.find('/'));
        names.emplace(piece, taken);
        value.remove_prefix(taken.size());
        continue;
      }
      expected = known->second;
    }
    if (!value.starts_with(expected)) return false;
    value.remove_prefix(expected.size());
  }
  return value.empty();
}

class PlaceSearch {
 public:
  PlaceSearch(const Fault& fault, const Snapshot& store, const VariableTypes& types)
      : fault_(fault), store_(store), types_(types) {}

  Result<std::optional<Names>> run() {
    const bool found = from(0, {});
    if (!error_.empty()) return Error{fault_.place, error_, ""};
    return found ? std::optional(found_) : std::nullopt;
  }

 private:
  bool from(std::size_t index, const Names& names) {
    if (index == fault_.conditions.size()) {
      found_ = names;
      return true;
    }
    const Condition& condition = fault_.conditions[index];
    const auto next = [&](const Names& extended) { return from(index + 1, extended); };
    switch (condition.kind) {
      case Condition::Kind::node:
        if (condition.wanted) return any_match(condition, names, next);
        return !any_match(condition, names, [](const Names&) { return true; }) && next(names);
      case Condition::Kind::equal:
        return condition.wanted == (partly_filled_in(condition.what, names) ==
                                    partly_filled_in(*condition.value, names)) &&
               next(names);
      case Condition::Kind::daemon:
        return condition.wanted == (condition.what == to_text(store_.info().daemon)) && next(names);
    }
    return false;
  }

  template <typename Next>
  bool any_match(const Condition& condition, const Names& names, const Next& next) {
    const auto patterns = Pattern::expand(partly_filled_in(condition.what, names), types_);
    if (!patterns) {
      error_ = condition.what + ": " + patterns.error().text();
      return false;
    }
    bool found = false;
    for (const Pattern& pattern : *patterns) {
      if (found) break;
      pattern.for_each(store_, {}, [&](NodeId node, const std::vector<Binding>& bindings) {
        Names extended = names;
        for (std::size_t i = 0; i < bindings.size(); ++i) {
          extended[pattern.variables()[i].name] = bindings[i].text;
        }
        found = (!condition.value || holds(*condition.value, store_.value(node), extended)) &&
                next(extended);
        return !found;
      });
    }
    return found;
  }

  const Fault& fault_;
  const Snapshot& store_;
  const VariableTypes& types_;
  Names found_;
  std::string error_;
};

Status apply_once(const Change& change, const Names& names, EditableStore& store) {
  const auto path = filled_in(change.path, names);
  if (!path) return path.error();
  const auto domid = [&] {
    Domid number = 0;
    std::from_chars(path->data(), path->data() + path->size(), number);
    return number;
  };
  switch (change.kind) {
    case Change::Kind::write: {
      const auto value = filled_in(change.value, names);
      if (!value) return value.error();
      store.write(*path, *value);
      return ok();
    }
    case Change::Kind::fill:
      store.write(*path, std::string(std::stoul(change.value), 'x'));
      return ok();
    case Change::Kind::chmod: {
      const auto text = filled_in(change.permissions, names);
      if (!text) return text.error();
      const auto permissions = parse_permissions(*text);
      if (!permissions) return permissions.error();
      if (store.chmod(*path, *permissions, change.recurse)) return ok();
      break;
    }
    case Change::Kind::remove:
      if (store.remove(*path)) return ok();
      break;
    case Change::Kind::forget:
      if (store.forget(*path)) return ok();
      break;
    case Change::Kind::watch: {
      const auto watched = filled_in(change.value, names);
      if (!watched) return watched.error();
      store.add_watch(domid(), *watched);
      return ok();
    }
    case Change::Kind::transaction: store.add_transaction(domid()); return ok();
    case Change::Kind::born: store.set_alive(domid()); return ok();
    case Change::Kind::dies: store.remove_owned(domid()); [[fallthrough]];
    case Change::Kind::vanishes: store.set_dead(domid()); return ok();
  }
  return Error{*path, "there is no such node to change", ""};
}

}  // namespace

Result<std::optional<Names>> find_place(const Fault& fault, const Snapshot& store,
                                        const VariableTypes& types) {
  return PlaceSearch(fault, store, types).run();
}

Result<std::string> filled_in(const Template& text, const Names& names) {
  static const Names made = [] {
    Names some{{"LONG", std::string(250, 'x')}, {"DEEP", "a"}};
    for (int level = 1; level < 64; ++level) some["DEEP"] += "/a";
    return some;
  }();
  std::string filled = partly_filled_in(partly_filled_in(text, names), made);
  if (filled.find('$') != std::string::npos) {
    return Error{"", "a name that nothing in the store stands for: " + filled, ""};
  }
  return filled;
}

Status apply(const Change& change, const Names& names, EditableStore& store) {
  Names numbered = names;
  for (std::size_t i = 1; i <= change.times; ++i) {
    numbered["I"] = std::to_string(i);
    const Status status = apply_once(change, numbered, store);
    if (!status) return status;
  }
  return ok();
}

}  // namespace xsaudit
