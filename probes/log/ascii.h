// ASCII letters without their case, as RE2's prefilter writes its literals. Private to probes/log.
#pragma once

namespace vitals {

constexpr unsigned char Lower(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + ('a' - 'A')) : byte;
}

}  // namespace vitals
