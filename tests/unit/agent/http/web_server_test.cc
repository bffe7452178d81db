// The web surface on real sockets: what it answers, what it refuses, and that clients who mean ill
// can't hold it.
#include "agent/http/web_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <list>
#include <stdexcept>
#include <thread>

#include "agent/core/listen.h"
#include "tests/support/connection.h"
#include "tests/support/http_get.h"
#include "tests/unit/agent/http/sample_past.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Duration kLimit = seconds(10);  // bounds a failing test only

class WebServerTest : public testing::Test {
 protected:
  void SetUp() override {
    Sources sources = SampleSources(std::make_shared<const Snapshot>(SampleSnapshot()));
    sources.metrics = [this] { return Metrics(); };
    auto listener = ListenTcp(Address{"::", 0}, WebServer::kBacklog, "--web-listen");
    ASSERT_TRUE(listener) << listener.error().ToString();
    auto started = WebServer::Start(std::move(*listener), sources);
    ASSERT_TRUE(started) << started.error().ToString();
    server_ = std::move(*started);
    port_ = server_->bound().port;
  }

  std::string Metrics() const {
    if (broken_) throw std::runtime_error("secret inside");
    return std::string(metrics_size_, 'm');
  }

  std::string Raw(const std::string& bytes) {
    auto connection = Connection::Open(port_, kLimit);
    if (!connection || !connection->Send(bytes)) return "not sent";
    return connection->Read(1 << 22);
  }

  static Duration Since(Time start) { return std::chrono::steady_clock::now() - start; }

  SystemClock clock_;
  std::atomic<bool> broken_ = false;
  std::atomic<std::size_t> metrics_size_ = 100;
  std::unique_ptr<WebServer> server_;
  std::uint16_t port_ = 0;
};

TEST_F(WebServerTest, ServesEveryRoute) {
  for (const WebRoute& route : WebRoutes()) {
    const auto reply = HttpGet(port_, route.path);
    const bool down = route.path == "/api/v1/health" || route.path == "/api/v1/health/readiness";
    EXPECT_EQ(reply.status, down ? 503 : 200) << route.path;
    EXPECT_NE(reply.body, "") << route.path;
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
  }
  EXPECT_EQ(HttpGet(port_, "/metrics").headers.at("content-type"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(HttpGet(port_, "/api/v1/status?pretty").status, 200);
  EXPECT_EQ(HttpGet(port_, "/nothing").status, 404);
}

TEST_F(WebServerTest, RefusesOtherMethods) {
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const auto reply =
        HttpSend(port_, method + " /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(HttpSend(port_, "nonsense\r\n\r\n").status, 400);
}

TEST_F(WebServerTest, HeadHasNoBody) {
  const auto reply = HttpSend(port_, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.headers.at("content-length"), "100");
}

TEST_F(WebServerTest, ExceptionsStayInside) {
  broken_ = true;
  const auto text = Raw("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
  EXPECT_THAT(text, Not(HasSubstr("EXCEPTION")));
  EXPECT_EQ(HttpGet(port_, "/api/v1/status").status, 200);
}

TEST_F(WebServerTest, RangesAreIgnored) {
  std::string ranges = "bytes=0-0";
  for (int i = 0; i < 500; ++i) ranges += ",0-99";
  const auto reply =
      HttpSend(port_, "GET /metrics HTTP/1.1\r\nHost: x\r\nRange: " + ranges + "\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.size(), 100u);
}

TEST_F(WebServerTest, GzipWhereAsked) {
  metrics_size_ = 100'000;
  const auto plain = HttpGet(port_, "/metrics");
  EXPECT_EQ(plain.body.size(), 100'000u);
  const auto packed =
      HttpSend(port_, "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 2'000u);
}

TEST_F(WebServerTest, EndlessHeadersAreCutOff) {
  std::string many = "GET /metrics HTTP/1.1\r\n";
  for (int i = 0; i < 10'000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  const auto reply = HttpSend(port_, many + "\r\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(HttpSend(port_, "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n\r\n").status, 414);
}

TEST_F(WebServerTest, SilentClientsCostNoThread) {
  std::list<Connection> crowd;
  for (int i = 0; i < 50; ++i) {
    auto connection = Connection::Open(port_, kLimit);
    ASSERT_TRUE(connection);
    crowd.push_back(std::move(*connection));
  }
  const Time start = clock_.Now();
  EXPECT_EQ(HttpGet(port_, "/metrics").status, 200);
  EXPECT_LT(Since(start), milliseconds(500));
}

// More of them than there are threads: each holds one for a second at most.
TEST_F(WebServerTest, HalfSentRequestsEndInTime) {
  std::list<Connection> crowd;
  for (int i = 0; i < 8; ++i) {
    auto connection = Connection::Open(port_, kLimit);
    ASSERT_TRUE(connection && connection->Send("GET /metr"));
    crowd.push_back(std::move(*connection));
  }
  const Time start = clock_.Now();
  EXPECT_EQ(HttpGet(port_, "/metrics", kLimit).status, 200);
  EXPECT_LT(Since(start), seconds(5));
}

TEST_F(WebServerTest, StopDoesNotWaitForClients) {
  metrics_size_ = 20'000'000;  // more than any socket buffer takes
  auto deaf = Connection::Open(port_, kLimit);
  ASSERT_TRUE(deaf && deaf->Send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(deaf->Read(8), "HTTP/1.1");  // being served
  auto half = Connection::Open(port_, kLimit);
  ASSERT_TRUE(half && half->Send("GET /me"));
  const Time start = clock_.Now();
  server_->Stop();
  EXPECT_LT(Since(start), milliseconds(500));
  EXPECT_FALSE(Connection::Open(port_, kLimit));
}

TEST_F(WebServerTest, ManyAtATime) {
  std::list<std::future<int>> replies;
  for (int i = 0; i < 16; ++i) {
    replies.push_back(std::async(std::launch::async, [this] {
      int good = 0;
      for (int n = 0; n < 20; ++n) good += HttpGet(port_, "/", kLimit).status == 200;
      return good;
    }));
  }
  for (auto& good : replies) EXPECT_EQ(good.get(), 20);
}

}  // namespace
}  // namespace vitals
