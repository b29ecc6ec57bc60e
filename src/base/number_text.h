// Numbers in texts. Stateless; any thread.
//
// whole_number() reads a number in the files and answers that this program reads. The other
// functions follow the programs that use a store.
//
// The programs that use a store read a number in a value in different ways, and few of them insist
// on the form that a toolstack writes. So a guest can write a number that one program takes for the
// expected one and another does not:
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

// Removes a number from the start of `text`: digits of that base and, if Number is signed, a '-'
// before them. False, with both arguments unchanged, if there is none or it does not fit.
template <typename Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failed != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The same for a text that is only a number.
template <typename Number>
bool whole_number(std::string_view text, Number& number, int base = 10) {
  return take_number(text, number, base) && text.empty();
}

// The decimal number at the start of a text, as atoi, strtoul and %d read it: after blanks and a
// sign, followed by anything. A number that does not fit becomes the nearest that does. Nothing if
// there is no digit.
std::optional<std::int64_t> leading_number(std::string_view text);

// Every number that one of these programs reads from the text, each once; none if the text does not
// begin with a number.
std::vector<std::int64_t> possible_numbers(std::string_view text);

// Whether one of these programs takes the name of a node for a device number: it begins with a
// digit, or with '-' and a digit. No name can begin with a blank or with '+'.
bool begins_with_number(std::string_view name);

}  // namespace xsaudit
