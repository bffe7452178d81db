// FarEndView: what the kernel shows of the broker's end of one of our own connections. In a pod
// both ends of a loopback connection are in one network namespace, so the agent can tell a broker
// that does not take its bytes (frozen) from one that takes them and does not answer (waiting,
// alarmed).
//
// One view for the whole agent, made by the application; its methods may be called from any thread.
// It never guesses: what is not shown beyond doubt is kCannotSee.
//
// Source: sock_diag(7); measured on frozen and alarmed Mosquitto, HiveMQ, RabbitMQ and NATS.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/core/evidence.h"
#include "agent/core/failure.h"
#include "probes/mqtt/bystanders.h"
#include "probes/mqtt/socket_address.h"
#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {

struct FarEndLook {
  FarEnd far_end = FarEnd::kCannotSee;
  std::uint32_t unread_bytes = 0;
};

// The listening socket of an address. A full accept queue drops SYNs; where the kernel hides the
// length of the queue (/proc), one that holds connections counts as full.
enum class ListenQueue : std::uint8_t { kCannotSee, kNoListener, kHasRoom, kFull };

class FarEndView {
 public:
  virtual ~FarEndView() = default;
  // Whether this machine shows far ends of this address family (AF_INET, AF_INET6) at all.
  virtual bool CanSee(int family) const = 0;
  // kRead, kUnread, kUnaccepted, or kCannotSee if there is no such socket.
  virtual FarEndLook Look(const SocketPair& ours) = 0;
  virtual ListenQueue LookAtListener(const SocketAddress& listener) = 0;
  // The connections of others to `listener`; `ours` are left out.
  virtual Bystanders LookAtOthers(const SocketAddress& listener,
                                  const std::vector<SocketAddress>& ours) = 0;
};

// What a table's answer to a question for our far end means.
FarEndLook Classify(const std::optional<KernelSocket>& socket);

// Asks the kernel. Tests itself when it is made, for each family: a connection to a listener of its
// own must show one unread byte and no owner, then an owner, then no unread byte. Netlink is tried
// first, then /proc/net; where both fail, CanSee is false and Look answers kCannotSee.
class KernelFarEnd final : public FarEndView {
 public:
  KernelFarEnd() : KernelFarEnd(OpenNetlinkTable(), OpenProcTable()) {}
  KernelFarEnd(std::unique_ptr<SocketTable> first, std::unique_ptr<SocketTable> second);

  bool CanSee(int family) const override { return TableFor(family) != nullptr; }
  FarEndLook Look(const SocketPair& ours) override;
  ListenQueue LookAtListener(const SocketAddress& listener) override;
  Bystanders LookAtOthers(const SocketAddress& listener,
                          const std::vector<SocketAddress>& ours) override;

 private:
  SocketTable* TableFor(int family) const { return family == AF_INET ? v4_ : v6_; }

  const std::unique_ptr<SocketTable> first_;
  const std::unique_ptr<SocketTable> second_;
  SocketTable* v4_ = nullptr;
  SocketTable* v6_ = nullptr;
};

// The far end of one connection over time: a socket that was seen once and is there no more has
// been closed, it is not hidden. One thread.
class FarEndWatch {
 public:
  FarEndWatch(FarEndView& view, bool via_proxy) : view_(view), via_proxy_(via_proxy) {}
  FarEndLook Look(const SocketPair& ours);
  // The same for a connection whose SYN has had no answer yet.
  FarEndLook LookSynSent(const SocketAddress& listener);
  FarEndLook last() const { return last_; }

 private:
  FarEndView& view_;
  const bool via_proxy_;
  bool seen_ = false;
  FarEndLook last_{FarEnd::kNotLooked, 0};
};

// Why a silent connection failed.
FailReason ReasonOfSilence(FarEnd far_end);

}  // namespace vitals::mqtt
