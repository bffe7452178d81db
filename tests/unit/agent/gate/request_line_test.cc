#include "agent/gate/request_line.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace vitals {
namespace {

struct Row {
  std::string bytes;
  ParseState state;
  int status;
  std::string path;
  std::string query;
  bool head = false;
};

TEST(RequestLine, Table) {
  const Row rows[] = {
      {"", ParseState::kMore, 0, "", ""},
      {"GET /readyz HTTP/1.1", ParseState::kMore, 0, "", ""},
      {"GET /readyz HTTP/1.1\r\n", ParseState::kDone, 0, "/readyz", ""},
      {"GET /readyz HTTP/1.0\n", ParseState::kDone, 0, "/readyz", ""},
      {"HEAD /livez?verbose HTTP/1.1\r\n", ParseState::kDone, 0, "/livez", "verbose", true},
      {"GET /readyz?a?b&c HTTP/1.1\r\nGET /x HTTP/1.1\r\n", ParseState::kDone, 0, "/readyz",
       "a?b&c"},
      {"GET /readyz? HTTP/1.1\r\n", ParseState::kDone, 0, "/readyz", ""},
      {"POST /readyz HTTP/1.1\r\n", ParseState::kRefused, 405, "", ""},
      {"get /readyz HTTP/1.1\r\n", ParseState::kRefused, 405, "", ""},
      {"GET http://host/readyz HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {"OPTIONS * HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {"GET /readyz HTTP/2.0\r\n", ParseState::kRefused, 400, "", ""},
      {"GET /readyz\r\n", ParseState::kRefused, 400, "", ""},
      {"GET  HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {" /readyz HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {"GET /ready z HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {std::string("GET /\0 HTTP/1.1\r\n", 17), ParseState::kRefused, 400, "", ""},
      {"GET /\x80 HTTP/1.1\r\n", ParseState::kRefused, 400, "", ""},
      {"\r\n", ParseState::kRefused, 400, "", ""},
      {"\x16\x03\x01\x02\n", ParseState::kRefused, 400, "", ""},
      {std::string(kRequestLineMax, 'a'), ParseState::kRefused, 414, "", ""},
      {"GET /" + std::string(kRequestLineMax, 'a') + " HTTP/1.1\r\n", ParseState::kRefused, 414, "",
       ""},
  };
  for (const Row& row : rows) {
    const auto parsed = ParseRequestLine(row.bytes);
    EXPECT_EQ(parsed.state, row.state) << row.bytes;
    EXPECT_EQ(parsed.status, row.status) << row.bytes;
    EXPECT_EQ(parsed.request.path, row.path) << row.bytes;
    EXPECT_EQ(parsed.request.query, row.query) << row.bytes;
    EXPECT_EQ(parsed.request.head, row.head) << row.bytes;
  }
}

TEST(RequestLine, LongestLineThatIsTaken) {
  const std::string tail = " HTTP/1.1\r\n";
  const std::string fits = "GET /" + std::string(kRequestLineMax - 5 - tail.size(), 'a') + tail;
  ASSERT_EQ(fits.size(), kRequestLineMax);
  EXPECT_EQ(ParseRequestLine(fits).state, ParseState::kDone);
  EXPECT_EQ(ParseRequestLine("x" + fits).status, 414);
}

// Whatever the bytes: the views stay inside them, and what is incomplete is never refused for it.
TEST(RequestLine, RandomBytes) {
  std::mt19937 random(20260101);
  const std::string_view pieces[] = {"GET ", "HEAD ", "/readyz", "?",  "&",        "=",    "%2",
                                     "%2F",  " ",     "\r",      "\n", "HTTP/1.1", "\xff", "\t"};
  int done = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string bytes = random() % 2 == 0 ? "GET /readyz" : "";
    for (auto n = random() % 12; n > 0; --n) {
      if (random() % 4 == 0) {
        bytes.push_back(static_cast<char>(random()));
      } else {
        bytes += pieces[random() % std::size(pieces)];
      }
    }
    if (random() % 2 == 0) bytes += " HTTP/1.1\r\n";
    const auto parsed = ParseRequestLine(bytes);
    const bool whole = bytes.find('\n') != std::string::npos;
    ASSERT_EQ(parsed.state == ParseState::kMore, !whole) << bytes;
    if (parsed.state != ParseState::kDone) continue;
    ++done;
    ASSERT_GE(parsed.request.path.data(), bytes.data());
    ASSERT_LE(parsed.request.path.data() + parsed.request.path.size(), bytes.data() + bytes.size());
    ASSERT_TRUE(parsed.request.path.starts_with('/'));
    (void)parsed.request.Has("verbose");
    (void)DecodesTo(parsed.request.path, "/readyz/x");
  }
  EXPECT_GT(done, 100);  // the pieces make whole requests, too
}

TEST(RequestLine, Parameters) {
  ProbeRequest request;
  request.query = "exclude=a&verbose&exclude=b%2Fc&x=";
  EXPECT_TRUE(request.Has("verbose"));
  EXPECT_TRUE(request.Has("x"));
  EXPECT_FALSE(request.Has("verb"));
  std::string_view rest = request.query;
  EXPECT_EQ(TakeParameter(&rest).value, "a");
  EXPECT_EQ(TakeParameter(&rest).name, "verbose");
  EXPECT_EQ(TakeParameter(&rest).value, "b%2Fc");
  EXPECT_EQ(TakeParameter(&rest).name, "x");
  EXPECT_TRUE(rest.empty());
}

TEST(RequestLine, DecodesTo) {
  EXPECT_TRUE(DecodesTo("accepting%2Fone", "accepting/one"));
  EXPECT_TRUE(DecodesTo("%61b%63", "abc"));
  EXPECT_TRUE(DecodesTo("", ""));
  EXPECT_FALSE(DecodesTo("abc", "ab"));
  EXPECT_FALSE(DecodesTo("ab", "abc"));
  EXPECT_FALSE(DecodesTo("%6", "a"));
  EXPECT_FALSE(DecodesTo("%", "%"));
  EXPECT_FALSE(DecodesTo("%zz", "a"));
}

}  // namespace
}  // namespace vitals
