// LineSplitter: whatever the bytes and however they arrive, the lines are the same, none is longer
// than the cap, and memory stays bounded. The first byte chooses the size of the pieces.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "probes/log/line_splitter.h"
#include "tests/fuzz/fuzz.h"

using vitals::LineSplitter;

namespace {

std::vector<std::string> Split(std::string_view text, std::size_t piece) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  const auto on_line = [&](std::string_view line) {
    vitals::Require(line.size() <= LineSplitter::kMaxLine);
    lines.emplace_back(line);
  };
  while (!text.empty()) {
    const std::string part(text.substr(0, piece));  // its end is known to the sanitizer
    splitter.Feed(part, on_line);
    vitals::Require(splitter.kept_bytes() <= LineSplitter::kMaxLine);
    text.remove_prefix(part.size());
  }
  splitter.Finish(on_line);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // Repeated, so that lines over the cap come within reach of small inputs.
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string text(input);
  const std::size_t times = data[0] % 16 == 0 ? 1 + 20'000 / size : 1;
  for (std::size_t i = 1; i < times; ++i) text += input;
  vitals::Require(Split(text, 1 + data[0]) == Split(text, std::max<std::size_t>(text.size(), 1)));
  return 0;
}
