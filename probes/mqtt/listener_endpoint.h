// ListenerEndpoint: the fresh connects of one endpoint. It opens them at its pace, reports each one
// when it ends and, while one is silent, at the soft deadline; and looks at the broker's end of the
// silent ones once a second.
//
// While the broker leaves our bytes unread it keeps at most three connects, opened 0, 5 and 15 s
// into the silence, and opens nothing else: after a thaw no herd of stale connects comes through.
// While no connect is answered it looks every 10 s at the connections that others have to the
// broker: are they served?
//
// A connect ends unanswered only if its far end reads, or can't be seen, or others get answers.
//
// Belongs to ListenerProbe and its thread. Never blocks. Reports through the sink only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "probes/mqtt/connect_planner.h"
#include "probes/mqtt/fresh_connect.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/pace.h"

namespace vitals::mqtt {

class ListenerEndpoint {
 public:
  // `room.tag` is the endpoint's id; `serials` counts the connects of the whole probe.
  ListenerEndpoint(const EndpointSettings& endpoint, const ListenerSettings& settings,
                   const Identity& identity, ConnectRoom room, std::uint64_t& serials,
                   EvidenceSink& sink);

  // When there is something to do though no event comes.
  Time NextTurn() const;
  // Does what is due and what has become possible.
  void Turn();
  // Connect now, if nothing is silent.
  void LookNow();

 private:
  struct Pending {
    std::unique_ptr<FreshConnect> connect;
    Time next_look{};   // soft deadline first, then once a second
    Time give_up_at{};  // moved on while the far end leaves our bytes unread
    bool silent = false;
  };

  void Open();
  void CollectEnded();
  void LookAtSilent();
  void Look(Pending& pending);
  void ScheduleAfterSilence(const Pending& pending, FarEnd far_end);
  void LookAtOthers();
  void Report(const FreshConnect& connect, ConnectEvidence::Grade grade);
  bool MayOpen() const;
  bool IsBlind() const;

  const EndpointId id_;
  const ListenerSettings settings_;
  const Identity identity_;
  const ConnectRoom room_;
  ConnectPlanner planner_;
  std::uint64_t& serials_;
  EvidenceSink& sink_;
  Pace pace_;
  std::vector<Pending> pending_;  // oldest first
  Time next_open_;
  Time last_reaction_{};
  Time look_at_others_ = Time::max();  // while connects are met with silence
  int blind_timeouts_ = 0;             // silent ends in a row with nothing to be seen
};

}  // namespace vitals::mqtt
