#include "agent/core/past.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<PastEvent::Kind, kPastEventKindCount> kKinds{
    {"verdict", "condition", "broker", "agent"}};

}  // namespace

std::string_view Name(PastEvent::Kind kind) { return kKinds.Name(kind); }

}  // namespace vitals
