#include "agent/core/profile.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<Severity, kSeverityCount> kSeverities{
    {"debug", "info", "warn", "error", "critical"}};

constexpr NameTable<LifeCycle, kLifeCycleCount> kLifeCycles{
    {"none", "booting", "identified", "started", "stopping", "stopped", "boot_cancelled"}};

constexpr NameTable<Affects, kAffectsCount> kAffects{
    {"information", "readiness", "storage", "holds_liveness", "supports_restart", "ports_closed"}};

}  // namespace

std::string_view Name(Severity severity) { return kSeverities.Name(severity); }
std::optional<Severity> FindSeverity(std::string_view name) { return kSeverities.Find(name); }
std::string_view Name(LifeCycle life_cycle) { return kLifeCycles.Name(life_cycle); }
std::optional<LifeCycle> FindLifeCycle(std::string_view name) { return kLifeCycles.Find(name); }
std::string_view Name(Affects affects) { return kAffects.Name(affects); }
std::optional<Affects> FindAffects(std::string_view name) { return kAffects.Find(name); }

std::shared_ptr<const Profile> UnknownProfile() {
  static const auto unknown = [] {
    auto profile = std::make_shared<Profile>();
    profile->name = "unknown";
    profile->title = "unknown broker";
    return profile;
  }();
  return unknown;
}

}  // namespace vitals
