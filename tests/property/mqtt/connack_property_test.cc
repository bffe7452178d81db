// Whatever bytes come, in whatever pieces, the CONNACK parser ends in a defined state, keeps no
// more than its bound, and says the same as when the bytes come at once.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "probes/mqtt/connack.h"
#include "probes/mqtt/wire.h"

namespace vitals::mqtt {
namespace {

using std::string_literals::operator""s;
using State = ConnackParser::State;

class Connacks {
 public:
  explicit Connacks(std::uint64_t seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) { return random_() % limit; }

  // Random bytes, or a valid packet with a few of them changed: both reach deeper than either.
  std::string Next() {
    std::string bytes;
    if (Below(2) == 0) {
      bytes.resize(Below(64));
      for (char& c : bytes) c = static_cast<char>(Below(256));
      if (!bytes.empty() && Below(4) != 0) bytes[0] = 0x20;
      return bytes;
    }
    bytes =
        "\x20\x16\x00\x97\x13"
        "\x13\x00\x3C\x1F\x00\x02no\x26\x00\x01k\x00\x01v\x1C\x00\x01x"s;
    for (std::size_t changes = Below(4); changes > 0; --changes) {
      bytes[Below(bytes.size())] = static_cast<char>(Below(256));
    }
    return bytes;
  }

 private:
  std::mt19937_64 random_;
};

bool SameEnd(const ConnackParser& a, const ConnackParser& b) {
  if (a.state() != b.state()) return false;
  if (a.state() == State::kMalformed) return std::string(a.problem()) == b.problem();
  return a.connack().code == b.connack().code &&
         a.connack().reason_string == b.connack().reason_string &&
         a.connack().server_reference == b.connack().server_reference &&
         a.connack().server_keep_alive_s == b.connack().server_keep_alive_s;
}

TEST(ConnackProperty, PiecesChangeNothing) {
  Connacks connacks(20261124);
  int done = 0;
  int malformed = 0;
  for (int run = 0; run < 200'000; ++run) {
    const std::string bytes = connacks.Next();
    const int version = run % 2 == 0 ? 4 : 5;
    ConnackParser whole(version);
    whole.Feed(bytes);
    ConnackParser pieces(version);
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + connacks.Below(5);
      pieces.Feed(std::string_view(bytes).substr(at, size));
      at += size;
    }
    ASSERT_TRUE(SameEnd(whole, pieces)) << testing::PrintToString(bytes);
    for (const char c : whole.connack().reason_string) ASSERT_TRUE(c >= 0x20 && c < 0x7F);
    done += whole.state() == State::kDone;
    malformed += whole.state() == State::kMalformed;
  }
  EXPECT_GT(done, 1000);
  EXPECT_GT(malformed, 1000);
}

TEST(ConnackProperty, EveryCodeOfBothVersionsHasAMeaning) {
  for (const int version : {4, 5}) {
    EXPECT_FALSE(ReasonOfConnack(version, 0));
    for (int code = 1; code < 256; ++code) {
      EXPECT_TRUE(ReasonOfConnack(version, static_cast<std::uint8_t>(code))) << code;
    }
  }
}

TEST(ConnackProperty, AnEndlessPacketIsCutAtTheBound) {
  ConnackParser parser(5);
  // Remaining length 268,435,455, the largest there is.
  parser.Feed(std::string("\x20\xFF\xFF\xFF\x7F", 5));
  EXPECT_EQ(parser.state(), State::kMalformed);
  ConnackParser largest(5);
  // Remaining length 4093: one byte fewer than the bound leaves with its header.
  largest.Feed(std::string("\x20\xFD\x1F", 3));
  for (int i = 0; i < 10; ++i) largest.Feed(std::string(1000, '\0'));
  EXPECT_EQ(largest.state(), State::kMalformed) << "zeros are no properties";
}

}  // namespace
}  // namespace vitals::mqtt
