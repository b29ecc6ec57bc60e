// The part of YAML 1.2 that schema and rules are written in: block and flow maps and lists, plain,
// quoted and block scalars, comments. Every scalar is a text, as in YAML's failsafe schema. What a
// loader could not explain is refused: anchors, aliases, tags, several documents, keys that are no
// texts, keys that appear twice. A library would take longer to read the rules than the program
// takes for a small audit; tests/schema compares this with yaml-cpp.
#include <algorithm>
#include <tuple>
#include <vector>

#include "schema/yaml_scalar.h"
#include "schema/yaml_tree.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

using Kind = YamlValue::Kind;

class Parser {
 public:
  explicit Parser(const YamlSource& source) : cursor_(source) {}

  Result<YamlNode> document() {
    next_content();
    if (at_marker("---")) {
      cursor_.next(3);
      next_content();
      if (!cursor_.end() && !cursor_.first_in_line()) {
        cursor_.fail("expected the end of the line after '---'");
      }
    }
    refuse_marker();
    YamlNode root = cursor_.node(Kind::null);
    if (!cursor_.end()) root = block_node(-1, true, 1);
    next_content();
    refuse_marker();
    if (!cursor_.end()) cursor_.fail("this is indented unlike what stands before it");
    if (cursor_.failed()) return *cursor_.error();
    return root;
  }

 private:
  void next_content() {
    cursor_.skip_to_content();
    if (!cursor_.end()) cursor_.first_in_line();  // for the tabs
  }
  bool at_marker(std::string_view marker) const {
    return cursor_.column() == 0 && cursor_.rest_of_line().starts_with(marker) &&
           YamlCursor::blank(cursor_.peek(marker.size()));
  }
  void refuse_marker() {
    if (at_marker("---") || at_marker("...")) cursor_.fail("a second document in one file");
  }
  bool at_indicator(char indicator) const {
    return cursor_.peek() == indicator && YamlCursor::blank(cursor_.peek(1));
  }
  int column() const { return static_cast<int>(cursor_.column()); }

  // What cannot begin a value, whatever its form.
  bool refuse_indicator(std::size_t depth) {
    const char c = cursor_.peek();
    if (depth > kMaxYamlDepth) cursor_.fail("nested deeper than 32 levels");
    if (c == '&') cursor_.fail("anchors (&name) are not allowed here");
    if (c == '*') cursor_.fail("aliases (*name) are not allowed here", "quote it if it is a text");
    if (c == '!') cursor_.fail("tags (!name) are not allowed here");
    if (at_indicator('?')) cursor_.fail("a key must be a text");
    if (at_indicator(':')) cursor_.fail("a key is missing before ':'");
    if (std::string_view("%@`#,]}").find(c) != std::string_view::npos) {
      cursor_.fail("a text cannot begin with '" + std::string(1, c) + "'", "quote it");
    }
    return cursor_.failed();
  }

  YamlNode key(std::size_t depth, bool in_flow) {
    if (refuse_indicator(depth)) return {};
    const char c = cursor_.peek();
    const bool quoted = c == '"' || c == '\'';
    if (c == '[' || c == '{') cursor_.fail("a key must be a text");
    if (c == '|' || c == '>') cursor_.fail("a key must be a text in one line");
    if (at_indicator('-')) cursor_.fail("a list entry in place of a key");
    if (cursor_.failed()) return {};
    YamlNode text = quoted ? read_quoted(cursor_) : read_plain_line(cursor_, in_flow);
    cursor_.skip_blanks();
    if (cursor_.failed()) return {};
    if (cursor_.node(Kind::null).line != text.line) {
      cursor_.fail_at(text, "a key must be a text in one line");
    } else if (cursor_.peek() != ':') {
      cursor_.fail_at(text, "expected a key and ':'");
    }
    cursor_.next();
    return text;
  }

  void expect_line_end() {
    cursor_.skip_blanks();
    if (!cursor_.line_end() && !cursor_.at_comment()) cursor_.fail("expected the end of the line");
  }

  // A node whose first byte is here, in a column right of `parent`. Only where it is the first in
  // its line, or follows "- ", may it be a map or a list without brackets.
  YamlNode block_node(int parent, bool first, std::size_t depth) {
    if (refuse_indicator(depth)) return {};
    const char c = cursor_.peek();
    if (at_indicator('-')) {
      if (first) return block_list(depth);
      cursor_.fail("a list cannot begin in this line", "put it below, or in brackets");
      return {};
    }
    if (c == '|' || c == '>') return read_block_scalar(cursor_, parent);
    const YamlCursor begin = cursor_;
    YamlNode node;
    if (c == '[' || c == '{') {
      node = flow_node(depth);
    } else {
      node = c == '"' || c == '\'' ? read_quoted(cursor_) : read_plain_line(cursor_, false);
    }
    if (cursor_.failed()) return {};
    YamlCursor ahead = cursor_;
    ahead.skip_blanks();
    if (ahead.peek() == ':' && YamlCursor::blank(ahead.peek(1))) {
      cursor_ = begin;
      if (first) return block_map(depth);
      cursor_.fail("a map cannot begin in this line", "put it below, or quote the text");
      return {};
    }
    if (node.kind == Kind::scalar && c != '"' && c != '\'') read_plain_rest(cursor_, parent, node);
    if (!cursor_.failed()) expect_line_end();
    return node;
  }

