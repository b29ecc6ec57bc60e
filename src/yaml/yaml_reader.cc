// Parses text into a YamlTree, with the events of yaml-cpp. The reader works around two properties
// of the library. A second document is refused by one more call of HandleNextDocument() and never
// by a loop, because a stray ',' ']' or '}' at the start of a document is never consumed. The most
// frequent mistakes get messages of their own, because the library's messages name the token that
// its scanner expected.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "yaml/yaml_tree.h"

namespace xsaudit {
namespace {

using Kind = YamlValue::Kind;

// Thrown by the handler through the library, which offers no other way to end a document early.
struct Refusal {
  Error error;
};

constexpr const char* kOpenQuote = "this quote is never closed";

bool begins_with_quote(std::string_view text) {
  return !text.empty() && (text.front() == '"' || text.front() == '\'');
}

// The end of the quote at the start of the text.
std::optional<std::size_t> closing_quote(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text.front() == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == text.front()) {
      if (text.front() == '"' || at + 1 >= text.size() || text[at + 1] != '\'') return at;
      ++at;  // two single quotes stand for one
    }
  }
  return std::nullopt;
}

std::string_view line_at(std::string_view text, std::size_t offset) {
  const std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  return text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

class TreeHandler : public YAML::EventHandler {
 public:
  explicit TreeHandler(ParsedYaml& yaml) : yaml_(yaml) {}

  // The innermost open bracket; null if there is none.
  const YamlNode* open_bracket() const {
    for (auto one = open_.rbegin(); one != open_.rend(); ++one) {
      if (one->flow) return &yaml_.nodes[one->node];
    }
    return nullptr;
  }
  // The position after the last scalar or bracket that was read.
  std::size_t read_to() const { return read_to_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    const std::string_view rest = std::string_view(yaml_.text).substr(offset(mark));
    if (rest.starts_with("---") || rest.starts_with("...")) {
      refuse(mark, "a second document in one file");
    }
    if (!rest.empty() && std::string_view(",]}").find(rest.front()) != std::string_view::npos) {
      refuse(mark, "a text cannot begin with '" + std::string(1, rest.front()) + "'", "quote it");
    }
    refuse(mark, "the indentation differs from the lines before");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const bool key = next_is_key();
    // A key without a colon at the end of the file has a missing value with the place of the key.
    const bool lacking = !open_.empty() && !key &&
                         yaml_.nodes[open_.back().node].kind == Kind::map &&
                         yaml_.nodes.back().offset == offset(mark);
    if (lacking) return add(Kind::null, mark, "?", anchor, {});
    // The library reads these words as null. Here every scalar is a text.
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      const std::string_view rest = std::string_view(yaml_.text).substr(offset(mark));
      if (!rest.starts_with(word)) continue;
      const char after = rest.size() > word.size() ? rest[word.size()] : '\n';
      if (std::string_view(" \t\r\n:,]}").find(after) == std::string_view::npos) continue;
      add(Kind::scalar, mark, "?", anchor, std::string(word));
      if (!key) null_word_ = yaml_.nodes.size() - 1;
      return;
    }
    add(Kind::null, mark, "?", anchor, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not allowed here", "quote it if it is a text");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add(Kind::scalar, mark, tag, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Kind::list, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Kind::map, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::size_t node;
    bool flow;
    std::size_t children = 0;
    std::unordered_map<std::string, std::uint32_t> keys;  // of a map: the line of each
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return mark.is_null() ? 0 : std::min(static_cast<std::size_t>(mark.pos), yaml_.text.size());
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message, std::string hint = {}) {
    throw Refusal{{yaml_place(yaml_.file, static_cast<std::size_t>(mark.line) + 1,
                              static_cast<std::size_t>(mark.column) + 1),
                   std::move(message), std::move(hint)}};
  }

  bool next_is_key() const {
    return !open_.empty() && yaml_.nodes[open_.back().node].kind == Kind::map &&
           open_.back().children % 2 == 0;
  }

  // The mark of an empty value is where the next node begins, which may be one of the words for
  // null.
  void forget_null_word(const YAML::Mark& mark) {
    if (null_word_ && yaml_.nodes[*null_word_].offset == offset(mark)) {
      YamlNode& node = yaml_.nodes[*null_word_];
      node.kind = Kind::null;
      place_of_nothing(node);
    }
    null_word_.reset();
  }

  // An empty value has no place of its own; it gets the place of its key or list.
  void place_of_nothing(YamlNode& node) {
    if (yaml_.nodes.size() < 2) return;
    const YamlNode& before = *(&node - 1);
    const YamlNode& owner =
        open_.empty() || before.kind == Kind::scalar ? before : yaml_.nodes[open_.back().node];
    node.line = owner.line;
    node.column = owner.column;
    node.offset = owner.offset;
  }

  void add(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
           const std::string& value) {
    forget_null_word(mark);
    if (anchor != 0) refuse(mark, "anchors (&name) are not allowed here");
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags (!name) are not allowed here");
    if (open_.size() >= kMaxYamlDepth + (kind == Kind::list || kind == Kind::map ? 0U : 1U)) {
      refuse(mark, "nested deeper than 32 levels");
    }
    YamlNode node;
    node.kind = kind;
    node.line = static_cast<std::uint32_t>(mark.line) + 1;
    node.column = static_cast<std::uint32_t>(mark.column) + 1;
    node.offset = static_cast<std::uint32_t>(offset(mark));
    node.end = static_cast<std::uint32_t>(yaml_.nodes.size()) + 1;
    if (kind == Kind::scalar) {
      const std::string_view rest = std::string_view(yaml_.text).substr(node.offset);
      // The library reports the end of the file as the end of the text.
      if (begins_with_quote(rest) && !closing_quote(rest)) refuse(mark, kOpenQuote);
      keep_text(node, value);
    }
    note_key(node, mark, value);
    yaml_.nodes.push_back(node);
    if (kind == Kind::null) {
      place_of_nothing(yaml_.nodes.back());
    } else {
      read_to_ = node.offset + std::max<std::size_t>(1, node.text_size);
    }
  }

  void keep_text(YamlNode& node, const std::string& value) {
    const std::string_view rest = std::string_view(yaml_.text).substr(node.offset);
    const std::size_t quote = begins_with_quote(rest) ? 1 : 0;
    node.text_size = static_cast<std::uint32_t>(value.size());
    if (rest.size() >= quote && rest.substr(quote).starts_with(value)) {
      node.text_begin = node.offset + static_cast<std::uint32_t>(quote);
      return;
    }
    node.text_begin = static_cast<std::uint32_t>(yaml_.text.size() + yaml_.cooked.size());
    yaml_.cooked += value;
  }

  void note_key(const YamlNode& node, const YAML::Mark& mark, const std::string& value) {
    if (open_.empty()) return;
    const bool key = next_is_key();
    Open& in = open_.back();
    ++in.children;
    if (!key) return;
    if (node.kind == Kind::null) refuse(mark, "a key is missing before ':'");
    if (node.kind != Kind::scalar) refuse(mark, "a key must be a text");
    const auto [first, added] = in.keys.try_emplace(value, node.line);
    if (added) return;
    refuse(mark, "the key '" + escape_shortened(value, 60) + "' is there twice",
           "the first is in line " + std::to_string(first->second));
  }

  void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    add(kind, mark, tag, anchor, {});
    open_.push_back({yaml_.nodes.size() - 1, style == YAML::EmitterStyle::Flow, 0, {}});
  }
  void close() {
    null_word_.reset();
    yaml_.nodes[open_.back().node].end = static_cast<std::uint32_t>(yaml_.nodes.size());
    open_.pop_back();
  }

  ParsedYaml& yaml_;
  int documents_ = 0;
  std::vector<Open> open_;
  std::optional<std::size_t> null_word_;  // the last node, if it may be an empty value after all
  std::size_t read_to_ = 0;
};

