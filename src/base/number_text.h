// Numbers in texts. Stateless; any thread.
//
// whole_number() reads a number as it is written in the files and answers that this program reads.
// The other functions follow the programs that use a store.
//
// How the programs that use a store read a number out of a value. They do not agree with each
// other, and few of them insist on the form in which a toolstack writes it, so that a guest can
// write a number which one program takes for the expected one and another does not:
//
//   libxl       atoi (states, process ids, a stub domain's domid, num_devs), strtoul to base 10
//               (event channels, grant references): blanks and a sign before, anything behind
//   xenconsoled strtoul to base 0 (the console's limit, tools/console/daemon/io.c): 0x10, 010
//   Linux       xenbus_read_otherend_details reads frontend-id and backend-id with %i, which is to
//               base 0 as well; states and rings are read with %d and %u (xenbus_client.c)
//   xenopsd     int_of_string of OCaml: 0x10, 0o10, 0b10, 1_0; nothing may stand behind it
//
// C keeps such a number in 32 bits, so that 4294967297 is 1.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace xsaudit {

// The number that `text` begins with, which is taken off it: digits of that base and, where Number
// is signed, a '-' before them. False, and both as they were, where it begins with none or with one
// that does not fit.
template <typename Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failed != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The same, where nothing may stand behind the number.
template <typename Number>
bool whole_number(std::string_view text, Number& number, int base = 10) {
  return take_number(text, number, base) && text.empty();
}

// The decimal number that a text begins with, as atoi, strtoul and %d read it: blanks and a sign
// may stand before it, anything behind it. One that does not fit is the nearest that does. Nothing
// if there is no digit.
std::optional<std::int64_t> leading_number(std::string_view text);

// Every number that one of these programs takes the text for, each once; none if it begins with
// none.
std::vector<std::int64_t> possible_numbers(std::string_view text);

// Whether one of these programs takes the name of a node for the number of a device: it begins
// with a digit, or with '-' and a digit. No name can begin with a blank or with '+'.
bool begins_with_number(std::string_view name);

}  // namespace xsaudit
