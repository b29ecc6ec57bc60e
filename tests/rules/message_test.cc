// Messages: what is put into them is safe to print, and commands are safe to paste.
#include "rules_support.h"

namespace xsaudit {
namespace {

std::string text_of(std::string_view written, Message::Use use = Message::Use::sentence) {
  static const TestFacts facts(store_of(R"(
    /plain = "abc"   (n0,r3,r5)
    /hostile = "\x1b[2J\n'; rm -rf /\xff"   (b3)
    /cut = "1\..."   (n0)
    /many/a = ""   (n0)
    /many/b = ""   (n0)
    /many/c = ""   (n0)
  )"));
  Scope scope;
  auto message = Message::compile(text_at(written), scope, test_schema().variables(), use);
  if (!message) return "refused: " + message.error().text();
  const AuditContext all = facts.facts();
  StoreIndex store_index(all);
  EvalContext context(all, store_index, scope.layout());
  context.move_to(facts.snapshot().find("/plain"));
  return message->text(context).value_or("nothing to say");
}

TEST_CASE("a message shows what its expressions come to") {
  CHECK(text_of("no braces") == "no braces");
  CHECK(text_of("{node} says {value}!") == "/plain says abc!");
  CHECK(text_of("{{{value}}}") == "{abc}");
  CHECK(text_of("{readers(node)} read {1 + 1} of {children('/many')}") ==
        "domains 3 and 5 read 2 of a, b and c");
  CHECK(text_of("{value('/none')}, {children('/none')}, {true}") == "nothing, none, true");
  CHECK(text_of("{matches_pattern('/a/b', '/{a,x}/$NAME', NAME)}") == "b");
  CHECK(text_of("{'}'}{'{'}") == "}{");
}

TEST_CASE("a clause that needs what is not known is left out") {
  const auto unknown = [](std::string text) {
    for (std::size_t at; (at = text.find("{?}")) != text.npos;) {
      text.replace(at, 3, "{value('/cut')}");
    }
    return text_of(text);
  };
  CHECK(unknown("a is {?}") == "nothing to say");
  CHECK(unknown("a: {?}") == "nothing to say");
  CHECK(unknown("{?}, b") == "nothing to say");
  CHECK(unknown("a is {node}, b is {?}") == "a is /plain");
  CHECK(unknown("a is {node}, b is {?} or so, c") == "a is /plain, c");
  CHECK(unknown("a is {node}; b is {?}") == "a is /plain");
  CHECK(unknown("a is {node}. {?} made it. c") == "a is /plain. c");
  CHECK(unknown("a (b {?}, c) is {node}") == "a, c) is /plain");
  CHECK(unknown("a (b {?}) is {node}") == "a is /plain");
  CHECK(unknown("a (b {node}) is {?}") == "nothing to say");
  CHECK(unknown("a, b: {?}") == "nothing to say");
  CHECK(unknown("a, b {?}: c") == "a: c");
  CHECK(text_of("a{value('/cut') == 'x' ? ', b' : ''}: c") == "a: c");
  CHECK(text_of("a{value('/cut') == 'x' ? '' : ' not'} b") == "a b");
  CHECK(text_of("a {value('/cut') == 'x' ? 'b' : 'c'}") == "nothing to say");
  // What is put in has no clauses.
  CHECK(unknown("a is {', ' + node}, {?}") == "a is , /plain");
}

TEST_CASE("a command that needs what is not known is left out") {
  CHECK(text_of("ls {node}\nrm {value('/cut')} {node}\nls\n", Message::Use::command) ==
        "ls /plain\nls\n");
}

TEST_CASE("of a number of which only a part is known, that part is shown") {
  const TestFacts facts(store_of(FixtureStore{
      "/many/a = \"\"   (n0)\n/many/b = \"\"   (n0)\n/one = \"\"   (n0)\n", Coverage::excerpt}));
  CHECK(evaluated(facts, "children('/many').size()").substr(0, 8) == "unknown:");
  Scope scope;
  const auto message = Message::compile(
      text_at("{children('/many').size()}, {children('/one').size()}, {children('/many')}"), scope,
      test_schema().variables(), Message::Use::sentence);
  REQUIRE(message);
  const AuditContext all = facts.facts();
  StoreIndex store_index(all);
  EvalContext context(all, store_index, scope.layout());
  context.move_to(facts.snapshot().find("/one"));
  CHECK(message->text(context) == "at least 2, a and b (and perhaps more)");
}

TEST_CASE("no byte of a guest's reaches a message as it is") {
  CHECK(text_of("{value('/hostile')}") == R"(\x1b[2J\n'; rm -rf /\xff)");
  const std::string long_text = "'" + std::string(5000, 'x') + "'";
  CHECK(text_of("{" + long_text + "}") == std::string(200, 'x') + "... (5000 bytes)");
}

TEST_CASE("in a command a value is one word, whatever is in it") {
  const auto command = [](std::string_view text) { return text_of(text, Message::Use::command); };
  CHECK(command("xenstore-rm {node}") == "xenstore-rm /plain");
  CHECK(command("x {\"it's; rm -rf /\"}") == R"(x 'it'\''s; rm -rf /')");
  CHECK(command("rm {''} {'-rf'} {'a b'} {'$HOME'} {'a;b'} {'~'}") ==
        "rm '' '-rf' 'a b' '$HOME' 'a;b' '~'");
}

TEST_CASE("in a command a list is one word for each item") {
  const auto command = [](std::string_view text) { return text_of(text, Message::Use::command); };
  CHECK(command("xenstore-chmod {node} {entries(node)}") == "xenstore-chmod /plain n0 r3 r5");
  CHECK(command("rm {['a b', 'c', \"it's\"]}") == R"(rm 'a b' c 'it'\''s')");
  CHECK(command("kill {[1, 2, 3]}") == "kill 1 2 3");
}

TEST_CASE("a command is left out if it cannot be written in full") {
  const auto command = [](std::string_view text) { return text_of(text, Message::Use::command); };
  CHECK(command("first {node}\n# of {value('/none')}:\nsecond {value('/none')} {node}\nthird\n") ==
        "first /plain\nthird\n");
  CHECK(command("first\nunknown {value('/cut')}") == "first\n");
  CHECK(command("hostile {value('/hostile')}\nlast\n") == "last\n");
  CHECK(command("no items {children('/none')}\n").empty());
  CHECK(command("unknown items {children('/cut').map(c, value('/cut'))}\nx").size() == 1);
  // No store has what stands for a place that is not known.
  CHECK(command("rm {'/@unplaced/a'}\nrm {['/a', '/@unplaced-2/a']}\nlast\n") == "last\n");
  // Nothing of a command is shortened.
  const std::string path = "/" + std::string(3000, 'x');
  CHECK(command("xenstore-rm {'" + path + "'}") == "xenstore-rm " + path);
  CHECK(command("xenstore-rm {'" + std::string(5000, 'x') + "'}").empty());
}

TEST_CASE("a comment that leads to a command goes with it") {
  const auto command = [](std::string_view text) { return text_of(text, Message::Use::command); };
  CHECK(command("# If so:\nrm {value('/cut')}\n") == "");
  CHECK(
      command("# Look.\n# If it is not in use, nor\n# needed:\nrm {value('/cut')}\n# Then go.\n") ==
      "# Look.\n# Then go.\n");
  CHECK(command("ls\n# If so:\nrm {value('/cut')}\nrm {value('/none')}\n") == "ls\n");
  // It leads to something else as well.
  CHECK(command("# If so:\nrm {value('/cut')}\nrm {node}\n") == "# If so:\nrm /plain\n");
  // It does not lead to a command.
  CHECK(command("# It is so.\nrm {value('/cut')}\n") == "# It is so.\n");
  CHECK(command("echo a:\nrm {value('/cut')}\n") == "echo a:\n");
}

TEST_CASE("a message that is none is refused with its place") {
  CHECK(text_of("a } b") == "refused: at 2: '}' without '{' (write a literal brace twice: }})");
  CHECK(text_of("a {node") == "refused: at 3: '{' without '}' (write a literal brace twice: {{)");
  CHECK(text_of("a {nod}") == "refused: at 3: there is no name 'nod' here (did you mean 'node'?)");
  CHECK(text_of("a {} b").substr(0, 13) == "refused: at 3");
  CHECK(text_of("a {1 2} b") == "refused: at 5: expected the end of the expression, found '2'");
}

}  // namespace
}  // namespace xsaudit
