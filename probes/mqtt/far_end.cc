#include "probes/mqtt/far_end.h"

#include "probes/mqtt/far_end_self_test.h"

namespace vitals::mqtt {

FarEndLook Classify(const std::optional<KernelSocket>& socket) {
  if (!socket) return {};
  // The last ACK of the handshake did not fit into the accept queue.
  if (socket->Is(TcpState::kSynReceived)) return {FarEnd::kUnaccepted, 0};
  // CLOSE_WAIT: we have closed our end, what we sent may still lie there. A LISTEN answer is the
  // listener of the port, not our connection.
  if (!socket->Is(TcpState::kEstablished) && !socket->Is(TcpState::kCloseWait)) return {};
  if (socket->inode == 0) return {FarEnd::kUnaccepted, socket->receive_queue};
  if (socket->receive_queue > 0) return {FarEnd::kUnread, socket->receive_queue};
  return {FarEnd::kRead, 0};
}

KernelFarEnd::KernelFarEnd(std::unique_ptr<SocketTable> first, std::unique_ptr<SocketTable> second)
    : first_(std::move(first)), second_(std::move(second)) {
  for (SocketTable* table : {first_.get(), second_.get()}) {
    if (table == nullptr) continue;
    if (v4_ == nullptr && ShowsFarEnds(*table, AF_INET)) v4_ = table;
    if (v6_ == nullptr && ShowsFarEnds(*table, AF_INET6)) v6_ = table;
  }
}

FarEndLook KernelFarEnd::Look(const SocketPair& ours) {
  SocketTable* table = TableFor(ours.peer.family());
  return table == nullptr ? FarEndLook{} : Classify(table->Find(ours.peer, ours.local));
}

ListenQueue KernelFarEnd::LookAtListener(const SocketAddress& listener) {
  SocketTable* table = TableFor(listener.family());
  if (table == nullptr) return ListenQueue::kCannotSee;
  // No connection comes from port 0, so this finds the listener.
  const auto found = table->Find(listener, SocketAddress{listener.ip, 0});
  if (!found || !found->Is(TcpState::kListen)) return ListenQueue::kNoListener;
  if (found->receive_queue == 0) return ListenQueue::kHasRoom;
  // A queue takes one more than its backlog (linux/include/net/sock.h sk_acceptq_is_full).
  const bool full = found->send_queue == 0 || found->receive_queue > found->send_queue;
  return full ? ListenQueue::kFull : ListenQueue::kHasRoom;
}

Bystanders KernelFarEnd::LookAtOthers(const SocketAddress& listener,
                                      const std::vector<SocketAddress>& ours) {
  return CanSee(listener.family()) ? LookAtBystanders(listener, ours) : Bystanders{};
}

FarEndLook FarEndWatch::Look(const SocketPair& ours) {
  if (via_proxy_) return last_ = {};
  last_ = view_.Look(ours);
  if (last_.far_end != FarEnd::kCannotSee) {
    seen_ = true;
  } else if (seen_) {
    last_.far_end = FarEnd::kGone;
  }
  return last_;
}

FarEndLook FarEndWatch::LookSynSent(const SocketAddress& listener) {
  const bool full = !via_proxy_ && view_.LookAtListener(listener) == ListenQueue::kFull;
  return last_ = {full ? FarEnd::kSynUnanswered : FarEnd::kCannotSee, 0};
}

FailReason ReasonOfSilence(FarEnd far_end) {
  switch (far_end) {
    case FarEnd::kUnread:
    case FarEnd::kUnaccepted:
      return FailReason::kUnread;
    case FarEnd::kSynUnanswered:
      return FailReason::kSynUnanswered;
    case FarEnd::kRead:
      return FailReason::kUnanswered;
    case FarEnd::kGone:
      return FailReason::kClosed;
    case FarEnd::kNotLooked:
    case FarEnd::kCannotSee:
      break;
  }
  return FailReason::kTimeout;
}

}  // namespace vitals::mqtt
