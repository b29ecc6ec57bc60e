// The functions that rules may call, in one table: signature, types, implementation, and the text
// in rules/README.md. A function gets only known arguments that are not null: an unknown argument
// gives an unknown result, a null argument an empty one (null, false, the empty set, an empty
// list).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "rules/check/type.h"
#include "rules/eval/eval_context.h"
#include "rules/eval/expression.h"

namespace xsaudit {

struct Function {
  using Implementation = Value (*)(EvalContext& context, const Value* arguments);

  std::string_view name;
  std::string_view signature;    // "value(path)", as README.md shows it
  std::vector<Type> parameters;  // of a method: the first is what it is called on
  Type result;
  Implementation call = nullptr;
  std::string_view help;  // its result; one sentence
  bool method = false;
  bool reads_node = false;   // depends on the node being judged, in addition to its arguments
  NodeParts reads_part = 0;  // the only part that it reads of the node at the given path; 0: any
  // The same of a method whose text is the value of the node; 0: the value.
  NodeParts reads_value_part = 0;
  bool of_store = false;       // depends only on its arguments and on facts of the whole store
  bool of_position = false;    // depends on the position of the given path in the store
  bool takes_unknown = false;  // is also called with unknown arguments
};

// Rows of the table; the name is the signature's.
Function function(std::string_view signature, std::vector<Type> parameters, Type result,
                  Function::Implementation call, std::string_view help);
Function function_at_node(std::string_view signature, std::vector<Type> parameters, Type result,
                          Function::Implementation call, std::string_view help);
Function function_of_permissions(std::string_view signature, std::vector<Type> parameters,
                                 Type result, Function::Implementation call, std::string_view help);
Function function_of_part(NodeParts part, std::string_view signature, std::vector<Type> parameters,
                          Type result, Function::Implementation call, std::string_view help);
Function function_of_store(std::string_view signature, std::vector<Type> parameters, Type result,
                           Function::Implementation call, std::string_view help);
// Of a path, and of the class to which the schema assigns its node.
Function function_of_schema(std::string_view signature, std::vector<Type> parameters, Type result,
                            Function::Implementation call, std::string_view help);
// Of a path, and of the domain in whose home its node lies.
Function function_of_home(std::string_view signature, std::vector<Type> parameters, Type result,
                          Function::Implementation call, std::string_view help);
Function function_of_position(std::string_view signature, std::vector<Type> parameters, Type result,
                              Function::Implementation call, std::string_view help);
Function function_of_unknown(std::string_view signature, std::vector<Type> parameters, Type result,
                             Function::Implementation call, std::string_view help);
Function method(std::string_view signature, std::vector<Type> parameters, Type result,
                Function::Implementation call, std::string_view help);
// A method of a text that reads only one part of it, which is `path_part` of a node if the text is
// its path, and `value_part` if it is its value. 0: it reads more.
Function method_of_part(NodeParts path_part, NodeParts value_part, std::string_view signature,
                        Type result, Function::Implementation call, std::string_view help);

// Every function, grouped as README.md shows them.
struct FunctionGroup {
  std::string_view title;
  std::vector<Function> functions;
};
const std::vector<FunctionGroup>& function_groups();

// All of one name.
std::span<const Function* const> find_functions(std::string_view name, bool method);
std::vector<std::string_view> function_names(bool methods);

// The reason why a function of the position of a path is unknown; else null.
const Unknown* position_unknown(EvalContext& context, const Value& path);

// The reason why the profile of a node's domain is unknown.
const Unknown* profile_unknown(EvalContext& context, NodeId node);

// One file each.
FunctionGroup node_functions();
FunctionGroup access_functions();
FunctionGroup domain_functions();
FunctionGroup device_functions();
FunctionGroup process_functions();
FunctionGroup host_functions();
FunctionGroup kernel_functions();
FunctionGroup event_channel_functions();
FunctionGroup log_functions();
FunctionGroup schema_functions();
FunctionGroup size_functions();
FunctionGroup text_functions();

}  // namespace xsaudit
