// The answer to an upgrade and the frames of a server, whatever it sends: what is understood does
// not depend on how the bytes arrive and is bounded. And what we write, read back. The first byte
// chooses the size of the pieces.
#include <algorithm>
#include <string>
#include <string_view>

#include "probes/mqtt/websocket_frames.h"
#include "probes/mqtt/websocket_upgrade.h"
#include "tests/fuzz/fuzz.h"

using namespace vitals::mqtt;

namespace {

void TryReply(std::string_view bytes, std::size_t piece) {
  UpgradeReply whole("key"), pieces("key");
  whole.Feed(bytes);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    pieces.Feed(bytes.substr(0, piece));
  }
  // A head that is too long may be seen to be so before or after its end has come.
  if (whole.state() != UpgradeReply::State::kInvalid) {
    vitals::Require(whole.state() == pieces.state());
    vitals::Require(whole.detail() == pieces.detail());
  }
  vitals::Require(whole.detail().size() <= 200);
}

std::string ReadFrames(std::string_view bytes, std::size_t piece) {
  FrameReader reader;
  std::string told;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    reader.Feed(bytes.substr(0, piece));
    while (const auto frame = reader.Next()) {
      vitals::Require(frame->payload.size() <= FrameReader::kMaximumPayload);
      told += std::to_string(static_cast<int>(frame->opcode)) + ":" + frame->payload + ";";
    }
  }
  return reader.problem() != nullptr ? told + reader.problem() : told;
}

// Takes the mask off, which a reader on our side refuses.
void TryOwnFrame(std::string_view payload) {
  payload = payload.substr(0, FrameReader::kMaximumPayload);
  constexpr std::uint32_t kMask = 0xA1B2C3D4;
  std::string frame = EncodeFrame(Opcode::kBinary, payload, kMask);
  const std::size_t header = frame.size() - payload.size();
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame[header + i] =
        static_cast<char>(frame[header + i] ^ static_cast<char>(kMask >> (24 - 8 * (i % 4))));
  }
  frame.erase(header - 4, 4);
  frame[1] = static_cast<char>(frame[1] & 0x7F);
  vitals::Require(ReadFrames(frame, frame.size()) == "2:" + std::string(payload) + ";");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1u + data[0];
  TryReply(bytes, piece);
  vitals::Require(ReadFrames(bytes, piece) ==
                  ReadFrames(bytes, std::max<std::size_t>(bytes.size(), 1)));
  TryOwnFrame(bytes);
  return 0;
}
