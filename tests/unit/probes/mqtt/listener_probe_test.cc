#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>

#include "tests/unit/probes/mqtt/listener_probe_fixture.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""s;
using std::string_literals::operator""s;
using Grade = ConnectEvidence::Grade;

TEST_F(ListenerProbeTest, AGoodConnectIsTimedAndSaysGoodbye) {
  std::string packets;
  ScriptedServer server([&](ServerEnd& end) {
    const std::string connect = end.ReadPacket();
    end.Send(kWelcome);
    const std::string goodbye = end.ReadPacket();
    if (packets.empty()) packets = connect + goodbye;
    end.WaitForClose();
  });
  Run({Endpoint(server.port())});
  const auto all = box_.Wait<ConnectEvidence>(2);
  EXPECT_FALSE(all[0].failure);
  EXPECT_TRUE(all[0].reacted);
  EXPECT_EQ(all[0].grade, Grade::kFinal);
  EXPECT_EQ(all[0].connection, 1u);
  EXPECT_EQ(all[1].connection, 2u);
  const auto tcp = all[0].stages[static_cast<std::size_t>(Stage::kTcp)];
  const auto connack = all[0].stages[static_cast<std::size_t>(Stage::kConnack)];
  ASSERT_TRUE(tcp && connack);
  EXPECT_GT(*connack, 0ms);
  EXPECT_FALSE(all[0].stages[static_cast<std::size_t>(Stage::kTls)]);
  probe_.reset();
  EXPECT_EQ(packets.substr(0, 1), "\x10");
  EXPECT_NE(packets.find("mqvl-"), std::string::npos);
  EXPECT_EQ(packets.substr(packets.size() - 2), "\xE0\x00"s);
  EXPECT_TRUE(box_.All<SilenceSample>().empty());
}

TEST_F(ListenerProbeTest, Refused) {
  Run({Endpoint(ClosedPort())});
  const auto first = box_.Wait<ConnectEvidence>(1).front();
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kRefused);
  EXPECT_EQ(first.failure->stage, Stage::kTcp);
  EXPECT_FALSE(first.reacted) << "the kernel refused, no broker did";
}

TEST_F(ListenerProbeTest, ClosedBeforeConnack) {
  const auto first = FirstOf([](ServerEnd& end) { end.ReadPacket(); });
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kClosed);
  EXPECT_EQ(first.failure->stage, Stage::kConnack);
  EXPECT_TRUE(first.reacted);
}

TEST_F(ListenerProbeTest, ResetBeforeConnack) {
  const auto first = FirstOf([](ServerEnd& end) {
    end.ReadPacket();
    end.Reset();
  });
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kReset);
  EXPECT_TRUE(first.reacted);
}

TEST_F(ListenerProbeTest, Garbage) {
  const auto first = FirstOf([](ServerEnd& end) { end.Send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kMalformed);
  EXPECT_TRUE(first.reacted);
}

TEST_F(ListenerProbeTest, ConnackInPieces) {
  const auto first = FirstOf([](ServerEnd& end) {
    end.ReadPacket();
    for (const char c : kWelcome) end.Send(std::string(1, c));
    end.WaitForClose();
  });
  EXPECT_FALSE(first.failure);
}

TEST_F(ListenerProbeTest, ReasonStringOfMqtt5) {
  std::string connect;
  const auto first = FirstOf(
      [&](ServerEnd& end) {
        connect = end.ReadPacket();
        end.Send(
            "\x20\x0A\x00\x97\x07\x1F\x00\x04"
            "full"s);
      },
      5);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kQuotaExceeded);
  EXPECT_EQ(first.failure->detail, "CONNACK 0x97: full");
  EXPECT_NE(connect.find("synthetic"), std::string::npos);
}

TEST_F(ListenerProbeTest, ReadButUnansweredEndsAtTheHardDeadline) {
  ScriptedServer server([](ServerEnd& end) {
    end.ReadPacket();
    end.WaitForClose();
  });
  Run({Endpoint(server.port())});
  const auto soft = box_.Wait<ConnectEvidence>(1).front();
  EXPECT_EQ(soft.grade, Grade::kSoft);
  ASSERT_TRUE(soft.failure);
  EXPECT_EQ(soft.failure->reason, FailReason::kUnanswered);
  EXPECT_EQ(soft.far_end, FarEnd::kRead);
  EXPECT_FALSE(soft.reacted);
  ConnectEvidence last;
  for (std::size_t count = 2; last.connection != 1 || last.grade != Grade::kFinal; ++count) {
    last = box_.Wait<ConnectEvidence>(count).at(count - 1);
    ASSERT_LT(count, 50u);
  }
  ASSERT_TRUE(last.failure);
  EXPECT_EQ(last.failure->reason, FailReason::kUnanswered);
}

TEST_F(ListenerProbeTest, SilenceThatCannotBeSeenIsATimeout) {
  Blind blind;
  ScriptedServer server;
  Run({Endpoint(server.port())}, &blind);
  const auto soft = box_.Wait<ConnectEvidence>(1).front();
  ASSERT_TRUE(soft.failure);
  EXPECT_EQ(soft.failure->reason, FailReason::kTimeout);
  EXPECT_EQ(soft.far_end, FarEnd::kCannotSee);
  EXPECT_EQ(box_.Wait<SilenceSample>(1).front().far_end, FarEnd::kCannotSee);
}

