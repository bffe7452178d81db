#include "agent/config_keeper.h"

#include <memory>

#include "agent/config_in_force.h"
#include "agent/reload.h"

namespace vitals {

std::string Summary(const Errors& errors) {
  if (errors.empty()) return {};
  const std::string more =
      errors.size() == 1 ? "" : " and " + std::to_string(errors.size() - 1) + " more";
  return errors.front().ToString().substr(0, kConfigTroubleMax - 32) + more;
}

Errors ConfigKeeper::Reload(WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto texts = ReadAnew(flags_, environment_, in_force_);
  Errors errors;
  if (!texts) {
    errors = texts.error();
  } else if (const auto replaced = ConfigInForce::Replace(page_, *texts); !replaced) {
    errors.push_back(replaced.error());
  } else {
    page_.config_since.store(now.time_since_epoch().count());
  }
  page_.config_trouble.Write(Summary(errors));
  return errors;
}

Result<void> ConfigKeeper::KeepOnDisk() {
  if (!Now().trouble.empty()) return {};
  const auto texts = ConfigInForce::Read(page_);
  if (!texts) return tl::unexpected(texts.error());
  return ConfigInForce::KeepOnDisk(in_force_.state_dir, *texts);
}

ConfigurationRead ConfigKeeper::Now() const {
  std::array<char, kConfigTroubleMax> room;
  return {WallTime(Duration(page_.config_since.load())),
          std::string(page_.config_trouble.Read(room).value_or(""))};
}

}  // namespace vitals
