// One way to break a store, read from a file of lines (README.md describes them): the places where
// it can be done, found by patterns so that it fits several stores; what is changed there; and what
// an audit has to say then. Plain values; functions without state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "faults/editable_store.h"
#include "rules/rule.h"
#include "schema/schema.h"
#include "store/snapshot.h"

namespace xsaudit {

// Text in which $NAME stands for what was found in the store.
using Template = std::string;
using Names = std::map<std::string, std::string, std::less<>>;

struct Condition {
  enum class Kind { node, equal, daemon } kind;
  bool wanted;                    // false: it must not be so
  Template what;                  // a path pattern; one side of a comparison; the daemon
  std::optional<Template> value;  // what the node holds; the other side
};

struct Change {
  enum class Kind {
    write,
    fill,
    chmod,
    remove,
    forget,
    watch,
    transaction,
    born,
    dies,
    vanishes
  } kind;
  Template path;   // a domid from watch on
  Template value;  // of fill: how many bytes; of watch: what is watched
  std::string permissions;
  bool recurse = false;
  std::size_t times = 1;  // $I counts from 1
};

struct Report {
  Severity severity;
  std::string rule;
  Template path;
  bool below = false;  // at the path or anywhere below it
};

struct Fault {
  std::string name;
  std::string place;  // "file:line"
  std::vector<Condition> conditions;
  std::vector<Change> changes;
  std::vector<Report> finds;  // all of these
  std::vector<Report> also;   // and of these any
};

// A store that is healthy, or is once the changes are made.
struct HealthyStore {
  std::string file;
  std::vector<Domid> alive;
  std::optional<Daemon> daemon;  // as a live store would say
  std::vector<Change> changes;
  std::vector<Report> known;  // what is wrong by the toolstack's design
};

Result<std::vector<Fault>> parse_faults(std::string_view text, const std::string& file);
Result<std::vector<HealthyStore>> parse_stores(std::string_view text, const std::string& file);

// The first place in a store where all conditions hold; nothing if there is none.
Result<std::optional<Names>> find_place(const Fault& fault, const Snapshot& store,
                                        const VariableTypes& types);

Status apply(const Change& change, const Names& names, EditableStore& store);

// Beside the names $LONG stands for a name of 250 bytes and $DEEP for 64 names below each other. An
// error tells what stands for nothing.
Result<std::string> filled_in(const Template& text, const Names& names);

}  // namespace xsaudit
