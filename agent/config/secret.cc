#include "agent/config/secret.h"

#include <utility>

#include "agent/config/text_file.h"

namespace vitals {

std::optional<std::string> ReadSecret(const std::string& path, std::size_t max_bytes,
                                      const Place& place, Layers& layers) {
  auto text = ReadTextFile(path, max_bytes);
  if (!text) {
    layers.complaints.Add(place, "password file " + path + ": " + text.error().message,
                          text.error().remedy);
    return std::nullopt;
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    layers.complaints.Add(place, "password file " + path + ": is empty",
                          "write the password into it");
    return std::nullopt;
  }
  return std::move(*text);
}

}  // namespace vitals
