// Prints a store of any size in the form of `xenstore-ls -fp`, the same one each time: domain 0 and
// guests as libxl made them for generate_store.template.txt, each with as many nodes as wanted in
// the data/ that it owns. Healthy, unless faults are asked for: then one guest after another gets
// the next kind of fault, and standard error says which, as "DOMID RULE".
//
//   generate_store [--domains N] [--data M] [--hostile] [--faults K]
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  std::uint32_t domains = 10;
  std::uint32_t data = 0;  // nodes below each guest's data/
  bool hostile = false;    // what a guest may write there to break a reader
  std::uint32_t faults = 0;
};

// One line of the listing, still with its parts apart.
struct Line {
  std::string path;
  std::string value;
  std::string permissions;
};

std::string number(std::uint32_t value) { return std::to_string(value); }

bool below(const std::string& path, const std::string& top) {
  return path == top || path.compare(0, top.size() + 1, top + "/") == 0;
}

std::string home(std::uint32_t guest) { return "/local/domain/" + number(guest); }
std::string frontend(std::uint32_t guest) { return home(guest) + "/device/vif/0"; }
std::string backend(std::uint32_t guest) {
  return home(0) + "/backend/vif/" + number(guest) + "/0";
}
std::string record(std::uint32_t guest) { return "/libxl/" + number(guest) + "/device/vif/0"; }

// A way to break one guest: changes a line of the store, or answers false to drop it. Named after
// the rule that must find it.
struct Fault {
  const char* rule;
  bool (*apply)(Line&, std::uint32_t guest);
};

bool say(Line& line, const std::string& path, const std::string& value) {
  if (line.path == path) line.value = value;
  return true;
}
bool permit(Line& line, const std::string& path, const std::string& permissions) {
  if (line.path == path) line.permissions = permissions;
  return true;
}
std::string owned_by(std::uint32_t guest) { return "n" + number(guest) + ",r0"; }

constexpr std::array<Fault, 14> kFaults = {{
    {"frontend-link-forged",
     [](Line& line, std::uint32_t guest) {
       return say(line, frontend(guest) + "/backend", backend(guest + 1));
     }},
    {"frontend-backendid-mismatch",
     [](Line& line, std::uint32_t guest) {
       return say(line, frontend(guest) + "/backend-id", number(guest));
     }},
    {"frontend-without-backend",
     [](Line& line, std::uint32_t guest) { return !below(line.path, backend(guest)); }},
    {"frontend-missing",
     [](Line& line, std::uint32_t guest) { return !below(line.path, frontend(guest)); }},
    {"orphan-backend",
     [](Line& line, std::uint32_t guest) {
       return !below(line.path, frontend(guest)) && !below(line.path, record(guest));
     }},
    {"backend-frontend-link-forged",
     [](Line& line, std::uint32_t guest) {
       return say(line, backend(guest) + "/frontend", frontend(guest + 1));
     }},
    {"backend-config-drift",
     [](Line& line, std::uint32_t guest) {
       return say(line, backend(guest) + "/script", "/tmp/x");
     }},
    {"backend-dir-frontend-writable",
     [](Line& line, std::uint32_t guest) {
       return permit(line, backend(guest), "n0,b" + number(guest));
     }},
    {"libxl-record-mismatch",
     [](Line& line, std::uint32_t guest) {
       return say(line, record(guest) + "/backend", backend(guest + 1));
     }},
    {"device-not-in-libxl-record",
     [](Line& line, std::uint32_t guest) { return !below(line.path, record(guest)); }},
    {"toolstack-private-readable",
     [](Line& line, std::uint32_t guest) {
       return permit(line, "/libxl/" + number(guest), "n0,r" + number(guest));
     }},
    {"vm-pointer-guest-controlled",
     [](Line& line, std::uint32_t guest) {
       return permit(line, home(guest) + "/vm", owned_by(guest));
     }},
    {"console-endpoint-guest-controlled",
     [](Line& line, std::uint32_t guest) {
       return permit(line, home(guest) + "/console/tty", owned_by(guest));
     }},
    {"world-writable-node",
     [](Line& line, std::uint32_t guest) {
       return permit(line, home(guest) + "/memory/target", "b0");
     }},
}};

