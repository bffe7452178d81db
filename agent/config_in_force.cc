#include "agent/config_in_force.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "agent/config/text_file.h"
#include "agent/config/yaml_reader.h"
#include "agent/write_file.h"

namespace vitals {
namespace {

// Two files, and escaping at its worst.
constexpr std::size_t kMost = 12 * kMaxYamlBytes;

Result<void> Write(int fd, std::string_view text) {
  if (::ftruncate(fd, 0) == 0) {
    std::size_t at = 0;
    while (at < text.size()) {
      const ssize_t put = ::pwrite(fd, text.data() + at, text.size() - at, static_cast<off_t>(at));
      if (put <= 0) break;
      at += static_cast<std::size_t>(put);
    }
    if (at == text.size()) return {};
  }
  return Fail("no memory for the configuration: " + std::generic_category().message(errno),
              "memfd_create", "raise the memory limit of the container");
}

std::string PathIn(const std::string& state_dir) { return state_dir + "/configuration.json"; }

}  // namespace

Result<std::array<Fd, 2>> ConfigInForce::Make(const ConfigTexts& texts) {
  std::array<Fd, 2> slots{Fd(::memfd_create("mqtt-vitals configuration", MFD_CLOEXEC)),
                          Fd(::memfd_create("mqtt-vitals configuration", MFD_CLOEXEC))};
  const auto written = Write(slots[0].get(), Encode(texts));
  if (!written) return tl::unexpected(written.error());
  return slots;
}

Result<ConfigTexts> ConfigInForce::Read(const Page& page) {
  const int fd = kConfigFds[page.config_slot.load() % kConfigFds.size()];
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0 || static_cast<std::size_t>(size) > kMost) {
    return Fail("no configuration of a launcher at descriptor " + std::to_string(fd), {},
                "start it with 'mqtt-vitals run'");
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  if (::pread(fd, text.data(), text.size(), 0) != size) {
    return Fail("can't read the configuration: " + std::generic_category().message(errno));
  }
  return DecodeConfigTexts(text);
}

Result<void> ConfigInForce::Replace(Page& page, const ConfigTexts& texts) {
  const std::uint32_t other = (page.config_slot.load() + 1) % kConfigFds.size();
  const auto written = Write(kConfigFds[other], Encode(texts));
  if (written) page.config_slot.store(other);
  return written;
}

Result<void> ConfigInForce::KeepOnDisk(const std::string& state_dir, const ConfigTexts& texts) {
  if (state_dir.empty()) return {};
  const std::string text = Encode(texts);
  // Nothing is written where nothing has changed.
  const auto there = ReadTextFile(PathIn(state_dir), kMost);
  if (there && *there == text) return {};
  return WriteWhole(PathIn(state_dir), text);
}

Result<ConfigTexts> ConfigInForce::LastGood(const std::string& state_dir) {
  if (state_dir.empty()) return Fail("there is no state folder");
  const auto text = ReadTextFile(PathIn(state_dir), kMost);
  if (!text) return tl::unexpected(text.error());
  return DecodeConfigTexts(*text);
}

}  // namespace vitals
