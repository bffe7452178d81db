#include "tests/unit/probes/mqtt/scripted_server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <stdexcept>

#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {
namespace {

Fd Listen(const char* host, int backlog) {
  sockaddr_storage storage{};
  const socklen_t size = *host == '/' ? FillSockaddr(std::string(host), storage)
                                      : FillSockaddr(*MakeAddress(host, 0), storage);
  Fd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  EXPECT_EQ(::listen(fd.get(), backlog), 0);
  return fd;
}

}  // namespace

bool ServerEnd::Readable() {
  pollfd waits[] = {{fd_.get(), POLLIN, 0}, {stop_, POLLIN, 0}};
  return ::poll(waits, 2, -1) > 0 && waits[1].revents == 0;
}

std::string ServerEnd::ReadPacket() {
  std::string packet;
  std::size_t wanted = 2;  // type and a length of one byte: tests send short packets
  while (packet.size() < wanted) {
    char byte = 0;
    if (!Readable() || ::recv(fd_.get(), &byte, 1, 0) != 1) return {};
    packet.push_back(byte);
    if (packet.size() == 2) wanted += static_cast<unsigned char>(byte);
  }
  return packet;
}

std::string ServerEnd::ReadPacketWithin(Duration limit) {
  pollfd wait{fd_.get(), POLLIN, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  return ::poll(&wait, 1, static_cast<int>(ms)) > 0 ? ReadPacket() : std::string();
}

std::string ServerEnd::ReadUntil(std::string_view end) {
  std::string text;
  char byte = 0;
  while (!text.ends_with(end) && Readable() && ::recv(fd_.get(), &byte, 1, 0) == 1) text += byte;
  return text;
}

std::string ServerEnd::ReadSegment() {
  char buffer[4096];
  const ssize_t size = Readable() ? ::recv(fd_.get(), buffer, sizeof buffer, 0) : 0;
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

void ServerEnd::Send(const std::string& bytes) {
  ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void ServerEnd::WaitForClose() {
  char buffer[256];
  while (Readable() && ::recv(fd_.get(), buffer, sizeof buffer, 0) > 0) {
  }
}

void ServerEnd::Reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  fd_.Close();
}

void Echo(ServerEnd& end) {
  using std::string_literals::operator""s;
  end.ReadPacket();
  end.Send("\x20\x02\x00\x00"s);
  end.Send("\x90\x03"s + end.ReadPacket().substr(2, 2) + '\0');
  for (;;) {
    const std::string packet = end.ReadPacket();
    if (packet.empty() || packet[0] == '\xE0') return;
    end.Send(packet);
  }
}

ScriptedServer::ScriptedServer(Script script, const char* host, int backlog)
    : listener_(Listen(host, backlog)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      port_(LocalAddress(listener_.get()).value_or(SocketAddress{}).port) {
  if (script) Accept(std::move(script));
}

ScriptedServer::~ScriptedServer() {
  ::eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void ScriptedServer::Accept(Script script) {
  thread_ = std::thread([this, run = std::move(script)] { Loop(run); });
}

void ScriptedServer::Loop(const Script& script) {
  for (;;) {
    pollfd waits[] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) continue;
    ++accepted_;
    ServerEnd end(std::move(fd), stop_.get());
    try {
      script(end);
    } catch (const std::out_of_range&) {
      // It looked into a packet that never came: the client has closed.
    }
  }
}

std::uint16_t ClosedPort() {
  const Fd fd = Listen("127.0.0.1", 1);
  return LocalAddress(fd.get())->port;
}

}  // namespace vitals::mqtt
