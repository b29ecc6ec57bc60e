#include "cli/plugin_call.h"

#include <cstddef>

#include "base/escape.h"

namespace xsaudit {
namespace {

constexpr std::size_t kMaxDocument = 65'536;
constexpr std::size_t kMaxArguments = 32;

// Reads from the front. Each function returns false, and may have read a part, if the document goes
// on with something else; then it is wrong as a whole.
class CallReader {
 public:
  explicit CallReader(std::string_view xml) : rest_(xml), size_(xml.size()) {}

  bool read(PluginCall& call) {
    std::string session;
    return declaration() && tag("<methodCall>") && tag("<methodName>") && text(call.function) &&
           exactly("</methodName>") && tag("<params>") && tag("<param>") && value(session) &&
           tag("</param>") && tag("<param>") && structure(call.arguments) && tag("</param>") &&
           tag("</params>") && tag("</methodCall>") && at_end();
  }

  std::size_t place() const { return size_ - rest_.size(); }

 private:
  bool exactly(std::string_view literal) {
    if (rest_.substr(0, literal.size()) != literal) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  void skip_space() {
    const std::size_t end = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  }

  bool tag(std::string_view literal) {
    skip_space();
    return exactly(literal);
  }

  bool at_end() {
    skip_space();
    return rest_.empty();
  }

  // A document type, which could define entities, is not accepted.
  bool declaration() {
    if (!exactly("<?xml ")) return true;
    const std::size_t end = rest_.find_first_of("<>");
    if (end == std::string_view::npos || end == 0 || rest_.substr(end - 1, 2) != "?>") return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool entity(std::string& out) {
    struct Entity {
      std::string_view name;
      char byte;
    };
    static constexpr Entity kEntities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (const Entity& entity : kEntities) {
      if (!exactly(entity.name)) continue;
      out += entity.byte;
      return true;
    }
    return false;
  }

  bool text(std::string& out) {
    while (!rest_.empty() && rest_.front() != '<') {
      if (rest_.front() == '&') {
        if (!entity(out)) return false;
        continue;
      }
      if (rest_.front() == '\0') return false;
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    return true;
  }

  // A string with or without its own element, as XML-RPC has it.
  bool value(std::string& out) {
    if (tag("<value/>")) return true;
    if (!exactly("<value>") || !text(out)) return false;
    if (exactly("</value>")) return true;
    if (out.find_first_not_of(" \t\r\n") != std::string::npos) return false;
    out.clear();
    return (exactly("<string/>") || (exactly("<string>") && text(out) && exactly("</string>"))) &&
           tag("</value>");
  }

  bool structure(std::map<std::string, std::string>& members) {
    if (!tag("<value>")) return false;
    if (tag("<struct/>")) return tag("</value>");
    if (!exactly("<struct>")) return false;
    while (tag("<member>")) {
      std::string name;
      std::string content;
      if (members.size() == kMaxArguments || !tag("<name>") || !text(name) || !exactly("</name>") ||
          !value(content) || !tag("</member>") || !members.emplace(name, content).second) {
        return false;
      }
    }
    return exactly("</struct>") && tag("</value>");
  }

  std::string_view rest_;
  std::size_t size_;
};

std::string element(std::string_view text) {
  std::string out = "<value><string>";
  for (const char c : visible(text)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      default: out += c;
    }
  }
  return out + "</string></value>";
}

// XAPI looks into a struct with these members (XenAPIPlugin.py of xen-api, response_of_success() of
// ocaml-rpc).
std::string answer(const char* status, const char* name, const std::string& value) {
  return std::string(
             "<?xml version=\"1.0\"?>\n<methodResponse><params><param><value><struct>"
             "<member><name>Status</name><value><string>") +
         status + "</string></value></member><member><name>" + name + "</name>" + value +
         "</member></struct></value></param></params></methodResponse>\n";
}

}  // namespace

Result<PluginCall> read_plugin_call(std::string_view xml) {
  if (xml.size() > kMaxDocument) return Error{"", "the call is too long", {}};
  PluginCall call;
  CallReader reader(xml);
  if (reader.read(call)) return call;
  return Error{
      "", "byte " + std::to_string(reader.place()) + " of the call is not as in a call by XAPI",
      "a session and a struct of strings are its parameters"};
}

std::string plugin_answer(std::string_view text) {
  return answer("Success", "Value", element(text));
}

std::string plugin_failure(const std::vector<std::string>& description) {
  std::string list = "<value><array><data>";
  for (const std::string& text : description) list += element(text);
  return answer("Failure", "ErrorDescription", list + "</data></array></value>");
}

}  // namespace xsaudit
