// Path patterns: their grammar, and matching compared with a slow and obvious
// matcher over every combination of a small set of components.
#include "schema/pattern.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "store/path.h"
#include "store/snapshot_builder.h"

namespace xsaudit {
namespace {

const VariableTypes kTypes = {
    {"DOMID", VariableType::domid}, {"N", VariableType::number}, {"UUID", VariableType::uuid}};

Pattern pattern(std::string_view text) {
  auto parsed = Pattern::parse(text, kTypes);
  if (!parsed) FAIL(parsed.error().text());
  return *std::move(parsed);
}

std::string refusal(std::string_view text) {
  std::size_t at = 1000;
  auto parsed = Pattern::expand(text, kTypes, &at);
  return parsed ? "accepted" : std::to_string(at) + ": " + parsed.error().text();
}

std::vector<std::string> expanded(std::string_view text) {
  std::vector<std::string> out;
  const auto patterns = Pattern::expand(text, kTypes);
  if (!patterns) FAIL(patterns.error().text());
  for (const Pattern& one : *patterns) out.push_back(one.text());
  return out;
}

Snapshot store(const std::vector<std::string>& paths) {
  SnapshotBuilder builder;
  for (const std::string& path : paths) builder.at(path);
  return std::move(builder).finish({}, UnknownReason::known);
}

// Paths of the nodes that for_each finds, each with its bindings: "/a/1 N=1".
std::vector<std::string> found(const Pattern& pattern, const Snapshot& snapshot,
                               const std::vector<Binding>& fixed = {}) {
  std::vector<std::string> out;
  pattern.for_each(snapshot, fixed, [&](NodeId node, const std::vector<Binding>& bindings) {
    std::string text = snapshot.path(node);
    for (std::size_t i = 0; i < bindings.size(); ++i) {
      CHECK(bindings[i].bound);
      text += " " + pattern.variables()[i].name + "=" + std::string(bindings[i].text);
    }
    out.push_back(text);
    return true;
  });
  return out;
}

TEST_CASE("what a pattern is made of") {
  const Pattern one = pattern("~/device/$KIND/$DEVID/ring-ref$N");
  CHECK(one.text() == "~/device/$KIND/$DEVID/ring-ref$N");
  REQUIRE(one.segments().size() == 7);
  CHECK(one.segments()[1].kind == Pattern::Segment::Kind::literal);
  CHECK(one.segments()[1].prefix == "domain");
  REQUIRE(one.variables().size() == 4);
  CHECK(one.variables()[0].name == "DOMID");
  CHECK(one.variables()[0].type == VariableType::domid);
  CHECK(one.variables()[1].type == VariableType::name);
  CHECK(one.variable("N") == 3);
  CHECK(one.variable("ABSENT") == -1);
  CHECK(one.segments()[6].prefix == "ring-ref");
  CHECK(one.segments()[6].variable == 3);
  CHECK_FALSE(one.deep());
  CHECK(pattern("/libxl/**").deep());
  CHECK(pattern("/").segments().empty());
  CHECK(pattern("~").segments().size() == 3);
}

TEST_CASE("patterns that are refused, and where") {
  CHECK(refusal("") == "0: a pattern begins with '/' or '~'");
  CHECK(refusal("local/domain") == "0: a pattern begins with '/' or '~'");
  CHECK(refusal("/a//b") == "3: the pattern has an empty component");
  CHECK(refusal("/a/") == "3: the pattern has an empty component");
  CHECK(refusal("~/") == "2: the pattern has an empty component");
  CHECK(refusal("//") == "1: the pattern has an empty component");
  CHECK(refusal("/**/a") == "1: '**' can only be the last component");
  CHECK(refusal("~/**/a") == "2: '**' can only be the last component");
  CHECK(refusal("/a/oem-*") ==
        "7: '*' stands for a whole component (for a "
        "part of one use a variable, as in oem-$INDEX)");
  CHECK(refusal("/a/b c") == "4: no node name has ' '");
  CHECK(refusal("/a/~") == "3: no node name has '~'");
  CHECK(refusal("~/$A$B") == "4: a component has at most one variable");
  CHECK(refusal("/$domid") ==
        "1: '$' without the name of a variable (variables are written in "
        "capitals, as in $DOMID)");
  CHECK(refusal("/$1A").find("1: '$' without") == 0);
  CHECK(refusal("/a$").find("2: '$' without") == 0);
  CHECK(refusal("/{a,b") == "1: '{' without '}'");
  CHECK(refusal("/a}") == "2: '}' without '{'");
  CHECK(refusal("/{a,{b}}") == "4: '{' inside '{'");
  CHECK(refusal("/{a,a}") == "0: the pattern stands for '/a' twice");
  CHECK(refusal("/x/{a,,b}") == "0: the pattern has an empty component");
  const std::string sixteen = "{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f}";
  CHECK(expanded("/" + sixteen + "/" + sixteen).size() == 256);
  CHECK(refusal("/" + sixteen + "/" + sixteen + "/{0,1}") ==
        "69: the pattern stands for more than 256 patterns");
  CHECK(refusal("/" + std::string(5000, 'a')) == "0: the pattern is longer than 4095 bytes");
}

TEST_CASE("a pattern in a YAML file is refused with its place") {
  const auto document = YamlDocument::parse("r.yaml", "match: ~/a b\n");
  REQUIRE(document.ok());
  CHECK(Pattern::parse(document->root().get("match"), kTypes).error().text() ==
        "r.yaml:1:11: no node name has ' '");
  CHECK(Pattern::parse(document->root(), kTypes).error().text() ==
        "r.yaml:1:1: expected a text, found a map");
}

TEST_CASE("braces stand for several patterns") {
  CHECK(expanded("~/{vm,name,device/**}") ==
        std::vector<std::string>{"~/vm", "~/name", "~/device/**"});
  CHECK(expanded("/a{,1}/{b,c}") == std::vector<std::string>{"/a/b", "/a1/b", "/a/c", "/a1/c"});
  CHECK(expanded("/a") == std::vector<std::string>{"/a"});
}

TEST_CASE("what a variable of each type accepts") {
  Binding binding;
  const auto accepts = [&](VariableType type, std::string_view text) {
    return bind(type, text, binding);
  };
  CHECK(accepts(VariableType::number, "0"));
  CHECK(accepts(VariableType::number, "999999999"));
  CHECK(binding.number == 999'999'999);
  CHECK(binding.text == "999999999");
  for (const char* text : {"", "00", "01", "-1", "+1", "1a", "0x1", "1000000000", " 1"}) {
    CAPTURE(text);
    CHECK_FALSE(accepts(VariableType::number, text));
    CHECK_FALSE(accepts(VariableType::domid, text));
    CHECK_FALSE(binding.bound);
  }
  CHECK(accepts(VariableType::domid, "32751"));
  CHECK_FALSE(accepts(VariableType::domid, "32752"));
  CHECK(accepts(VariableType::uuid, "0123abcd-89AB-cdef-0123-456789abcdef"));
  CHECK(binding.number == 0);
  CHECK_FALSE(accepts(VariableType::uuid, "0123abcd-89AB-cdef-0123-456789abcdeg"));
  CHECK_FALSE(accepts(VariableType::uuid, "0123abcd089AB-cdef-0123-456789abcdef"));
  CHECK_FALSE(accepts(VariableType::uuid, "0123abcd-89AB-cdef-0123-456789abcde"));
  for (const char* text : {"51712", "051712", "4294967296", "-1", "0xca00", "1x"}) {
    INFO(text);
    CHECK(accepts(VariableType::device, text));
    CHECK(binding.text == text);
  }
  CHECK_FALSE(accepts(VariableType::device, "event-channel"));
  CHECK_FALSE(accepts(VariableType::device, ""));
  CHECK(accepts(VariableType::name, "vbd"));
  CHECK_FALSE(accepts(VariableType::name, ""));
}

TEST_CASE("a path from bindings") {
  std::vector<Binding> bindings;
  const Pattern one = pattern("/a/$X/b$N-c");
  REQUIRE(one.matches("/a/q/b7-c", bindings));
  CHECK(one.path(bindings).value() == "/a/q/b7-c");
  bindings[1].bound = false;
  CHECK(one.path(bindings).error().text() == "$N of '/a/$X/b$N-c' is not known");
  CHECK(one.path({}).error().text() == "$X of '/a/$X/b$N-c' is not known");
  CHECK_FALSE(pattern("/a/*").path({}).ok());
  CHECK_FALSE(pattern("/a/**").path({}).ok());
  CHECK(pattern("/").path({}).value() == "/");
}

TEST_CASE("matching one path") {
  std::vector<Binding> bindings;
  CHECK(pattern("~/device/$KIND/$N").matches("/local/domain/3/device/vbd/51712", bindings));
  REQUIRE(bindings.size() == 3);
  CHECK(bindings[0].number == 3);
  CHECK(bindings[1].text == "vbd");
  CHECK(bindings[2].number == 51712);
  CHECK_FALSE(pattern("~").matches("/local/domain/32752", bindings));
  CHECK_FALSE(pattern("~").matches("/local/domain/03", bindings));
  CHECK(pattern("/**").matches("/", bindings));
  CHECK(pattern("/**").matches("/a/b", bindings));
  CHECK(pattern("/libxl/**").matches("/libxl", bindings));
  CHECK_FALSE(pattern("/libxl/**").matches("/libxl2", bindings));
  CHECK_FALSE(pattern("/libxl/**").matches("/", bindings));
  CHECK(pattern("/").matches("/", bindings));
  CHECK_FALSE(pattern("/").matches("/a", bindings));
  CHECK(pattern("/$X/$X").matches("/a/a", bindings));
  CHECK_FALSE(pattern("/$X/$X").matches("/a/b", bindings));
  CHECK(pattern("/$X/p$X").matches("/a/pa", bindings));
  CHECK_FALSE(pattern("/p$X").matches("/p", bindings));
  CHECK_FALSE(pattern("/p$X-p").matches("/p-p", bindings));
  CHECK_FALSE(pattern("/aa$X-aa").matches("/aa-a", bindings));
  for (const char* not_a_path : {"", "a", "/a/", "//a", "a/"}) {
    CAPTURE(not_a_path);
    CHECK_FALSE(pattern("/a").matches(not_a_path, bindings));
    CHECK_FALSE(pattern("/*").matches(not_a_path, bindings));
    CHECK_FALSE(pattern("/$X").matches(not_a_path, bindings));
  }
}

TEST_CASE("all nodes that match, in the order of the store") {
  const Snapshot snapshot =
      store({"/local/domain/2/device/vbd/1", "/local/domain/1/device/vif/0",
             "/local/domain/1/device/vbd/5", "/local/domain/x/device/vbd/5", "/libxl/1"});
  CHECK(found(pattern("~/device/$KIND/$N"), snapshot) ==
        std::vector<std::string>{"/local/domain/2/device/vbd/1 DOMID=2 KIND=vbd N=1",
                                 "/local/domain/1/device/vif/0 DOMID=1 KIND=vif N=0",
                                 "/local/domain/1/device/vbd/5 DOMID=1 KIND=vbd N=5"});
  CHECK(found(pattern("/*"), snapshot) == std::vector<std::string>{"/local", "/libxl"});
  CHECK(found(pattern("/libxl/**"), snapshot) == std::vector<std::string>{"/libxl", "/libxl/1"});
  CHECK(found(pattern("/"), snapshot) == std::vector<std::string>{"/"});
  CHECK(found(pattern("/absent/**"), snapshot).empty());

  SECTION("with a variable that is already bound") {
    const Pattern devices = pattern("~/device/$KIND/$N");
    std::vector<Binding> fixed(3);
    REQUIRE(bind(VariableType::domid, "1", fixed[0]));
    CHECK(found(devices, snapshot, fixed).size() == 2);
    REQUIRE(bind(VariableType::name, "vif", fixed[1]));
    CHECK(found(devices, snapshot, fixed) ==
          std::vector<std::string>{"/local/domain/1/device/vif/0 DOMID=1 KIND=vif N=0"});
    REQUIRE(bind(VariableType::number, "7", fixed[2]));
    CHECK(found(devices, snapshot, fixed).empty());
  }
  SECTION("until the caller has enough") {
    int calls = 0;
    pattern("/**").for_each(snapshot, {},
                            [&](NodeId, const std::vector<Binding>&) { return ++calls < 3; });
    CHECK(calls == 3);
    calls = 0;
    pattern("~/device/$KIND/$N").for_each(snapshot, {}, [&](NodeId, const std::vector<Binding>&) {
      return ++calls < 2;
    });
    CHECK(calls == 2);
  }
}

TEST_CASE("what is bound at a node that matches, from the node upwards") {
  const Snapshot snapshot =
      store({"/local/domain/3/device/vif/0/ring-ref7", "/a/1/b/1", "/a/1/b/2"});
  std::vector<Binding> bindings;
  const Pattern ring = pattern("~/device/$KIND/$N/ring-ref$Q");
  REQUIRE(
      ring.bind_at(snapshot, snapshot.find("/local/domain/3/device/vif/0/ring-ref7"), bindings));
  REQUIRE(bindings.size() == 4);
  CHECK(bindings[0].number == 3);
  CHECK(bindings[1].text == "vif");
  CHECK(bindings[2].number == 0);
  CHECK(bindings[3].text == "7");
  const Pattern twice = pattern("/a/$N/b/$N/**");
  CHECK(twice.bind_at(snapshot, snapshot.find("/a/1/b/1"), bindings));
  CHECK(bindings[0].text == "1");
  CHECK_FALSE(twice.bind_at(snapshot, snapshot.find("/a/1/b/2"), bindings));
  CHECK(pattern("/**").bind_at(snapshot, kRootNode, bindings));
  CHECK(bindings.empty());
}

TEST_CASE("where matches may be missing because children are not known") {
  SnapshotBuilder builder;
  builder.at("/a/1/x");
  builder.at("/b/1");
  for (const char* path : {"/a", "/a/1", "/b/1"}) {
    builder.set_children(builder.at(path), UnknownReason::unreadable);
  }
  const Snapshot snapshot = std::move(builder).finish({}, UnknownReason::known);
  const auto gaps = [&](std::string_view text, const std::vector<Binding>& fixed = {}) {
    std::vector<std::string> paths;
    pattern(text).for_each(
        snapshot, fixed, [](NodeId, const std::vector<Binding>&) { return true; },
        [&](NodeId node, const std::vector<Binding>&) { paths.push_back(snapshot.path(node)); });
    return paths;
  };
  using Paths = std::vector<std::string>;
  CHECK(gaps("/a/$N") == Paths{"/a"});
  CHECK(gaps("/a/1") == Paths{});      // it is there
  CHECK(gaps("/a/2") == Paths{"/a"});  // it may be there
  CHECK(gaps("/a/1/x") == Paths{});
  CHECK(gaps("/a/1/*") == Paths{"/a/1"});
  CHECK(gaps("/a/**") == Paths{"/a", "/a/1"});
  CHECK(gaps("/c") == Paths{});  // certainly not there
  CHECK(gaps("/*/$N/x") == Paths{"/a", "/b/1"});
}

TEST_CASE("a very deep store is walked without recursion") {
  std::string path;
  for (int i = 0; i < 200'000; ++i) path += "/a";
  const Snapshot snapshot = store({path});
  std::size_t count = 0;
  pattern("/a/**").for_each(snapshot, {}, [&](NodeId, const std::vector<Binding>&) {
    ++count;
    return true;
  });
  CHECK(count == 200'000);
}

// The obvious matcher: compares component with component, by the text of the
// pattern alone.
bool slow_match(const std::vector<std::string_view>& want,
                const std::vector<std::string_view>& names, std::size_t at,
                std::map<std::string, std::string, std::less<>>& bound) {
  if (at == want.size()) return at == names.size();
  if (want[at] == "**") return true;
  if (at == names.size()) return false;
  const std::string_view name = names[at];
  const std::size_t dollar = want[at].find('$');
  if (dollar == std::string_view::npos) {
    if (want[at] != "*" && want[at] != name) return false;
  } else {
    const std::string prefix(want[at].substr(0, dollar));
    std::string variable(want[at].substr(dollar + 1));
    std::string suffix;
    if (const std::size_t minus = variable.find('-'); minus != std::string::npos) {
      suffix = variable.substr(minus);
      variable = variable.substr(0, minus);
    }
    bool some = false;
    for (std::size_t size = 1; size <= name.size() && !some; ++size) {
      for (std::size_t begin = 0; begin + size <= name.size(); ++begin) {
        const std::string text(name.substr(begin, size));
        if (prefix + text + suffix != name) continue;
        if (variable == "N" && (text.find_first_not_of("0123456789") != std::string::npos ||
                                std::to_string(std::stoi(text)) != text)) {
          continue;
        }
        const auto before = bound.find(variable);
        if (before != bound.end() && before->second != text) continue;
        bound[variable] = text;
        some = true;
        break;
      }
    }
    if (!some) return false;
  }
  return slow_match(want, names, at + 1, bound);
}

TEST_CASE(
    "every small pattern against every small path, compared with the "
    "obvious matcher") {
  const std::vector<std::string> parts = {"a",  "aa",  "0",   "*",    "$X",
                                          "$N", "a$X", "a$N", "$N-a", "**"};
  const std::vector<std::string> names = {"a", "aa", "0", "00", "a0", "aa0", "0-a", "b"};
  std::vector<std::string> patterns = {"/"};
  std::vector<std::string> paths = {"/"};
  for (std::size_t i = 0, done = 0; i < 3; ++i) {
    const std::size_t end = patterns.size();
    for (; done < end; ++done) {
      if (patterns[done].ends_with("**")) continue;
      for (const std::string& part : parts) patterns.push_back(join_path(patterns[done], part));
    }
  }
  for (std::size_t i = 0, done = 0; i < 3; ++i) {
    const std::size_t end = paths.size();
    for (; done < end; ++done) {
      for (const std::string& name : names) paths.push_back(join_path(paths[done], name));
    }
  }
  REQUIRE(patterns.size() > 900);
  REQUIRE(paths.size() == 1 + 8 + 64 + 512);
  const Snapshot snapshot = store(paths);

  std::size_t matched = 0;
  for (const std::string& text : patterns) {
    CAPTURE(text);
    const Pattern fast = pattern(text);
    const auto want = path_names(text);
    std::set<std::string> expected;
    for (const std::string& path : paths) {
      std::map<std::string, std::string, std::less<>> bound;
      const bool slow = slow_match(want, path_names(path), 0, bound);
      std::vector<Binding> bindings;
      if (fast.matches(path, bindings) != slow) FAIL(path);
      if (!slow) continue;
      ++matched;
      std::string row = path;
      for (std::size_t i = 0; i < bindings.size(); ++i) {
        const std::string& name = fast.variables()[i].name;
        if (bound[name] != bindings[i].text) FAIL(path + " " + name);
        row += " " + name + "=" + bound[name];
      }
      expected.insert(row);
    }
    const auto rows = found(fast, snapshot);
    if (std::set<std::string>(rows.begin(), rows.end()) != expected) FAIL("for_each differs");
    if (rows.size() != expected.size()) FAIL("for_each found a node twice");
  }
  CHECK(matched > 10'000);
}

}  // namespace
}  // namespace xsaudit