class Generator {
 public:
  Generator(const Options& options, std::vector<Line> lines)
      : options_(options), template_(std::move(lines)) {}

  void print() {
    for (std::size_t at = 0; at < template_.size();) {
      if (!of_guest(template_[at])) {
        print(template_[at++]);
        continue;
      }
      std::size_t end = at;
      while (end < template_.size() && top(template_[end]) == top(template_[at])) ++end;
      for (std::uint32_t guest = 1; guest <= options_.domains; ++guest) print(at, end, guest);
      at = end;
    }
    flush();
    for (std::uint32_t i = 0; i < options_.faults; ++i) {
      std::cerr << guest_of_fault(i) << ' ' << kFaults[i % kFaults.size()].rule << '\n';
    }
  }

 private:
  static bool of_guest(const Line& line) { return line.path.find('$') != std::string::npos; }
  // What holds one directory for each guest.
  static std::string top(const Line& line) { return line.path.substr(0, line.path.find('$')); }

  // Faults are spread evenly, one to a guest.
  std::uint32_t guest_of_fault(std::uint32_t fault) const {
    return 1 +
           static_cast<std::uint32_t>(std::uint64_t{fault} * options_.domains / options_.faults);
  }
  const Fault* fault_of(std::uint32_t guest) const {
    if (options_.faults == 0) return nullptr;
    const auto fault = static_cast<std::uint32_t>(
        (std::uint64_t{guest - 1} * options_.faults + options_.domains - 1) / options_.domains);
    if (fault >= options_.faults || guest_of_fault(fault) != guest) return nullptr;
    return &kFaults[fault % kFaults.size()];
  }

  // The lines of the template from `at` up to `end`, for one guest.
  void print(std::size_t at, std::size_t end, std::uint32_t guest) {
    const Fault* fault = fault_of(guest);
    const std::string data = home(guest) + "/data";
    for (; at < end; ++at) {
      const Line& pattern = template_[at];
      Line line{filled(pattern.path, guest), filled(pattern.value, guest),
                filled(pattern.permissions, guest)};
      if (fault == nullptr || fault->apply(line, guest)) print(line);
      if (line.path != data) continue;
      options_.hostile ? print_hostile_data(data, guest) : print_data(data, guest);
    }
  }

  // Directories of a hundred nodes: a node with its children's names has at most 2,048 bytes.
  void print_data(const std::string& data, std::uint32_t guest) {
    const std::string owner = "n" + number(guest);
    std::string directory;
    for (std::uint32_t i = 0; i < options_.data; ++i) {
      if (i % 100 == 0) {
        directory = data + "/app-" + number(i / 100);
        print({directory, "", owner});
      } else {
        print({directory + "/key-" + number(i), "value " + number(i) + " of guest " + number(guest),
               owner});
      }
    }
  }

  // Half of the nodes in one chain, as far as a path reaches; the others beside each other.
  void print_hostile_data(const std::string& data, std::uint32_t guest) {
    std::uint32_t left = options_.data;
    for (std::string path = data + "/d"; left > options_.data / 2 && path.size() <= 2048;
         path += "/d") {
      print({path, hostile_value(), hostile_permissions(guest)});
      --left;
    }
    for (; left > 0; --left) {
      print({data + "/" + number(left), hostile_value(), hostile_permissions(guest)});
    }
  }

