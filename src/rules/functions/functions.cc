#include "rules/functions/functions.h"

#include <array>
#include <unordered_map>
#include <utility>

namespace xsaudit {

Function function(std::string_view signature, std::vector<Type> parameters, Type result,
                  Function::Implementation call, std::string_view help) {
  const std::string_view name = signature.substr(0, signature.find('('));
  return {name, signature, std::move(parameters), result, call, help};
}

Function function_at_node(std::string_view signature, std::vector<Type> parameters, Type result,
                          Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.reads_node = true;
  return made;
}

Function function_of_permissions(std::string_view signature, std::vector<Type> parameters,
                                 Type result, Function::Implementation call,
                                 std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.reads_part = kNodePermissions;
  return made;
}

Function function_of_part(NodeParts part, std::string_view signature, std::vector<Type> parameters,
                          Type result, Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.reads_part = part;
  return made;
}

Function function_of_schema(std::string_view signature, std::vector<Type> parameters, Type result,
                            Function::Implementation call, std::string_view help) {
  Function made = function_of_position(signature, std::move(parameters), result, call, help);
  made.reads_part = kNodeSchema;
  return made;
}

Function function_of_home(std::string_view signature, std::vector<Type> parameters, Type result,
                          Function::Implementation call, std::string_view help) {
  Function made = function_of_position(signature, std::move(parameters), result, call, help);
  made.reads_part = kNodeHome;
  return made;
}

Function function_of_store(std::string_view signature, std::vector<Type> parameters, Type result,
                           Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.of_store = true;
  return made;
}

Function function_of_position(std::string_view signature, std::vector<Type> parameters, Type result,
                              Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.of_position = true;
  return made;
}

const Unknown* position_unknown(EvalContext& context, const Value& path) {
  if (!context.store_index.any_unplaced()) return nullptr;
  const bool is_text = path.is(Value::Kind::text) || path.is(Value::Kind::path);
  if (!is_text) return nullptr;
  const std::string_view text = context.text_of(path);
  if (!text.starts_with('/') || !text.substr(1).starts_with(kUnplaced)) return nullptr;
  return context.unknown(path, "where in the store it lies is not known",
                         UnknownReason::not_recorded);
}

Function function_of_unknown(std::string_view signature, std::vector<Type> parameters, Type result,
                             Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.takes_unknown = true;
  return made;
}

Function method(std::string_view signature, std::vector<Type> parameters, Type result,
                Function::Implementation call, std::string_view help) {
  Function made = function(signature, std::move(parameters), result, call, help);
  made.name.remove_prefix(made.name.find('.') + 1);
  made.method = true;
  return made;
}

Function method_of_part(NodeParts path_part, NodeParts value_part, std::string_view signature,
                        Type result, Function::Implementation call, std::string_view help) {
  Function made = method(signature, {kText}, result, call, help);
  made.reads_part = path_part;
  made.reads_value_part = value_part;
  return made;
}

const std::vector<FunctionGroup>& function_groups() {
  static const std::vector<FunctionGroup> groups = {
      node_functions(),    access_functions(), domain_functions(), device_functions(),
      process_functions(), host_functions(),   kernel_functions(), event_channel_functions(),
      log_functions(),     schema_functions(), size_functions(),   text_functions()};
  return groups;
}

std::span<const Function* const> find_functions(std::string_view name, bool method) {
  using Table = std::unordered_map<std::string_view, std::vector<const Function*>>;
  static const std::array<Table, 2> tables = [] {
    std::array<Table, 2> made;
    for (const FunctionGroup& group : function_groups()) {
      for (const Function& one : group.functions) made[one.method][one.name].push_back(&one);
    }
    return made;
  }();
  const auto found = tables[method].find(name);
  if (found == tables[method].end()) return {};
  return found->second;
}

std::vector<std::string_view> function_names(bool methods) {
  std::vector<std::string_view> names;
  for (const FunctionGroup& group : function_groups()) {
    for (const Function& function : group.functions) {
      if (function.method == methods) names.push_back(function.name);
    }
  }
  return names;
}

}  // namespace xsaudit
