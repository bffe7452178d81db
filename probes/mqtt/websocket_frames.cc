#include "probes/mqtt/websocket_frames.h"

namespace vitals::mqtt {
namespace {

constexpr unsigned kFinal = 0x80, kReserved = 0x70, kMasked = 0x80;
constexpr std::size_t kMaximumControl = 125;
constexpr unsigned kSixteenBits = 126, kSixtyFourBits = 127;

unsigned Byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool IsControl(Opcode opcode) { return opcode >= Opcode::kClose; }

bool IsKnown(unsigned opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

}  // namespace

std::string EncodeFrame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
  std::string frame;
  const auto put = [&frame](std::size_t byte) { frame += static_cast<char>(byte & 0xFF); };
  put(kFinal | static_cast<unsigned>(opcode));
  if (payload.size() <= kMaximumControl) {
    put(kMasked | payload.size());
  } else {
    put(kMasked | kSixteenBits);
    put(payload.size() >> 8);
    put(payload.size());
  }
  for (int shift = 24; shift >= 0; shift -= 8) put(mask >> shift);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    put(Byte(payload, i) ^ (mask >> (24 - 8 * (i % 4))));
  }
  return frame;
}

std::optional<Frame> FrameReader::Break(const char* problem) {
  problem_ = problem;
  buffer_.clear();
  return std::nullopt;
}

std::optional<Frame> FrameReader::Next() {
  if (problem_ != nullptr || buffer_.size() < 2) return std::nullopt;
  const unsigned first = Byte(buffer_, 0), second = Byte(buffer_, 1);
  if ((first & kReserved) != 0 || !IsKnown(first & 0x0F)) return Break("unknown kind of frame");
  if ((second & kMasked) != 0) return Break("a masked frame from a server");
  const auto opcode = static_cast<Opcode>(first & 0x0F);
  const bool final = (first & kFinal) != 0;
  std::size_t size = second;
  std::size_t header = 2;
  if (IsControl(opcode)) {
    if (!final || size > kMaximumControl) return Break("a control frame too long or in pieces");
  } else if (opcode == Opcode::kText) {
    return Break("a text frame");
  } else if ((opcode == Opcode::kContinuation) != in_message_) {
    return Break("a fragment out of order");
  }
  if (size == kSixtyFourBits) return Break("a frame too long");
  if (size == kSixteenBits) {
    header = 4;
    if (buffer_.size() < header) return std::nullopt;
    size = Byte(buffer_, 2) * 256 + Byte(buffer_, 3);
  }
  if (size > kMaximumPayload) return Break("a frame too long");
  if (buffer_.size() < header + size) return std::nullopt;
  if (!IsControl(opcode)) in_message_ = !final;
  Frame frame{opcode, buffer_.substr(header, size)};
  buffer_.erase(0, header + size);
  return frame;
}

}  // namespace vitals::mqtt
