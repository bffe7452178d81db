#include "tests/support/broker.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "tests/support/connack.h"
#include "tests/support/connection.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// HiveMQ needs 5 to 10 s, and up to 50 s on a machine whose cores are taken.
constexpr Duration kStartLimit = std::chrono::seconds(90);
constexpr Duration kOpenLimit = std::chrono::seconds(1);
constexpr Duration kStopLimit = std::chrono::seconds(30);

}  // namespace

Broker::Broker(std::vector<BrokerListener> listeners, std::filesystem::path log)
    : listeners_(std::move(listeners)), log_(std::move(log)) {
  for (BrokerListener& listener : listeners_) {
    if (listener.port == 0) listener.port = FreePort();
  }
}

void Broker::MakeCertificates() {
  const bool wanted = std::any_of(listeners_.begin(), listeners_.end(),
                                  [](const BrokerListener& one) { return one.UsesTls(); });
  if (!wanted) return;
  CertificateAuthority authority(folder(), "ca");
  CertificateOptions server;
  server.ends_in = certificate_ends_in_.value_or(server.ends_in);
  certificates_ = BrokerCertificates{authority.file(), authority.Issue("server", server),
                                     authority.Issue("agent")};
}

Result<void> Broker::Launch() {
  MakeCertificates();
  process_.reset();  // the old one must be gone before the new one binds the port
  auto options = Prepare();
  if (!options) return tl::unexpected(options.error());
  auto process = Process::Start(*options);
  if (!process) return tl::unexpected(process.error());
  process_ = std::move(*process);
  return {};
}

Result<void> Broker::Start() {
  if (auto launched = Launch(); !launched) return launched;
  const auto come = [&](auto condition) {
    bool came = false;
    WaitUntil(kStartLimit, [&] { return (came = condition()) || !process_->Running(); });
    return came;
  };
  bool up = come([this] { return Answers(); });
  // RabbitMQ answers on one while it still opens the others.
  for (const BrokerListener& listener : listeners_) {
    up = up && come([&] { return Connection::Open(listener.port, kOpenLimit).has_value(); });
  }
  if (up) return {};
  return Fail((process_->Running() ? "does not answer: " : "has ended: ") + process_->Stderr() +
                  process_->Stdout() + ReadFile(log()),
              log().string());
}

bool Broker::Answers() const { return AskConnack(port()).has_value(); }

void Broker::Stop() {
  process_->Signal(SIGTERM);
  process_->WaitExit(kStopLimit);
  process_.reset();
}

void Broker::Kill9() {
  process_->Signal(SIGKILL);
  process_->WaitExit(kStopLimit);
  process_.reset();
}

std::string Broker::BoundTo(const BrokerListener& listener) const {
  return (host_ == "::" ? "[::]" : host_) + ":" + std::to_string(listener.port);
}

void Broker::Freeze() { Signal(SIGSTOP); }
void Broker::Thaw() { Signal(SIGCONT); }
void Broker::Hangup() { Signal(SIGHUP); }
void Broker::Signal(int signal) { process_->Signal(signal); }

std::string PlaceOf(const BrokerListener& listener) {
  return "127.0.0.1:" + std::to_string(listener.port);
}

}  // namespace vitals