TEST_F(ListenerProbeTest, UnreadIsKeptOpenThenAnsweredWithoutAHerd) {
  settings_.hard_deadline = 150ms;
  ScriptedServer server;
  Run({Endpoint(server.port())});
  const auto soft = box_.Wait<ConnectEvidence>(1).front();
  ASSERT_TRUE(soft.failure);
  EXPECT_EQ(soft.failure->reason, FailReason::kUnread);
  EXPECT_EQ(soft.far_end, FarEnd::kUnaccepted);
  // The second look comes a second later, long after the hard deadline: still the same connect.
  const auto samples = box_.Wait<SilenceSample>(2);
  EXPECT_EQ(samples[1].connection, 1u);
  EXPECT_EQ(samples[1].far_end, FarEnd::kUnaccepted);
  EXPECT_GT(samples[1].unread_bytes, 10u);
  EXPECT_EQ(samples[1].opened_at, samples[0].opened_at);
  EXPECT_FALSE(samples[1].bytes_at_our_end);
  EXPECT_EQ(box_.All<ConnectEvidence>().size(), 1u) << "nothing else is opened";

  server.Accept([](ServerEnd& end) {
    end.ReadPacket();
    end.Send(kWelcome);
    end.WaitForClose();
  });
  const auto all = box_.Wait<ConnectEvidence>(3);
  EXPECT_EQ(all[1].connection, 1u);
  EXPECT_EQ(all[1].grade, Grade::kFinal);
  EXPECT_FALSE(all[1].failure);
  EXPECT_TRUE(all[1].reacted);
  EXPECT_EQ(all[2].connection, 2u) << "and the usual pace goes on";
  EXPECT_FALSE(all[2].failure);
}

TEST_F(ListenerProbeTest, AFullAcceptQueueLeavesTheSynUnanswered) {
  settings_.hard_deadline = 3s;
  ScriptedServer server({}, "127.0.0.1", 0);
  // A backlog of 0 takes one connection.
  const Fd filler(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(*MakeAddress("127.0.0.1", server.port()), storage);
  ASSERT_EQ(::connect(filler.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
  Run({Endpoint(server.port())});
  const auto soft = box_.Wait<ConnectEvidence>(1).front();
  ASSERT_TRUE(soft.failure);
  EXPECT_EQ(soft.failure->reason, FailReason::kSynUnanswered);
  EXPECT_EQ(soft.failure->stage, Stage::kTcp);
  EXPECT_EQ(soft.far_end, FarEnd::kSynUnanswered);
  server.Accept([](ServerEnd& end) {
    end.ReadPacket();
    end.Send(kWelcome);
    end.WaitForClose();
  });
  ASSERT_EQ(::shutdown(filler.get(), SHUT_RDWR), 0);
  const auto final = box_.Wait<ConnectEvidence>(2).at(1);
  EXPECT_EQ(final.connection, 1u);
  EXPECT_FALSE(final.failure);
}

TEST_F(ListenerProbeTest, AnIpv4ClientOfAnIpv6ListenerIsSeen) {
  ScriptedServer server({}, "::");
  Run({Endpoint(server.port())});
  EXPECT_EQ(box_.Wait<ConnectEvidence>(1).front().far_end, FarEnd::kUnaccepted);
}

TEST_F(ListenerProbeTest, BehindAProxyTheFarEndIsNotTheBrokers) {
  ScriptedServer server;
  EndpointSettings endpoint = Endpoint(server.port());
  endpoint.via_proxy = true;
  Run({endpoint});
  EXPECT_EQ(box_.Wait<ConnectEvidence>(1).front().far_end, FarEnd::kCannotSee);
}

TEST_F(ListenerProbeTest, NoDescriptorsAreAFaultOfTheAgent) {
  ScriptedServer server;
  probe_ = std::make_unique<ListenerProbe>(std::vector{Endpoint(server.port())}, settings_,
                                           MakeIdentity(), own_sockets_, kernel_, clock_, box_);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  probe_->Start();
  const auto first = box_.Wait<ConnectEvidence>(1).front();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  ASSERT_TRUE(first.failure);
  EXPECT_EQ(first.failure->reason, FailReason::kAgentResources);
  EXPECT_EQ(first.failure->fault, Fault::kAgent);
  EXPECT_FALSE(first.reacted);
}

TEST_F(ListenerProbeTest, OneThreadServesManyEndpointsAndKeepsItsPromises) {
  ScriptedServer good([](ServerEnd& end) {
    end.ReadPacket();
    end.Send(kWelcome);
    end.WaitForClose();
  });
  ScriptedServer silent;
  Run({Endpoint(silent.port()), Endpoint(good.port()), Endpoint(ClosedPort())});
  bool seen[3] = {};
  for (std::size_t count = 1; !(seen[0] && seen[1] && seen[2]); ++count) {
    ASSERT_LT(count, 100u);
    const auto evidence = box_.Wait<ConnectEvidence>(count).at(count - 1);
    seen[evidence.endpoint] = true;
    EXPECT_EQ(!evidence.failure, evidence.endpoint == 1);
  }
  EXPECT_GT(box_.promises(), 0);
}

TEST_F(ListenerProbeTest, LookNowConnectsAtOnce) {
  settings_.interval = 3600s;
  ScriptedServer server([](ServerEnd& end) {
    end.ReadPacket();
    end.Send(kWelcome);
    end.WaitForClose();
  });
  Run({Endpoint(server.port())});
  box_.Wait<ConnectEvidence>(1);
  probe_->LookNow();
  EXPECT_EQ(box_.Wait<ConnectEvidence>(2).at(1).connection, 2u);
}

TEST_F(ListenerProbeTest, StopLeavesNoDescriptorBehind) {
  const auto open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  ScriptedServer silent;
  const auto before = open();
  Run({Endpoint(silent.port())});
  box_.Wait<ConnectEvidence>(1);
  EXPECT_GT(open(), before);
  probe_.reset();
  EXPECT_EQ(open(), before);
}

}  // namespace
}  // namespace vitals::mqtt
