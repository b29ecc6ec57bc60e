// What each function gives, by the facts of xenstore. The table itself is compared with
// rules/README.md in documentation_test.cc.
#include <set>

#include <random>
#include "rules/functions/functions.h"

#include "rules_support.h"

namespace xsaudit {
namespace {

// Domain 3 is a guest with a disk served by domain 0; domain 5 is dead.
const TestFacts& guest() {
  static const TestFacts made(store_of(R"(
    /libxl/3 = ""   (n0)
    /libxl/3/device/vbd/51712/backend = "/local/domain/0/backend/qdisk/3/51712"   (n0)
    /local/domain/0/backend/qdisk/3/51712/state = "4"   (n0,r3)
    /local/domain/3 = ""   (n0,r3)
    /local/domain/3/vm = "/vm/00000000-0000-0000-0000-000000000003"   (n0,r3)
    /local/domain/3/data = ""   (n3)
    /local/domain/3/data/a = "x"   (n3,r5)
    /local/domain/3/data/b = ""   (b3)
    /local/domain/3/data/b/deep = "12"   (w3,r0,b7,n7)
    /local/domain/3/device = ""   (n0,r3)
    /local/domain/3/device/vbd = ""   (n0,r3)
    /local/domain/3/device/vbd/51712 = ""   (n3,r0)
    /local/domain/3/device/vbd/51712/state = "4"   (n3,r0)
  )"));
  return made;
}
std::string result(std::string_view text, std::string_view node = "/local/domain/3/data/b") {
  return evaluated(guest(), text, node);
}

TEST_CASE("functions of nodes") {
  CHECK(result("node") == "'/local/domain/3/data/b'");
  CHECK(result("node", "/") == "'/'");
  CHECK(result("value", "/local/domain/3/data/a") == "'x'");
  CHECK(result("value('/local/domain/3/data/a')") == "'x'");
  CHECK(result("value('/local/domain/3/data/none')") == "null");
  CHECK(result("value(node + '/deep')") == "'12'");
  CHECK(result("exists('/')") == "true");
  CHECK(result("exists('/local/domain/3/data/a')") == "true");
  CHECK(result("exists('/local/domain/3/data/a/b')") == "false");
  for (const char* path :
       {"", "local", "//local", "/local/", "/local//domain", "vm/x", "/local/ "}) {
    CAPTURE(path);
    CHECK(result("exists('" + std::string(path) + "')") == "false");
  }
  CHECK(result("children('/local/domain/3/data')") == "['a', 'b']");
  CHECK(result("children('/local/domain/3/data/a')") == "[]");
  CHECK(result("children('/none')") == "[]");
  CHECK(result("nodes('/local/domain/3/data')") == "3");
  CHECK(result("nodes('/none')") == "0");
  CHECK(result("nodes('/')") == "24");
  CHECK(result("parent(node)") == "'/local/domain/3/data'");
  CHECK(result("parent('/a/b')") == "'/a'");
  CHECK(result("parent('/a')") == "'/'");
  CHECK(result("parent('/')") == "'/'");
  CHECK(result("parent(node)", "/") == "'/'");
  CHECK(result("parent(node + '/deep')") == "'/local/domain/3/data/b'");
  CHECK(result("sibling('a')") == "'/local/domain/3/data/a'");
  CHECK(result("value(sibling('a'))") == "'x'");
  CHECK(result("sibling('x')", "/local") == "'/x'");
  CHECK(result("exists(sibling('libxl'))", "/local") == "true");
  CHECK(result("sibling('/a/b', 'c')") == "'/a/c'");
  CHECK(result("sibling('/a', 'c')") == "'/c'");
  CHECK(result("name(node)") == "'b'");
  CHECK(result("name('/a/b')") == "'b'");
  CHECK(result("name('/')") == "''");
  CHECK(result("depth(node)") == "5");
  CHECK(result("depth('/')") == "0");
  CHECK(result("depth('/none')") == "null");
}

TEST_CASE("a path put together from a node is the same as one written out") {
  CHECK(result("node + '/deep' == '/local/domain/3/data/b/deep'") == "true");
  CHECK(result("exists(node + '/deep')") == "true");
  CHECK(result("exists(node + 'x')") == "false");
  CHECK(result("(node + '/') + 'deep' == node + '/deep'") == "true");
  CHECK(result("exists((node + '/') + 'deep')") == "true");
  CHECK(result("exists(node + '/')") == "false");
  CHECK(result("node + ''", "/") == "'/'");
  CHECK(result("exists(node + 'local')", "/") == "true");
  CHECK(result("(node + '/deep').size()") == "27");
  CHECK(result("'x' + node") == "'x/local/domain/3/data/b'");
  CHECK(result("path('/local/domain/$DOMID/data/b') == node") == "true");
  CHECK(result("path('~/data/b') == node") == "true");
  CHECK(result("path('/')") == "'/'");
  CHECK(result("path('/x$DOMID-y')") == "'/x3-y'");
  CHECK(evaluated(guest(), "path('/a/$NAME')", "/", {{"NAME", "value('/none')"}}) == "null");
  CHECK(evaluated(guest(), "path('/a/$NAME')", "/", {{"NAME", "'b'"}}) == "'/a/b'");
}

TEST_CASE("functions of permissions") {
  CHECK(result("owner(node)") == "3");
  CHECK(result("perms(node + '/deep')") == "'w3,r0,b7,n7'");
  CHECK(result("entries(node + '/deep')") == "['w3', 'r0', 'b7', 'n7']");
  CHECK(result("entries('/none')") == "[]");
  CHECK(result("entries(node + '/deep').map(e, domid(e))") == "[3, 0, 7, 7]");
  CHECK(result("domid('r32757')") == "32757");
  CHECK(result("domid('r-5')") == "-5");
  CHECK(result("domid('r9223372036854775807')") == "9223372036854775807");
  for (const char* entry : {"", "n", "n--1", "n1x", "n 1", "n9223372036854775808"}) {
    CAPTURE(entry);
    CHECK(result("domid('" + std::string(entry) + "')") == "null");
  }
  CHECK(result("perms('/none')") == "null");
  CHECK(result("default_access(node)") == "'b'");
  CHECK(result("default_access('/local/domain/3/data')") == "'n'");
  CHECK(result("default_access('/none')") == "null");
  CHECK(result("readers('/local/domain/3/data/a')") == "domains 3 and 5");
  CHECK(result("readers('/local/domain/3')") == "domain 3");
  CHECK(result("readers('/none')") == "no unprivileged domain");
  CHECK(result("writers('/local/domain/3')") == "no unprivileged domain");
  CHECK(result("writers(node)") == "every domain but 0");
  CHECK(result("owned_nodes(3)") == "6");
  CHECK(result("owned_nodes(9)") == "0");
  CHECK(result("owned_nodes(-1)") == "0");
}

TEST_CASE("functions of power over a node") {
  // Whoever may write /data/b may remove it and the nodes below it, but not make it again.
  CHECK(result("removers(node + '/deep')") == "every domain but 0");
  CHECK(result("removers('/local/domain/3/data/a')") == "domain 3");
  CHECK(result("controllers('/local/domain/3/data/a')") == "domain 3");
  CHECK(result("controllers('/local/domain/3')") == "no unprivileged domain");
  CHECK(result("controlled_through('/local/domain/3/data/a')") == "'/local/domain/3/data/a'");
  CHECK(result("controlled_through('/local/domain/3')") == "null");
  CHECK(result("removed_through('/local/domain/3/data/a')") == "'/local/domain/3/data'");
  // The frontend is the guest's, the directory above is not: it could not be made again.
  CHECK(result("removers('/local/domain/3/device/vbd/51712/state')") == "domain 3");
  CHECK(result("controllers('/local/domain/3/device/vbd/51712')") == "domain 3");
  // What does not exist: who could create it.
  CHECK(result("controllers('/local/domain/3/data/new/deep')") == "domain 3");
  CHECK(result("controlled_through('/local/domain/3/data/new')") == "'/local/domain/3/data'");
  CHECK(result("controllers('/local/domain/3/new')") == "no unprivileged domain");
  CHECK(result("controllers('no path')") == "no unprivileged domain");
  CHECK(result("3 in controllers(node)") == "true");
  CHECK(result("0 in controllers(node)") == "false");
  CHECK(result("controllers('/local/domain/3').size()") == "0");
  CHECK(result("writers(node).size()") == "1");
}

TEST_CASE("who has power over a node is not all known where permissions above are not") {
  const TestFacts store(store_of(R"(
    /a = ""   (n0)
    /a/b = "" 
    /a/b/c = "1"   (n0)
    /a/b/d = "1"   (n4)
  )"));
  CHECK(evaluated(store, "perms('/a/b')") ==
        "unknown: /a/b: its permissions are not known: it could not be read");
  CHECK(evaluated(store, "writers('/a/b/c')") == "no unprivileged domain");
  CHECK(evaluated(store, "controllers('/a/b/c')") == "no unprivileged domain or more");
  CHECK(evaluated(store, "controllers('/a/b/c').size() == 0") ==
        "unknown: /a/b: its permissions are not known: it could not be read");
  CHECK(evaluated(store, "controllers('/a/b/d').size() == 0") == "false");
  CHECK(evaluated(store, "controllers('/a/b/d').size() > 0") == "true");
  CHECK(evaluated(store, "4 in controllers('/a/b/d')") == "true");
  CHECK(evaluated(store, "5 in controllers('/a/b/d')") ==
        "unknown: /a/b: its permissions are not known: it could not be read");
  CHECK(evaluated(store, "controllers('/a/b/d').exists(d, d == 4)") == "true");
  CHECK(evaluated(store, "controllers('/a/b/d').all(d, d == 5)") == "false");
  CHECK(evaluated(store, "controllers('/a/b/d').all(d, d == 4)").substr(0, 8) == "unknown:");
}

TEST_CASE("functions of domains") {
  CHECK(result("liveness()") == "'inferred'");
  CHECK(result("alive(3)") == "true");
  CHECK(result("alive(5)") == "false");
  CHECK(result("alive(-1)") == "false");
  CHECK(result("domids()") == "[0, 3]");
  CHECK(result("privileged(0)") == "true");
  CHECK(result("privileged(3)") == "false");
  CHECK(result("domain_of(node)") == "3");
  CHECK(result("domain_of('/vm/x')") == "null");
  CHECK(result("daemon()") == "'unknown'");
  CHECK(result("profile(3)") == "'libxl'");
  CHECK(result("profile(-1)") == "null");

  const TestFacts given(store_of(FixtureStore{"/a = \"\"", Coverage::whole, Daemon::oxenstored}),
                        std::vector<Domid>{0, 7});
  CHECK(evaluated(given, "liveness()") == "'given'");
  CHECK(evaluated(given, "alive(7)") == "true");
  CHECK(evaluated(given, "daemon()") == "'oxenstored'");

  const TestFacts excerpt(store_of(FixtureStore{"/a = \"\"", Coverage::excerpt}));
  CHECK(evaluated(excerpt, "alive(7)").substr(0, 8) == "unknown:");
}

TEST_CASE(
    "a device that is connected at both ends is a sign of life, where others may be missing") {
  const std::string pair = R"(
    /local/domain/1/backend/qdisk/7/51712/state = "4"   (n1,r7)
    /local/domain/7/device/vbd/51712/state = "4"   (n7,r1)
    /local/domain/1/backend/vif/8/0/state = "4"   (n1,r8)
    /local/domain/8/device/vif/0/state = "3"   (n8,r1)
    /local/domain/1/backend/vif/9/0/state = "4"   (n1,r9)
  )";
  const auto states = [](const TestFacts& facts) {
    std::string out;
    for (const Domid domid : {1u, 7u, 8u, 9u}) {
      const Liveness::State state = facts.facts().liveness.state(domid);
      out += state == Liveness::State::alive ? 'a' : state == Liveness::State::dead ? 'd' : '?';
    }
    return out;
  };
  CHECK(states(TestFacts(store_of(FixtureStore{pair, Coverage::excerpt}))) == "aa??");
  CHECK(states(TestFacts(store_of(pair))) == "dddd");
  CHECK(states(TestFacts(store_of(FixtureStore{pair, Coverage::excerpt}), std::vector<Domid>{8})) ==
        "ddad");
}

TEST_CASE("an answer rests on a domain being dead only if that decided it") {
  // Whether evaluating it took a domain for dead. Domains 0 and 3 are alive.
  const auto rests = [](std::string_view text) {
    Scope scope;
    auto let = compile_expression(text_at("!alive(9)"), scope, test_schema().variables());
    REQUIRE(let.ok());
    scope.let("gone", **let);
    auto made = compile_expression(text_at(text), scope, test_schema().variables());
    if (!made) FAIL(made.error().text());
    const AuditContext facts = guest().facts();
    StoreIndex store_index(facts);
    EvalContext context(facts, store_index, scope.layout());
    context.move_to(kRootNode);
    return (*made)->evaluate(context).has(kLivenessMark);
  };
  CHECK(rests("alive(9)"));
  CHECK_FALSE(rests("alive(3)"));
  CHECK(rests("alive(9) && true"));
  CHECK(rests("true && !alive(9)"));
  CHECK_FALSE(rests("alive(9) || true"));
  CHECK(rests("alive(9) || false"));
  CHECK_FALSE(rests("!alive(9) && false"));
  CHECK(rests("gone && gone"));
  CHECK_FALSE(rests("(gone && false) || true"));
  CHECK(rests("(gone && false) || gone"));
  CHECK_FALSE(rests("[9, 3].exists(d, alive(d))"));
  CHECK(rests("[9, 3].all(d, alive(d))"));
  CHECK(rests("[9].exists(d, alive(d))"));
  CHECK_FALSE(rests("any('/local/domain/$PEER', alive(PEER) && PEER == 3)"));
  CHECK(rests("count('/libxl/$PEER', !alive(PEER + 6)) > 0"));
  CHECK_FALSE(rests("count('/libxl/$PEER', alive(PEER)) > 0"));
  CHECK(rests("9 in domids()"));
}

TEST_CASE("functions of devices go by the positions of their parts") {
  const std::string frontend = "'/local/domain/3/device/vbd/51712'";
  const std::string backend = "'/local/domain/0/backend/qdisk/3/51712/state'";
  const std::string record = "'/libxl/3/device/vbd/51712/backend'";
  for (const std::string& part : {frontend, backend, record}) {
    CAPTURE(part);
    CHECK(result("frontend_of(" + part + ")") == frontend);
    CHECK(result("record_of(" + part + ")") == "'/libxl/3/device/vbd/51712'");
    CHECK(result("device_kind(" + part + ")") == "'vbd'");
    CHECK(result("device_id(" + part + ")") == "'51712'");
    CHECK(result("device_guest(" + part + ")") == "3");
  }
  CHECK(result("device_part(" + frontend + ")") == "'frontend'");
  CHECK(result("device_part(" + backend + ")") == "'backend'");
  CHECK(result("device_part(" + record + ")") == "'record'");
  CHECK(result("device_part('/vm')") == "null");
  CHECK(result("backend_domid(" + backend + ")") == "0");
  CHECK(result("backend_kind(" + backend + ")") == "'qdisk'");
  CHECK(result("backend_domid(" + frontend + ")") == "null");
  CHECK(result("'qdisk' in backend_kinds('vbd')") == "true");
  CHECK(result("backend_kinds('nothing')") == "[]");
  CHECK(result("frontend_kind('qdisk')") == "'vbd'");
  CHECK(result("frontend_kind('nothing')") == "null");
  CHECK(result("recorded('vbd')") == "true");
  CHECK(result("recorded('pci')") == "false");
  CHECK(result("frontend_of('/local/domain/0/backend/console/3/0')") ==
        "'/local/domain/3/console'");
}

TEST_CASE("what the schema describes, as a command may set it") {
  const std::string_view lines = R"(
    /libxl/3/device/vif/0/backend = "/local/domain/5/backend/vif/3/0"   (n0)
    /libxl/4/device/vif/0/backend = "/local/domain/0/backend/vif/4/0"   (n0)
    /local/domain/3 = ""   (n7)
    /local/domain/3/device/vif/0/state = "4"   (n7)
    /local/domain/4/device/vif/0/state = "4"   (n7)
    /local/domain/3/nothing = ""   (n7)
    /@releaseDomain = ""   (n7)
  )";
  const auto at = [&](std::string_view node, std::optional<std::vector<Domid>> alive) {
    const TestFacts facts(store_of(lines), std::move(alive));
    return evaluated(facts, "described_entries(node)", node);
  };
  const std::vector<Domid> all = {0, 3, 4, 5};
  CHECK(at("/local/domain/3", all) == "['n0', 'r3']");
  CHECK(at("/local/domain/3/device/vif/0/state", all) == "['n3', 'r5']");
  // The domain that served the device is gone: its entry would wait for another one.
  CHECK(at("/local/domain/3/device/vif/0/state", std::vector<Domid>{0, 3, 4}) == "['n3']");
  // The owner is gone: whoever came next in the list would be the owner.
  CHECK(at("/local/domain/4/device/vif/0/state", std::vector<Domid>{0, 3, 5}) == "[]");
  // Several lists, and none.
  CHECK(at("/@releaseDomain", all) == "[]");
  CHECK(at("/local/domain/3/nothing", all) == "[]");
}

TEST_CASE("limits depend on the daemon, and on the toolstack that ships it") {
  const auto on = [](std::string_view lines, Daemon daemon, Coverage coverage = Coverage::whole) {
    const TestFacts facts(store_of(FixtureStore{lines, coverage, daemon}));
    return evaluated(facts, "limit('nodes')") + " " + evaluated(facts, "limit('watches')") + " " +
           evaluated(facts, "limit('value-size')");
  };
  const std::string_view libxl = "/libxl/3 = \"\"   (n0)\n";
  const std::string_view xapi = "/xenops/domain/3 = \"\"   (n0)\n";
  CHECK(on(libxl, Daemon::oxenstored) == "1000 100 2048");
  CHECK(on(libxl, Daemon::cxenstored) == "1000 128 null");
  CHECK(on(xapi, Daemon::oxenstored) == "8192 512 2048");
  CHECK(on(xapi, Daemon::unknown).substr(0, 9) == "8192 512 ");
  // Where it is not known whose host it is, the limit may be any of them.
  const std::string unsure = on("/tool = \"\"   (n0)\n", Daemon::oxenstored, Coverage::excerpt);
  CHECK(unsure.substr(0, 8) == "unknown:");
  CHECK(unsure.find("2048") != std::string::npos);
}

TEST_CASE("methods of texts") {
  CHECK(result("int('12')") == "12");
  CHECK(result("int('-12')") == "-12");
  CHECK(result("int('')") == "null");
  CHECK(result("int('12 ')") == "12");
  CHECK(result("int(' +12x')") == "12");
  CHECK(result("int('0x1')") == "0");
  CHECK(result("int('x1')") == "null");
  CHECK(result("int('99999999999999999999')") == "9223372036854775807");
  CHECK(result("numbers('12')") == "[12]");
  CHECK(result("numbers('010')") == "[10, 8]");
  CHECK(result("numbers('4294967297')") == "[4294967297, 1]");
  CHECK(result("numbers('x1').size()") == "0");
  CHECK(result("string(-12)") == "'-12'");
  CHECK(result("'abc'.startsWith('ab') && !'abc'.startsWith('b')") == "true");
  CHECK(result("''.printable() && ' ~\\t\\r\\n'.printable() && 'gr\xc3\xbc\xc3\x9f'.printable()") ==
        "true");
  // Escape, DEL, a C1 control character, a byte of Latin 1, a cut character, one that turns the
  // text.
  for (const std::string text :
       {"a\x1b", "\x7f", "\xc2\x85", "caf\xe9", "\xe2\x82", "x\xe2\x80\xae", "\xef\xb7\x90"}) {
    CHECK(result("'" + text + "'.printable()") == "false");
  }
  CHECK(result("'abc'.endsWith('bc') && !'abc'.endsWith('b')") == "true");
  CHECK(result("'abc'.contains('b') && !'abc'.contains('x')") == "true");
  CHECK(result("'abc'.size()") == "3");
  CHECK(result("'abc'.matches('b')") == "true");
  CHECK(result("'abc'.matches('^b')") == "false");
  CHECK(result(R"('a\x00\xff'.matches('^a\\x00\\xff$'))") == "true");
}

TEST_CASE("methods of lists and of sets of domains") {
  CHECK(result("[1, 2, 3].exists(x, x > 2)") == "true");
  CHECK(result("[1, 2, 3].all(x, x > 2)") == "false");
  CHECK(result("[].all(x, false)") == "true");
  CHECK(result("[1, 2, 3].filter(x, x != 2)") == "[1, 3]");
  CHECK(result("[1, 2].map(x, string(x) + '!')") == "['1!', '2!']");
  CHECK(result("[1, 2].map(x, x * DOMID).exists(y, y == 6)") == "true");
  CHECK(result("readers('/local/domain/3/data/a').filter(d, d != 3)") == "[5]");
  CHECK(result("readers('/local/domain/3/data/a').all(d, d in [3, 5])") == "true");
  // Everybody: those that are alive, and null for whoever else there is or will be.
  CHECK(result("writers(node).filter(d, true)") == "[3, null]");
  CHECK(result("writers(node).all(d, d == 3)") == "false");
  CHECK(result("writers(node).exists(d, d == 7)") == "false");
  CHECK(result("7 in writers(node)") == "true");
}

TEST_CASE("like compares a path with a pattern, and gives what it binds") {
  const std::string path = "'/local/domain/0/backend/qdisk/3/51712'";
  const std::string pattern = "'/local/domain/$BACKEND_DOMID/backend/$KIND/$DOMID/$DEVID'";
  CHECK(result("matches_pattern(" + path + ", " + pattern + ")") == "true");
  CHECK(result("matches_pattern(" + path + ", " + pattern + ", DEVID)") == "'51712'");
  CHECK(result("matches_pattern(" + path + ", " + pattern + ", KIND)") == "'qdisk'");
  CHECK(result("matches_pattern(" + path + ", " + pattern +
               ", BACKEND_DOMID == 0 && KIND == 'vbd')") == "false");
  // DOMID is 3 outside.
  CHECK(result("matches_pattern('/local/domain/0/backend/qdisk/4/51712', " + pattern + ")") ==
        "false");
  CHECK(result("matches_pattern('/local/domain/0/backend/qdisk/4/51712', " + pattern +
               ", DEVID)") == "null");
  CHECK(result("matches_pattern('/local/domain/0/backend/qdisk/3/x5', " + pattern + ")") ==
        "false");
  CHECK(result("matches_pattern('relative', '/**')") == "false");
  CHECK(result("matches_pattern('/a/b', '/{a,x}/$NAME', NAME)") == "'b'");
  CHECK(result("matches_pattern('/b/a', '/{a/$NAME,$OTHER/a}', NAME)") == "null");
}

TEST_CASE("the size of what is not all known is a lower bound") {
  const TestFacts store(store_of(FixtureStore{R"(
    /a/b = ""   (n4)
    /a/c = ""   (n4)
  )",
                                              Coverage::excerpt}));
  const std::string why = "unknown: /a: its children are not all known: it was not recorded";
  CHECK(evaluated(store, "children('/a')") == "['b', 'c'] or more");
  CHECK(evaluated(store, "children('/a').size()") == why);
  CHECK(evaluated(store, "children('/a').size() >= 2") == "true");
  CHECK(evaluated(store, "children('/a').size() > 1") == "true");
  CHECK(evaluated(store, "children('/a').size() != 1") == "true");
  CHECK(evaluated(store, "children('/a').size() < 2") == "false");
  CHECK(evaluated(store, "children('/a').size() <= 1") == "false");
  CHECK(evaluated(store, "children('/a').size() == 1") == "false");
  CHECK(evaluated(store, "1 == children('/a').size()") == "false");
  CHECK(evaluated(store, "1 < children('/a').size()") == "true");
  CHECK(evaluated(store, "2 > children('/a').size()") == "false");
  for (const char* open : {"children('/a').size() == 2", "children('/a').size() > 2",
                           "children('/a').size() <= 2", "children('/a').size() != 3",
                           "3 > children('/a').size()", "children('/a').size() + 1 > 0"}) {
    CAPTURE(open);
    CHECK(evaluated(store, open) == why);
  }
  CHECK(evaluated(store, "'b' in children('/a')") == "true");
  CHECK(evaluated(store, "'x' in children('/a')") == why);
  CHECK(evaluated(store, "children('/a').exists(x, x == 'b')") == "true");
  CHECK(evaluated(store, "children('/a').all(x, x == 'b')") == "false");
  CHECK(evaluated(store, "children('/a').all(x, x != 'd')") == why);
  CHECK(evaluated(store, "nodes('/a') >= 2") == "true");
  CHECK(evaluated(store, "nodes('/a') == 2") == why);
  CHECK(evaluated(store, "owned_nodes(4) >= 2") == "true");
}

TEST_CASE("what holds for each of the few values that something can have is decided") {
  // Which daemon it is, is not known: a path may have 2048 bytes, or 1024; a node may have 2048, or
  // any number.
  const TestFacts store(store_of("/a = \"\"   (n0)"));
  for (const char* decided :
       {"limit('path') > 1023", "limit('path') <= 2048", "2049 > limit('path')",
        "limit('path') != 1500", "limit('path') + 1 > 1024", "2 * limit('path') >= 2048",
        "limit('path') - limit('path') < 1025", "limit('nodes') == 1000",
        "!(limit('node-size') > 2048)", "!(limit('path') == limit('nodes'))",
        "(limit('path') > 1023) == true"}) {
    CAPTURE(decided);
    CHECK(evaluated(store, decided) == "true");
  }
  const std::string why =
      "unknown: /: the daemon with its limits is not known: the format does not record it";
  for (const char* open : {"limit('path') > 1024", "limit('path') == 2048", "1500 < limit('path')",
                           "limit('node-size') < 3000", "(limit('path') > 1024) == true",
                           "limit('path') + 1 == 1025"}) {
    CAPTURE(open);
    CHECK(evaluated(store, open) == why);
  }
}

TEST_CASE("whether a condition is decided") {
  const TestFacts store(store_of("/a = \"\\...\"   (n0)\n/b = \"x\"   (n0)"));
  CHECK(evaluated(store, "known(value('/b') == 'y')") == "true");
  CHECK(evaluated(store, "known(value('/a') == 'y')") == "false");
  CHECK(evaluated(store, "known(value('/a') == 'y' && false)") == "true");
  CHECK(evaluated(store, "!known(value('/a') == 'y') || value('/a') == 'y'") == "true");
}

TEST_CASE("the item after another") {
  CHECK(result("['-a', 'x', '-a', 'y'].after('-a')") == "'x'");
  CHECK(result("['-a', 'x'].after('x')") == "null");
  CHECK(result("['-a'].after('-b')") == "null");
  CHECK(result("['b', 'a', 'b', '', 'a'].distinct()") == "['b', 'a', '']");
  CHECK(result("[3, 1, 3].distinct()") == "[3, 1]");
  CHECK(result("[true, false, true].distinct()") == "[true, false]");
  CHECK(result("['7', 'x', 'y'].map(t, int(t)).distinct()") == "[7, null]");
  CHECK(result("['b', 'a', 'b'].without(['a', 'c'])") == "['b', 'b']");
  CHECK(result("['b'].without(stale_entries('/none'))") == "['b']");
}

TEST_CASE("of the host nothing is known where nobody looked") {
  for (const char* call : {"running(1)", "arguments(1)", "processes('-xen-domid')", "user_id('a')",
                           "users_of(1)", "configured(3, '/a')"}) {
    CHECK(result(call).find("no processes were recorded with the store") != std::string::npos);
  }
  CHECK(result("snapshot_time()") == "null");
  CHECK(result("required('dm-restrict')") == "false");
}

TEST_CASE("what is known of the host, and what is not") {
  TestFacts facts(store_of("/local/domain/3/vm = \"/vm/00000000-0000-0000-0000-000000000003\""));
  facts.host.emplace();
  HostFacts& host = *facts.host;
  Process process;
  process.state = std::string("S");
  process.arguments = std::vector<std::string>{"qemu", "-xen-domid", "3"};
  process.credentials.uids = Ids{1, 2, 3, 4};
  process.credentials.capabilities = Capabilities{.permitted = 1U << 21U, .effective = 1};
  process.limits = std::vector<Limit>{{"Max file size", 1, 262144}, {"Max stack size", 1, {}}};
  process.namespaces = std::vector<Namespace>{{"mnt", "a", false}, {"ipc", "b", true}};
  process.descriptors =
      std::vector<Descriptor>{{0, "/dev/null"},
                              {1, "socket:[1]", Fact<std::string>("/run/x")},
                              {2, "socket:[2]", Fact<std::string>::unknown("elsewhere")}};
  host.processes[7] = process;
  host.processes[8] = Fact<Process>::absent();
  process.state = std::string("Z");
  process.arguments = Fact<std::vector<std::string>>::unknown("too long");
  host.processes[9] = process;
  host.searches[{"-xen-domid"}] = std::vector<Pid>{7, 8, 9};
  host.users["root"] = User{"root", 0, 0};
  host.users["gone"] = Fact<User>::absent();
  host.uid_ranges[{5, 5}] = std::vector<User>{{"a", 5, 5}, {"b", 5, 5}};
  host.domain_records[{3, "00000000-0000-0000-0000-000000000003"}] =
      DomainRecord{{"/a", Fact<std::string>("True")}, {"/b", Fact<std::string>::absent()}};
  const auto on = [&](const char* text) { return evaluated(facts, text); };
  CHECK(on("[running(7), running(8), running(9)]") == "[true, false, false]");
  CHECK(on("running(6)").find("it was not examined") != std::string::npos);
  CHECK(on("arguments(7).after('-xen-domid')") == "'3'");
  CHECK(on("arguments(8)") == "[]");
  CHECK(on("arguments(9)").find("too long") != std::string::npos);
  CHECK(on("processes('-xen-domid')") == "[7] or more");
  CHECK(on("processes('-other')").find("it was not examined") != std::string::npos);
  CHECK(on("uid(7)") == "2");
  CHECK(on("uids(7)") == "[1, 2, 3, 4]");
  CHECK(on("capabilities(7)") == "[0, 21]");
  CHECK(on("process_limit(7, 'Max file size')") == "262144");
  CHECK(on("process_limit(7, 'Max stack size')") == "null");
  CHECK(on("[shares_namespace(7, 'mnt'), shares_namespace(7, 'ipc')]") == "[false, true]");
  CHECK(on("descriptors(7).size()") == "3");
  CHECK(on("socket_peers(7)") == "['/run/x'] or more");
  CHECK(on("[user_id('root'), user_id('gone')]") == "[0, null]");
  CHECK(on("users_of(5)") == "['a', 'b']");
  CHECK(on("[configured(3, '/a'), configured(3, '/b'), configured(4, '/a')]") ==
        "['True', null, null]");
}

TEST_CASE("event channels, by the schema and by Xen") {
  TestFacts facts(store_of(R"(
    /local/domain/3/device/vif/0/event-channel-tx = "12"   (n3,r0)
    /local/domain/3/device/vif/0/queue-1/event-channel-rx = "13"   (n3,r0)
    /local/domain/3/device/vif/0/tx-ring-ref = "14"   (n3,r0)
    /local/domain/3/data/event-channel = "15"   (n3,r0)
  )"));
  const auto says = [&](std::string_view text) { return evaluated(facts, text); };
  CHECK(says("event_channels('/local/domain/3')").starts_with("unknown: "));
  CHECK(says("channel_peer(3, 12)").starts_with("unknown: "));
  facts.host = HostFacts{};
  CHECK(says("channel_peer(3, 12)").starts_with("unknown: "));
  facts.host->event_channels =
      EventChannels{{3, 12, std::string("interdomain"), Domid{5}},
                    {3, 13, std::string("virq"), Fact<Domid>::absent()},
                    {3, 14, Fact<std::string>::absent(), Fact<Domid>::absent()},
                    {3, 15, Fact<std::string>::unknown("no"), Fact<Domid>::unknown("no")}};
  CHECK(says("event_channels('/local/domain/3')") ==
        "['/local/domain/3/device/vif/0/event-channel-tx', "
        "'/local/domain/3/device/vif/0/queue-1/event-channel-rx']");
  CHECK(says("event_channels('/local/domain/3/data')") == "[]");
  CHECK(says("event_channels('/local/domain/4')") == "[]");
  CHECK(says("channel_state(3, 12)") == "'interdomain'");
  CHECK(says("channel_peer(3, 12)") == "5");
  CHECK(says("channel_state(3, 13)") == "'virq'");
  CHECK(says("channel_peer(3, 13)") == "null");
  CHECK(says("channel_state(3, 14)") == "null");
  CHECK(says("channel_state(3, 15)").starts_with("unknown: "));
  CHECK(says("channel_state(3, 16)").starts_with("unknown: "));
  CHECK(says("channel_peer(4, 12)").starts_with("unknown: "));
  CHECK(says("channel_peer(3, 0 - 1)") == "null");
  CHECK(says("channel_peer(3, 4294967296)") == "null");
}

TEST_CASE("no two functions can be called with the same arguments") {
  std::set<std::string> seen;
  for (const FunctionGroup& group : function_groups()) {
    for (const Function& function : group.functions) {
      std::string key = std::string(function.method ? "." : "") + std::string(function.name);
      for (const Type& type : function.parameters) key += " " + to_text(type);
      CAPTURE(key);
      CHECK(seen.insert(key).second);
      CHECK(function.parameters.size() <= 4);
    }
  }
}

TEST_CASE("lists are compared as a whole as they are item by item") {
  std::mt19937 random(14);
  const TestFacts store(store_of("/a = \"\"   (n0)"));
  const auto list = [&] {
    std::string text = "[''";
    for (std::size_t i = random() % 9; i > 0; --i) {
      text += ", '" + std::string(random() % 3, 'a') + std::to_string(random() % 4) + "'";
    }
    return text + "]";
  };
  for (int round = 0; round < 300; ++round) {
    const std::string a = list();
    const std::string b = list();
    INFO(a << " and " << b);
    CHECK(evaluated(store, a + ".without(" + b + ")") ==
          evaluated(store, a + ".filter(x, !(x in " + b + "))"));
    const std::string distinct = a + ".distinct()";
    CHECK(evaluated(store, distinct + ".all(x, x in " + a + ") && " + a + ".all(x, x in " +
                               distinct + ")") == "true");
    CHECK(evaluated(store, distinct + ".map(x, " + distinct +
                               ".filter(y, y == x).size()).all(n, n == 1)") == "true");
  }
}

}  // namespace
}  // namespace xsaudit
