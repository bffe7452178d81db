#include "agent/control/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using std::chrono_literals::operator""min;
using testing::HasSubstr;

TEST(ControlProtocol, EveryRequestComesBackAsItWas) {
  for (std::size_t i = 0; i < kControlVerbCount; ++i) {
    ControlRequest request{static_cast<ControlVerb>(i), {}, {}};
    if (request.verb == ControlVerb::kHold) {
      request.length = 30min;
      request.reason = "heap \"dump\"\nof ä";
    }
    const std::string line = Encode(request);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    const auto read = DecodeControlRequest(line);
    ASSERT_TRUE(read) << read.error().ToString();
    EXPECT_EQ(read->verb, request.verb);
    EXPECT_EQ(read->length, request.length);
    EXPECT_EQ(read->reason, request.reason);
  }
}

TEST(ControlProtocol, EveryAnswerComesBackAsItWas) {
  const ControlAnswer answer{true, "done", {"a.yaml:1: bad"}, {7, true, 12}};
  const auto read = DecodeControlAnswer(Encode(answer));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_TRUE(read->ok);
  EXPECT_EQ(read->message, "done");
  EXPECT_EQ(read->errors, answer.errors);
  EXPECT_EQ(read->state.generation, 7u);
  EXPECT_TRUE(read->state.ready);
  EXPECT_EQ(read->state.clients, 12u);
  EXPECT_FALSE(DecodeControlAnswer(Encode(ControlAnswer{}))->state.clients);
}

TEST(ControlProtocol, WhatIsNoRequestIsSaidToBeNone) {
  struct Row {
    const char* line;
    const char* message;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"", "no line of the control protocol"},
           {"drain", "no line of the control protocol"},
           {"[]", "no line of the control protocol"},
           {R"({"command":"drain"})", "no line of the control protocol"},
           {R"({"version":2,"command":"drain"})", "version 2"},
           {R"({"version":1,"command":"explode"})", "'explode' is no command"},
           {R"({"version":1,"command":1})", "no line of the control protocol"},
           {R"({"version":1,"command":"hold"})", "no line of the control protocol"},
           {R"({"version":1,"command":"hold","for_ms":0,"reason":"x"})", "a time"},
           {R"({"version":1,"command":"hold","for_ms":-5,"reason":"x"})", "a time"},
           {R"({"version":1,"command":"hold","for_ms":1e18,"reason":"x"})", "a time"},
           {R"({"version":1,"command":"hold","for_ms":5,"reason":""})", "a reason"},
       }) {
    const auto read = DecodeControlRequest(row.line);
    ASSERT_FALSE(read) << row.line;
    EXPECT_THAT(read.error().message, HasSubstr(row.message)) << row.line;
  }
  const std::string long_reason(ControlRequest::kReasonMax + 1, 'x');
  EXPECT_FALSE(DecodeControlRequest(Encode({ControlVerb::kHold, 1min, long_reason})));
}

}  // namespace
}  // namespace vitals