  // As the client prints it: quotes stay as they are, so that a value can look like the end of a
  // line, and other bytes are escaped.
  std::string hostile_value() {
    static constexpr std::array<const char*, 8> kValues = {R"(\\"   (n0))",
                                                           R"("   (n0))",
                                                           R"(" = "x"   (r0))",
                                                           R"(\x1b[2J\x1b]0;title\007\x7f\xff)",
                                                           R"(\n/local/domain/0/name = "fake")",
                                                           R"(/local/domain/0/backend/vif/1/0)",
                                                           R"(<script>alert(1)</script>)",
                                                           R"(%s%n${jndi:x})"};
    const auto choice = random_() % (kValues.size() + 1);
    return choice < kValues.size() ? kValues[choice] : std::string(random_() % 1500, '"');
  }
  std::string hostile_permissions(std::uint32_t guest) {
    static constexpr std::array<char, 4> kLetters = {'n', 'r', 'w', 'b'};
    std::string list = kLetters[random_() % 4] + number(guest);
    for (auto entries = random_() % 5; entries > 0; --entries) {
      list += ',';
      list += kLetters[random_() % 4];
      list += number(random_() % 32768);
    }
    return list;
  }

  static std::string filled(const std::string& pattern, std::uint32_t guest) {
    std::string text;
    for (std::size_t at = 0; at < pattern.size();) {
      const std::string_view rest = std::string_view(pattern).substr(at);
      const auto variable = [&](std::string_view name) {
        if (rest.substr(0, name.size()) != name) return false;
        at += name.size();
        return true;
      };
      if (variable("$N")) {
        text += number(guest);
      } else if (variable("$UUID")) {
        text += "f2454997-dc6d-487d-9991-" + hexadecimal(guest, 12);
      } else if (variable("$MAC")) {
        const std::string hex = hexadecimal(guest, 6);
        text += "00:16:3e:" + hex.substr(0, 2) + ":" + hex.substr(2, 2) + ":" + hex.substr(4);
      } else if (variable("$MINOR")) {
        text += hexadecimal(guest, 1);
      } else {
        text += pattern[at++];
      }
    }
    return text;
  }
  static std::string hexadecimal(std::uint32_t value, std::size_t width) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    std::string text(digits.data(), end);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
  }

  void print(const Line& line) {
    out_ += line.path;
    out_ += " = \"";
    out_ += line.value;
    out_ += "\"   (";
    out_ += line.permissions;
    out_ += ")\n";
    if (out_.size() > (1U << 16)) flush();
  }
  void flush() {
    std::cout << out_;
    out_.clear();
  }

  const Options options_;
  const std::vector<Line> template_;
  std::mt19937 random_;  // the same numbers on every machine
  std::string out_;
};

std::optional<std::vector<Line>> read_template(const char* file) {
  std::ifstream in(file);
  std::vector<Line> lines;
  for (std::string text; std::getline(in, text);) {
    const std::size_t value = text.find(" = \"");
    const std::size_t permissions = text.rfind("\"   (");
    if (value == std::string::npos || permissions == std::string::npos) return std::nullopt;
    lines.push_back({text.substr(0, value), text.substr(value + 4, permissions - value - 4),
                     text.substr(permissions + 5, text.size() - permissions - 6)});
  }
  if (lines.empty()) return std::nullopt;
  return lines;
}

bool parse(const char* text, std::uint32_t& value) {
  const char* end = text + std::strlen(text);
  const auto [stop, failed] = std::from_chars(text, end, value);
  return failed == std::errc() && stop == end;
}

std::optional<Options> parse_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--hostile") {
      options.hostile = true;
      continue;
    }
    std::uint32_t* value = name == "--domains"  ? &options.domains
                           : name == "--data"   ? &options.data
                           : name == "--faults" ? &options.faults
                                                : nullptr;
    if (value == nullptr || ++i == count || !parse(arguments[i], *value)) return std::nullopt;
  }
  if (options.domains > 32000 || options.faults > options.domains) return std::nullopt;
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse_options(count, arguments);
  if (!options) {
    std::cerr << "usage: generate_store [--domains N] [--data M] [--hostile] [--faults K], with "
                 "K <= N <= 32000\n";
    return 2;
  }
  auto lines = read_template(XSAUDIT_SOURCE_DIR "/tests/generate_store.template.txt");
  if (!lines) {
    std::cerr << "generate_store: its template cannot be read\n";
    return 2;
  }
  Generator(*options, std::move(*lines)).print();
  return std::cout.flush() ? 0 : 1;
}
