#include "rules/language/text_match.h"

namespace xsaudit {

Value TextMatch::evaluate(Frame& frame) const {
  const Value text = text_->evaluate(frame);
  if (text.is(Value::Kind::unknown)) return text;
  if (text.is(Value::Kind::null)) return Value::of(false);
  const std::string_view bytes = frame.text_of(text);
  frame.step(bytes.size());
  return Value::of(pattern_->found_in(bytes));
}

}  // namespace xsaudit
