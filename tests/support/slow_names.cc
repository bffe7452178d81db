#include "tests/support/slow_names.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <string>

namespace vitals {
namespace {

using std::string_literals::operator""s;

constexpr std::size_t kHeader = 12;
constexpr char kQuestionForIpv4 = 1;  // the type A

// The question as it came, up to and with its class; a query holds one.
std::size_t EndOfQuestion(const std::string& query) {
  const std::size_t name_end = query.find('\0', kHeader);
  return name_end == std::string::npos ? std::string::npos : name_end + 5;
}

std::string Bytes(const char* address) {
  in_addr bytes{};
  EXPECT_EQ(::inet_pton(AF_INET, address, &bytes), 1);
  return {reinterpret_cast<const char*>(&bytes), sizeof bytes};
}

}  // namespace

SlowNames::SlowNames(const char* address, Duration delay)
    : address_(Bytes(address)),
      delay_(delay),
      socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(53);
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
  thread_ = std::thread([this] { Run(); });
}

SlowNames::~SlowNames() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void SlowNames::Run() {
  for (;;) {
    pollfd waits[] = {{socket_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    std::array<char, 512> buffer;
    sockaddr_in client{};
    socklen_t client_size = sizeof client;
    auto* to = reinterpret_cast<sockaddr*>(&client);
    const ssize_t size =
        ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, to, &client_size);
    if (size <= static_cast<ssize_t>(kHeader)) continue;
    const std::string query(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t end = EndOfQuestion(query);
    if (end > query.size()) continue;
    const bool ipv4 = query[end - 3] == kQuestionForIpv4;
    // Its number; a response without an error; one question, and an answer to that for IPv4.
    std::string answer = query.substr(0, 2) + "\x81\x80\0\x01\0"s + (ipv4 ? '\x01' : '\0') +
                         "\0\0\0\0"s + query.substr(kHeader, end - kHeader);
    if (ipv4) {
      // The name of the question, type A, class IN, valid for no time, four bytes.
      answer += "\xC0\x0C\0\x01\0\x01\0\0\0\0\0\x04"s + address_;
      const Time came = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(delay_);
      const std::lock_guard lock(mutex_);
      delays_.push_back(std::chrono::steady_clock::now() - came);
    }
    ::sendto(socket_.get(), answer.data(), answer.size(), 0, to, client_size);
  }
}

std::vector<Duration> SlowNames::Delays() const {
  const std::lock_guard lock(mutex_);
  return delays_;
}

}  // namespace vitals
