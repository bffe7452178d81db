#include "agent/control/ask.h"

#include "agent/control/control_socket.h"
#include "agent/control/line.h"

namespace vitals {

Result<ControlAnswer> AskAgent(const std::string& path, const ControlRequest& request,
                               Duration limit) {
  // A worker may end while it is asked; its successor finds the next question in the backlog.
  constexpr int kTries = 3;
  Result<std::string> line;
  for (int i = 0; i < kTries; ++i) {
    const auto socket = ConnectToControl(path, limit);
    if (!socket) return tl::unexpected(socket.error());
    // A refusal may come before the request is through.
    WriteLine(socket->get(), Encode(request), limit);
    line = ReadLine(socket->get(), ControlAnswer::kMax, limit);
    if (line) return DecodeControlAnswer(*line);
  }
  return Fail("the agent does not answer: " + line.error().message, path, "see its log; ask again");
}

}  // namespace vitals
