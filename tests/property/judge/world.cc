#include "tests/property/judge/world.h"

#include <algorithm>

namespace vitals {
namespace {

constexpr Path kAnyPath[] = {Path::kWorks, Path::kRefused,     Path::kUnread,
                             Path::kReset, Path::kUnanswered,  Path::kSynUnanswered,
                             Path::kBlind, Path::kBadPassword, Path::kServerUnavailable,
                             Path::kQuota};

bool Moves(Path path) {
  return path != Path::kRefused && path != Path::kUnread && path != Path::kSynUnanswered &&
         path != Path::kBlind;
}

bool Answers(Path path) { return Moves(path) && path != Path::kUnanswered && path != Path::kLost; }

}  // namespace

World::World(unsigned seed, bool skip)
    : dice_(seed),
      behaviours_(static_cast<std::size_t>(1 + dice_.Upto(2)), kWorks),
      scenario_(Scenario::Working(Scenario::DefaultSettings(static_cast<int>(behaviours_.size())),
                                  [this](const Evidence& evidence, const SnapshotPtr& snapshot) {
                                    Show(evidence, snapshot);
                                  })) {
  if (skip) scenario_.SkipCalm();
  watched_ = true;
}

void World::Show(const Evidence& evidence, const SnapshotPtr& snapshot) {
  now_ = evidence.at;
  if (!watched_) return;
  truth_.See(evidence, *snapshot);
  const auto word = [](const char* name, const Verdict& verdict) {
    return std::string(verdict.ok ? " " : " not ") + name;
  };
  std::string is = word("started", snapshot->startup) + word("ready", snapshot->readiness) +
                   word("live", snapshot->liveness);
  if (turns_.empty() || !turns_.back().ends_with(is)) {
    turns_.push_back(std::to_string(now_.time_since_epoch() / 1ms) + is);
  }
}

std::string World::Live(Duration length) {
  struct Episode {
    const char* name;
    void (World::*play)();
  };
  static constexpr Episode kEpisodes[] = {
      {"short freeze", &World::ShortFreeze},
      {"freeze", &World::Freeze},
      {"freezes between beats", &World::FreezesBetweenBeats},
      {"freeze while others are served", &World::FreezeWhileOthersAreServed},
      {"announced save", &World::AnnouncedSave},
      {"deafness", &World::Deafness},
      {"mixture", &World::Mixture},
      {"fatal fault", &World::FatalFault},
      {"alarm", &World::Alarm},
      {"crash", &World::Crash},
      {"orderly restart", &World::OrderlyRestart},
      {"forged lines", &World::ForgedLines},
      {"held by a person", &World::HeldByPerson},
      {"drain", &World::Drain},
  };
  const Time end = now_ + length;
  std::string played = "calm";
  while (now_ < end && truth_.wrong().empty()) {
    Run(dice_.Between(30s, 600s));
    if (!truth_.wrong().empty()) break;
    const Episode& episode = dice_.Of(kEpisodes);
    played = episode.name;
    (this->*episode.play)();
    Be(kWorks);
  }
  return truth_.wrong().empty() ? "" : played + ": " + truth_.wrong();
}

void World::Run(Duration length) {
  while (length > 0s && truth_.wrong().empty()) {
    const Duration piece = std::min(length, dice_.Between(1s, 120s));
    scenario_.Run(piece);
    length -= piece;
    if (length > 0s && dice_.OneIn(8)) Misfortune();
  }
}

void World::Misfortune() {
  switch (dice_.Upto(3)) {
    case 0: {
      const Duration length = dice_.Between(1s, 3600s);
      truth_.AgentSuspended(length);
      scenario_.Suspend(length);
      break;
    }
    case 1:
      scenario_.Run(dice_.Between(1s, 20s), dice_.Between(300ms, 60s));
      break;
    case 2: {
      const Duration away = dice_.OneIn(3) ? 60s : dice_.Between(0s, 20s);
      truth_.AgentRestarted(away);
      scenario_.RestartAgent(away);
      break;
    }
    default:
      truth_.LogGap();
      scenario_.LogGap();
  }
}

void World::Log(const std::string& rule) {
  truth_.Line(rule);
  scenario_.Log(rule);
}

void World::Be(Behaviour behaviour) {
  std::fill(behaviours_.begin(), behaviours_.end(), behaviour);
  Tell();
}

void World::Tell() {
  Truth::Broker broker{.works = true, .moves = false, .answers = false, .gone = true};
  for (std::size_t i = 0; i < behaviours_.size(); ++i) {
    const Behaviour& is = behaviours_[i];
    const bool standing = i == 0;  // only the first endpoint has a standing connection
    broker.works =
        broker.works && is.fresh == Path::kWorks && (is.standing == Path::kWorks || !standing);
    broker.moves = broker.moves || Moves(is.fresh) || (standing && Moves(is.standing));
    broker.answers = broker.answers || Answers(is.fresh) || (standing && Answers(is.standing));
    broker.gone =
        broker.gone && is.fresh == Path::kRefused && (is.standing == Path::kRefused || !standing);
    broker.blind = broker.blind || is.fresh == Path::kBlind;
    scenario_.Broker(i, is);
  }
  truth_.Set(broker);
}

void World::ShortFreeze() {
  for (int i = dice_.Upto(20); i >= 0; --i) {
    Be(kFrozen);
    scenario_.Run(dice_.Between(100ms, 900ms));
    Be(kWorks);
    scenario_.Run(dice_.Between(5s, 10s));
  }
}

void World::Freeze() {
  static constexpr Behaviour kWays[] = {
      kFrozen, {Path::kSynUnanswered, Path::kUnread}, {Path::kBlind, Path::kBlind}};
  Be(dice_.Of(kWays));
  Run(dice_.OneIn(2) ? dice_.Between(1s, 55s) : dice_.Between(56s, 200s));
}

void World::FreezesBetweenBeats() {
  static constexpr Behaviour kWays[] = {kFrozen, {Path::kWorks, Path::kUnread}};
  const Behaviour how = dice_.Of(kWays);
  for (int i = dice_.Upto(9); i >= 0; --i) {
    Be(how);
    Run(dice_.OneIn(2) ? dice_.Between(1400ms, 3s) : dice_.Between(5s, 50s));
    Be(kWorks);
    scenario_.Run(dice_.Between(300ms, 2s));
  }
}

void World::FreezeWhileOthersAreServed() {
  scenario_.Others(Bystanders::kServed);
  truth_.OthersServed(true);
  Be({dice_.OneIn(2) ? Path::kUnread : Path::kSynUnanswered, Path::kUnread});
  Run(dice_.Between(10s, 300s));
  Be(kWorks);
  scenario_.Run(1s).Others(Bystanders::kNone);
  truth_.OthersServed(false);
}

void World::AnnouncedSave() {
  Be(kFrozen);
  // The line is read a moment after the broker stands.
  scenario_.Run(dice_.Between(0s, 700ms));
  Log("save");
  truth_.Excuse(now_ + 180s);
  Run(dice_.Between(10s, 250s));
  Be(kWorks);
  scenario_.Run(1s);
  truth_.Excuse({});
}

void World::Deafness() {
  Be({Path::kUnanswered, Path::kUnanswered});
  Run(dice_.Between(10s, 400s));
}

void World::Mixture() {
  for (int step = dice_.Upto(4); step >= 0; --step) {
    for (Behaviour& is : behaviours_) is = {dice_.Of(kAnyPath), dice_.Of(kAnyPath)};
    const auto living =
        static_cast<std::size_t>(dice_.Upto(static_cast<int>(behaviours_.size()) - 1));
    (living == 0 && dice_.OneIn(2) ? behaviours_[0].standing : behaviours_[living].fresh) =
        Path::kWorks;
    // Only a connection that was there before outlives a closed port.
    if (behaviours_[0].fresh == Path::kRefused) behaviours_[0].fresh = Path::kQuota;
    Tell();
    Run(dice_.Between(5s, 120s));
  }
}

void World::FatalFault() {
  Log("out_of_memory");
  truth_.FatalLine(true);
  Be({Path::kReset, dice_.OneIn(2) ? Path::kWorks : Path::kReset});
  Run(dice_.Between(10s, 150s));
  Be(kWorks);
  scenario_.Run(10s);
  truth_.FatalLine(false);
}

void World::Alarm() {
  truth_.Alarm(true);
  Log("overload");
  Run(dice_.Between(1s, 300s));
  Log("overload_over");
  truth_.Alarm(false);
}

void World::Boot() {
  scenario_.Run(dice_.Between(2s, 5s));
  Log("booting");
  for (int i = dice_.Upto(6); i >= 0; --i) {
    Run(dice_.Between(1s, 100s));
    Log("progress");
  }
  if (dice_.OneIn(3)) Run(dice_.Between(60s, 200s));
  Log("identified");
  Log("started");
  Be(kWorks);
}

void World::Crash() {
  Be(kRefused);
  if (dice_.OneIn(4)) {
    Run(dice_.Between(1s, 100s));  // no line at all
  } else {
    Boot();
  }
}

void World::OrderlyRestart() {
  truth_.Alarm(true);
  Log("stopping");
  scenario_.Run(dice_.Between(0s, 10s));
  Be(kRefused);
  Boot();
  scenario_.Run(5s);
  truth_.Alarm(false);
}

void World::ForgedLines() {
  if (dice_.OneIn(2)) {
    Log("booting");
    Run(dice_.Between(1s, 10s));
    Log("cancelled");
    return;
  }
  truth_.Alarm(true);
  Log(dice_.OneIn(2) ? "stopping" : "maintenance");
  Run(dice_.Between(30s, 100s));
  truth_.Alarm(false);
}

void World::HeldByPerson() {
  const Duration length = dice_.Between(30s, 300s);
  scenario_.Send({Command::Kind::kHold, length, "heap dump", "a test"});
  truth_.Excuse(now_ + length);
  Be(kFrozen);
  Run(dice_.Between(10s, 300s));
  Be(kWorks);
  scenario_.Run(1s).Send({Command::Kind::kRelease, {}, "", "a test"});
  truth_.Excuse({});
}

void World::Drain() {
  truth_.Alarm(true);
  scenario_.Send({Command::Kind::kDrain, {}, "", "a test"});
  truth_.Excuse(now_ + 3600s);
  Be(dice_.OneIn(2) ? kFrozen : kWorks);
  Run(dice_.Between(10s, 300s));
  Be(kWorks);
  scenario_.Run(1s).Send({Command::Kind::kUndrain, {}, "", "a test"});
  truth_.Excuse({});
  truth_.Alarm(false);
}

}  // namespace vitals
