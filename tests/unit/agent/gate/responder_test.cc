// The probe front on real sockets: what slow, broken and greedy clients get, and that the kubelet
// gets its answer beside them.
#include "agent/gate/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <list>
#include <string>
#include <vector>

#include "tests/support/connection.h"
#include "tests/support/http_get.h"
#include "tests/unit/agent/gate/front_thread.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Duration kLimit = std::chrono::seconds(5);  // bounds a failing test only

class ResponderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = FrontThread::Start();
    ASSERT_TRUE(started) << started.error().ToString();
    front_ = std::move(*started);
    port_ = front_->port();
    ASSERT_NE(port_, 0);
  }

  void PublishSample() { front_->Publish(SampleSnapshot()); }

  std::string Raw(const std::string& bytes) { return Raw(port_, bytes); }
  std::string Raw(std::uint16_t port, const std::string& bytes) {
    auto connection = Connection::Open(port, kLimit);
    if (!connection || !connection->Send(bytes)) return "not sent";
    return connection->Read(1 << 16);
  }

  SystemClock clock_;
  std::unique_ptr<FrontThread> front_;
  std::uint16_t port_ = 0;
};

TEST_F(ResponderTest, AnswersTheKubelet) {
  EXPECT_EQ(KubeletGet(port_, "/livez").status, 200);
  EXPECT_EQ(KubeletGet(port_, "/readyz").status, 503);
  PublishSample();
  const auto startup = KubeletGet(port_, "/startupz");
  EXPECT_EQ(startup.status, 200);
  EXPECT_EQ(startup.body, "ok");
  EXPECT_EQ(startup.headers.at("connection"), "close");
  EXPECT_EQ(startup.headers.at("content-length"), "2");
  EXPECT_EQ(startup.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(startup.headers.at("cache-control"), "no-store");
  EXPECT_THAT(KubeletGet(port_, "/readyz").body, HasSubstr("readyz check failed"));
}

TEST_F(ResponderTest, HeadHasTheLengthButNoBody) {
  PublishSample();
  const auto get = HttpSend(port_, "GET /readyz HTTP/1.0\r\n\r\n");
  const auto head = HttpSend(port_, "HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(head.status, 503);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(get.body.size()));
}

TEST_F(ResponderTest, RefusesWhatItDoesNotSpeak) {
  const auto post = HttpSend(port_, "POST /readyz HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(HttpSend(port_, "hello\r\n\r\n").status, 400);
  EXPECT_EQ(HttpSend(port_, "GET /nothing HTTP/1.1\r\n\r\n").status, 404);
  EXPECT_EQ(HttpSend(port_, "GET /" + std::string(4'000, 'a') + " HTTP/1.1\r\n\r\n").status, 414);
}

// The answer must arrive whole though the client goes on sending: no reset may overtake it.
TEST_F(ResponderTest, OversizeHeadersDoNotCostTheAnswer) {
  for (int i = 0; i < 50; ++i) {
    const auto reply =
        HttpSend(port_, "GET /livez HTTP/1.1\r\nX: " + std::string(60'000, 'x') + "\r\n\r\n");
    ASSERT_EQ(reply.status, 200);
    ASSERT_EQ(reply.body, "ok");
  }
}

TEST_F(ResponderTest, PipelinedRequestsGetOneAnswer) {
  const auto text = Raw("GET /livez HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(text.find("HTTP/1.1", 8), std::string::npos);
}

TEST_F(ResponderTest, RequestInPieces) {
  auto connection = Connection::Open(port_, kLimit);
  ASSERT_TRUE(connection);
  for (const char c : std::string("GET /livez HTTP/1.1\r\n\r\n")) {
    ASSERT_TRUE(connection->Send({&c, 1}));
  }
  EXPECT_THAT(connection->Read(4096), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ResponderTest, SilentAndHalfSentRequestsAreDropped) {
  const Time start = clock_.Now();
  auto silent = Connection::Open(port_, kLimit);
  auto half = Connection::Open(port_, kLimit);
  ASSERT_TRUE(silent && half);
  ASSERT_TRUE(half->Send("GET /livez HT"));
  EXPECT_EQ(silent->Read(4096), "");
  EXPECT_EQ(half->Read(4096), "");
  const Duration took = clock_.Now() - start;
  EXPECT_GE(took, milliseconds(240));
  EXPECT_LT(took, kLimit);
}

TEST_F(ResponderTest, ManySlowClientsDoNotKeepTheKubeletOut) {
  PublishSample();
  std::list<Connection> crowd;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 100; ++i) {
      auto connection = Connection::Open(port_, kLimit);
      ASSERT_TRUE(connection && connection->Send("a"));
      crowd.push_back(std::move(*connection));
    }
    const Time start = clock_.Now();
    ASSERT_EQ(KubeletGet(port_, "/startupz").status, 200);
    EXPECT_LT(clock_.Now() - start, milliseconds(200));
  }
  // The oldest made room long before their time was up, and say so by being closed.
  EXPECT_EQ(crowd.front().Read(1), "");
}

// The kubelet is through the handshake, and before it has sent a byte a crowd comes: it must not
// become the oldest that makes room.
TEST_F(ResponderTest, ACrowdDoesNotPushOutWhoIsAboutToAsk) {
  auto kubelet = Connection::Open(port_, kLimit);
  ASSERT_TRUE(kubelet);
  std::list<Connection> crowd;
  for (std::size_t i = 0; i < 2 * ConnectionTable::kPlaces; ++i) {
    auto connection = Connection::Open(port_, kLimit);
    ASSERT_TRUE(connection && connection->Send("a"));
    crowd.push_back(std::move(*connection));
  }
  ASSERT_TRUE(kubelet->Send("GET /livez HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(kubelet->Read(4096), StartsWith("HTTP/1.1 200 OK\r\n"));
}

// Nobody accepts for a moment: whoever comes then waits in the kernel, and loses no second by a SYN
// that is dropped.
TEST(ResponderQueue, HoldsACrowdThatComesAtOnce) {
  const auto listener = ListenTcp(Address{"127.0.0.1", 0}, Responder::kBacklog, "--probe-listen");
  ASSERT_TRUE(listener);
  const auto port = BoundAddress(listener->get()).port;
  std::list<Connection> crowd;
  for (int i = 0; i < 500; ++i) {
    auto connection = Connection::Open(port, milliseconds(900));
    ASSERT_TRUE(connection) << i;
    crowd.push_back(std::move(*connection));
  }
}

// A client whose descriptor exists before the last one is taken.
class EarlyClient {
 public:
  bool Connect(std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  bool Ask() {
    const std::string_view request = "GET /livez HTTP/1.1\r\n\r\n";
    return ::send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL) > 0;
  }
  std::string ReadToTheEnd() {
    std::string text;
    char buffer[512];
    for (ssize_t got; (got = ::recv(fd_.get(), buffer, sizeof buffer, 0)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    ::shutdown(fd_.get(), SHUT_WR);
    return text;
  }

 private:
  Fd fd_{::socket(AF_INET, SOCK_STREAM, 0)};
};

// The agent has no descriptor left, and the kubelet still gets its answers: from the spare one,
// then from that of the oldest client.
TEST_F(ResponderTest, AnswersWithoutADescriptorLeft) {
  std::array<EarlyClient, 20> clients;
  EarlyClient silent;
  EarlyClient last;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  std::vector<Fd> hoard;
  for (Fd fd(::dup(0)); fd; fd = Fd(::dup(0))) hoard.push_back(std::move(fd));

  for (auto& client : clients) {
    ASSERT_TRUE(client.Connect(port_) && client.Ask());
    EXPECT_THAT(client.ReadToTheEnd(), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  ASSERT_TRUE(silent.Connect(port_));
  ASSERT_TRUE(last.Connect(port_) && last.Ask());
  EXPECT_THAT(last.ReadToTheEnd(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(silent.ReadToTheEnd(), "");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(ResponderTest, TellsALoadBalancerThatSaysNothing) {
  const std::string down = "down #no_evidence nothing has been seen yet\n";
  EXPECT_EQ(Raw(front_->check_port(), ""), down);
  EXPECT_EQ(Raw(front_->check_port(), "agent-send " + std::string(60'000, 'x')), down);
  PublishSample();
  EXPECT_EQ(Raw(front_->check_port(), ""),
            "down #not_accepting mqtt-127.0.0.1-1883 refuses new clients\n");
  EXPECT_EQ(KubeletGet(port_, "/startupz").status, 200);
}

// On either port: whoever says and takes nothing is closed in the end, and keeps nobody out.
TEST_F(ResponderTest, ACrowdAtOneDoorKeepsNobodyOutOfTheOther) {
  PublishSample();
  for (const auto port : {front_->check_port(), port_}) {
    std::list<Connection> crowd;
    for (int i = 0; i < 200; ++i) {
      auto connection = Connection::Open(port, kLimit);
      ASSERT_TRUE(connection);
      crowd.push_back(std::move(*connection));
    }
    EXPECT_EQ(KubeletGet(port_, "/startupz").status, 200);
    EXPECT_THAT(Raw(front_->check_port(), ""), StartsWith("down #not_accepting "));
  }
}

TEST_F(ResponderTest, ItsEndClosesThePort) {
  auto slow = Connection::Open(port_, kLimit);
  ASSERT_TRUE(slow && slow->Send("GET"));
  front_.reset();
  EXPECT_EQ(slow->Read(1), "");
  EXPECT_FALSE(Connection::Open(port_, kLimit));
}

TEST_F(ResponderTest, PublishWhileAnswering) {
  std::thread publisher([this] {
    for (int i = 0; i < 2'000; ++i) PublishSample();
  });
  for (int i = 0; i < 100; ++i) ASSERT_EQ(KubeletGet(port_, "/livez").status, 200);
  publisher.join();
  EXPECT_EQ(KubeletGet(port_, "/startupz").body, "ok");
}

}  // namespace
}  // namespace vitals
