#include "probes/log/line_decoder.h"

#include <algorithm>
#include <utility>

#include "probes/log/line_splitter.h"

namespace vitals {

void LineDecoder::Skip() {
  for (Part& part : parts_) {
    part = {};
    part.skip = true;
  }
}

void LineDecoder::TakeOver(LineDecoder& predecessor) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (predecessor.parts_[i].open) parts_[i] = std::exchange(predecessor.parts_[i], {});
  }
}

// The splitter counts nothing for us: what it cut here may be only the rest of a part.
bool LineDecoder::IsCut(std::string_view line) { return line.size() >= LineSplitter::kMaxLine; }

void LineDecoder::Keep(Part& part, std::string_view content, bool cut) {
  const std::size_t room = LineSplitter::kMaxLine - part.text.size();
  part.cut = part.cut || cut || content.size() > room;
  part.text.append(content.substr(0, std::min(room, content.size())));
  part.open = true;
}

std::optional<std::string_view> LineHeads::Head(std::string_view line) {
  std::optional<CriLine> cri;
  if (is_cri_) cri = ParseCri(line);
  if (!cri) return line;
  if (std::exchange(goes_on_[cri->stream], cri->partial)) return std::nullopt;
  return cri->content;
}

}  // namespace vitals
