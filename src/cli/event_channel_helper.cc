#include "cli/event_channel_helper.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/number_text.h"
#include "host/confine/confinement.h"
#include "host/facts/hypercall_channels.h"
#include "host/facts/process_record.h"

namespace xsaudit {
namespace {

constexpr const char* kPlace = "event channels";

// A line for each question: "5 12".
std::string write_questions(const std::vector<EventChannelQuestion>& questions) {
  std::string text;
  for (const EventChannelQuestion& one : questions) {
    text += std::to_string(one.domid) + " " + std::to_string(one.port) + "\n";
  }
  return text;
}

std::optional<std::vector<EventChannelQuestion>> read_questions(std::string_view text) {
  std::vector<EventChannelQuestion> questions;
  while (!text.empty()) {
    EventChannelQuestion& one = questions.emplace_back();
    if (!take_number(text, one.domid) || !text.starts_with(' ')) return std::nullopt;
    text.remove_prefix(1);
    if (!take_number(text, one.port) || !text.starts_with('\n')) return std::nullopt;
    text.remove_prefix(1);
  }
  return questions;
}

Result<std::string> answer(EventChannelSource& source, const std::string& request) {
  const auto questions = read_questions(request);
  if (!questions) return Error{kPlace, "the request is not valid", {}};
  HostFacts facts;
  facts.event_channels = read_event_channels(source, *questions);
  return write_process_record(facts);
}

// Confines the process to requests about event channels.
Status confine_to(const HypercallChannels& channels, int from, int to) {
  const auto confinement =
      confine({.descriptors = {from, to, channels.descriptor()},
               .device_call = DeviceCall{.descriptor = channels.descriptor(),
                                         .request = HypercallChannels::request()}});
  XSAUDIT_TRY(confinement);
  for (const Confinement::Part& part : confinement->missing()) {
    if (part.name == "system calls") return Error{kPlace, "not confined: " + part.reason, {}};
  }
  return ok();
}

HelperProcess::Answer prepare(int from, int to) {
  const auto failing = [](const Error& error) {
    return [message = error.text()](const std::string&) {
      return Result<std::string>(Error{kPlace, message, {}});
    };
  };
  auto opened = HypercallChannels::open();
  if (!opened) return failing(opened.error());
  const auto channels = std::make_shared<HypercallChannels>(*std::move(opened));
  if (const Status confined = confine_to(*channels, from, to); !confined) {
    return failing(confined.error());
  }
  return [channels](const std::string& request) { return answer(*channels, request); };
}

}  // namespace

Result<EventChannelHelper> EventChannelHelper::start(std::chrono::seconds patience) {
  XSAUDIT_ASSIGN(auto process, HelperProcess::start(kPlace, patience, prepare));
  return EventChannelHelper(std::move(process));
}

Fact<EventChannels> EventChannelHelper::ask(const std::vector<EventChannelQuestion>& questions) {
  const auto text = process_.ask(write_questions(questions));
  if (!text) return Fact<EventChannels>::unknown(text.error().message);
  auto facts = read_process_record(*text, kPlace);
  if (!facts) return Fact<EventChannels>::unknown(facts.error().message);
  return std::move(facts->event_channels);
}

}  // namespace xsaudit
