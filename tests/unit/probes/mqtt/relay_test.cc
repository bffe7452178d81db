// Sessions that go through a relay, against scripted listeners: what the listener sees, and what
// each ending looks like from outside.
#include "probes/mqtt/relay.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "tests/support/mount_namespace.h"
#include "tests/unit/probes/mqtt/scripted_server.h"
#include "tests/unit/probes/mqtt/session_client.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::string_literals::operator""s;
using Phase = SessionState::Phase;

const std::string kWelcome = "\x20\x02\x00\x00"s;

std::string Suback(const std::string& subscribe) {
  return "\x90\x03"s + subscribe.substr(2, 2) + '\0';
}

class RelayTest : public testing::Test, protected SessionClient {
 protected:
  RelayTest() {
    spec_.endpoint.mqtt_version = 4;
    spec_.endpoint.proxy_protocol = ProxyProtocol::kV1;
  }

  // Looks until `wanted` shows.
  FarEndLook WaitForLook(FarEnd wanted) {
    FarEndLook look;
    for (const Time limit = clock_.Now() + 10s; look.far_end != wanted && clock_.Now() < limit;) {
      look = session_->LookAtFarEnd();
    }
    return look;
  }
};

TEST_F(RelayTest, IsForWhatTheLibraryCanNotDo) {
  EndpointSettings endpoint;
  EXPECT_FALSE(Relay::IsNeeded(endpoint));
  endpoint.proxy_protocol = ProxyProtocol::kV2;
  EXPECT_TRUE(Relay::IsNeeded(endpoint));
  for (const char* scheme : {"mqtts", "ws", "wss", "unix"}) {
    EndpointSettings other;
    other.scheme = scheme;
    EXPECT_TRUE(Relay::IsNeeded(other)) << scheme;
  }
  EndpointSettings named;
  named.host = "broker.example";
  EXPECT_TRUE(Relay::IsNeeded(named));
}

TEST_F(RelayTest, WritesTheHeaderInOneSegmentWithConnect) {
  std::string first, publish;
  std::promise<void> goodbye;
  ScriptedServer server([&](ServerEnd& end) {
    first = end.ReadSegment();
    end.Send(kWelcome);
    end.Send(Suback(end.ReadPacket()));
    publish = end.ReadPacket();
    end.Send(publish);
    EXPECT_EQ(end.ReadPacket(), "\xE0\x00"s) << "DISCONNECT";
    goodbye.set_value();
  });
  Open(server.port());
  const SessionState open = WaitForOpen();
  for (const Stage stage : {Stage::kTcp, Stage::kConnack, Stage::kSuback}) {
    EXPECT_TRUE(open.stages[static_cast<std::size_t>(stage)]) << Name(stage);
  }
  session_->Publish("payload");
  std::vector<ReceivedMessage> messages;
  WaitFor([&](const SessionState&) {
    if (messages.empty()) messages = session_->TakeMessages();
    return !messages.empty();
  });
  EXPECT_EQ(session_->LookAtFarEnd().far_end, FarEnd::kRead);
  EXPECT_FALSE(session_->BytesAtOurEnd());
  session_.reset();
  EXPECT_EQ(goodbye.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(first.substr(0, 27), "PROXY TCP4 127.0.0.1 127.0.");
  const std::size_t end = first.find("\r\n");
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(first.substr(end + 6, 4), "MQTT") << testing::PrintToString(first);
}

TEST_F(RelayTest, BytesThatTheBrokerLeavesUnreadAreSeen) {
  std::promise<void> done;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadSegment();
    end.Send(kWelcome);
    end.Send(Suback(end.ReadPacket()));
    done.get_future().wait();
  });
  Open(server.port());
  WaitForOpen();
  session_->Publish("payload");
  EXPECT_GT(WaitForLook(FarEnd::kUnread).unread_bytes, 7u);
  done.set_value();
}

TEST_F(RelayTest, NobodyAccepts) {
  ScriptedServer server;
  Open(server.port());
  EXPECT_EQ(WaitForLook(FarEnd::kUnaccepted).far_end, FarEnd::kUnaccepted);
  EXPECT_EQ(session_->State().stage, Stage::kConnack);
}

TEST_F(RelayTest, Refused) {
  Open(ClosedPort());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kTcp);
  EXPECT_EQ(failure.reason, FailReason::kRefused);
}

TEST_F(RelayTest, ResetBeforeConnack) {
  ScriptedServer server([](ServerEnd& end) {
    end.ReadSegment();
    end.Reset();
  });
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kConnack);
  EXPECT_EQ(failure.reason, FailReason::kReset);
}

