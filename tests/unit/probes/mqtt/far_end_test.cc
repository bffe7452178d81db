#include "probes/mqtt/far_end.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <sstream>

#include "agent/core/fd.h"
#include "probes/mqtt/far_end_self_test.h"

namespace vitals::mqtt {
namespace {

bool HasIpv6() {
  const Fd fd(::socket(AF_INET6, SOCK_STREAM, 0));
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(*MakeAddress("::1", 0), storage);
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0;
}

// The machine's own answer, by both ways: what the agent's start decides.
TEST(FarEndSelfTest, NetlinkShowsBothFamilies) {
  const auto table = OpenNetlinkTable();
  ASSERT_TRUE(table);
  EXPECT_TRUE(ShowsFarEnds(*table, AF_INET)) << "with an IPv4 client of a :: listener";
  EXPECT_EQ(ShowsFarEnds(*table, AF_INET6), HasIpv6());
}

TEST(FarEndSelfTest, ProcShowsBothFamilies) {
  const auto table = OpenProcTable();
  EXPECT_TRUE(ShowsFarEnds(*table, AF_INET)) << "with an IPv4 client of a :: listener";
  EXPECT_EQ(ShowsFarEnds(*table, AF_INET6), HasIpv6());
}

class DeniedTable final : public SocketTable {
 public:
  std::optional<KernelSocket> Find(const SocketAddress&, const SocketAddress&) override {
    return std::nullopt;
  }
};

TEST(FarEndSelfTest, WhereNothingIsShownNothingCanBeSeen) {
  DeniedTable denied;
  EXPECT_FALSE(ShowsFarEnds(denied, AF_INET));
  KernelFarEnd view(std::make_unique<DeniedTable>(), nullptr);
  EXPECT_FALSE(view.CanSee(AF_INET));
  EXPECT_FALSE(view.CanSee(AF_INET6));
  const SocketPair pair{*MakeAddress("127.0.0.1", 1), *MakeAddress("127.0.0.1", 2)};
  EXPECT_EQ(view.Look(pair).far_end, FarEnd::kCannotSee);
  EXPECT_EQ(view.LookAtListener(pair.peer), ListenQueue::kCannotSee);
}

TEST(FarEndSelfTest, ProcTakesOverWhereNetlinkIsDenied) {
  KernelFarEnd view(std::make_unique<DeniedTable>(), OpenProcTable());
  EXPECT_TRUE(view.CanSee(AF_INET));
}

TEST(FarEnd, ClassifiesStates) {
  const auto classify = [](TcpState state, std::uint32_t unread, std::uint64_t inode) {
    return Classify(KernelSocket{static_cast<std::uint8_t>(state), unread, 0, inode});
  };
  EXPECT_EQ(Classify(std::nullopt).far_end, FarEnd::kCannotSee);
  EXPECT_EQ(classify(TcpState::kListen, 3, 7).far_end, FarEnd::kCannotSee) << "not ours";
  EXPECT_EQ(classify(TcpState::kEstablished, 0, 7).far_end, FarEnd::kRead);
  EXPECT_EQ(classify(TcpState::kEstablished, 2, 7).far_end, FarEnd::kUnread);
  EXPECT_EQ(classify(TcpState::kEstablished, 2, 7).unread_bytes, 2u);
  EXPECT_EQ(classify(TcpState::kEstablished, 18, 0).far_end, FarEnd::kUnaccepted);
  EXPECT_EQ(classify(TcpState::kCloseWait, 2, 7).far_end, FarEnd::kUnread);
  EXPECT_EQ(classify(TcpState::kSynReceived, 0, 0).far_end, FarEnd::kUnaccepted);
  EXPECT_EQ(classify(TcpState{6}, 0, 0).far_end, FarEnd::kCannotSee) << "TIME_WAIT";
}

TEST(FarEnd, ProcRowsAreReadByTheirColumns) {
  const std::string tcp =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 00000000:075B 00000000:0000 0A 00000000:00000005 00:00000000 00000000     0        0 "
      "4711 1 0 100 0 0 10 0\n"
      "   1: 0100007F:075B 0100007F:D431 01 00000000:00000012 00:00000000 00000000     0        0 "
      "0 "
      "1 0 20 4 30 10 -1\n"
      "   2: garbage\n";
  const std::string tcp6 =
      "header\n"
      "   0: 0000000000000000FFFF00000100007F:075B 0000000000000000FFFF00000100007F:D432 01 "
      "00000000:00000000 00:00000000 00000000  1000        0 815 1 0 20 4 30 10 -1\n";
  const auto table = OpenProcTable([&](const std::string& path) -> std::unique_ptr<std::istream> {
    return std::make_unique<std::istringstream>(path == "/proc/net/tcp" ? tcp : tcp6);
  });
  const auto broker = *MakeAddress("127.0.0.1", 1883);
  const auto waiting = table->Find(broker, *MakeAddress("127.0.0.1", 0xD431));
  ASSERT_TRUE(waiting);
  EXPECT_EQ(Classify(waiting).far_end, FarEnd::kUnaccepted);
  EXPECT_EQ(waiting->receive_queue, 18u);
  EXPECT_EQ(Classify(table->Find(broker, *MakeAddress("127.0.0.1", 0xD432))).far_end,
            FarEnd::kRead);
  const auto listener = table->Find(broker, *MakeAddress("127.0.0.1", 1));
  ASSERT_TRUE(listener);
  EXPECT_TRUE(listener->Is(TcpState::kListen));
  EXPECT_EQ(listener->receive_queue, 5u);
  EXPECT_FALSE(table->Find(*MakeAddress("127.0.0.1", 1884), broker));
}

class OneAnswer final : public FarEndView {
 public:
  bool CanSee(int) const override { return true; }
  FarEndLook Look(const SocketPair&) override { return look; }
  ListenQueue LookAtListener(const SocketAddress&) override { return queue; }
  Bystanders LookAtOthers(const SocketAddress&, const std::vector<SocketAddress>&) override {
    return {};
  }
  FarEndLook look;
  ListenQueue queue = ListenQueue::kHasRoom;
};

TEST(FarEndWatch, WhatWasSeenAndIsThereNoMoreIsGone) {
  OneAnswer view;
  FarEndWatch watch(view, false);
  EXPECT_EQ(watch.last().far_end, FarEnd::kNotLooked);
  EXPECT_EQ(watch.Look({}).far_end, FarEnd::kCannotSee);
  view.look = {FarEnd::kUnread, 9};
  EXPECT_EQ(watch.Look({}).unread_bytes, 9u);
  view.look = {};
  EXPECT_EQ(watch.Look({}).far_end, FarEnd::kGone);
}

TEST(FarEndWatch, BehindAProxyNothingIsTheBrokers) {
  OneAnswer view;
  view.look = {FarEnd::kRead, 0};
  view.queue = ListenQueue::kFull;
  FarEndWatch watch(view, true);
  EXPECT_EQ(watch.Look({}).far_end, FarEnd::kCannotSee);
  EXPECT_EQ(watch.LookSynSent({}).far_end, FarEnd::kCannotSee);
}

TEST(FarEndWatch, ASynIsUnansweredOnlyIfTheQueueIsFull) {
  OneAnswer view;
  FarEndWatch watch(view, false);
  EXPECT_EQ(watch.LookSynSent({}).far_end, FarEnd::kCannotSee);
  view.queue = ListenQueue::kFull;
  EXPECT_EQ(watch.LookSynSent({}).far_end, FarEnd::kSynUnanswered);
}

TEST(FarEnd, SilenceHasAReason) {
  EXPECT_EQ(ReasonOfSilence(FarEnd::kUnread), FailReason::kUnread);
  EXPECT_EQ(ReasonOfSilence(FarEnd::kUnaccepted), FailReason::kUnread);
  EXPECT_EQ(ReasonOfSilence(FarEnd::kSynUnanswered), FailReason::kSynUnanswered);
  EXPECT_EQ(ReasonOfSilence(FarEnd::kRead), FailReason::kUnanswered);
  EXPECT_EQ(ReasonOfSilence(FarEnd::kCannotSee), FailReason::kTimeout);
  EXPECT_EQ(ReasonOfSilence(FarEnd::kGone), FailReason::kClosed);
}

TEST(SocketAddress, MappedAddressesAreEqual) {
  EXPECT_EQ(MakeAddress("::ffff:127.0.0.1", 7), MakeAddress("127.0.0.1", 7));
  EXPECT_EQ(MakeAddress("localhost", 7), MakeAddress("127.0.0.1", 7));
  EXPECT_NE(MakeAddress("::1", 7), MakeAddress("127.0.0.1", 7));
  EXPECT_EQ(MakeAddress("broker.example", 7), std::nullopt);
  EXPECT_EQ(MakeAddress("::1", 7)->Host(), "::1");
  EXPECT_EQ(MakeAddress("10.1.2.3", 7)->Host(), "10.1.2.3");
  EXPECT_TRUE(MakeAddress("0.0.0.0", 7)->IsAny());
  EXPECT_TRUE(MakeAddress("::", 7)->IsAny());
  EXPECT_FALSE(MakeAddress("127.0.0.1", 7)->IsAny());
}

}  // namespace
}  // namespace vitals::mqtt
