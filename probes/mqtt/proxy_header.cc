#include "probes/mqtt/proxy_header.h"

#include <string_view>

namespace vitals::mqtt {
namespace {

// Both ends of a TCP connection are of one family.
constexpr std::size_t kV4Offset = 12;  // of an IPv4 address in its mapped form

std::string EncodeV1(ProxyCommand command, const SocketPair& ours) {
  if (command == ProxyCommand::kLocal) return "PROXY UNKNOWN\r\n";
  return std::string(ours.local.IsV4() ? "PROXY TCP4 " : "PROXY TCP6 ") + ours.local.Host() + " " +
         ours.peer.Host() + " " + std::to_string(ours.local.port) + " " +
         std::to_string(ours.peer.port) + "\r\n";
}

void PutU16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xFF);
  out += static_cast<char>(value & 0xFF);
}

void PutIp(std::string& out, const SocketAddress& address) {
  for (std::size_t i = address.IsV4() ? kV4Offset : 0; i < address.ip.size(); ++i) {
    out += static_cast<char>(address.ip[i]);
  }
}

std::string EncodeV2(ProxyCommand command, const SocketPair& ours) {
  constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
  constexpr char kVersionLocal = '\x20', kVersionProxy = '\x21';
  constexpr char kUnspecified = '\x00', kTcp4 = '\x11', kTcp6 = '\x21';
  std::string addresses;
  char family = kUnspecified;
  if (command == ProxyCommand::kProxy) {
    family = ours.local.IsV4() ? kTcp4 : kTcp6;
    PutIp(addresses, ours.local);
    PutIp(addresses, ours.peer);
    PutU16(addresses, ours.local.port);
    PutU16(addresses, ours.peer.port);
  }
  std::string header(kSignature);
  header += command == ProxyCommand::kProxy ? kVersionProxy : kVersionLocal;
  header += family;
  PutU16(header, addresses.size());
  return header + addresses;
}

}  // namespace

std::string EncodeProxyHeader(ProxyProtocol protocol, ProxyCommand command,
                              const SocketPair& ours) {
  switch (protocol) {
    case ProxyProtocol::kV1:
      return EncodeV1(command, ours);
    case ProxyProtocol::kV2:
      return EncodeV2(command, ours);
    case ProxyProtocol::kNone:
      break;
  }
  return {};
}

}  // namespace vitals::mqtt
