#include "tests/support/broker.h"

#include <csignal>
#include <utility>

#include "tests/support/connack.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// HiveMQ needs 5 to 10 s, and up to 50 s on a machine whose cores are taken.
constexpr Duration kStartLimit = std::chrono::seconds(90);
constexpr Duration kStopLimit = std::chrono::seconds(30);

}  // namespace

Broker::Broker(std::uint16_t port, std::filesystem::path log)
    : port_(port == 0 ? FreePort() : port), log_(std::move(log)) {}

Result<void> Broker::Start() {
  auto options = Prepare();
  if (!options) return tl::unexpected(options.error());
  process_.reset();  // the old one must be gone before the new one binds the port
  auto process = Process::Start(*options);
  if (!process) return tl::unexpected(process.error());
  process_ = std::move(*process);
  const auto answered =
      WaitUntil(kStartLimit, [&] { return !process_->Running() || AskConnack(port_).has_value(); });
  if (!answered || !process_->Running()) {
    return Fail("no CONNACK: " + process_->Stderr() + process_->Stdout(), options->name);
  }
  return {};
}

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

void Broker::Freeze() { process_->Signal(SIGSTOP); }
void Broker::Thaw() { process_->Signal(SIGCONT); }
void Broker::Hangup() { process_->Signal(SIGHUP); }

}  // namespace vitals
