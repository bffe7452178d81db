// World: hours in the life of a model broker and of the agent beside it, all from one seed.
// Episodes of faults of the broker and of its surroundings follow each other, with calm between
// them; and in the middle of anything the agent is suspended, starved, restarted or loses part of
// the log.
#pragma once

#include <string>
#include <vector>

#include "tests/property/judge/dice.h"
#include "tests/property/judge/truth.h"

namespace vitals {

class World {
 public:
  // `skip`: calm is stepped over (Scenario::SkipCalm).
  World(unsigned seed, bool skip);

  // Lives on for so long, or until a verdict is wrong. Returns what was wrong; empty = nothing.
  std::string Live(Duration length);

  // The moments at which a verdict turned.
  const std::vector<std::string>& turns() const { return turns_; }

 private:
  void Show(const Evidence& evidence, const SnapshotPtr& snapshot);
  void Run(Duration length);
  void Misfortune();  // of the agent
  void Log(const std::string& rule);
  void Be(Behaviour behaviour);  // on every endpoint
  void Tell();                   // the truth how the broker behaves

  // Episodes; after each of them everything works again.
  void ShortFreeze();
  void Freeze();
  void FreezesBetweenBeats();
  void FreezeWhileOthersAreServed();
  void AnnouncedSave();
  void Deafness();
  void Mixture();
  void FatalFault();
  void Alarm();
  void Crash();
  void OrderlyRestart();
  void ForgedLines();
  void HeldByPerson();
  void Drain();
  void Boot();

  Dice dice_;
  Truth truth_;
  std::vector<Behaviour> behaviours_;
  Time now_{};
  std::vector<std::string> turns_;
  bool watched_ = false;
  Scenario scenario_;  // last: it shows the first snapshot to the members above
};

}  // namespace vitals
