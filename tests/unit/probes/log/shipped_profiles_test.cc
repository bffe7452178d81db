// Every shipped profile: it is read, its rules compile and are anchored, its samples hit and miss.
// And the rules that fire on real logs, compared with golden files; UPDATE_GOLDEN=1 writes them
// anew (tests/corpus/README.md says what happened in each log: compare before you commit).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "agent/config/profile_file.h"
#include "probes/log/detect.h"
#include "probes/log/entry_context.h"
#include "probes/log/line_splitter.h"
#include "probes/log/matcher.h"
#include "probes/profiles/profiles.h"

namespace vitals {
namespace {

using testing::Contains;
using testing::Not;

std::string Text(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) text += error.ToString() + "\n";
  return text;
}

std::shared_ptr<const Profile> Load(std::string_view name) {
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    if (shipped.name != name) continue;
    auto profile = ParseProfile(shipped.yaml, std::string(name) + ".yaml");
    EXPECT_TRUE(profile) << Text(profile.error());
    return profile ? *profile : nullptr;
  }
  ADD_FAILURE() << "no profile " << name;
  return nullptr;
}

std::string Read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> ProfileNames() {
  std::vector<std::string> names;
  for (const ShippedProfile& shipped : ShippedProfiles()) names.emplace_back(shipped.name);
  return names;
}

class ShippedProfileTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    profile_ = Load(GetParam());
    ASSERT_TRUE(profile_);
    auto matcher = Matcher::Compile(profile_);
    ASSERT_TRUE(matcher) << Text(matcher.error());
    matcher_.emplace(std::move(*matcher));
  }
  std::vector<std::string> Fired(std::string_view line) {
    std::vector<std::string> ids;
    for (const Matcher::Hit& hit : matcher_->Match(line)) ids.push_back(hit.rule->id);
    return ids;
  }

  std::shared_ptr<const Profile> profile_;
  std::optional<Matcher> matcher_;
};

TEST_P(ShippedProfileTest, EachRuleHasSamplesThatHitAndMiss) {
  for (const Rule& rule : profile_->rules) {
    EXPECT_FALSE(rule.samples.hit.empty()) << rule.place << " " << rule.id;
    EXPECT_FALSE(rule.samples.miss.empty()) << rule.place << " " << rule.id;
    for (const std::string& line : rule.samples.hit) {
      EXPECT_THAT(Fired(line), Contains(rule.id)) << rule.place << ": " << line;
    }
    for (const std::string& line : rule.samples.miss) {
      EXPECT_THAT(Fired(line), Not(Contains(rule.id))) << rule.place << ": " << line;
    }
  }
}

TEST_P(ShippedProfileTest, EachExpressionIsAnchoredAndHasALiteral) {
  for (const Rule& rule : profile_->rules) {
    EXPECT_TRUE(rule.match.starts_with('^')) << rule.place;
    EXPECT_EQ(rule.match.find("|^"), std::string::npos) << rule.place;
  }
  EXPECT_THAT(matcher_->rules_without_literal(), testing::IsEmpty());
  EXPECT_FALSE(profile_->detect.empty());
  for (const std::string& detect : profile_->detect) EXPECT_TRUE(detect.starts_with('^')) << detect;
}

TEST_P(ShippedProfileTest, TellsTheBootsApart) {
  const auto has = [&](LifeCycle wanted) {
    return std::ranges::any_of(profile_->rules,
                               [&](const Rule& rule) { return rule.life_cycle == wanted; });
  };
  EXPECT_TRUE(has(LifeCycle::kBooting));
  if (profile_->forgeable) return;  // the rest is worth more than a client's word, or left out
  EXPECT_TRUE(has(LifeCycle::kStarted));
  EXPECT_TRUE(has(LifeCycle::kStopping));
}

