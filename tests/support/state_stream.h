// Puts together a state stream as xen.git docs/designs/xenstore-migration.md describes it, record
// by record.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace xsaudit {

class StateStream {
 public:
  struct Entry {
    char letter;
    int flags;
    unsigned domid;
  };
  using Limits = std::vector<std::pair<std::string, std::uint32_t>>;

  StateStream(std::uint32_t version, bool big_endian) : big_endian_(big_endian) {
    bytes_ = "xenstore" + number(version, 4, true) + number(big_endian ? 1 : 0, 4, true);
  }

  StateStream& record(std::uint32_t type, std::string body) {
    bytes_ += number(type, 4) + number(static_cast<std::uint32_t>(body.size()), 4) + body;
    bytes_.append((8 - body.size() % 8) % 8, '\0');
    return *this;
  }
  StateStream& end() { return record(0, ""); }
  StateStream& global() { return record(1, number(13, 4) + number(2, 4)); }
  StateStream& connection(std::uint32_t id, unsigned domid, unsigned target = 0x7ff4,
                          const std::string& pending = {}) {
    return record(2, number(id, 4) + number(0, 2) + number(1, 2) + number(domid, 2) +
                         number(target, 2) + number(31, 4) + number(0, 2) + number(0, 2) +
                         number(static_cast<std::uint32_t>(pending.size()), 4) + pending +
                         std::string((8 - pending.size() % 8) % 8, '\0') + std::string(8, '\7'));
  }
  StateStream& socket(std::uint32_t id) {
    return record(2, number(id, 4) + number(1, 2) + number(0, 2) + number(14, 4) + number(0, 4) +
                         number(0, 4) + number(0, 4));
  }
  StateStream& watch(std::uint32_t connection, const std::string& path, const std::string& token) {
    return record(3, watch_head(connection, path, token) + path + '\0' + token + '\0');
  }
  StateStream& watch_extended(std::uint32_t connection, const std::string& path,
                              const std::string& token, unsigned depth, bool as_written) {
    const std::string text = path + '\0' + token + '\0';
    const std::string fields = number(depth, 2) + number(0, 2);
    return record(8, watch_head(connection, path, token) +
                         (as_written ? text + std::string(4, '\0') : fields + text));
  }
  StateStream& transaction(std::uint32_t connection, std::uint32_t id) {
    return record(4, number(connection, 4) + number(id, 4));
  }
  StateStream& node(const std::string& path, const std::vector<Entry>& entries,
                    const std::string& value, std::uint32_t connection = 0) {
    std::string body = number(connection, 4) + number(connection == 0 ? 0 : 77, 4) +
                       number(static_cast<std::uint32_t>(path.size() + 1), 2) +
                       number(static_cast<std::uint32_t>(value.size()), 2) + number(0, 2) +
                       number(static_cast<std::uint32_t>(entries.size()), 2);
    for (const Entry& entry : entries) {
      body += entry.letter;
      body += number(static_cast<std::uint32_t>(entry.flags), 1) + number(entry.domid, 2);
    }
    return record(5, body + path + '\0' + value);
  }
  StateStream& quota(const Limits& limits) {
    return record(
        6, number(static_cast<std::uint32_t>(limits.size()), 2) + number(0, 2) + texts(limits));
  }
  StateStream& domain(unsigned domid, const Limits& limits, std::uint32_t features = 0) {
    return record(7, number(domid, 2) + number(static_cast<std::uint32_t>(limits.size()), 2) +
                         number(features, 4) + texts(limits));
  }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string number(std::uint32_t value, int size) const {
    return number(value, size, big_endian_);
  }
  static std::string number(std::uint32_t value, int size, bool big_endian) {
    std::string out;
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big_endian ? size - 1 - i : i);
      out += static_cast<char>(value >> shift & 0xff);
    }
    return out;
  }
  std::string watch_head(std::uint32_t connection, const std::string& path,
                         const std::string& token) const {
    return number(connection, 4) + number(static_cast<std::uint32_t>(path.size() + 1), 2) +
           number(static_cast<std::uint32_t>(token.size() + 1), 2);
  }
  std::string texts(const Limits& limits) const {
    std::string out;
    for (const auto& limit : limits) out += number(limit.second, 4);
    for (const auto& limit : limits) out += limit.first + '\0';
    return out;
  }

  bool big_endian_;
  std::string bytes_;
};

}  // namespace xsaudit
