#include "agent/core/failure_evidence.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<FailureOutcome, kFailureOutcomeCount> kOutcomes{
    {"fails", "observed", "budget_exhausted", "held"}};

}  // namespace

std::string_view Name(FailureOutcome outcome) { return kOutcomes.Name(outcome); }

}  // namespace vitals
