#include "agent/core/condition.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<ConditionType, kConditionTypeCount> kTypes{
    {"Started", "Accepting", "Delivering", "Stopping", "Busy", "Overloaded", "Faulted", "Clustered",
     "Observed"}};

constexpr NameTable<Status, kStatusCount> kStatuses{{"True", "False", "Unknown"}};

constexpr NameTable<Reason, kReasonCount> kReasons{{"ok",
                                                    "no_evidence",
                                                    "booting",
                                                    "boot_stalled",
                                                    "announced",
                                                    "works",
                                                    "endpoint_never_worked",
                                                    "not_accepting",
                                                    "not_delivering",
                                                    "standing_silent",
                                                    "stopping",
                                                    "draining",
                                                    "gone",
                                                    "ports_closed",
                                                    "overloaded",
                                                    "storage_fault",
                                                    "fault",
                                                    "hung",
                                                    "unanswered",
                                                    "delivery_lost",
                                                    "others_served",
                                                    "supports_restart",
                                                    "held",
                                                    "held_by_person",
                                                    "budget_exhausted",
                                                    "observe_mode",
                                                    "agent_fault",
                                                    "agent_late",
                                                    "log_silent",
                                                    "log_gap",
                                                    "contradicted",
                                                    "config_invalid"}};

constexpr NameTable<Source, kSourceCount> kSources{{"log", "listener", "round_trip", "judge"}};

}  // namespace

std::string_view Name(ConditionType type) { return kTypes.Name(type); }
std::optional<ConditionType> FindConditionType(std::string_view name) { return kTypes.Find(name); }
std::string_view Name(Status status) { return kStatuses.Name(status); }
std::string_view Name(Reason reason) { return kReasons.Name(reason); }
std::string_view Name(Source source) { return kSources.Name(source); }

}  // namespace vitals