// The lines in which brokers repeat what a client calls itself, CLIENT for that.
constexpr std::string_view kClientLines[] = {
    "1795347091: Client CLIENT disconnected.",
    "1795347091: New client connected from 127.0.0.1:53018 as CLIENT (p2, c1, k30, u'agent').",
    "2026-11-22 21:01:04,346 WARN  - The connection limit (1) is reached. ClientID (CLIENT) "
    "connection denied.",
    "2026-11-22 11:44:05.665716+00:00 [info] <0.898.0> accepting MQTT connection <0.898.0> "
    "(127.0.0.1:51938 -> 127.0.0.1:1884, client id: CLIENT)",
    "[24558] 2026/11/22 12:04:09.884385 [ERR] 127.0.0.1:47528 - mid:18 - \"CLIENT\" - "
    "authentication error - User \"agent\"",
    "2026-11-22 21:08:47,515 WARN  [org.apache.activemq.artemis.core.server] AMQ222216: Security "
    "problem while authenticating: AMQ229031: Unable to validate user from 127.0.0.1:36705. "
    "Username: CLIENT; SSL certificate subject DN: unavailable",
    "2024-02-18T20:32:15.628659+01:00 [warning] tag: AUTHN, clientid: CLIENT, msg: "
    "authentication_failed, mfa: emqx_authn:log/2(1)",
    "2026-03-01T07:25:37.177001+00:00 [warning] <0.512.0> vmq_mqtt_fsm:check_user/2:534: can't "
    "authenticate client {[],<<\"CLIENT\">>} from 10.0.0.1:55335 due to invalid_credentials",
    "2026-03-01 07:25:37.177  WARN 1 [main] --- o.a.bifromq.mqtt.handler.MQTTConnect     "
    "[MQTTConnect.java:88] Client CLIENT closed",
};

// Where a broker quotes a client's words it escapes their quotes.
std::string ClientLine(std::string_view frame, std::string_view client) {
  constexpr std::string_view kSlot = "CLIENT";
  const std::size_t at = frame.find(kSlot);
  std::string words;
  for (const char c : client) {
    if (c == '"' && frame[at - 1] == '"') words += '\\';
    words += c;
  }
  return std::string(frame).replace(at, kSlot.size(), words);
}

// A client that chooses a line of the broker as its name moves nothing: what fires is what fires
// for any client.
TEST_P(ShippedProfileTest, TextOfClientsFiresNothingOfItsOwn) {
  for (const std::string_view frame : kClientLines) {
    const std::vector<std::string> harmless = Fired(ClientLine(frame, "x"));
    for (const Rule& rule : profile_->rules) {
      for (const std::string& line : rule.samples.hit) {
        const std::string forged = ClientLine(frame, line);
        for (const std::string& id : Fired(forged)) EXPECT_THAT(harmless, Contains(id)) << forged;
      }
    }
  }
}

// The level `subscribe` of Mosquitto prints CLIENT QOS TOPIC: no way to cut a line in two makes it
// a line of the broker.
TEST(MosquittoProfile, NoClientAndTopicMakeALine) {
  auto matcher = Matcher::Compile(Load("mosquitto"));
  ASSERT_TRUE(matcher);
  for (const Rule& rule : matcher->profile()->rules) {
    for (const std::string& line : rule.samples.hit) {
      for (std::size_t first = 1; first < line.size(); ++first) {
        for (std::size_t second = first; second < std::min(line.size(), first + 20); ++second) {
          const std::string forged = line.substr(0, first) + " 0 " + line.substr(second);
          ASSERT_THAT(matcher->Match(forged), testing::IsEmpty()) << forged;
        }
      }
    }
  }
}

// Where clients can write whole lines, a line helps no restart, and what it does ends by itself.
TEST(ForgeableProfiles, LinesDoLittleAndNotForLong) {
  constexpr Duration kLongest = std::chrono::minutes(30);
  int looked_at = 0;
  for (const std::string& name : ProfileNames()) {
    const auto profile = Load(name);
    ASSERT_TRUE(profile);
    if (!profile->forgeable) continue;
    for (const Rule& rule : profile->rules) {
      for (const Effect& effect : rule.effects) {
        if (effect.kind != Effect::Kind::kSet || effect.affects == Affects::kInformation) continue;
        ++looked_at;
        EXPECT_NE(effect.affects, Affects::kSupportsRestart) << rule.place << " " << rule.id;
        const Duration ends = std::min({effect.ttl.value_or(Duration::max()),
                                        effect.after_quiet.value_or(Duration::max()),
                                        effect.hold_max.value_or(Duration::max())});
        EXPECT_LE(ends, kLongest) << rule.place << " " << rule.id;
      }
    }
  }
  EXPECT_GT(looked_at, 0);
}

