#include "agent/config/print.h"

#include <string_view>

#include "agent/config/keys.h"

namespace vitals {
namespace {

// Plain where YAML reads it back as the same text, else in double quotes (YAML 1.2, section 7.3.1).
std::string QuoteYaml(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";
  const bool plain = text.find_first_not_of(kPlain) == std::string_view::npos && !text.empty() &&
                     text.front() != '-' && text.front() != ':' && text.back() != ':' &&
                     text.front() != '.' && text != "null" && text != "Null" && text != "NULL";
  if (plain) return std::string(text);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 0xF]);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

template <typename Target>
std::string PrintValue(const Key<Target>& key, const Target& target) {
  if (key.kind != KeyKind::kTextList) return QuoteYaml(key.print(target));
  std::string items;
  for (const std::string& item : key.list(target)) {
    items.append(items.empty() ? "" : ", ").append(QuoteYaml(item));
  }
  return "[" + items + "]";
}

template <typename Target>
std::string PrintLine(std::string_view indent, const Key<Target>& key, const Target& target) {
  return std::string(indent).append(key.name).append(": ").append(PrintValue(key, target)) + "\n";
}

std::string PrintEndpoint(const EndpointConfig& endpoint) {
  std::string text;
  for (const Key<EndpointConfig>& key : EndpointKeys()) {
    text += PrintLine(text.empty() ? "  - " : "    ", key, endpoint);
  }
  if (endpoint.settings.UsesTls()) {
    text += "    tls:\n";
    for (const Key<EndpointConfig>& key : TlsKeys()) text += PrintLine("      ", key, endpoint);
    if (endpoint.settings.tls.key_password) text += "      # key_password: ***\n";
  }
  if (endpoint.settings.password) text += "    # password: ***\n";
  return text;
}

}  // namespace

std::string PrintConfig(const Config& config) {
  std::string text;
  std::string_view section;
  for (const Key<Config>& key : ConfigKeys()) {
    if (key.section != section) {
      section = key.section;
      text.append(section).append(":\n");
    }
    text += PrintLine("  ", key, config);
  }
  text += "endpoints:\n";
  for (const EndpointConfig& endpoint : config.endpoints) text += PrintEndpoint(endpoint);
  return text;
}

}  // namespace vitals
