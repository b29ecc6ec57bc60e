#include "yaml_reference.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <vector>

#include "store/escape.h"

namespace xsaudit {
namespace {

std::string line_of(const std::string& path, const std::string& what, const std::string& place) {
  return path + " " + what + (place.empty() ? "" : " " + place) + "\n";
}

// yaml-cpp gives these words as null. Here every scalar is a text.
bool is_null_word(const std::string& text) {
  return text == "~" || text == "null" || text == "Null" || text == "NULL";
}

class Outline : public YAML::EventHandler {
 public:
  explicit Outline(bool places) : places_(places) {}

  std::string text;
  bool refused = false;

  void OnDocumentStart(const YAML::Mark&) override { refused |= ++documents_ > 1; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override {
    refused |= anchor != 0;
    const bool is_key = at_key();
    const std::string path = enter("~");
    if (!is_key) text += line_of(path, "null", "");
  }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { refused = true; }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refused |= anchor != 0 || (!tag.empty() && tag != "?" && tag != "!");
    const bool is_key = at_key();
    const std::string path = enter(value);
    if (is_key) return;
    text += is_null_word(value) ? line_of(path, "null", "")
                                : line_of(path, "'" + escape(value) + "'", place(mark));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, "list", tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, "map", tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Open {
    std::string path;
    bool map;
    std::size_t index = 0;
    std::string key;
  };

  bool at_key() const { return !open_.empty() && open_.back().map && open_.back().index % 2 == 0; }

  // The path of the value that begins; of a key, that of its map.
  std::string enter(const std::string& value) {
    if (open_.empty()) return "/";
    Open& in = open_.back();
    const std::size_t index = in.index++;
    if (!in.map) return in.path + std::to_string(index) + "/";
    if (index % 2 == 0) {
      in.key = value;
      return in.path;
    }
    return in.path + escape(in.key) + "/";
  }
  void open(const YAML::Mark& mark, const char* kind, const std::string& tag,
            YAML::anchor_t anchor) {
    refused |= anchor != 0 || (!tag.empty() && tag != "?" && tag != "!") || at_key();
    const std::string path = enter("");
    text += line_of(path, kind, place(mark));
    open_.push_back({path, std::string(kind) == "map", 0, {}});
  }
  std::string place(const YAML::Mark& mark) const {
    return places_ ? std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) : "";
  }

  bool places_;
  int documents_ = 0;
  std::vector<Open> open_;
};

void add(const YamlValue& value, const std::string& path, bool places, std::string& text) {
  const std::string place = places ? value.place().substr(value.place().find(':') + 1) : "";
  switch (value.kind()) {
    case YamlValue::Kind::null: text += line_of(path, "null", ""); break;
    case YamlValue::Kind::scalar:
      text += line_of(path, is_null_word(value.text()) ? "null" : "'" + escape(value.text()) + "'",
                      is_null_word(value.text()) ? "" : place);
      break;
    case YamlValue::Kind::list: {
      text += line_of(path, "list", place);
      std::size_t index = 0;
      for (const YamlValue& item : value.items()) {
        add(item, path + std::to_string(index++) + "/", places, text);
      }
      break;
    }
    case YamlValue::Kind::map:
      text += line_of(path, "map", place);
      for (const auto& [key, item] : value.members()) {
        add(item, path + (is_null_word(key.text()) ? "~" : escape(key.text())) + "/", places, text);
      }
      break;
  }
}

}  // namespace

std::optional<std::string> reference_outline(const std::string& text, bool places) {
  Outline outline(places);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(outline)) {
    }
  } catch (const YAML::Exception&) {
    return std::nullopt;
  }
  if (outline.refused) return std::nullopt;
  return outline.text.empty() ? "/ null\n" : outline.text;
}

std::string outline(const YamlDocument& document, bool places) {
  std::string text;
  add(document.root(), "/", places, text);
  return text;
}

}  // namespace xsaudit
