#include "host/facts/process_record.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/escape.h"
#include "base/json_reader.h"
#include "host/facts/process.h"

namespace xsaudit {
namespace {

using Json = nlohmann::json;

constexpr char kForm[] = "xsaudit-processes";
constexpr char kUnknown[] = "unknown";

// The key of a domain record.
struct RecordedDomain {
  Domid domid = 0;
  std::string uuid;
};

template <typename Visit>
void visit_members(Is<RecordedDomain> auto& domain, Visit visit) {
  visit("domid", domain.domid);
  visit("uuid", domain.uuid);
}

template <typename Visit>
void visit_members(Is<UidRange> auto& range, Visit visit) {
  visit("first", range.first);
  visit("last", range.last);
}

// One function for each sort of value, all visible to each other.
struct Encoder {
  static Json encode(bool flag) { return flag; }
  static Json encode(std::uint32_t number) { return number; }
  static Json encode(std::uint64_t number) { return number; }
  static Json encode(std::int64_t number) { return number; }
  static Json encode(const std::string& bytes) { return escape(bytes); }

  template <typename T>
  static Json encode(const std::optional<T>& value) {
    return value ? encode(*value) : Json();
  }

  template <typename T>
  static Json encode(const std::vector<T>& values) {
    Json json = Json::array();
    for (const T& value : values) json.push_back(encode(value));
    return json;
  }

  template <typename T>
  static Json encode(const Fact<T>& fact) {
    if (fact.is_known()) return encode(*fact);
    return fact.is_absent() ? Json() : Json{{kUnknown, fact.reason()}};
  }

  static Json encode(const DomainRecord& record) {
    Json json = Json::object();
    for (const auto& [pointer, value] : record) json[escape(pointer)] = encode(value);
    return Json{{"values", std::move(json)}};
  }

  static Json encode(const Settings& settings) {
    Json json = Json::object();
    for (const auto& [key, value] : settings) json[escape(key)] = escape(value);
    return Json{{"values", std::move(json)}};
  }

  template <typename Struct>
  static Json encode(const Struct& value) {
    Json json = Json::object();
    visit_members(value,
                  [&](const char* name, const auto& member) { json[name] = encode(member); });
    return json;
  }
};

// Reverses Encoder. False, with a partly read value, for any other JSON.
struct Decoder {
  static bool decode(const Json& json, bool& flag) {
    if (!json.is_boolean()) return false;
    flag = json.get<bool>();
    return true;
  }

  static bool decode(const Json& json, std::uint64_t& number) {
    if (!json.is_number_unsigned()) return false;
    number = json.get<std::uint64_t>();
    return true;
  }

  static bool decode(const Json& json, std::uint32_t& number) {
    std::uint64_t wide = 0;
    if (!decode(json, wide) || wide > UINT32_MAX) return false;
    number = static_cast<std::uint32_t>(wide);
    return true;
  }

  // A domid, so a negative number is an error.
  static bool decode(const Json& json, std::int64_t& number) {
    std::uint64_t wide = 0;
    if (!decode(json, wide) || wide > INT64_MAX) return false;
    number = static_cast<std::int64_t>(wide);
    return true;
  }

  static bool decode(const Json& json, std::string& bytes) {
    if (!json.is_string()) return false;
    return unescape(json.get_ref<const std::string&>(), bytes);
  }

  template <typename T>
  static bool decode(const Json& json, std::optional<T>& value) {
    value.reset();
    return json.is_null() || decode(json, value.emplace());
  }

  template <typename T>
  static bool decode(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) return false;
    values.clear();
    for (const Json& one : json) {
      if (!decode(one, values.emplace_back())) return false;
    }
    return true;
  }

  template <typename T>
  static bool decode(const Json& json, Fact<T>& fact) {
    if (json.is_null()) {
      fact = Fact<T>::absent();
      return true;
    }
    if (json.is_object() && json.contains(kUnknown)) {
      if (!json[kUnknown].is_string()) return false;
      // The reason is safe to print if xsaudit wrote it; the file may come from elsewhere.
      const auto& reason = json[kUnknown].get_ref<const std::string&>();
      fact = Fact<T>::unknown(is_printable(reason) ? reason : escape_shortened(reason));
      return true;
    }
    T value{};
    if (!decode(json, value)) return false;
    fact = std::move(value);
    return true;
  }

  static bool decode(const Json& json, DomainRecord& record) {
    if (!json.is_object() || !json.contains("values") || !json["values"].is_object()) return false;
    record.clear();
    for (const auto& [name, value] : json["values"].items()) {
      std::string pointer;
      if (!unescape(name, pointer) || !decode(value, record[pointer])) return false;
    }
    return true;
  }

  static bool decode(const Json& json, Settings& settings) {
    if (!json.is_object() || !json.contains("values") || !json["values"].is_object()) return false;
    for (const auto& [name, value] : json["values"].items()) {
      std::string key;
      if (!unescape(name, key) || !decode(value, settings[key])) return false;
    }
    return true;
  }

  template <typename Struct>
  static bool decode(const Json& json, Struct& value) {
    if (!json.is_object()) return false;
    bool good = true;
    visit_members(value, [&](const char* name, auto& member) {
      const auto found = json.find(name);
      good = good && found != json.end() && decode(*found, member);
    });
    return good;
  }

