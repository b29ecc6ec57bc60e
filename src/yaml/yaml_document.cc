#include "yaml/yaml_document.h"

#include <algorithm>

#include "base/escape.h"
#include "base/number_text.h"
#include "yaml/yaml_tree.h"

namespace xsaudit {
namespace {

const char* name_of(YamlValue::Kind kind) {
  switch (kind) {
    case YamlValue::Kind::null: return "nothing";
    case YamlValue::Kind::scalar: return "a text";
    case YamlValue::Kind::list: return "a list";
    case YamlValue::Kind::map: return "a map";
  }
  return "";
}

// The number of insertions, deletions, replacements and swaps of neighbours that turn one word into
// the other (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

// The position in the file of a byte of a literal block ("|"): lines of the value are lines of the
// file, shifted by the block's indentation, which follows from comparing a line of both.
std::string place_in_literal(const YamlTree& tree, const YamlNode& node, std::size_t offset) {
  const std::string_view text = tree.text_of(node);
  const auto before = static_cast<std::size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  const std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const std::size_t length = std::min(text.find('\n', begin), text.size()) - begin;
  std::size_t at = node.offset;
  for (std::size_t line = 0; line <= before; ++line) {
    at = tree.text.find('\n', at);
    if (at == std::string_view::npos) return yaml_place(tree.file, node.line, node.column);
    ++at;
  }
  std::size_t end = std::min(tree.text.find('\n', at), tree.text.size());
  if (end > at && tree.text[end - 1] == '\r') --end;
  const std::size_t indent = end - at < length ? 0 : end - at - length;
  return yaml_place(tree.file, node.line + 1 + before, indent + offset - begin + 1);
}

// The number of bytes in the file that encode the first `offset` bytes of a quoted scalar; npos if
// an escape makes that unclear or the scalar has several lines.
std::size_t quoted_bytes(std::string_view raw, std::size_t offset) {
  const char quote = raw.front();
  std::size_t at = 1;
  for (; offset > 0; --offset) {
    if (at + 1 >= raw.size() || raw[at] == '\n') return std::string::npos;
    if (quote == '\'' && raw[at] == '\'') ++at;
    if (quote == '"' && raw[at] == '\\') {
      ++at;
      if (std::string_view("xuUN_LP\n\r").find(raw[at]) != std::string_view::npos) {
        return std::string::npos;
      }
    }
    ++at;
  }
  return at;
}

}  // namespace

std::string yaml_place(std::string_view file, std::size_t line, std::size_t column) {
  return std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string_view YamlTree::text_of(const YamlNode& node) const {
  if (node.text_begin < text.size()) return text.substr(node.text_begin, node.text_size);
  return cooked.substr(node.text_begin - text.size(), node.text_size);
}

YamlValue::Kind YamlValue::kind() const { return exists() ? node_->kind : Kind::null; }

std::string YamlValue::place() const {
  return yaml_place(tree_->file, within_->line, within_->column);
}

std::string YamlValue::place_in(std::size_t offset) const {
  const std::string_view value = text();
  if (!is_scalar() || offset > value.size()) return place();
  const std::string_view raw = tree_->text.substr(node_->offset);
  if (raw.empty()) return place();
  if (raw.front() == '|') return place_in_literal(*tree_, *node_, offset);
  std::size_t bytes = std::string::npos;
  if (raw.front() == '\'' || raw.front() == '"') {
    bytes = quoted_bytes(raw, offset);
  } else if (raw.starts_with(value)) {
    bytes = offset;
  }
  if (bytes == std::string::npos) return place();
  return yaml_place(tree_->file, node_->line, node_->column + bytes);
}

bool YamlValue::built_in() const { return tree_->built_in; }

std::string_view YamlValue::text() const {
  return is_scalar() ? tree_->text_of(*node_) : std::string_view();
}

std::vector<YamlValue> YamlValue::items() const {
  std::vector<YamlValue> out;
  if (!is_list()) return out;
  const YamlNode* const end = tree_->nodes.data() + node_->end;
  for (const YamlNode* child = node_ + 1; child != end; child = tree_->nodes.data() + child->end) {
    out.push_back(view(*child));
  }
  return out;
}

std::vector<std::pair<YamlValue, YamlValue>> YamlValue::members() const {
  std::vector<std::pair<YamlValue, YamlValue>> out;
  if (!is_map()) return out;
  constexpr std::size_t kUsual = 16;  // more than most maps have
  out.reserve(kUsual);
  const YamlNode* const end = tree_->nodes.data() + node_->end;
  for (const YamlNode* key = node_ + 1; key != end;) {
    const YamlNode* const value = key + 1;  // a key is a scalar
    out.emplace_back(view(*key), view(*value));
    key = tree_->nodes.data() + value->end;
  }
  return out;
}

YamlValue YamlValue::get(std::string_view key) const {
  if (is_map()) {
    const YamlNode* const end = tree_->nodes.data() + node_->end;
    for (const YamlNode* at = node_ + 1; at != end; at = tree_->nodes.data() + at[1].end) {
      if (tree_->text_of(*at) == key) return view(at[1]);
    }
  }
  return {nullptr, within_, tree_};
}

Result<YamlValue> YamlValue::require(std::string_view key) const {
  const YamlValue value = get(key);
  if (!value.exists()) return error("'" + std::string(key) + "' is missing");
  return value;
}

std::string_view YamlValue::lines() const {
  const std::string_view text = tree_->text;
  const std::size_t begin = node_->offset - (node_->column - 1);
  std::size_t end = begin;
  do {
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  } while (end < text.size() && (text[end] == ' ' || text[end] == '\n'));
  return text.substr(begin, end - begin);
}

Error YamlValue::error(std::string message, std::string hint) const {
  return {place(), std::move(message), std::move(hint)};
}

Result<std::string_view> YamlValue::as_text() const {
  if (!is_scalar()) return error(std::string("expected a text, found ") + name_of(kind()));
  return text();
}

Result<bool> YamlValue::as_bool() const {
  if (text() == "true") return true;
  if (text() == "false") return false;
  return error("expected true or false, found " +
               (is_scalar() ? single_quoted(text()) : name_of(kind())));
}

Result<std::int64_t> YamlValue::as_integer() const {
  std::int64_t number = 0;
  if (!is_scalar() || !whole_number(text(), number)) {
    return error("expected a whole number, found " +
                 (is_scalar() ? single_quoted(text()) : name_of(kind())));
  }
  return number;
}

Result<std::vector<std::string>> YamlValue::as_strings() const {
  if (is_scalar()) return std::vector<std::string>{std::string(text())};
  if (!is_list()) {
    return error(std::string("expected a text or a list of texts, found ") + name_of(kind()));
  }
  std::vector<std::string> out;
  for (const YamlValue& item : items()) {
    XSAUDIT_ASSIGN(const auto one, item.as_text());
    out.emplace_back(one);
  }
  return out;
}

Status YamlValue::only_keys(std::initializer_list<std::string_view> known) const {
  if (!is_map()) return error(std::string("expected a map, found ") + name_of(kind()));
  const YamlNode* const end = tree_->nodes.data() + node_->end;
  for (const YamlNode* key = node_ + 1; key != end; key = tree_->nodes.data() + key[1].end) {
    const std::string_view name = tree_->text_of(*key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return view(*key).error("unknown key " + single_quoted(name), did_you_mean(name, known));
  }
  return ok();
}

Result<YamlDocument> YamlDocument::parse(std::string file, std::string text) {
  auto yaml = std::make_shared<ParsedYaml>();
  yaml->file = std::move(file);
  yaml->text = std::move(text);
  XSAUDIT_TRY(parse_yaml(*yaml));
  return YamlDocument(std::move(yaml));
}

Result<std::vector<YamlDocument>> parse_yaml_files(const std::vector<TextFile>& files) {
  std::vector<YamlDocument> documents;
  for (const TextFile& file : files) {
    XSAUDIT_ASSIGN(auto document, YamlDocument::parse(file.name, file.text));
    documents.push_back(std::move(document));
  }
  return documents;
}

YamlDocument::YamlDocument(const YamlTree& built_in) {
  auto tree = std::make_shared<YamlTree>(built_in);
  tree->built_in = true;
  tree_ = std::move(tree);
}

YamlDocument::YamlDocument(std::shared_ptr<const ParsedYaml> parsed)
    : parsed_(std::move(parsed)), tree_(std::make_shared<const YamlTree>(parsed_->tree())) {}

YamlValue YamlDocument::root() const {
  const YamlNode* const root = tree_->nodes.data();
  return {root, root, tree_.get()};
}

std::string_view YamlDocument::file() const { return tree_->file; }

std::string_view YamlDocument::text() const { return tree_->text; }

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > 64) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best.empty() ? std::string() : "did you mean '" + std::string(best) + "'?";
}

}  // namespace xsaudit
