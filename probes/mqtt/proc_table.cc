#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {
namespace {

struct Row {
  SocketAddress own;
  SocketAddress remote;
  KernelSocket socket;
};

template <typename Integer>
bool ParseHex(std::string_view text, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

// "0100007F:0767": the address in words of 32 bits, each in the byte order of this machine.
std::optional<SocketAddress> ParseAddress(std::string_view text) {
  const std::size_t digits = text.find(':');
  if (digits != 8 && digits != 32) return std::nullopt;
  SocketAddress address;
  if (!ParseHex(text.substr(digits + 1), address.port)) return std::nullopt;
  std::size_t at = 0;
  if (digits == 8) {
    address.ip[10] = address.ip[11] = 0xFF;
    at = 12;
  }
  for (std::size_t i = 0; i < digits; i += 8, at += 4) {
    std::uint32_t word = 0;
    if (!ParseHex(text.substr(i, 8), word)) return std::nullopt;
    std::memcpy(address.ip.data() + at, &word, sizeof word);
  }
  return address;
}

// Columns: sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...
std::optional<Row> ParseRow(const std::string& line) {
  std::istringstream in(line);
  std::string slot, own, remote, state, queues, timer, retransmits, uid, timeout;
  Row row;
  if (!(in >> slot >> own >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
        row.socket.inode)) {
    return std::nullopt;
  }
  const auto own_address = ParseAddress(own);
  const auto remote_address = ParseAddress(remote);
  const std::size_t colon = queues.find(':');
  if (!own_address || !remote_address || colon == std::string::npos) return std::nullopt;
  const std::string_view view = queues;
  if (!ParseHex(state, row.socket.state) ||
      !ParseHex(view.substr(0, colon), row.socket.send_queue) ||
      !ParseHex(view.substr(colon + 1), row.socket.receive_queue)) {
    return std::nullopt;
  }
  row.own = *own_address;
  row.remote = *remote_address;
  return row;
}

class ProcTable final : public SocketTable {
 public:
  explicit ProcTable(OpenFile open) : open_(std::move(open)) {}

  std::optional<KernelSocket> Find(const SocketAddress& own, const SocketAddress& remote) override {
    std::optional<KernelSocket> exact, listener;
    ReadProcSockets(own.port, open_, [&](const auto& one, const auto& peer, const auto& socket) {
      if (one == own && peer == remote) exact = socket;
      if (socket.Is(TcpState::kListen) && (one == own || one.IsAny())) listener = socket;
      return !exact;
    });
    return exact ? exact : listener;
  }

 private:
  const OpenFile open_;
};

}  // namespace

bool ReadProcSockets(std::uint16_t port, const OpenFile& open,
                     const std::function<bool(const SocketAddress& own, const SocketAddress& remote,
                                              const KernelSocket& socket)>& visit) {
  bool readable = false;
  for (const char* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const auto in = open ? open(path) : std::make_unique<std::ifstream>(path);
    readable = readable || (in && *in);
    for (std::string line; in && std::getline(*in, line);) {
      const auto row = ParseRow(line);
      if (!row || row->own.port != port) continue;
      if (!visit(row->own, row->remote, row->socket)) return true;
    }
  }
  return readable;
}

std::unique_ptr<SocketTable> OpenProcTable(OpenFile open) {
  return std::make_unique<ProcTable>(std::move(open));
}

}  // namespace vitals::mqtt
