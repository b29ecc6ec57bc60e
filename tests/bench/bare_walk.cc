#include "bench/bare_walk.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include <xen/io/xs_wire.h>

#include "support/unix_socket.h"

namespace xsaudit {
namespace {

struct Question {
  std::uint32_t type;
  std::string path;
};

struct Line {
  int descriptor;
  std::deque<Question> unanswered;
  std::string in;
};

void add_message(const Question& question, std::string& out) {
  const xsd_sockmsg header = {.type = question.type,
                              .req_id = 0,
                              .tx_id = 0,
                              .len = static_cast<std::uint32_t>(question.path.size() + 1)};
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(question.path.c_str(), question.path.size() + 1);
}

}  // namespace

std::size_t bare_walk(const std::string& socket, std::size_t connections, std::size_t in_flight) {
  std::vector<Question> to_ask = {{XS_DIRECTORY, "/"}};
  std::vector<Line> lines;
  std::vector<pollfd> waiting;
  for (std::size_t i = 0; i < connections; ++i) {
    lines.push_back({connect_to(socket), {}, {}});
    waiting.push_back({lines.back().descriptor, POLLIN, 0});
  }
  std::array<char, 65536> room;
  std::size_t nodes = 0;
  std::size_t unanswered = 0;
  while (!to_ask.empty() || unanswered > 0) {
    for (Line& line : lines) {
      std::string out;
      while (line.unanswered.size() < in_flight && !to_ask.empty()) {
        line.unanswered.push_back(std::move(to_ask.back()));
        to_ask.pop_back();
        add_message(line.unanswered.back(), out);
        ++unanswered;
      }
      send_all(line.descriptor, out);
    }
    ::poll(waiting.data(), waiting.size(), -1);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      Line& line = lines[i];
      const ssize_t count = ::recv(line.descriptor, room.data(), room.size(), 0);
      require_socket(count > 0, "the daemon");
      line.in.append(room.data(), static_cast<std::size_t>(count));
      std::size_t taken = 0;
      xsd_sockmsg header;
      while (line.in.size() - taken >= sizeof header) {
        std::memcpy(&header, line.in.data() + taken, sizeof header);
        if (line.in.size() - taken - sizeof header < header.len) break;
        const Question question = std::move(line.unanswered.front());
        line.unanswered.pop_front();
        --unanswered;
        const char* name = line.in.data() + taken + sizeof header;
        taken += sizeof header + header.len;
        if (question.type != XS_DIRECTORY || header.type == XS_ERROR) continue;
        const char* const end = line.in.data() + taken;
        for (; name < end; name += std::strlen(name) + 1) {
          const std::string child = (question.path == "/" ? "" : question.path) + "/" + name;
          ++nodes;
          for (const std::uint32_t type : {XS_DIRECTORY, XS_GET_PERMS, XS_READ}) {
            to_ask.push_back({type, child});
          }
        }
      }
      line.in.erase(0, taken);
    }
  }
  for (const Line& line : lines) ::close(line.descriptor);
  return nodes;
}

}  // namespace xsaudit
