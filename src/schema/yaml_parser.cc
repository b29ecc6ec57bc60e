#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <tuple>
#include <utility>

#include "schema/yaml_tree.h"
#include "store/escape.h"

namespace xsaudit {
namespace {

std::string place_of(const YamlSource& source, const YAML::Mark& mark) {  // yaml-cpp's is 0-based
  return yaml_place(source, static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
                    static_cast<std::size_t>(std::max(mark.column, 0)) + 1);
}

// Makes the tree of the events of one document, and keeps the first thing that is wrong with it;
// what comes after is no longer looked at.
class TreeMaker : public YAML::EventHandler {
 public:
  explicit TreeMaker(YamlSource& source) : source_(source) {}

  const Status& status() const { return status_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "a second document in one file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, YamlValue::Kind::null, {}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases (*name) are not allowed here");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode* node = add(mark, YamlValue::Kind::scalar, tag, anchor);
    if (node != nullptr) node->text = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlValue::Kind::list, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlValue::Kind::map, tag, anchor);
  }
  void OnMapEnd() override {
    if (status_.ok()) refuse_duplicates(*open_.back());
    close();
  }

 private:
  void fail(const YAML::Mark& mark, std::string message, std::string hint = {}) {
    if (!status_.ok()) return;
    status_ = Error{place_of(source_, mark), std::move(message), std::move(hint)};
  }

  YamlNode* add(const YAML::Mark& mark, YamlValue::Kind kind, const std::string& tag,
                YAML::anchor_t anchor) {
    if (anchor != 0) fail(mark, "anchors (&name) are not allowed here");
    // "?" and "!" are what yaml-cpp says of plain and of quoted scalars without a tag.
    if (!tag.empty() && tag != "?" && tag != "!") fail(mark, "tags (!name) are not allowed here");
    const bool container = kind == YamlValue::Kind::list || kind == YamlValue::Kind::map;
    if (container && open_.size() >= kMaxYamlDepth) fail(mark, "nested deeper than 32 levels");
    const bool key = !open_.empty() && open_.back()->kind == YamlValue::Kind::map &&
                     open_.back()->children.size() % 2 == 0;
    if (key && kind != YamlValue::Kind::scalar) fail(mark, "a key must be a text");
    if (!status_.ok()) return nullptr;

    YamlNode& node = open_.empty() ? source_.root : open_.back()->children.emplace_back();
    node.kind = kind;
    node.line = static_cast<std::uint32_t>(mark.line) + 1;
    node.column = static_cast<std::uint32_t>(mark.column) + 1;
    node.offset = static_cast<std::uint32_t>(mark.pos);
    return &node;
  }

  // The pointer stays good while the container is open: nothing is added beside it until then.
  void open(const YAML::Mark& mark, YamlValue::Kind kind, const std::string& tag,
            YAML::anchor_t anchor) {
    YamlNode* node = add(mark, kind, tag, anchor);
    if (node != nullptr) open_.push_back(node);
  }
  void close() {
    if (status_.ok()) open_.pop_back();
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
    const YamlNode& first = **twice;
    const YamlNode& second = **(twice + 1);
    status_ = Error{yaml_place(source_, second.line, second.column),
                    "the key '" + escape_shortened(second.text, 60) + "' is there twice",
                    "the first is in line " + std::to_string(first.line)};
  }

  YamlSource& source_;
  std::vector<YamlNode*> open_;
  Status status_ = ok();
  int documents_ = 0;
};

// yaml-cpp takes a NUL for a sign of UTF-16, and a byte 4 for the end of the file.
Status refuse_binary(const YamlSource& source) {
  std::size_t line = 1;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < source.text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(source.text[at]);
    if (byte == '\n') {
      ++line;
      begin = at + 1;
    }
    const bool control = (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t');
    if (control || byte == 0x7f || byte >= 0xfe) {
      return Error{yaml_place(source, line, at - begin + 1), "not a text file: a control byte",
                   "YAML files are in UTF-8"};
    }
  }
  return ok();
}

struct ReadBuffer : std::streambuf {
  explicit ReadBuffer(std::string& text) {
    setg(text.data(), text.data(), text.data() + text.size());
  }
};

}  // namespace

Status parse_yaml(YamlSource& source) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (source.text.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0) {
    source.text.erase(0, kByteOrderMark.size());
  }
  if (auto text = refuse_binary(source); !text) return text;

  TreeMaker maker(source);
  try {
    ReadBuffer buffer(source.text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (maker.status().ok() && parser.HandleNextDocument(maker)) {
    }
  } catch (const YAML::Exception& problem) {
    if (maker.status().ok()) {
      return Error{place_of(source, problem.mark), "not YAML: " + problem.msg, {}};
    }
  }
  return maker.status();
}

}  // namespace xsaudit
