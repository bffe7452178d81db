// The command itself: over logs of real brokers, and what it says about input that it can't use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/recorder/recording_writer.h"
#include "agent/replay.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Done {
  int code;
  std::string out, err;
};

Done Replay(const ReplayFlags& flags) {
  std::ostringstream out, err;
  const int code = RunReplay(flags, out, err);
  return {code, out.str(), err.str()};
}

std::string Corpus(const std::string& name) { return VITALS_SOURCE_DIR "/tests/corpus/" + name; }

class ReplayCommandTest : public testing::Test {
 protected:
  // One second of an agent that has seen nothing.
  std::string Recording(const std::string& profile, const std::string& policy) {
    RecordingWriter writer(
        {"1", profile, "a life", Time{}, "endpoints:\n  - url: \"mqtt://127.0.0.1:1\"\n", policy},
        false);
    std::string text = writer.Head(WallTime(std::chrono::hours(1)), Time{});
    for (int i = 1; i <= 10; ++i) {
      const Duration at = i * std::chrono::milliseconds(100);
      writer.Add({Time(at), Tick{WallTime(std::chrono::hours(1) + at), {}}}, nullptr);
    }
    return text + writer.Take(true);
  }
  std::string Write(const std::string& name, const std::string& text) {
    return files_.Write(name, text).string();
  }

  TempDir files_;
};

TEST_F(ReplayCommandTest, ALogOfARealBrokerTwiceGivesTheSameBytes) {
  for (const char* name : {"mosquitto/clean-start-stop.log", "hivemq/kill9-restart.log",
                           "rabbitmq/clean-start-stop.log", "nats/clean-start-stop.log"}) {
    for (const bool as_json : {false, true}) {
      const ReplayFlags flags{{Corpus(name)}, {}, {}, as_json};
      const Done once = Replay(flags), twice = Replay(flags);
      EXPECT_EQ(once.code, 0) << name << once.err;
      EXPECT_EQ(once.out, twice.out) << name;
      EXPECT_THAT(once.out, HasSubstr("startup")) << name;
    }
  }
}

TEST_F(ReplayCommandTest, ALogTellsOfItsBoots) {
  const Done done = Replay({{Corpus("mosquitto/kill9-restart.log")}, {}, "mosquitto", true});
  ASSERT_EQ(done.code, 0) << done.err;
  std::istringstream lines(done.out);
  std::vector<json> verdicts;
  json last;
  for (std::string line; std::getline(lines, line);) {
    last = json::parse(line);
    if (last["type"] == "verdict" && last["verdict"] == "startup") verdicts.push_back(last);
  }
  ASSERT_GE(verdicts.size(), 2u) << done.out;
  EXPECT_EQ(last["type"], "answer");
  EXPECT_EQ(last["compared"], false);
  EXPECT_EQ(last["liveness_failures"], 0);
}

TEST_F(ReplayCommandTest, ARecordingIsReadFromItsFileItsFolderOrTheStateFolder) {
  std::filesystem::create_directories(files_.path() / "recorder");
  const std::string file =
      Write("recorder/recording-00000001.jsonl", Recording("mosquitto", "policy:\n"));
  const Done one = Replay({{file}, {}, {}});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("a life: mosquitto, 1970-01-01T01:00:00.000Z"));
  EXPECT_EQ(Replay({{(files_.path() / "recorder").string()}, {}, {}}).out, one.out);
  EXPECT_EQ(Replay({{files_.path().string()}, {}, {}}).out, one.out);
}

TEST_F(ReplayCommandTest, APolicyHasANameToo) {
  const std::string window = "policy:\n  liveness_window: \"15s\"\n";
  const std::string file = Write("a.jsonl", Recording("mosquitto", window));
  for (const char* policy : {"", "default", "conservative"}) {
    const Done done = Replay({{file}, policy, {}});
    EXPECT_EQ(done.code, 0) << policy << ": " << done.err;
  }
}

TEST_F(ReplayCommandTest, MistakesAreToldWithTheirPlace) {
  const std::string recording = Write("a.jsonl", Recording("mosquitto", "policy:\n"));
  const std::string foreign = Write("b.jsonl", Recording("my-own", "policy:\n"));
  const std::string newer = Write("c.jsonl", Recording("mosquitto", "policy:\n  future: 1\n"));
  const std::string policy =
      Write("policy.yaml", "policy:\n  mode: sometimes\n  liveness_window: 1s\n");
  std::filesystem::create_directories(files_.path() / "empty");

  const Done bad_policy = Replay({{recording}, policy, {}});
  EXPECT_EQ(bad_policy.code, 2);
  EXPECT_THAT(bad_policy.err, HasSubstr("policy.yaml:2: "));
  EXPECT_THAT(bad_policy.err, HasSubstr("policy.yaml:3: "));
  const std::pair<ReplayFlags, const char*> mistakes[] = {
      {{{recording}, "none.yaml", {}}, "none.yaml"},
      {{{"none.jsonl"}, {}, {}}, "none.jsonl: cannot be read"},
      {{{foreign}, {}, {}}, "no profile 'my-own' (name the file that it is in with --profile)"},
      {{{newer}, {}, {}}, "future"},
      {{{(files_.path() / "empty").string()}, {}, {}}, "no recording in it"},
      {{{recording, policy}, {}, {}}, "policy.yaml"},
      {{{policy}, {}, "auto"}, "no shipped profile knows these lines"},
      {{{policy}, {}, "nosuch"}, "nosuch"},
  };
  for (const auto& [flags, wanted] : mistakes) {
    const Done done = Replay(flags);
    EXPECT_EQ(done.code, 2) << wanted;
    EXPECT_THAT(done.err, HasSubstr(wanted));
  }
}

}  // namespace
}  // namespace vitals
