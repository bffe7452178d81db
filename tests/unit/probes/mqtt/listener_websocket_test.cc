#include <gmock/gmock.h>

#include "probes/mqtt/websocket_frames.h"
#include "probes/mqtt/websocket_upgrade.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/probes/mqtt/listener_probe_fixture.h"
#include "tests/unit/probes/mqtt/tls_server.h"

namespace vitals::mqtt {
namespace {

using testing::HasSubstr;
using std::string_literals::operator""s;

// A frame of a server: whole, unmasked, short.
std::string ServerFrame(char opcode, const std::string& payload) {
  return std::string(1, static_cast<char>('\x80' | opcode)) + static_cast<char>(payload.size()) +
         payload;
}

std::string Accept(const std::string& request) {
  constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
  const std::size_t begin = request.find(kKey) + kKey.size();
  const std::string key = request.substr(begin, request.find("\r\n", begin) - begin);
  return "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, "
         "Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         AcceptOf(key) + "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
}

class ListenerWebSocketTest : public ListenerProbeTest {
 protected:
  EndpointSettings WebSocket() {
    EndpointSettings endpoint = Endpoint(0);
    endpoint.scheme = "ws";
    endpoint.path = "/mqtt";
    return endpoint;
  }
  ConnectEvidence FirstOf(ScriptedServer::Script script) {
    return ListenerProbeTest::FirstOf(std::move(script), WebSocket());
  }
  // What came of this answer to the upgrade.
  ConnectEvidence FirstAfter(const std::string& answer) {
    return FirstOf([answer](ServerEnd& end) {
      end.ReadUntil("\r\n\r\n");
      end.Send(answer);
      end.WaitForClose();
    });
  }
  // What came of these bytes behind a good upgrade and a CONNECT.
  ConnectEvidence FirstWith(const std::string& bytes) {
    return FirstOf([bytes](ServerEnd& end) {
      end.Send(Accept(end.ReadUntil("\r\n\r\n")));
      end.ReadSegment();
      end.Send(bytes);
      end.WaitForClose();
    });
  }

