#include "agent/core/evidence.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<FarEnd, kFarEndCount> kFarEnds{
    {"not_looked", "cannot_see", "read", "unread", "unaccepted", "syn_unanswered", "gone"}};
constexpr NameTable<ProbeKind, kProbeKindCount> kProbeKinds{{"listener", "round_trip"}};
constexpr NameTable<MessageKind, kMessageKindCount> kMessageKinds{
    {"late", "duplicate", "foreign", "retained"}};
constexpr NameTable<Command::Kind, kCommandKindCount> kCommandKinds{
    {"drain", "undrain", "hold", "release"}};

}  // namespace

std::uint64_t Fingerprint(const LogEvent& event) {
  if (event.fingerprint != 0) return event.fingerprint;
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const std::string_view text :
       {std::string_view(event.rule->id), std::string_view("\n"), std::string_view(event.line)}) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return hash;
}

std::string_view Name(FarEnd far_end) { return kFarEnds.Name(far_end); }
std::string_view Name(ProbeKind kind) { return kProbeKinds.Name(kind); }
std::string_view Name(MessageKind kind) { return kMessageKinds.Name(kind); }
std::string_view Name(Command::Kind kind) { return kCommandKinds.Name(kind); }

}  // namespace vitals
