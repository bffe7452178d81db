#include "agent/gate/gate_log.h"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "agent/core/wall_text.h"

namespace vitals {

void GateLog(std::string_view level, std::string_view text, std::string_view fields) {
  std::string line = "{\"ts\":\"" + WallText(std::chrono::system_clock::now()) + "\",\"level\":\"";
  line.append(level).append("\",\"msg\":\"").append(text).append("\"");
  if (!fields.empty()) line.append(",").append(fields);
  line.append("}\n");
  // A pipe that is writable takes PIPE_BUF bytes without waiting (pipe(7)).
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) != 1 || out.revents != POLLOUT) return;
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace vitals
