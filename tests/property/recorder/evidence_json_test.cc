// Random evidence of every kind through JSON and back: it is the same, whatever its fields hold.
// MQTT_VITALS_SEEDS sets the number of runs.
#include "agent/recorder/evidence_json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <tuple>

namespace vitals {
namespace {

constexpr std::size_t kKindCount = std::variant_size_v<decltype(Evidence::what)>;

int Seeds() {
  const char* text = std::getenv("MQTT_VITALS_SEEDS");
  return text != nullptr ? std::atoi(text) : 500;
}

std::shared_ptr<const Profile> SomeProfile(const std::string& name) {
  auto profile = std::make_shared<Profile>();
  profile->name = name;
  for (const auto listener : {ListenerLine::kNone, ListenerLine::kOpened}) {
    Rule& rule = profile->rules.emplace_back();
    rule.id = name + "_" + std::to_string(profile->rules.size());
    rule.listener = listener;
  }
  return profile;
}

// Draws values, zero and empty ones often: those are left out of the JSON.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  bool Coin() { return Upto(1) == 1; }
  std::int64_t Upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  std::int64_t Number() { return Coin() ? 0 : Upto(std::int64_t{1} << 62); }
  std::uint32_t Small() { return static_cast<std::uint32_t>(Coin() ? 0 : Upto(4'000'000'000)); }
  EndpointId Endpoint() { return static_cast<EndpointId>(Coin() ? 0 : Upto(65'535)); }
  Duration Span() { return Duration(Number()); }
  Time Moment() { return Time(Span()); }
  std::string Text() {
    static const char* const kTexts[] = {"", "text", "\"quoted\"\n", "\xc3\xa4\xe2\x82\xac",
                                         "\x01"};
    return kTexts[Upto(4)];
  }
  template <typename Enum>
  Enum Any(std::size_t count) {
    return static_cast<Enum>(Upto(static_cast<std::int64_t>(count) - 1));
  }
  std::optional<Failure> AnyFailure() {
    if (Coin()) return std::nullopt;
    return Failure{Any<Stage>(kStageCount), Any<FailReason>(kFailReasonCount),
                   Any<Fault>(kFaultCount), Text()};
  }
  std::optional<ServedCertificate> AnyCertificate() {
    if (Coin()) return std::nullopt;
    return ServedCertificate{WallTime(Span()), Coin(), Coin()};
  }
  StageTimes Stages() {
    StageTimes stages;
    for (auto& stage : stages) {
      if (Coin()) stage = Span();
    }
    return stages;
  }

 private:
  std::mt19937 random_;
};

Evidence Draw(std::size_t kind, Dice& dice, const std::shared_ptr<const Profile>& profile,
              const std::shared_ptr<const Profile>& other) {
  Evidence evidence{dice.Moment(), {}};
  switch (kind) {
    case 0: {
      Tick tick{WallTime(dice.Span()), {}};
      for (Duration& late : tick.late) late = dice.Span();
      evidence.what = tick;
      break;
    }
    case 1:
      evidence.what = ConnectEvidence{dice.Endpoint(),
                                      static_cast<std::uint64_t>(dice.Number()),
                                      dice.Any<ConnectEvidence::Grade>(2),
                                      dice.AnyFailure(),
                                      dice.Coin(),
                                      dice.Any<FarEnd>(kFarEndCount),
                                      dice.Stages(),
                                      dice.AnyCertificate()};
      break;
    case 2:
      evidence.what = RoundTripEvidence{dice.Endpoint(),
                                        static_cast<std::uint64_t>(dice.Number()),
                                        dice.AnyFailure(),
                                        dice.Coin(),
                                        dice.Any<FarEnd>(kFarEndCount),
                                        dice.Stages()};
      break;
    case 3:
      evidence.what = StrayMessage{dice.Endpoint(), dice.Any<MessageKind>(kMessageKindCount)};
      break;
    case 4:
      evidence.what = SilenceSample{dice.Endpoint(),
                                    dice.Any<ProbeKind>(kProbeKindCount),
                                    static_cast<std::uint64_t>(dice.Number()),
                                    dice.Moment(),
                                    dice.Moment(),
                                    dice.Any<FarEnd>(kFarEndCount),
                                    dice.Small(),
                                    dice.Coin()};
      break;
    case 5: {
      const auto moment = [&] { return dice.Coin() ? std::optional<Time>() : dice.Moment(); };
      evidence.what = BystanderLook{dice.Endpoint(), dice.Coin(), dice.Small(), moment(), moment()};
      break;
    }
    case 6:
      evidence.what = LogEvent{&profile->rules[static_cast<std::size_t>(dice.Upto(1))],
                               dice.Text(),
                               {{"port", dice.Text()}, {"client", dice.Text()}},
                               dice.Coin()};
      break;
    case 7:
      evidence.what = LogContext{&profile->rules[static_cast<std::size_t>(dice.Upto(1))],
                                 dice.Text(), dice.Coin()};
      break;
    case 8: {
      const auto number = [&] { return static_cast<std::uint64_t>(dice.Number()); };
      evidence.what = LogProgress{number(),     number(), number(),    number(),   number(),
                                  number(),     number(), number(),    number(),   dice.Moment(),
                                  dice.Small(), number(), dice.Span(), dice.Text()};
      break;
    }
    case 9:
      evidence.what =
          ProfileChosen{dice.Coin() ? profile : other, static_cast<double>(dice.Upto(8)) / 8};
      break;
    case 10:
      evidence.what = Command{dice.Any<Command::Kind>(kCommandKindCount), dice.Span(), dice.Text(),
                              dice.Text()};
      break;
    case 11:
      evidence.what = ConfigurationRead{WallTime(dice.Span()), dice.Text()};
      break;
    case 12: {
      const auto process = [&] {
        return ProcessIdentity{static_cast<std::int32_t>(dice.Upto(99'999)),
                               static_cast<std::uint64_t>(dice.Number())};
      };
      const auto cpu = [&] {
        return dice.Coin() ? std::optional<double>() : static_cast<double>(dice.Upto(8)) / 8;
      };
      evidence.what =
          ProcessLook{dice.Text(), process(), process(), dice.Span(), cpu(), dice.Coin()};
      break;
    }
    default:
      ADD_FAILURE() << "a kind that this test does not know";
  }
  return evidence;
}

void Same(const std::optional<Failure>& a, const std::optional<Failure>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(std::tie(a->stage, a->reason, a->fault, a->detail),
            std::tie(b->stage, b->reason, b->fault, b->detail));
}
void Same(const Tick& a, const Tick& b) {
  EXPECT_EQ(std::tie(a.wall, a.late), std::tie(b.wall, b.late));
}
void Same(const ConnectEvidence& a, const ConnectEvidence& b) {
  Same(a.failure, b.failure);
  EXPECT_EQ(
      std::tie(a.endpoint, a.connection, a.grade, a.reacted, a.far_end, a.stages, a.certificate),
      std::tie(b.endpoint, b.connection, b.grade, b.reacted, b.far_end, b.stages, b.certificate));
}
void Same(const RoundTripEvidence& a, const RoundTripEvidence& b) {
  Same(a.failure, b.failure);
  EXPECT_EQ(std::tie(a.endpoint, a.round, a.reacted, a.far_end, a.stages),
            std::tie(b.endpoint, b.round, b.reacted, b.far_end, b.stages));
}
void Same(const StrayMessage& a, const StrayMessage& b) {
  EXPECT_EQ(std::tie(a.endpoint, a.kind), std::tie(b.endpoint, b.kind));
}
void Same(const SilenceSample& a, const SilenceSample& b) {
  EXPECT_EQ(std::tie(a.endpoint, a.probe, a.connection, a.opened_at, a.waiting_since, a.far_end,
                     a.unread_bytes, a.bytes_at_our_end),
            std::tie(b.endpoint, b.probe, b.connection, b.opened_at, b.waiting_since, b.far_end,
                     b.unread_bytes, b.bytes_at_our_end));
}
void Same(const BystanderLook& a, const BystanderLook& b) {
  EXPECT_EQ(std::tie(a.endpoint, a.complete, a.seen, a.read_at, a.answered_at),
            std::tie(b.endpoint, b.complete, b.seen, b.read_at, b.answered_at));
}
void Same(const LogEvent& a, const LogEvent& b) {
  EXPECT_EQ(std::tie(a.rule, a.line, a.captures, a.look_back),
            std::tie(b.rule, b.line, b.captures, b.look_back));
}
void Same(const LogContext& a, const LogContext& b) {
  EXPECT_EQ(std::tie(a.rule, a.text, a.look_back), std::tie(b.rule, b.text, b.look_back));
}
void Same(const LogProgress& a, const LogProgress& b) {
  EXPECT_EQ(std::tie(a.lines, a.bytes, a.matched, a.rotations, a.truncations, a.gaps, a.gap_bytes),
            std::tie(b.lines, b.bytes, b.matched, b.rotations, b.truncations, b.gaps, b.gap_bytes));
  EXPECT_EQ(
      std::tie(a.cut_lines, a.freed_bytes, a.last_read, a.files, a.lag_bytes, a.lag, a.trouble),
      std::tie(b.cut_lines, b.freed_bytes, b.last_read, b.files, b.lag_bytes, b.lag, b.trouble));
}
void Same(const ProfileChosen& a, const ProfileChosen& b) {
  EXPECT_EQ(std::tie(a.profile, a.confidence), std::tie(b.profile, b.confidence));
}
void Same(const Command& a, const Command& b) {
  EXPECT_EQ(std::tie(a.kind, a.length, a.text, a.by), std::tie(b.kind, b.length, b.text, b.by));
}
void Same(const ConfigurationRead& a, const ConfigurationRead& b) {
  EXPECT_EQ(std::tie(a.in_force_since, a.trouble), std::tie(b.in_force_since, b.trouble));
}

void Same(const ProcessLook& a, const ProcessLook& b) {
  EXPECT_EQ(std::tie(a.trouble, a.process, a.owner, a.age, a.cpu, a.disk_sleep),
            std::tie(b.trouble, b.process, b.owner, b.age, b.cpu, b.disk_sleep));
}

TEST(EvidenceJson, EveryKindComesBackAsItWas) {
  const auto profile = SomeProfile("one"), other = SomeProfile("two");
  const FindProfile find = [&](std::string_view name) { return name == "one" ? profile : other; };
  for (int seed = 0; seed < Seeds(); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " kind " + std::to_string(kind));
      const Evidence evidence = Draw(kind, dice, profile, other);
      const std::string text = ToJson(evidence, true).dump();
      const auto read = EvidenceReader(profile, find).Read(RecordJson::parse(text));
      ASSERT_TRUE(read) << text << " " << read.error().ToString();
      ASSERT_EQ(read->what.index(), kind) << text;
      EXPECT_EQ(read->at, evidence.at);
      std::visit(
          [&](const auto& was) {
            Same(was, std::get<std::remove_cvref_t<decltype(was)>>(read->what));
          },
          evidence.what);
      if (HasFailure()) FAIL() << text;
    }
  }
}

}  // namespace
}  // namespace vitals
