// Path patterns in the syntax of xenstore-paths: "~/device/$KIND/$DEVID/backend". The keys of the
// schema and the rules. A pattern is immutable; any thread may use it.
//
//   /literal          that name
//   $NAME             any one name, bound to the variable NAME; what it accepts and whether it is a
//                     number is said by the variable's type (VariableTypes)
//   ring-ref$K        a literal prefix (and suffix) around one variable
//   *                 any one name, bound to nothing
//   **                only as the last component: this node and everything below it
//   ~                 only at the start: /local/domain/$DOMID
//   {a,b,c}           one of these, in any component: stands for several patterns (expand())
//
// The name of a variable consists of A-Z, 0-9 and _, begins with a letter and ends before the first
// other character. A component has at most one variable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/snapshot.h"
#include "yaml/yaml_document.h"

namespace xsaudit {

enum class VariableType : std::uint8_t {
  name,    // any name; text
  number,  // decimal digits without leading zeros, at most 9 of them; a number
  domid,   // as number, below 32752 (DOMID_FIRST_RESERVED); a number
  uuid,    // 8-4-4-4-12 hexadecimal digits; text
  device,  // begins as some program would read a device's number (number_text.h); text
};

// The types of variables, from the schema's variables table. A variable that is not listed is a
// name.
using VariableTypes = std::map<std::string, VariableType, std::less<>>;

// The value of a variable. Text is a view into a snapshot or a path that must outlive it.
struct Binding {
  std::string_view text;
  std::int64_t number = 0;  // for number and domid
  bool bound = false;
};

class Pattern {
 public:
  struct Variable {
    std::string name;
    VariableType type;
  };
  struct Segment {
    enum class Kind : std::uint8_t { literal, variable, any };
    explicit Segment(Kind kind_of_it, std::string_view before = {}, std::string_view after = {},
                     int index = -1)
        : kind(kind_of_it), prefix(before), suffix(after), variable(index) {}

    Kind kind;
    std::string prefix;  // the whole of a literal
    std::string suffix;
    int variable;  // index into variables()
  };

  // Parses one pattern without braces. Errors have no place: `at`, if given, is set to the position
  // in the text.
  static Result<Pattern> parse(std::string_view text, const VariableTypes& types,
                               std::size_t* at = nullptr);
  // All patterns that a pattern with braces represents, each once, at most 256.
  static Result<std::vector<Pattern>> expand(std::string_view text, const VariableTypes& types,
                                             std::size_t* at = nullptr);
  // The same for a pattern in a YAML file: errors have their place.
  static Result<Pattern> parse(const YamlValue& text, const VariableTypes& types);
  static Result<std::vector<Pattern>> expand(const YamlValue& text, const VariableTypes& types);

  const std::string& text() const { return text_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<Variable>& variables() const { return variables_; }  // in order of appearance
  int variable(std::string_view name) const;                             // index, or -1
  bool deep() const { return deep_; }                                    // ends in **

  // Whether an absolute path matches; fills `bindings` (resized to variables().size()). A variable
  // that appears twice must have the same text in both places.
  bool matches(std::string_view path, std::vector<Binding>& bindings) const;

  // The same for the path of a node that lies as deep as the pattern has components; it is not
  // built.
  bool matches_at(const Snapshot& snapshot, NodeId node, std::vector<Binding>& bindings) const;

  // Fills `bindings` at a node that is known to match, component by component: the node that the
  // last component names, above what ** takes. False if a variable that appears twice has two
  // texts.
  bool bind_at(const Snapshot& snapshot, NodeId node, std::vector<Binding>& bindings) const;

  // Calls `found` for every node of the snapshot that matches, in the snapshot's order. Variables
  // already bound in `fixed` (by index; may be empty) only match what they are bound to, and are
  // looked up rather than searched. Stops when `found` returns false. `gap`, if given, is called
  // with each node on the way whose children are not all known, so that matches may be missing,
  // and with what is bound up to there.
  using Found = std::function<bool(NodeId, const std::vector<Binding>&)>;
  using Gap = std::function<void(NodeId, const std::vector<Binding>&)>;
  void for_each(const Snapshot& snapshot, const std::vector<Binding>& fixed, const Found& found,
                const Gap& gap = {}) const;

  // The path with every variable replaced by its binding; an error if one is not bound or the
  // pattern has * or **.
  Result<std::string> path(const std::vector<Binding>& bindings) const;
  // Whether it matches one path only.
  bool names_one_path() const { return variables_.empty() && path({}).ok(); }

 private:
  // `offset`: where it begins in the text, for errors.
  Status add_component(std::string_view component, const VariableTypes& types, std::size_t offset,
                       std::size_t* at);

  std::string text_;
  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  bool deep_ = false;
};

// The path of a pattern that has no variable but $DOMID, neither * nor **, for that domain.
std::string path_for_domain(const Pattern& pattern, Domid domid);

// Whether a variable of this type accepts `text`; fills `binding`.
bool bind(VariableType type, std::string_view text, Binding& binding);

}  // namespace xsaudit