TEST_F(RelayTest, WhatMqttSaysComesFirst) {
  ScriptedServer server([](ServerEnd& end) {
    end.ReadSegment();
    end.Send("\x20\x02\x00\x04"s);
  });
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kConnack);
  EXPECT_EQ(failure.reason, FailReason::kBadCredentials);
}

TEST_F(RelayTest, ListenerThatSpeaksNoTls) {
  ScriptedServer server([](ServerEnd& end) {
    end.ReadSegment();
    end.Send("\x15\x01\x00\x00 no TLS at all"s);
    end.WaitForClose();
  });
  spec_.endpoint.scheme = "mqtts";
  spec_.endpoint.proxy_protocol = ProxyProtocol::kNone;
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kTls);
  EXPECT_EQ(failure.reason, FailReason::kTlsProtocol);
}

TEST_F(RelayTest, ListenerThatRefusesTheUpgrade) {
  ScriptedServer server([](ServerEnd& end) {
    end.ReadSegment();
    end.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    end.WaitForClose();
  });
  spec_.endpoint.scheme = "ws";
  spec_.endpoint.path = "/mqtt";
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kUpgrade);
  EXPECT_EQ(failure.reason, FailReason::kUpgradeStatus);
}

TEST_F(RelayTest, CertificateFilesThatAreNotThereAreOurFault) {
  spec_.endpoint.scheme = "mqtts";
  spec_.endpoint.tls.ca_file = "/no/such/file";
  Open(ClosedPort());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kTls);
  EXPECT_EQ(failure.fault, Fault::kAgent);
}

TEST_F(RelayTest, NameThatIsNone) {
  spec_.endpoint.host = "no-such-host.invalid";
  Open(1883);
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kResolve);
  EXPECT_EQ(failure.reason, FailReason::kDns);
}

TEST_F(RelayTest, TheAddressesOfANameAreTriedInTurn) {
  const MountNamespace files;
  if (!files.entered()) GTEST_SKIP() << "SKIPPED: a mount namespace needs root";
  // Sorted by RFC 6724 the first of them comes first, where nobody listens.
  ASSERT_TRUE(files.Replace("/etc/hosts", "127.0.0.1 broker.test\n127.0.0.2 broker.test\n"));
  ScriptedServer server(Echo, "127.0.0.2");
  spec_.endpoint.host = "broker.test";
  spec_.endpoint.proxy_protocol = ProxyProtocol::kNone;
  Open(server.port());
  const SessionState open = WaitForOpen();
  EXPECT_FALSE(open.failure) << open.failure->detail;
  session_->Publish("payload");
  EXPECT_EQ(WaitForLook(FarEnd::kRead).far_end, FarEnd::kRead);
}

TEST_F(RelayTest, TheLastAddressOfANameTellsWhyThereIsNoWay) {
  const MountNamespace files;
  if (!files.entered()) GTEST_SKIP() << "SKIPPED: a mount namespace needs root";
  ASSERT_TRUE(files.Replace("/etc/hosts", "127.0.0.1 broker.test\n127.0.0.2 broker.test\n"));
  spec_.endpoint.host = "broker.test";
  Open(ClosedPort());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kTcp);
  EXPECT_EQ(failure.reason, FailReason::kRefused);
}

TEST_F(RelayTest, TurnsStrangersAway) {
  ScriptedServer server([](ServerEnd& end) { end.WaitForClose(); });
  spec_.endpoint.port = server.port();
  auto relay = Relay::Open(spec_.endpoint, own_sockets_, far_end_, clock_, bell_);
  ASSERT_TRUE(relay);
  // Another process, which holds the only other end of it.
  const std::string place = "/dev/tcp/127.0.0.1/" + std::to_string((*relay)->address().port);
  const std::string ask = "exec 3<>" + place + "; echo hello >&3; read -r -t 10 <&3; [ $? -eq 1 ]";
  EXPECT_EQ(std::system(("bash -c '" + ask + "'").c_str()), 0) << "closed, not timed out";
  EXPECT_FALSE((*relay)->State().dialled);
  EXPECT_EQ(server.accepted(), 0);
}

TEST_F(RelayTest, DroppingASilentSessionDoesNotWait) {
  ScriptedServer server;
  Open(server.port());
  WaitForLook(FarEnd::kUnaccepted);
  const Time before = clock_.Now();
  session_.reset();
  EXPECT_LT(clock_.Now() - before, 50ms);
}

}  // namespace
}  // namespace vitals::mqtt