 private:
  static bool is_printable(std::string_view text) {
    constexpr std::size_t kMaxReason = 200;
    return text.size() <= kMaxReason &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  }
};

// A line is a question and the fact that answers it: {"user": "root", "fact": {…}}.
constexpr char kFact[] = "fact";
constexpr char kProcess[] = "process";
constexpr char kSearch[] = "search";
constexpr char kUser[] = "user";
constexpr char kUidRange[] = "uid_range";
constexpr char kDomainRecord[] = "domain_record";
constexpr char kKernel[] = "kernel";
constexpr char kSettings[] = "settings";
constexpr char kEventChannels[] = "event_channels";

template <typename Question, typename T>
void append(std::string& text, const char* what, const Question& question, const Fact<T>& fact) {
  const Json line = {{what, Encoder::encode(question)}, {kFact, Encoder::encode(fact)}};
  text += line.dump();
  text += '\n';
}

// Reads the line into `facts` if it is of the sort `what`; nothing if it is not.
template <typename Key, typename Question, typename T, typename ToKey>
std::optional<const char*> take(const Json& line, const char* what, Question question,
                                std::map<Key, Fact<T>>& facts, ToKey to_key) {
  const auto asked = line.find(what);
  if (asked == line.end()) return std::nullopt;
  Fact<T> fact;
  const auto answer = line.find(kFact);
  if (answer == line.end() || !Decoder::decode(*asked, question) ||
      !Decoder::decode(*answer, fact)) {
    return "does not have the format of a fact of its kind";
  }
  const bool is_new = facts.emplace(to_key(question), std::move(fact)).second;
  return is_new ? nullptr : "repeats a fact of an earlier line";
}

// A fact without a question; nothing is written if it was not examined.
template <typename T>
void append_one(std::string& text, const char* what, const Fact<T>& fact) {
  if (fact != Fact<T>()) text += Json{{what, Encoder::encode(fact)}}.dump() + '\n';
}

template <typename T>
std::optional<const char*> take_one(const Json& line, const char* what, Fact<T>& fact) {
  const auto answer = line.find(what);
  if (answer == line.end()) return std::nullopt;
  if (fact != Fact<T>()) return "repeats a fact of an earlier line";
  if (!Decoder::decode(*answer, fact)) return "does not have the format of a fact of its kind";
  return nullptr;
}

// The problem with the line, or null.
const char* read_line(std::string_view text, HostFacts& facts) {
  const Json line = parse_bounded_json(text);
  if (!line.is_object()) return "is not a JSON object";
  const auto itself = [](auto& question) { return std::move(question); };
  if (const auto fault = take(line, kProcess, Pid{}, facts.processes, itself)) return *fault;
  if (const auto fault = take(line, kSearch, std::vector<std::string>{}, facts.searches, itself)) {
    return *fault;
  }
  if (const auto fault = take(line, kUser, std::string{}, facts.users, itself)) return *fault;
  if (const auto fault = take(line, kUidRange, UidRange{}, facts.uid_ranges, itself)) return *fault;
  if (const auto fault = take(
          line, kDomainRecord, RecordedDomain{}, facts.domain_records,
          [](RecordedDomain& domain) { return std::pair(domain.domid, std::move(domain.uuid)); })) {
    return *fault;
  }
  if (const auto fault = take_one(line, kKernel, facts.kernel)) {
    if (facts.kernel.is_known()) facts.kernel->sort();
    return *fault;
  }
  if (const auto fault = take_one(line, kSettings, facts.settings)) return *fault;
  if (const auto fault = take_one(line, kEventChannels, facts.event_channels)) {
    if (facts.event_channels.is_known()) sort(*facts.event_channels);
    return *fault;
  }
  return nullptr;  // of a later version of this form
}

}  // namespace

std::string write_process_record(const HostFacts& facts) {
  std::string text = Json{{kForm, kProcessRecordVersion}}.dump() + '\n';
  for (const auto& [pid, process] : facts.processes) append(text, kProcess, pid, process);
  for (const auto& [arguments, pids] : facts.searches) append(text, kSearch, arguments, pids);
  for (const auto& [name, user] : facts.users) append(text, kUser, name, user);
  for (const auto& [range, users] : facts.uid_ranges) append(text, kUidRange, range, users);
  for (const auto& [domain, record] : facts.domain_records) {
    append(text, kDomainRecord, RecordedDomain{domain.first, domain.second}, record);
  }
  append_one(text, kKernel, facts.kernel);
  append_one(text, kSettings, facts.settings);
  append_one(text, kEventChannels, facts.event_channels);
  return text;
}

Result<HostFacts> read_process_record(std::string_view text, const std::string& name,
                                      std::uint64_t first_line) {
  HostFacts facts;
  std::uint64_t number = first_line;
  const auto failed = [&](std::string what) {
    return Error{escape_shortened(name) + ":" + std::to_string(number),
                 "this record of processes " + std::move(what),
                 {}};
  };
  if (text.empty()) return failed("is empty");
  for (; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return failed("ends within a line");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() > kMaxProcessRecordLine) return failed("has a line that is too long");
    if (number == first_line) {
      const Json head = parse_bounded_json(line);
      if (!head.is_object() || !head.contains(kForm)) return failed("has no version line");
      if (head[kForm] != kProcessRecordVersion) return failed("is of an unknown version");
      continue;
    }
    if (const char* fault = read_line(line, facts))
      return failed(std::string("has a line that ") + fault);
  }
  return facts;
}

}  // namespace xsaudit