  static void Expect(const ConnectEvidence& evidence, Stage stage, FailReason reason,
                     const std::string& detail) {
    ASSERT_TRUE(evidence.failure) << detail;
    EXPECT_EQ(Name(evidence.failure->stage), Name(stage)) << detail;
    EXPECT_EQ(Name(evidence.failure->reason), Name(reason)) << detail;
    EXPECT_THAT(evidence.failure->detail, HasSubstr(detail));
    EXPECT_TRUE(evidence.reacted);
  }
};

TEST_F(ListenerWebSocketTest, AGoodConnect) {
  std::string request, frames;
  const auto first = FirstOf([&](ServerEnd& end) {
    request = end.ReadUntil("\r\n\r\n");
    end.Send(Accept(request));
    frames = end.ReadSegment();
    end.Send(ServerFrame(0x9, "are you there"));  // ping
    frames += end.ReadSegment();
    for (const char c : ServerFrame(0x2, kWelcome)) end.Send(std::string(1, c));
    while (const auto more = end.ReadSegment().size()) frames.append(more, '.');
  });
  EXPECT_FALSE(first.failure) << first.failure->detail;
  EXPECT_THAT(request, HasSubstr("GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request, HasSubstr("Sec-WebSocket-Protocol: mqtt\r\n"));
  EXPECT_EQ(frames.substr(0, 1), "\x82") << "binary and final";
  EXPECT_EQ(static_cast<unsigned char>(frames[1]) & 0x80, 0x80) << "masked";
  EXPECT_NE(frames.find('\x8A'), std::string::npos) << "pong";
  for (const Stage stage : {Stage::kTcp, Stage::kUpgrade, Stage::kConnack}) {
    EXPECT_TRUE(TimeOf(first, stage)) << Name(stage);
  }
}

TEST_F(ListenerWebSocketTest, APacketInTwoFragmentsAndAFrameInTheSameSegmentAsTheUpgrade) {
  const auto first = FirstOf([](ServerEnd& end) {
    // A server that speaks before it was spoken to: its CONNACK is taken once ours went out.
    end.Send(Accept(end.ReadUntil("\r\n\r\n")) + "\x02\x01\x20"s + "\x80\x03\x02\x00\x00"s);
    end.WaitForClose();
  });
  EXPECT_FALSE(first.failure) << first.failure->detail;
}

TEST_F(ListenerWebSocketTest, AnotherStatus) {
  for (const char* status : {"404 Not Found", "503 ", "200 OK", "1015 X"}) {
    Expect(FirstAfter("HTTP/1.1 "s + status + "\r\nContent-Length: 0\r\n\r\n"), Stage::kUpgrade,
           FailReason::kUpgradeStatus, status);
  }
}

TEST_F(ListenerWebSocketTest, AnAnswerThatIsNoUpgrade) {
  const std::string head = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  const auto expect = [&](const std::string& answer, const std::string& detail) {
    Expect(FirstAfter(answer), Stage::kUpgrade, FailReason::kUpgradeInvalid, detail);
  };
  expect(head + "Sec-WebSocket-Accept: wrong\r\n\r\n", "wrong Sec-WebSocket-Accept");
  expect("HTTP/1.1 101 S\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "without an upgrade");
  expect("SSH-2.0-OpenSSH\r\n", "no HTTP");
  expect("HTTP/1.1 101 S\r\nX: " + std::string(9000, 'x'), "too long");
}

TEST_F(ListenerWebSocketTest, TheSubprotocolAndExtensionsAreChecked) {
  const auto with = [&](const std::string& from, const std::string& to) {
    return FirstOf([=](ServerEnd& end) {
      std::string answer = Accept(end.ReadUntil("\r\n\r\n"));
      answer.replace(answer.find(from), from.size(), to);
      end.Send(answer);
      end.WaitForClose();
    });
  };
  Expect(with("Protocol: mqtt", "Protocol: chat"), Stage::kUpgrade, FailReason::kUpgradeInvalid,
         "subprotocol");
  Expect(with("Sec-WebSocket-Protocol: mqtt\r\n", ""), Stage::kUpgrade, FailReason::kUpgradeInvalid,
         "subprotocol");
  Expect(with("Protocol: mqtt", "Protocol: mqtt\r\nSec-WebSocket-Extensions: x"), Stage::kUpgrade,
         FailReason::kUpgradeInvalid, "extension");
}

TEST_F(ListenerWebSocketTest, FramesThatNoServerMaySend) {
  for (const auto& [bytes, detail] : std::vector<std::pair<std::string, std::string>>{
           {"\x81\x02hi", "a text frame"},
           {"\x82\x84\x01\x02\x03\x04\x05\x06\x07\x08", "masked"},
           {"\xC2\x00"s, "unknown kind"},
           {"\x80\x01x", "out of order"},
           {"\x82\x7F", "too long"},
           {"\x82\x7E\x20\x01", "too long"},
           {"\x09\x00"s, "control frame"}}) {
    Expect(FirstWith(bytes), Stage::kConnack, FailReason::kMalformed, detail);
  }
}

TEST_F(ListenerWebSocketTest, ACloseFrameTellsItsCode) {
  Expect(FirstWith(ServerFrame(0x8,
                               "\x03\xF1"
                               "full")),
         Stage::kConnack, FailReason::kClosed, "closed with 1009: full");
  Expect(FirstWith(ServerFrame(0x8, "")), Stage::kConnack, FailReason::kClosed,
         "closed without a code");
}

TEST_F(ListenerWebSocketTest, ARefusalCountsThoughTheCloseCameWithIt) {
  Expect(FirstWith(ServerFrame(0x2, "\x20\x02\x00\x05"s) + ServerFrame(0x8, "\x03\xE8")),
         Stage::kConnack, FailReason::kNotAuthorised, "0x05");
}

TEST_F(ListenerWebSocketTest, OverTls) {
  const TempDir files;
  CertificateAuthority ca(files.path(), "ca");
  EndpointSettings endpoint = WebSocket();
  endpoint.scheme = "wss";
  endpoint.tls.ca_file = ca.file();
  const auto first = ListenerProbeTest::FirstOf(OverTls({ca.Issue("server")},
                                                        [](TlsEnd& end) {
                                                          end.Send(Accept(end.Read()));
                                                          end.Read();
                                                          end.Send(ServerFrame(0x2, kWelcome));
                                                        }),
                                                endpoint);
  EXPECT_FALSE(first.failure) << first.failure->detail;
  for (const Stage stage : {Stage::kTcp, Stage::kTls, Stage::kUpgrade, Stage::kConnack}) {
    EXPECT_TRUE(TimeOf(first, stage)) << Name(stage);
  }
}

// RFC 6455 section 1.3.
TEST(WebSocketUpgrade, AcceptOfTheExampleInTheStandard) {
  EXPECT_EQ(EncodeKey("the sample nonce"), "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// RFC 6455 section 5.7: a masked "Hello".
TEST(WebSocketFrames, EncodesTheExampleInTheStandard) {
  EXPECT_EQ(EncodeFrame(Opcode::kText, "Hello", 0x37FA213D),
            "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58");
  EXPECT_EQ(EncodeFrame(Opcode::kBinary, std::string(126, 'x'), 0).substr(0, 4),
            "\x82\xFE\x00\x7E"s);
}

}  // namespace
}  // namespace vitals::mqtt
