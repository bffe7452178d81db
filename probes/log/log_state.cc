#include "probes/log/log_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "agent/core/fd.h"

namespace vitals {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::string_view kHex = "0123456789abcdef";

std::string ToHex(const Bookmark& bookmark) {
  std::string text;
  for (std::size_t i = 0; i < bookmark.marker_size; ++i) {
    const auto byte = static_cast<unsigned char>(bookmark.marker[i]);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

// Throws what nlohmann throws when the text is not as ToHex writes it.
Bookmark ToBookmark(std::uint64_t offset, const std::string& hex) {
  Bookmark bookmark;
  bookmark.offset = offset;
  bookmark.marker_size = hex.size() / 2;
  if (bookmark.marker_size > std::min<std::uint64_t>(offset, Bookmark::kMarker)) {
    throw std::out_of_range("marker");
  }
  for (std::size_t i = 0; i < bookmark.marker_size; ++i) {
    const std::size_t high = kHex.find(hex[2 * i]);
    const std::size_t low = kHex.find(hex[2 * i + 1]);
    if (high >= kHex.size() || low >= kHex.size()) throw std::out_of_range("marker");
    bookmark.marker[i] = static_cast<char>(high << 4 | low);
  }
  return bookmark;
}

Json ToJson(const LogState& state) {
  Json files = Json::array();
  for (const KnownFile& file : state.files) {
    files.push_back({{"path", file.path},
                     {"device", file.id.device},
                     {"inode", file.id.inode},
                     {"offset", file.bookmark.offset},
                     {"marker", ToHex(file.bookmark)},
                     {"freed", file.freed}});
  }
  Json events = Json::array();
  for (const KnownEvent& event : state.events) {
    events.push_back({{"rule", event.rule}, {"line", event.line}, {"captures", event.captures}});
  }
  return {{"version", kVersion},
          {"profile", state.profile},
          {"files", std::move(files)},
          {"events", std::move(events)}};
}

LogState FromJson(const Json& json) {
  if (json.at("version") != kVersion) throw std::out_of_range("version");
  LogState state;
  json.at("profile").get_to(state.profile);
  for (const Json& file : json.at("files")) {
    state.files.push_back({file.at("path"),
                           {file.at("device"), file.at("inode")},
                           ToBookmark(file.at("offset"), file.at("marker")),
                           file.at("freed")});
  }
  for (const Json& event : json.at("events")) {
    state.events.push_back({event.at("rule"), event.at("line"),
                            event.at("captures").get<decltype(KnownEvent::captures)>()});
  }
  return state;
}

Result<void> CannotWrite(const std::string& path) {
  return Fail(std::generic_category().message(errno), path,
              "give the agent a state folder that it may write");
}

}  // namespace

Result<LogState> LoadLogState(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return LogState{};
  try {
    return FromJson(Json::parse(in));
  } catch (const std::exception&) {
    return Fail("is no state of this version", path, "it is written anew");
  }
}

Result<void> SaveLogState(const std::string& path, const LogState& state) {
  // A broker's line may be no UTF-8, which JSON has to be: it is for people only.
  const std::string text = ToJson(state).dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::string temporary = path + ".new";
  {
    const Fd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return CannotWrite(temporary);
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t got = write(file.get(), text.data() + at, text.size() - at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return CannotWrite(temporary);
      at += static_cast<std::size_t>(got);
    }
    if (fsync(file.get()) != 0) return CannotWrite(temporary);
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) return CannotWrite(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Fd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || fsync(opened.get()) != 0) return CannotWrite(folder);
  return {};
}

}  // namespace vitals
