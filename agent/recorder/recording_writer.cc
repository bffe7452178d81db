#include "agent/recorder/recording_writer.h"

#include <algorithm>

namespace vitals {
namespace {

constexpr std::size_t kTicksInALine = 10;
// Wall time is for people: it is written anew when it has moved against the monotonic one.
constexpr Duration kWallMoved = std::chrono::milliseconds(1);

RecordJson ToJson(const Verdict& verdict) {
  return {{"ok", verdict.ok}, {"reason", Name(verdict.reason)}, {"message", verdict.message}};
}

}  // namespace

Spoken Speak(const Snapshot& snapshot) {
  return {{{snapshot.startup.ok, snapshot.startup.reason},
           {snapshot.readiness.ok, snapshot.readiness.reason},
           {snapshot.liveness.ok, snapshot.liveness.reason}}};
}

RecordingWriter::RecordingWriter(RecordingHead head, bool broker_lines)
    : head_(std::move(head)), broker_lines_(broker_lines) {}

void RecordingWriter::Add(const Evidence& evidence, const Snapshot* news) {
  at_ = evidence.at;
  if (const auto* tick = std::get_if<Tick>(&evidence.what)) {
    AddTick(*tick, evidence.at);
  } else {
    EndTicks();
    Line(vitals::ToJson(evidence, broker_lines_));
  }
  if (const auto* chosen = std::get_if<ProfileChosen>(&evidence.what)) {
    head_.profile = chosen->profile->name;
  }
  if (news == nullptr) return;
  AddVerdicts(*news);
  AddFailure(*news);
}

void RecordingWriter::AddTick(const Tick& tick, Time at) {
  const auto& [wall, late] = tick;
  const Duration offset = wall.time_since_epoch() - at.time_since_epoch();
  const bool moved = std::chrono::abs(offset - wall_offset_) > kWallMoved;
  if (moved) EndTicks();
  if (ticks_.is_null()) {
    ticks_ = {{"at", at.time_since_epoch().count()}};
    if (moved) {
      ticks_["wall"] = wall.time_since_epoch().count();
      wall_offset_ = offset;
    }
    ticks_["ticks"] = RecordJson::array();
    tick_at_ = at;
  }
  RecordJson step = (at - tick_at_).count();
  tick_at_ = at;
  if (std::any_of(late.begin(), late.end(), [](Duration one) { return one >= kLate; })) {
    step = {step};
    for (const Duration one : late) step.push_back(one >= kLate ? one.count() : 0);
  }
  ticks_["ticks"].push_back(std::move(step));
  if (ticks_["ticks"].size() == kTicksInALine) EndTicks();
}

void RecordingWriter::EndTicks() {
  if (ticks_.is_null()) return;
  Line(ticks_);
  ticks_ = nullptr;
}

void RecordingWriter::AddVerdicts(const Snapshot& snapshot) {
  const Spoken now = Speak(snapshot);
  if (now == spoken_) return;
  spoken_ = now;
  EndTicks();
  Line({{"at", snapshot.at.time_since_epoch().count()},
        {"verdicts",
         {{"startup", ToJson(snapshot.startup)},
          {"readiness", ToJson(snapshot.readiness)},
          {"liveness", ToJson(snapshot.liveness)}}}});
}

void RecordingWriter::AddFailure(const Snapshot& snapshot) {
  if (failure_ == snapshot.failure) return;
  failure_ = snapshot.failure;
  if (!failure_) return;
  EndTicks();
  Line({{"at", snapshot.at.time_since_epoch().count()}, {"failure", vitals::ToJson(*failure_)}});
}

void RecordingWriter::Missing(const char* why, std::uint64_t count) {
  EndTicks();
  Line({{"at", at_.time_since_epoch().count()}, {why, count}});
}

std::string RecordingWriter::Take(bool all) {
  if (all) EndTicks();
  return std::exchange(lines_, {});
}

std::string RecordingWriter::Head(WallTime wall, Time at) {
  wall_offset_ = wall.time_since_epoch() - at.time_since_epoch();
  spoken_.reset();  // the verdicts of now belong into each file
  RecordJson head = {{"recording", 1},
                     {"agent", head_.agent},
                     {"profile", head_.profile},
                     {"life", head_.life},
                     {"part", ++part_},
                     {"began", head_.began.time_since_epoch().count()},
                     {"at", at.time_since_epoch().count()},
                     {"wall", wall.time_since_epoch().count()},
                     {"config", head_.config},
                     {"policy", head_.policy}};
  if (const auto resumed = std::exchange(head_.resumed, std::nullopt)) {
    head["resumed"] = {{"boot_id", resumed->machine.boot_id},
                       {"since_boot", resumed->machine.since_boot.count()},
                       {"left", resumed->left}};
  }
  return head.dump(-1, ' ', false, RecordJson::error_handler_t::replace) + "\n";
}

// What came from a broker may be no UTF-8, which JSON has to be.
void RecordingWriter::Line(const RecordJson& json) {
  lines_ += json.dump(-1, ' ', false, RecordJson::error_handler_t::replace);
  lines_ += '\n';
}

}  // namespace vitals
