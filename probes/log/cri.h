// One line of a container's log as the kubelet's runtimes write it to /var/log/pods (Kubernetes
// design "CRI log format"): `<RFC3339Nano> <stdout|stderr> <tags> <content>`, tags separated by
// ':', the first of them P (the line goes on in the stream's next one) or F (it ends here).
//
// Pure, any thread. The stamp is checked for its shape and never read: rules go by order, not by
// time.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vitals {

inline constexpr std::size_t kCriStreams = 2;

struct CriLine {
  std::size_t stream = 0;  // 0 = stdout, 1 = stderr
  bool partial = false;
  std::string_view content;  // within the line that was parsed; may be empty
};

// Nothing where the line is not of this shape.
std::optional<CriLine> ParseCri(std::string_view line);

}  // namespace vitals
