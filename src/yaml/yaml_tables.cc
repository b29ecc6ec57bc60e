// yaml_tables FUNCTION OUTPUT [--apart KEY] FILE…: writes a C++ source that contains the YAML files
// as tables, so that the program need not parse them:
//
//   std::span<const YamlTable> FUNCTION();
//
// With --apart, the top-level key KEY of each file, which must be its last, becomes a tree of its
// own. Run by the build (embed.cmake); a mistake in a file is a build error with file:line:col.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text_file.h"
#include "yaml/yaml_tree.h"

namespace xsaudit {
namespace {

struct Arguments {
  std::string function;
  std::string output;
  std::string apart;
  std::vector<std::string> files;
};

// A literal of the text, one line of the source for each of its lines. Compilers join adjacent
// literals, and an escape has at most three octal digits.
void write_literal(std::ostream& out, std::string_view text) {
  out << '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out << "\\n\"\n\"";
    } else if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '?') {
      const char digits[] = {'\\', static_cast<char>('0' + (byte >> 6)),
                             static_cast<char>('0' + (byte >> 3 & 7)),
                             static_cast<char>('0' + (byte & 7)), '\0'};
      out << digits;
    } else {
      out << c;
    }
  }
  out << '"';
}

// `shift`: how many indices the nodes move down, being the root of another tree.
void write_nodes(std::ostream& out, const std::string& name, const std::vector<YamlNode>& nodes) {
  out << "const YamlNode " << name << "[] = {\n";
  for (const YamlNode& node : nodes) {
    out << "{YamlValue::Kind(" << static_cast<int>(node.kind) << ")," << node.line << ','
        << node.column << ',' << node.offset << ',' << node.end << ',' << node.text_begin << ','
        << node.text_size << "},\n";
  }
  out << "};\n";
}

// Moves the last member of the root, if its key is `key`, from `nodes` into a map of its own.
std::vector<YamlNode> take_apart(std::vector<YamlNode>& nodes, const YamlTree& tree,
                                 std::string_view key) {
  std::vector<YamlNode> apart;
  for (std::size_t at = 1; at < nodes.size(); at = nodes[at + 1].end) {
    if (tree.text_of(nodes[at]) != key) continue;
    if (nodes[at + 1].end != nodes.size()) {
      std::cerr << yaml_place(tree.file, nodes[at].line, nodes[at].column) << ": '" << key
                << "' must be the last key\n";
      std::exit(1);
    }
    apart.assign(nodes.begin(), nodes.begin() + 1);
    apart.insert(apart.end(), nodes.begin() + static_cast<std::ptrdiff_t>(at), nodes.end());
    for (YamlNode& node : apart) node.end -= static_cast<std::uint32_t>(at - 1);
    nodes.resize(at);
    nodes.front().end = static_cast<std::uint32_t>(at);
    return apart;
  }
  return apart;
}

Status write_file(std::ostream& out, std::ostream& tables, const std::string& path,
                  std::size_t number, const std::string& apart_key) {
  XSAUDIT_ASSIGN(auto file, read_text_file(path));
  ParsedYaml yaml{path, std::move(file.text), {}, {}};
  XSAUDIT_TRY(parse_yaml(yaml));
  const std::vector<YamlNode> apart = take_apart(yaml.nodes, yaml.tree(), apart_key);
  const std::string suffix = std::to_string(number);
  out << "constexpr std::string_view kText" << suffix << "(";
  write_literal(out, yaml.text);
  out << ", " << yaml.text.size() << ");\nconstexpr std::string_view kCooked" << suffix << "(";
  write_literal(out, yaml.cooked);
  out << ", " << yaml.cooked.size() << ");\n";
  write_nodes(out, "kNodes" + suffix, yaml.nodes);
  if (!apart.empty()) write_nodes(out, "kApart" + suffix, apart);
  const std::string begin = "{\"" + std::filesystem::path(path).filename().string() + "\", kText" +
                            suffix + ", kCooked" + suffix + ", ";
  tables << "{" << begin << "kNodes" << suffix << "}, ";
  if (apart.empty()) {
    tables << "{}},\n";
  } else {
    tables << begin << "kApart" << suffix << "}},\n";
  }
  return ok();
}

int write_tables(const Arguments& arguments) {
  std::ofstream out(arguments.output);
  out << "// Made from YAML files by yaml_tables.cc.\n#include <span>\n\n"
         "#include \"yaml/yaml_tree.h\"\n\nnamespace xsaudit {\nnamespace {\n";
  std::ostringstream tables;
  for (std::size_t i = 0; i < arguments.files.size(); ++i) {
    const Status written = write_file(out, tables, arguments.files[i], i, arguments.apart);
    if (written) continue;
    std::cerr << written.error().text() << "\n";
    return 1;
  }
  out << "const YamlTable kTables[] = {\n"
      << tables.str() << "};\n}  // namespace\n\n"
      << "std::span<const YamlTable> " << arguments.function << "();\n"
      << "std::span<const YamlTable> " << arguments.function << "() { return kTables; }\n"
      << "}  // namespace xsaudit\n";
  out.flush();
  if (out) return 0;
  std::cerr << arguments.output << ": cannot be written\n";
  return 1;
}

}  // namespace
}  // namespace xsaudit

int main(int argc, char** argv) {
  xsaudit::Arguments arguments;
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 3) {
    std::cerr << "usage: yaml_tables FUNCTION OUTPUT [--apart KEY] FILE...\n";
    return 2;
  }
  arguments.function = words[0];
  arguments.output = words[1];
  std::size_t next = 2;
  if (words[next] == "--apart" && words.size() > next + 1) {
    arguments.apart = words[next + 1];
    next += 2;
  }
  arguments.files.assign(words.begin() + static_cast<std::ptrdiff_t>(next), words.end());
  return xsaudit::write_tables(arguments);
}
