#include "agent/core/evidence.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<FarEnd, kFarEndCount> kFarEnds{
    {"not_looked", "cannot_see", "read", "unread", "unaccepted", "syn_unanswered", "gone"}};
constexpr NameTable<ProbeKind, kProbeKindCount> kProbeKinds{{"listener", "round_trip"}};
constexpr NameTable<MessageKind, kMessageKindCount> kMessageKinds{
    {"late", "duplicate", "foreign", "retained"}};

}  // namespace

std::string_view Name(FarEnd far_end) { return kFarEnds.Name(far_end); }
std::string_view Name(ProbeKind kind) { return kProbeKinds.Name(kind); }
std::string_view Name(MessageKind kind) { return kMessageKinds.Name(kind); }

}  // namespace vitals
