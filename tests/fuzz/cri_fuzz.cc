// LineDecoder on a file of CRI lines: content lies within its line, what is told is bounded and is
// the same however the bytes arrive, and heads never tell more lines than there are. The first byte
// chooses the size of the pieces.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"
#include "tests/fuzz/fuzz.h"

using vitals::LineDecoder;
using vitals::LineHeads;
using vitals::LineSplitter;

namespace {

std::vector<std::string> Decode(std::string_view text, std::size_t piece) {
  LineSplitter splitter;
  LineDecoder decoder;
  LineHeads heads(true);
  std::vector<std::string> lines;
  std::size_t raw = 0, begun = 0;
  const auto told = [&](std::string_view line) {
    vitals::Require(line.size() <= LineSplitter::kMaxLine);
    lines.emplace_back(line);
  };
  const auto on_line = [&](std::string_view line) {
    ++raw;
    if (const auto cri = vitals::ParseCri(line)) {
      vitals::Require(cri->stream < vitals::kCriStreams);
      vitals::Require(line.ends_with(cri->content));
    }
    if (heads.Head(line)) ++begun;
    decoder.Decode(line, told);
  };
  while (!text.empty()) {
    const std::string part(text.substr(0, piece));
    splitter.Feed(part, on_line);
    text.remove_prefix(part.size());
  }
  splitter.Finish(on_line);
  decoder.Finish(told);
  vitals::Require(lines.size() <= raw && begun <= raw);
  vitals::Require(!decoder.unfinished());
  if (decoder.is_cri()) vitals::Require(lines.size() == begun);
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  vitals::Require(Decode(text, 1 + data[0]) == Decode(text, std::max<std::size_t>(size, 1)));
  return 0;
}
