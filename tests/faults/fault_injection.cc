// Takes every healthy store there is, breaks one thing at a time, audits what came of it, and
// compares that with what the fault is declared to come to. Ends with 0 if every fault was found
// wherever it can be made, nothing else was, and every rule has a fault.
//
//   fault_injection            every fault in every store where it can be made
//   fault_injection --sample   each in a few stores: for a build that is slow
//   fault_injection TEXT       only the faults with TEXT in their names, and what each audit said
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>

#include "audit/auditor.h"
#include "faults/fault.h"
#include "source/recording/dump_reader.h"

namespace xsaudit {
namespace {

constexpr const char* kDirectory = XSAUDIT_SOURCE_DIR "/tests/faults/";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "fault_injection: %s\n", why.c_str());
  std::exit(2);
}

template <typename T>
T must(Result<T> result) {
  if (!result) give_up(result.error().text());
  return *std::move(result);
}
void must(const Status& status) {
  if (!status) give_up(status.error().text());
}

std::string read_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) give_up("cannot read " + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What an audit says of a store: a finding, or a rule that could not be decided (of no severity).
struct Said {
  std::string rule;
  std::string path;
  std::optional<Severity> severity;

  auto key() const { return std::tie(rule, path, severity); }
  bool operator<(const Said& other) const { return key() < other.key(); }
  std::string text() const {
    return (severity ? to_text(*severity) : std::string("undecided")) + " " + rule + " " + path;
  }
};

class Policy {
 public:
  const Schema schema = must(Schema::load(embedded_schema()));
  const RuleSet rules = must(RuleSet::load(embedded_rules(), schema));

  std::set<Said> audit(const EditableStore& store) const {
    AuditOptions options;
    options.alive = store.alive();
    Auditor auditor(schema, rules, options);
    // As a live store that is still the same when it is looked at again.
    auditor.add("store", store.snapshot(), [&] { return Result<Snapshot>(store.snapshot()); });
    const AuditResult result = std::move(auditor).finish();
    std::set<Said> said;
    for (const Finding& finding : result.findings) {
      said.insert({result.rules[finding.rule].id, finding.path, finding.severity});
    }
    for (const UndecidedRule& undecided : result.not_evaluated) {
      if (undecided.by_form) continue;
      said.insert({result.rules[undecided.rule].id, undecided.reason, std::nullopt});
    }
    return said;
  }
};

struct Store {
  std::string name;  // without directory and ending
  EditableStore content;
  Snapshot snapshot;  // of that
  std::set<Said> said;
};

bool is_it(const Said& said, const Report& report, const std::string& path) {
  const bool at = said.path == path || (report.below && said.path.starts_with(path + "/"));
  return at && said.rule == report.rule && said.severity == report.severity;
}

class Injection {
 public:
  Injection(std::string only, bool sample) : only_(std::move(only)), sample_(sample) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(kDirectory)) {
      if (entry.path().extension() == ".faults") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) {
      for (Fault& fault : must(parse_faults(read_file(file), file.filename()))) {
        faults_.push_back(std::move(fault));
      }
    }
  }

  void load_stores() {
    const std::string list = "healthy.stores";
    for (const HealthyStore& healthy : must(parse_stores(read_file(kDirectory + list), list))) {
      const std::string file = XSAUDIT_SOURCE_DIR "/tests/dumps/" + healthy.file;
      EditableStore content(must(read_dump_text(read_file(file), healthy.file)), healthy.alive);
      for (const Change& change : healthy.changes) must(apply(change, {}, content));
      if (healthy.daemon) content.set_daemon(*healthy.daemon);
      std::set<Said> said = knowledge_.audit(content);
      check_healthy(healthy, said);
      Snapshot snapshot = content.snapshot();
      stores_.push_back({healthy.file, std::move(content), std::move(snapshot), std::move(said)});
    }
  }

  void run() {
    print_stores();
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      const Fault& fault = faults_[i];
      if (fault.name.find(only_) == std::string::npos) continue;
      std::string row(stores_.size(), '.');
      std::set<const Report*> seen;
      std::size_t tried = 0;
      // Not the same few stores for every fault.
      for (std::size_t k = 0; k < stores_.size() && (!sample_ || tried < kSample); ++k) {
        const std::size_t at = (i + k) % stores_.size();
        row[at] = try_fault(fault, stores_[at], seen);
        tried += row[at] == '.' ? 0 : 1;
      }
      std::printf("%s  %s\n", row.c_str(), fault.name.c_str());
      if (tried == 0) complain(fault.place + ": no store in which this can be broken");
      for (const Report& report : fault.also) {
        if (!sample_ && tried > 0 && seen.count(&report) == 0) {
          complain(fault.place + ": nowhere was there a " + report.rule + " beside it");
        }
      }
    }
  }

  void check_rules_covered() {
    std::set<std::string> covered;
    for (const Fault& fault : faults_) {
      for (const Report& report : fault.finds) covered.insert(report.rule);
    }
    for (const Rule& rule : knowledge_.rules.rules()) {
      // Not every rule about processes fires for a change of the store alone, and a line about a
      // guest is no fault.
      const bool of_host = rule.tests->text().find("\n      host:") != std::string::npos;
      // A fault changes a store, and no log.
      const bool of_log = rule.tests->text().find("\n      log:") != std::string::npos;
      const bool found = covered.erase(rule.id) > 0;
      if (!found && !of_host && !of_log && !rule.is_note)
        complain("no fault is found by " + rule.id);
    }
    for (const std::string& rule : covered) complain("there is no rule " + rule);
  }

  int finish() const {
    std::printf(
        "\n%zu faults, %zu stores: %zu audits, %zu of them found the fault, %zu said more\n",
        faults_.size(), stores_.size(), made_, caught_, false_alarms_);
    std::fflush(stdout);
    for (const std::string& complaint : complaints_) {
      std::fprintf(stderr, "%s\n", complaint.c_str());
    }
    return complaints_.empty() ? 0 : 1;
  }

 private:
  static constexpr std::size_t kSample = 4;

  static char letter(std::size_t index) {
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 52];
  }

  void print_stores() const {
    std::string letters;
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      std::printf("%c  %s\n", letter(i), stores_[i].name.c_str());
      letters += letter(i);
    }
    std::printf(
        "\n+ found   M missed   F found, and a false alarm   . cannot be made there%s\n\n%s\n",
        sample_ ? ", or was not tried" : "", letters.c_str());
  }

  void check_healthy(const HealthyStore& store, std::set<Said> said) {
    for (const Report& report : store.known) {
      const auto is_known = [&](const Said& one) { return is_it(one, report, report.path); };
      if (std::erase_if(said, is_known) == 0) {
        complain(store.file + ": missed: " + report.rule + " " + report.path);
      }
    }
    for (const Said& one : said) {
      if (one.severity && *one.severity >= Severity::low) {
        complain(store.file + " is healthy, but: " + one.text());
      }
    }
  }

  char try_fault(const Fault& fault, const Store& store, std::set<const Report*>& seen) {
    const auto names = must(find_place(fault, store.snapshot, knowledge_.schema.variables()));
    if (!names) return '.';
    ++made_;
    EditableStore broken = store.content;
    for (const Change& change : fault.changes) {
      const Status status = apply(change, *names, broken);
      if (!status) give_up(fault.place + ", " + store.name + ": " + status.error().text());
    }
    // What could not be judged is what the fault is about, where something is not known.
    const bool unknown =
        std::any_of(fault.changes.begin(), fault.changes.end(),
                    [](const Change& change) { return change.kind == Change::Kind::forget; });
    std::vector<Said> rest;
    for (const Said& said : knowledge_.audit(broken)) {
      if (store.said.count(said) == 0 && !(unknown && !said.severity)) rest.push_back(said);
    }
    if (!only_.empty()) {
      for (const Said& said : rest) std::printf("    %s\n", said.text().c_str());
    }

    const std::string where = fault.place + " (" + fault.name + ") in " + store.name + ": ";
    const auto take = [&](const Report& report) {
      const std::string path = must(filled_in(report.path, *names));
      return std::erase_if(rest, [&](const Said& said) { return is_it(said, report, path); }) > 0;
    };
    bool missed = false;
    for (const Report& report : fault.finds) {
      if (take(report)) continue;
      missed = true;
      complain(where + "missed: " + to_text(report.severity) + " " + report.rule + " " +
               must(filled_in(report.path, *names)));
    }
    for (const Report& report : fault.also) {
      if (take(report)) seen.insert(&report);
    }
    // What those rules say beside others restates them in the schema's words: README.md.
    std::erase_if(rest, [](const Said& said) { return said.rule.starts_with("schema-"); });
    for (const Said& said : rest) complain(where + "false alarm: " + said.text());
    caught_ += missed ? 0 : 1;
    false_alarms_ += rest.empty() ? 0 : 1;
    return missed ? 'M' : rest.empty() ? '+' : 'F';
  }

  void complain(std::string what) { complaints_.push_back(std::move(what)); }

  const std::string only_;
  const bool sample_;
  const Policy knowledge_;
  std::vector<Fault> faults_;
  std::vector<Store> stores_;
  std::vector<std::string> complaints_;
  std::size_t made_ = 0;
  std::size_t caught_ = 0;
  std::size_t false_alarms_ = 0;
};

int run(const std::string& option) {
  const bool sample = option == "--sample";
  Injection injection(sample ? "" : option, sample);
  injection.load_stores();
  injection.run();
  if (sample || option.empty()) injection.check_rules_covered();
  return injection.finish();
}

}  // namespace
}  // namespace xsaudit

int main(int count, char** arguments) { return xsaudit::run(count > 1 ? arguments[1] : ""); }
