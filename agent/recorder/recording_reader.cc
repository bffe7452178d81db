#include "agent/recorder/recording_reader.h"

#include <exception>
#include <utility>

namespace vitals {
namespace {

constexpr std::array<const char*, 3> kVerdicts{"startup", "readiness", "liveness"};

Time TimeOf(const RecordJson& json) { return Time(Duration(json.get<std::int64_t>())); }

Duration WallOffset(const RecordJson& json) {
  return Duration(json.at("wall").get<std::int64_t>() - json.at("at").get<std::int64_t>());
}

RecordedVerdict ToRecorded(const Verdict& verdict) {
  // As text that has been through a file: bytes that are no UTF-8 are replaced.
  const std::string message =
      RecordJson(verdict.message).dump(-1, ' ', false, RecordJson::error_handler_t::replace);
  return {verdict.ok, std::string(Name(verdict.reason)), RecordJson::parse(message)};
}

RecordedVerdicts ReadVerdicts(const RecordJson& json) {
  RecordedVerdicts recorded{TimeOf(json.at("at")), {}};
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    const RecordJson& one = json.at("verdicts").at(kVerdicts[i]);
    recorded.verdicts[i] = {one.at("ok"), one.at("reason"), one.at("message")};
  }
  return recorded;
}

}  // namespace

RecordedVerdicts ToRecorded(const Snapshot& snapshot) {
  return {snapshot.at,
          {ToRecorded(snapshot.startup), ToRecorded(snapshot.readiness),
           ToRecorded(snapshot.liveness)}};
}

bool IsRecordingHead(std::string_view line) { return line.starts_with("{\"recording\":"); }

Result<RecordedHead> ReadHead(std::string_view line) {
  try {
    const RecordJson json = RecordJson::parse(line);
    if (json.at("recording") != 1) {
      return Fail("a recording of a newer format", {},
                  "use the version of mqtt-vitals that wrote it");
    }
    RecordedHead head;
    head.head = {json.at("agent"),         json.at("profile"), json.at("life"),
                 TimeOf(json.at("began")), json.at("config"),  json.at("policy")};
    if (const auto resumed = json.find("resumed"); resumed != json.end()) {
      head.head.resumed = {
          resumed->at("left"),
          {resumed->at("boot_id"), Duration(resumed->at("since_boot").get<std::int64_t>())}};
    }
    head.part = json.at("part");
    head.wall_offset = WallOffset(json);
    return head;
  } catch (const std::exception& error) {
    return Fail(std::string("its first line can't be read: ") + error.what());
  }
}

RecordingReader::RecordingReader(std::shared_ptr<const Profile> profile, FindProfile find,
                                 Sinks sinks)
    : evidence_(std::move(profile), std::move(find)), sinks_(std::move(sinks)) {}

void RecordingReader::Read(std::string_view line) {
  try {
    const RecordJson json = RecordJson::parse(line);
    if (json.contains("recording")) {
      wall_offset_ = WallOffset(json);
    } else if (json.contains("ticks")) {
      ReadTicks(json);
    } else if (json.contains("verdicts")) {
      sinks_.verdicts(ReadVerdicts(json));
    } else if (json.contains("lost")) {
      sinks_.lost(json.at("lost"));
    } else if (json.contains("thinned") || json.contains("failure")) {
      return;  // for people: the judge finds it anew
    } else if (const auto evidence = evidence_.Read(json)) {
      sinks_.evidence(*evidence);
    } else {
      ++skipped_;
      if (trouble_.empty()) trouble_ = evidence.error().ToString();
    }
  } catch (const std::exception& error) {
    ++skipped_;
    if (trouble_.empty()) trouble_ = error.what();
  }
}

void RecordingReader::ReadTicks(const RecordJson& json) {
  Time at = TimeOf(json.at("at"));
  if (json.contains("wall")) {
    wall_offset_ = WallOffset(json);
  }
  for (const RecordJson& step : json.at("ticks")) {
    Tick tick;
    const bool late = step.is_array();
    at += Duration((late ? step.at(0) : step).get<std::int64_t>());
    if (late) {
      for (std::size_t i = 0; i < kSourceCount; ++i) {
        tick.late[i] = Duration(step.at(i + 1).get<std::int64_t>());
      }
    }
    tick.wall = WallTime(at.time_since_epoch() + wall_offset_);
    sinks_.evidence({at, tick});
  }
}

}  // namespace vitals
