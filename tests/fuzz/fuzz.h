// What the fuzz targets share: the entry that libFuzzer calls, and a check that stays on in every
// build. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace vitals {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace vitals
