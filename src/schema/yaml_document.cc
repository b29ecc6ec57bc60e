#include "schema/yaml_document.h"

#include <algorithm>
#include <charconv>

#include "schema/yaml_tree.h"
#include "store/escape.h"

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

// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the
// other (optimal string alignment).
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

// Where in a literal block ("|") a byte of its value lies: lines of the value are lines of the
// file, shifted by the block's indentation, which shows where a line of both is compared.
std::string place_in_literal(const YamlSource& source, const YamlNode& node, std::size_t offset) {
  const std::string& text = node.text;
  const std::size_t before = static_cast<std::size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  const std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const std::size_t length = std::min(text.find('\n', begin), text.size()) - begin;
  std::size_t at = node.offset;
  for (std::size_t line = 0; line <= before; ++line) {
    at = source.text.find('\n', at);
    if (at == std::string::npos) return yaml_place(source, node.line, node.column);
    ++at;
  }
  std::size_t end = std::min(source.text.find('\n', at), source.text.size());
  if (end > at && source.text[end - 1] == '\r') --end;
  const std::size_t indent = end - at < length ? 0 : end - at - length;
  return yaml_place(source, node.line + 1 + before, indent + offset - begin + 1);
}

// How many bytes of a quoted scalar in the file stand for its first `offset` bytes; npos where an
// escape makes that unclear or the scalar goes over several lines.
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

std::string yaml_place(const YamlSource& source, std::size_t line, std::size_t column) {
  return source.file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

YamlValue::Kind YamlValue::kind() const { return exists() ? node_->kind : Kind::null; }

std::string YamlValue::place() const {
  return yaml_place(*source_, within_->line, within_->column);
}

std::string YamlValue::place_in(std::size_t offset) const {
  if (!is_scalar() || offset > node_->text.size()) return place();
  const std::string_view raw = std::string_view(source_->text).substr(node_->offset);
  if (raw.empty()) return place();
  if (raw.front() == '|') return place_in_literal(*source_, *node_, offset);
  std::size_t bytes = std::string::npos;
  if (raw.front() == '\'' || raw.front() == '"') {
    bytes = quoted_bytes(raw, offset);
  } else if (raw.substr(0, node_->text.size()) == node_->text) {
    bytes = offset;
  }
  if (bytes == std::string::npos) return place();
  return yaml_place(*source_, node_->line, node_->column + bytes);
}

const std::string& YamlValue::text() const {
  static const std::string none;
  return is_scalar() ? node_->text : none;
}

std::vector<YamlValue> YamlValue::items() const {
  std::vector<YamlValue> out;
  if (!is_list()) return out;
  out.reserve(node_->children.size());
  for (const YamlNode& child : node_->children) out.push_back(view(child));
  return out;
}

std::vector<std::pair<YamlValue, YamlValue>> YamlValue::members() const {
  std::vector<std::pair<YamlValue, YamlValue>> out;
  if (!is_map()) return out;
  out.reserve(node_->children.size() / 2);
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
    out.emplace_back(view(node_->children[i]), view(node_->children[i + 1]));
  }
  return out;
}

YamlValue YamlValue::get(std::string_view key) const {
  if (is_map()) {
    for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
      if (node_->children[i].text == key) return view(node_->children[i + 1]);
    }
  }
  return {nullptr, within_, source_};
}

Result<YamlValue> YamlValue::require(std::string_view key) const {
  const YamlValue value = get(key);
  if (!value.exists()) return error("'" + std::string(key) + "' is missing");
  return value;
}

Error YamlValue::error(std::string message, std::string hint) const {
  return {place(), std::move(message), std::move(hint)};
}

Result<std::string> YamlValue::as_string() const {
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
  const char* const end = text().data() + text().size();
  const auto [stop, failed] = std::from_chars(text().data(), end, number);
  if (!is_scalar() || failed != std::errc() || stop != end) {
    return error("expected a whole number, found " +
                 (is_scalar() ? single_quoted(text()) : name_of(kind())));
  }
  return number;
}

Result<std::vector<std::string>> YamlValue::as_strings() const {
  if (is_scalar()) return std::vector<std::string>{text()};
  if (!is_list()) {
    return error(std::string("expected a text or a list of texts, found ") + name_of(kind()));
  }
  std::vector<std::string> out;
  for (const YamlValue& item : items()) {
    auto one = item.as_string();
    if (!one) return one.error();
    out.push_back(*std::move(one));
  }
  return out;
}

Status YamlValue::only_keys(std::initializer_list<std::string_view> known) const {
  if (!is_map()) return error(std::string("expected a map, found ") + name_of(kind()));
  for (const auto& [key, value] : members()) {
    if (std::find(known.begin(), known.end(), key.text()) == known.end()) {
      return key.error("unknown key " + single_quoted(key.text()), did_you_mean(key.text(), known));
    }
  }
  return ok();
}

Result<YamlDocument> YamlDocument::parse(std::string file, std::string_view text) {
  auto source = std::make_shared<YamlSource>();
  source->file = std::move(file);
  source->text = text;
  if (auto parsed = parse_yaml(*source); !parsed) return parsed.error();
  return YamlDocument(std::move(source));
}

YamlValue YamlDocument::root() const { return {&source_->root, &source_->root, source_.get()}; }

const std::string& YamlDocument::file() const { return source_->file; }

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