// A client id with line breaks makes lines of RabbitMQ, of every level but `notice`: none of them
// begins a boot or a stop.
TEST(RabbitMqProfile, NoClientBeginsABootOrAStop) {
  auto matcher = Matcher::Compile(Load("rabbitmq"));
  ASSERT_TRUE(matcher);
  for (const Rule& rule : matcher->profile()->rules) {
    for (std::string line : rule.samples.hit) {
      const std::size_t level = line.find("[notice]");
      if (level == std::string::npos) continue;
      for (const char* forged : {"[info]", "[warning]", "[error]"}) {
        for (const Matcher::Hit& hit :
             matcher->Match(std::string(line).replace(level, 8, forged))) {
          EXPECT_EQ(hit.rule->life_cycle, LifeCycle::kNone) << forged << " " << line;
        }
      }
    }
  }
}

// In a log of Artemis any line can be a client's: none may end a boot.
TEST(ArtemisProfile, NoLineEndsABoot) {
  const auto profile = Load("artemis");
  ASSERT_TRUE(profile);
  for (const Rule& rule : profile->rules)
    EXPECT_LE(rule.life_cycle, LifeCycle::kStarted) << rule.id;
}

INSTANTIATE_TEST_SUITE_P(Profiles, ShippedProfileTest, testing::ValuesIn(ProfileNames()),
                         [](const auto& tested) { return tested.param; });

const std::filesystem::path kTests = std::filesystem::path(VITALS_SOURCE_DIR) / "tests";

std::vector<std::string> CorpusFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kTests / "corpus")) {
    if (entry.path().extension() != ".log") continue;
    files.push_back(entry.path().parent_path().filename() / entry.path().stem());
  }
  std::ranges::sort(files);
  return files;
}

// "LINE_NO rule event life_cycle +Condition/subject -Condition/subject capture=value"
std::string Describe(std::size_t number, const Matcher::Hit& hit) {
  const Rule& rule = *hit.rule;
  std::string text = std::to_string(number) + " " + rule.id + " " + rule.event;
  if (rule.life_cycle != LifeCycle::kNone) text += " " + std::string(Name(rule.life_cycle));
  for (const Effect& effect : rule.effects) {
    text += effect.kind == Effect::Kind::kSet ? " +" : " -";
    text += std::string(Name(effect.condition)) + "/" + effect.subject;
  }
  for (const auto& [name, value] : hit.captures) text += " " + name + "=" + value;
  return text + "\n";
}

class CorpusTest : public testing::TestWithParam<std::string> {
 protected:
  std::string broker() const { return GetParam().substr(0, GetParam().find('/')); }
};

TEST_P(CorpusTest, FiresWhatHappened) {
  auto matcher = Matcher::Compile(Load(broker()));
  ASSERT_TRUE(matcher) << Text(matcher.error());
  std::string events;
  std::size_t number = 0;
  EntryContext entry(matcher->profile()->continues);
  LineSplitter().Feed(Read(kTests / "corpus" / (GetParam() + ".log")), [&](std::string_view line) {
    ++number;
    const auto& hits = matcher->Match(line);
    for (const Matcher::Hit& hit : hits) events += Describe(number, hit);
    if (!hits.empty()) {
      entry.Open(line);
    } else if (const auto kept = entry.Add(line); kept && !kept->empty()) {
      events += "    | " + std::string(*kept) + "\n";
    }
  });
  const auto golden = kTests / "golden/events" / (GetParam() + ".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(golden.parent_path());
    std::ofstream(golden, std::ios::binary) << events;
  }
  ASSERT_TRUE(std::filesystem::exists(golden));
  EXPECT_EQ(events, Read(golden));
}

TEST_P(CorpusTest, IsRecognised) {
  std::vector<std::shared_ptr<const Profile>> candidates;
  for (const std::string& name : ProfileNames()) candidates.push_back(Load(name));
  const std::string text = Read(kTests / "corpus" / (GetParam() + ".log"));
  const auto chosen = Detector(candidates).Choose(text.substr(0, 64 * 1024));
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->profile->name, broker());
  EXPECT_GT(chosen->confidence, 0.0);
}

INSTANTIATE_TEST_SUITE_P(Logs, CorpusTest, testing::ValuesIn(CorpusFiles()),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace vitals