Error at_offset(const ParsedYaml& yaml, std::size_t offset, std::string message,
                std::string hint = {}) {
  const std::string_view before = std::string_view(yaml.text).substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return {yaml_place(yaml.file, line + 1, before.size() - (before.rfind('\n') + 1) + 1),
          std::move(message), std::move(hint)};
}

// The first tab before the content of a line, from the end of the parsed text to the line of the
// error.
std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t begin,
                                              std::size_t end) {
  for (std::size_t at = begin == 0 ? 0 : text.rfind('\n', begin - 1) + 1; at <= end;) {
    const std::size_t content = std::min(text.find_first_not_of(" \t", at), text.size());
    const std::size_t tab = text.substr(at, content - at).find('\t');
    if (tab != std::string_view::npos && content < text.size()) return at + tab;
    const std::size_t line_end = text.find('\n', at);
    if (line_end == std::string_view::npos) break;
    at = line_end + 1;
  }
  return std::nullopt;
}

// A quote that begins a text and has no end. `begin` is the end of the valid text.
std::optional<std::size_t> open_quote(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (!begins_with_quote(text.substr(at))) continue;
    if (at > 0 && std::string_view(" \t\n[{,:").find(text[at - 1]) == std::string_view::npos) {
      continue;
    }
    const auto end = closing_quote(text.substr(at));
    if (!end) return at;
    at += *end;
  }
  return std::nullopt;
}