  // The value behind "- " or "key:", which may be below it, or nothing.
  YamlNode block_value(int parent, bool of_map, std::size_t depth) {
    YamlNode nothing = cursor_.node(Kind::null);
    const std::size_t line = nothing.line;
    next_content();
    if (cursor_.failed() || cursor_.end()) return nothing;
    const bool same_line = cursor_.node(Kind::null).line == line;
    if (same_line) return block_node(parent, !of_map, depth);
    if (column() > parent) return block_node(parent, true, depth);
    // A list may stand right below the key that it belongs to.
    if (of_map && column() == parent && at_indicator('-')) return block_node(parent, true, depth);
    return nothing;
  }

  YamlNode block_list(std::size_t depth) {
    YamlNode list = cursor_.node(Kind::list);
    const int indent = column();
    while (!cursor_.failed()) {
      cursor_.next();
      list.children.push_back(block_value(indent, false, depth + 1));
      next_content();
      refuse_marker();
      if (cursor_.end() || column() != indent || !at_indicator('-')) break;
    }
    if (!cursor_.end() && column() > indent) cursor_.fail("this is indented unlike its neighbours");
    return list;
  }

  YamlNode block_map(std::size_t depth) {
    YamlNode map = cursor_.node(Kind::map);
    const int indent = column();
    while (!cursor_.failed()) {
      map.children.push_back(key(depth, false));
      if (cursor_.failed()) break;
      map.children.push_back(block_value(indent, true, depth + 1));
      next_content();
      refuse_marker();
      if (cursor_.end() || column() != indent) break;
    }
    if (!cursor_.end() && column() > indent) cursor_.fail("this is indented unlike its neighbours");
    refuse_duplicates(map);
    return map;
  }

  YamlNode flow_node(std::size_t depth) {
    if (refuse_indicator(depth)) return {};
    const char c = cursor_.peek();
    if (c == '[') return flow_collection(Kind::list, ']', depth);
    if (c == '{') return flow_collection(Kind::map, '}', depth);
    if (c == '"' || c == '\'') return read_quoted(cursor_);
    if (c == '|' || c == '>') cursor_.fail("a text in lines cannot stand in brackets");
    if (at_indicator('-')) cursor_.fail("a list in brackets has no '-'");
    if (cursor_.failed()) return {};
    YamlNode text = read_plain_line(cursor_, true);
    read_plain_rest_in_flow(cursor_, text);
    return text;
  }

  YamlNode flow_collection(Kind kind, char close, std::size_t depth) {
    YamlNode node = cursor_.node(kind);
    cursor_.next();
    while (true) {
      cursor_.skip_to_content();
      if (cursor_.peek() == close) break;
      if (cursor_.end()) {
        cursor_.fail_at(node, std::string("this bracket is never closed by '") + close + "'");
        return node;
      }
      if (kind == Kind::list) {
        node.children.push_back(flow_node(depth + 1));
      } else {
        flow_pair(node, depth);
      }
      cursor_.skip_to_content();
      if (cursor_.peek() == ',') {
        cursor_.next();
      } else if (!cursor_.end() && cursor_.peek() != close) {
        cursor_.fail(std::string("expected ',' or '") + close + "'");
      }
    }
    cursor_.next();
    if (kind == Kind::map) refuse_duplicates(node);
    return node;
  }

  void flow_pair(YamlNode& map, std::size_t depth) {
    map.children.push_back(key(depth, true));
    cursor_.skip_to_content();
    const bool nothing = cursor_.peek() == ',' || cursor_.peek() == '}';
    map.children.push_back(nothing ? cursor_.node(Kind::null) : flow_node(depth + 1));
  }

  void refuse_duplicates(const YamlNode& map) {
    std::vector<const YamlNode*> keys;
    for (std::size_t i = 0; i < map.children.size(); i += 2) keys.push_back(&map.children[i]);
    std::sort(keys.begin(), keys.end(), [](const YamlNode* a, const YamlNode* b) {
      return std::tie(a->text, a->offset) < std::tie(b->text, b->offset);
    });
    const auto twice =
        std::adjacent_find(keys.begin(), keys.end(),
                           [](const YamlNode* a, const YamlNode* b) { return a->text == b->text; });
    if (twice == keys.end()) return;
    cursor_.fail_at(**(twice + 1),
                    "the key '" + escape_shortened((*twice)->text, 60) + "' is there twice",
                    "the first is in line " + std::to_string((*twice)->line));
  }

  YamlCursor cursor_;
};

Status refuse_binary(const YamlSource& source) {
  const auto control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f || byte >= 0xfe;
  };
  const auto bad = std::find_if(source.text.begin(), source.text.end(), control);
  if (bad == source.text.end()) return ok();
  const auto before =
      std::string_view(source.text).substr(0, static_cast<std::size_t>(bad - source.text.begin()));
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return Error{yaml_place(source, line + 1, before.size() - (before.rfind('\n') + 1) + 1),
               "not a text file: a control byte", "YAML files are in UTF-8"};
}

}  // namespace

Status parse_yaml(YamlSource& source) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (source.text.starts_with(kByteOrderMark)) source.text.erase(0, kByteOrderMark.size());
  if (auto text = refuse_binary(source); !text) return text;
  auto root = Parser(source).document();
  if (!root) return root.error();
  source.root = *std::move(root);
  return ok();
}

}  // namespace xsaudit
