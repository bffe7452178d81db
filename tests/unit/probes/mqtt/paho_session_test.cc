// The Paho adapter against scripted brokers: what each ending looks like from outside.
#include "probes/mqtt/paho_session.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/unit/probes/mqtt/scripted_server.h"
#include "tests/unit/probes/mqtt/session_client.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""s;
using std::string_literals::operator""s;
using Phase = SessionState::Phase;

// What a broker of either protocol version says.
struct Dialect {
  int version;
  std::string Welcome() const {
    return version < 5 ? "\x20\x02\x00\x00"s : "\x20\x03\x00\x00\x00"s;
  }
  std::string Suback(const std::string& subscribe, char code) const {
    const std::string id = subscribe.substr(2, 2);
    return version < 5 ? "\x90\x03"s + id + code : "\x90\x04"s + id + '\0' + code;
  }
};

class PahoSessionTest : public testing::TestWithParam<int>, protected SessionClient {
 protected:
  const Dialect dialect_{GetParam()};

  void Open(std::uint16_t port, int qos = 0) {
    spec_.endpoint.mqtt_version = dialect_.version;
    spec_.qos = qos;
    SessionClient::Open(port);
  }
};

TEST_P(PahoSessionTest, OpensPublishesAndHearsItself) {
  std::string connect, publish;
  ScriptedServer server([&](ServerEnd& end) {
    connect = end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    publish = end.ReadPacket();
    end.Send(publish);
    end.WaitForClose();
  });
  Open(server.port());
  const SessionState state = WaitForOpen();
  EXPECT_TRUE(state.stages[static_cast<std::size_t>(Stage::kConnack)]);
  EXPECT_TRUE(state.stages[static_cast<std::size_t>(Stage::kSuback)]);
  session_->Publish("payload");
  WaitFor([](const SessionState& s) { return s.answers >= 3; });
  std::vector<ReceivedMessage> messages;
  while (messages.empty()) {
    messages = session_->TakeMessages();
    if (messages.empty()) bell_.SleepUntil(clock_.Now() + std::chrono::seconds(10));
  }
  EXPECT_FALSE(session_->State().publish_failure);
  EXPECT_EQ(messages[0].payload, "payload");
  EXPECT_FALSE(messages[0].retained);
  EXPECT_EQ(session_->LookAtFarEnd().far_end, FarEnd::kRead);
  EXPECT_FALSE(session_->BytesAtOurEnd());
  EXPECT_EQ(connect.at(8), GetParam());
  EXPECT_EQ(connect.substr(connect.size() - 11), "mqvr-test-1");
  EXPECT_EQ(connect.find("synthetic") != std::string::npos, GetParam() == 5)
      << testing::PrintToString(connect);
}

TEST_P(PahoSessionTest, BytesThatTheBrokerLeavesUnreadAreSeen) {
  std::promise<void> done;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    done.get_future().wait();
  });
  Open(server.port());
  WaitForOpen();
  EXPECT_EQ(session_->LookAtFarEnd().far_end, FarEnd::kRead);
  const std::uint64_t answers = session_->State().answers;
  session_->Publish("payload");
  FarEndLook look;
  for (const Time limit = clock_.Now() + std::chrono::seconds(10);
       look.far_end != FarEnd::kUnread && clock_.Now() < limit;) {
    look = session_->LookAtFarEnd();
  }
  EXPECT_EQ(look.far_end, FarEnd::kUnread);
  EXPECT_GT(look.unread_bytes, 7u);
  // Long enough for the library to report the publish as sent, which is no answer.
  bell_.SleepUntil(clock_.Now() + std::chrono::milliseconds(300));
  EXPECT_EQ(session_->State().answers, answers);
  done.set_value();
}

TEST_P(PahoSessionTest, NobodyAccepts) {
  ScriptedServer server;
  Open(server.port());
  FarEndLook look;
  for (const Time limit = clock_.Now() + std::chrono::seconds(10);
       look.unread_bytes == 0 && clock_.Now() < limit;) {
    look = session_->LookAtFarEnd();
  }
  EXPECT_EQ(look.far_end, FarEnd::kUnaccepted);
  EXPECT_EQ(session_->State().phase, Phase::kConnecting);
}

TEST_P(PahoSessionTest, Refused) {
  Open(ClosedPort());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kTcp);
  EXPECT_EQ(failure.reason, FailReason::kRefused);
}

TEST_P(PahoSessionTest, ClosedBeforeConnack) {
  ScriptedServer server([](ServerEnd& end) { end.ReadPacket(); });
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kConnack);
  EXPECT_EQ(failure.reason, FailReason::kClosed);
}

TEST_P(PahoSessionTest, SubackRefused) {
  ScriptedServer server([this](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), dialect_.version < 5 ? '\x80' : '\x87'));
    end.WaitForClose();
  });
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kSuback);
  EXPECT_EQ(failure.reason, FailReason::kSubackRefused);
}

TEST_P(PahoSessionTest, ClosedBeforeSuback) {
  ScriptedServer server([this](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.ReadPacket();
  });
  Open(server.port());
  const Failure failure = WaitForEnd();
  EXPECT_EQ(Name(failure.stage), Name(Stage::kSuback)) << "as RabbitMQ denies a topic";
  EXPECT_EQ(failure.reason, FailReason::kClosed) << "nobody has refused the subscription";
}