// The library's messages by their first words, and the texts for the author of the file.
struct Wording {
  std::string_view theirs;
  const char* ours;
  const char* hint;
};
constexpr Wording kWordings[] = {
    {"illegal map value", "a map cannot begin in this line", "put it below, or quote the text"},
    {"illegal block entry", "a list cannot begin in this line", "put it below, or in brackets"},
    {"unexpected character in block scalar", "expected the end of the line",
     "a text in lines begins below its '|' or '>'"},
    {"unknown escape character", "unknown escape after '\\'", "a backslash is written \\\\"},
    {"bad character found while scanning hex", "an escape lacks hexadecimal digits", ""},
    {"invalid unicode", "an escape that is not a character", ""},
    {"illegal flow end", "this bracket closes nothing", "quote it if it begins a text"},
    {"unknown token", "a text cannot begin with this character", "quote it"},
    {"end of map not found", "expected a key, or the end of the line", "check its indentation"},
    {"end of sequence not found", "expected '-', or the end of the line", "check its indentation"},
};

// A line above the error with the same indentation and without a colon: its text continues in the
// line of the error, where the colon is then one too many.
std::optional<std::size_t> line_without_colon(std::string_view text, std::size_t at) {
  const std::string_view line = line_at(text, at);
  std::size_t begin = static_cast<std::size_t>(line.data() - text.data());
  const std::size_t indentation = line.find_first_not_of(' ');
  while (begin > 0) {
    const std::string_view above = line_at(text, begin - 1);
    begin = static_cast<std::size_t>(above.data() - text.data());
    const std::size_t first = above.find_first_not_of(' ');
    if (first == std::string_view::npos || above[first] == '#') continue;
    if (first != indentation || above.find(':') != std::string_view::npos) return std::nullopt;
    return begin + first;
  }
  return std::nullopt;
}

// The most probable mistake for a message of the library that names a token.
Error explain(const ParsedYaml& yaml, const TreeHandler& handler, const YAML::Exception& thrown) {
  const std::string_view text = yaml.text;
  const std::size_t at = thrown.mark.is_null()
                             ? text.size()
                             : std::min(static_cast<std::size_t>(thrown.mark.pos), text.size());
  if (const auto quote = open_quote(text, std::min(handler.read_to(), text.size()))) {
    return at_offset(yaml, *quote, kOpenQuote);
  }
  if (const auto tab = tab_in_indentation(text, std::min(handler.read_to(), at), at)) {
    return at_offset(yaml, *tab, "a tab cannot indent", "use blanks");
  }
  if (const YamlNode* const bracket = handler.open_bracket()) {
    const char close = text[bracket->offset] == '[' ? ']' : '}';
    if (at >= text.size() || text.find(close, bracket->offset) == std::string_view::npos) {
      return at_offset(yaml, bracket->offset,
                       std::string("this bracket is never closed by '") + close + "'");
    }
    return at_offset(yaml, at, std::string("expected ',' or '") + close + "'",
                     "the bracket opens in line " + std::to_string(bracket->line));
  }
  if (const auto colon = line_without_colon(text, at)) {
    return at_offset(yaml, *colon, "expected a key and ':'");
  }
  for (const Wording& wording : kWordings) {
    if (thrown.msg.starts_with(wording.theirs)) {
      return at_offset(yaml, at, wording.ours, wording.hint);
    }
  }
  return at_offset(yaml, at, "cannot be read as YAML: " + escape(thrown.msg));
}

Status refuse_binary(const ParsedYaml& yaml) {
  const auto control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f || byte >= 0xfe;
  };
  const auto bad = std::find_if(yaml.text.begin(), yaml.text.end(), control);
  if (bad == yaml.text.end()) return ok();
  return at_offset(yaml, static_cast<std::size_t>(bad - yaml.text.begin()),
                   "not a text file: a control byte", "YAML files are in UTF-8");
}

}  // namespace

Status parse_yaml(ParsedYaml& yaml) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (yaml.text.starts_with(kByteOrderMark)) yaml.text.erase(0, kByteOrderMark.size());
  XSAUDIT_TRY(refuse_binary(yaml));
  TreeHandler handler(yaml);
  try {
    std::istringstream stream(yaml.text);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(handler)) parser.HandleNextDocument(handler);
  } catch (const Refusal& refusal) {
    return refusal.error;
  } catch (const YAML::Exception& thrown) {
    return explain(yaml, handler, thrown);
  }
  if (yaml.nodes.empty()) yaml.nodes.push_back({.end = 1});
  return ok();
}

}  // namespace xsaudit
