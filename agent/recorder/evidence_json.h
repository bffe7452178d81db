// One piece of evidence as JSON and back: {"at": NANOSECONDS, KIND: {...}}. Times are those of
// CLOCK_MONOTONIC, fields that are zero or empty are left out, and rules and profiles are named.
// Both directions share one list of fields for each kind, which does not compile while it lacks
// one.
//
// Pure; the writer is the recorder's, the reader a replay's; one thread each. What a client may
// have written into the broker's log is kept only where the configuration asks for it: of an event
// the rule remains, and the address and port of a listener, which the judge needs.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "agent/core/evidence.h"
#include "agent/core/failure_evidence.h"
#include "agent/core/result.h"

namespace vitals {

using RecordJson = nlohmann::ordered_json;

RecordJson ToJson(const Evidence& evidence, bool broker_lines);
// What decided a failure; it is never read back.
RecordJson ToJson(const FailureEvidence& evidence);

// Says which profile a name means; null = unknown.
using FindProfile = std::function<std::shared_ptr<const Profile>(std::string_view)>;

class EvidenceReader {
 public:
  // Rules are looked up in `profile` until the evidence chooses another one.
  EvidenceReader(std::shared_ptr<const Profile> profile, FindProfile find);

  Result<Evidence> Read(const RecordJson& json);

 private:
  std::shared_ptr<const Profile> profile_;
  FindProfile find_;
};

}  // namespace vitals