TEST_P(PahoSessionTest, ClosedWhileStanding) {
  std::promise<void> done;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    done.get_future().wait();
  });
  Open(server.port());
  WaitForOpen();
  EXPECT_EQ(session_->LookAtFarEnd().far_end, FarEnd::kRead);
  done.set_value();
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.stage, Stage::kSession);
  EXPECT_EQ(failure.reason, FailReason::kClosed);
  EXPECT_FALSE(IsUnread(session_->LookAtFarEnd().far_end));
}

// What only MQTT 5 can say.
using PahoSessionV5Test = PahoSessionTest;

TEST_P(PahoSessionV5Test, TakenOver) {
  std::promise<void> done;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    done.get_future().wait();
    end.Send("\xE0\x02\x8E\x00"s);
    end.WaitForClose();
  });
  Open(server.port());
  WaitForOpen();
  done.set_value();
  EXPECT_EQ(WaitForEnd().reason, FailReason::kTakenOver);
}

TEST_P(PahoSessionV5Test, PubackRefused) {
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 1));
    // Header of two bytes, topic of three, then the packet id.
    end.Send("\x40\x04"s + end.ReadPacket().substr(5, 2) + "\x87\x00"s);
    end.WaitForClose();
  });
  Open(server.port(), 1);
  WaitForOpen();
  session_->Publish("payload");
  const auto state = WaitFor([](const SessionState& s) { return s.publish_failure.has_value(); });
  EXPECT_EQ(state.publish_failure->reason, FailReason::kPubackRefused);
  EXPECT_EQ(state.phase, Phase::kOpen);
}

// What the broker may demand of its clients in CONNACK (MQTT 5.0 section 3.2.2.3).
TEST_P(PahoSessionV5Test, MessagesAreMarkedAndExpire) {
  std::promise<std::string> publish;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    publish.set_value(end.ReadPacket());
    end.WaitForClose();
  });
  Open(server.port());
  WaitForOpen();
  session_->Publish("payload");
  const std::string packet = publish.get_future().get();
  EXPECT_NE(packet.find("synthetic"), std::string::npos);
  EXPECT_NE(packet.find("\x02\x00\x00\x00\x3C"s), std::string::npos) << "expires in 60 s";
}

TEST_P(PahoSessionV5Test, NoMoreAreUnderWayThanTheBrokerTakes) {
  std::promise<void> first;
  std::promise<std::string> before_puback, after_puback;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send("\x20\x06\x00\x00\x03\x21\x00\x01"s);  // Receive Maximum 1
    end.Send(dialect_.Suback(end.ReadPacket(), 1));
    const std::string publish = end.ReadPacket();
    first.set_value();
    before_puback.set_value(end.ReadPacketWithin(std::chrono::milliseconds(500)));
    end.Send("\x40\x02"s + publish.substr(5, 2));
    after_puback.set_value(end.ReadPacket());
    end.WaitForClose();
  });
  Open(server.port(), 1);
  WaitForOpen();
  session_->Publish("first");
  first.get_future().wait();
  session_->Publish("second");
  EXPECT_EQ(before_puback.get_future().get(), "");
  EXPECT_NE(after_puback.get_future().get().find("second"), std::string::npos);
}

TEST_P(PahoSessionV5Test, PacketsAreNoLargerThanTheBrokerTakes) {
  std::promise<std::string> next;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send("\x20\x0B\x00\x00\x08\x27\x00\x00\x00\x20\x13\x00\x1E"s);  // 32 bytes, 30 s
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    next.set_value(end.ReadPacket());
    end.WaitForClose();
  });
  Open(server.port());
  EXPECT_EQ(WaitForOpen().server_keep_alive, std::chrono::seconds(30));
  session_->Publish("payload");
  const auto state = session_->State();
  ASSERT_TRUE(state.publish_failure);
  EXPECT_EQ(state.publish_failure->fault, Fault::kAgent);
  session_.reset();
  EXPECT_EQ(next.get_future().get().substr(0, 1), "\xE0") << "DISCONNECT and no PUBLISH";
}

TEST_P(PahoSessionV5Test, SentToAnotherServer) {
  std::promise<void> done;
  ScriptedServer server([&](ServerEnd& end) {
    end.ReadPacket();
    end.Send(dialect_.Welcome());
    end.Send(dialect_.Suback(end.ReadPacket(), 0));
    done.get_future().wait();
    end.Send("\xE0\x0B\x9C\x09\x1C\x00\x06other2"s);
    end.WaitForClose();
  });
  Open(server.port());
  WaitForOpen();
  done.set_value();
  const Failure failure = WaitForEnd();
  EXPECT_EQ(failure.reason, FailReason::kUseAnotherServer);
  EXPECT_NE(failure.detail.find("use other2"), std::string::npos) << failure.detail;
}

TEST_P(PahoSessionTest, DroppingASilentSessionDoesNotWait) {
  ScriptedServer server;
  Open(server.port());
  const Time before = clock_.Now();
  session_.reset();
  EXPECT_LT(clock_.Now() - before, std::chrono::milliseconds(50));
}

std::string VersionName(const testing::TestParamInfo<int>& version) {
  return "v" + std::to_string(version.param);
}
INSTANTIATE_TEST_SUITE_P(Versions, PahoSessionTest, testing::Values(4, 5), VersionName);
INSTANTIATE_TEST_SUITE_P(Versions, PahoSessionV5Test, testing::Values(5), VersionName);

}  // namespace
}  // namespace vitals::mqtt
