#include "agent/gate/agent_check.h"

namespace vitals {

BoundedText<kAgentCheckMax> AgentCheckLine(const Standing& standing) {
  const VerdictView& readiness = *standing.readiness;
  BoundedText<kAgentCheckMax - 1> line;
  if (readiness.ok) {
    // Two states of a server, and each word changes one: `up` alone would not end a drain.
    line.Append("ready up");
  } else if (readiness.reason == Reason::kDraining || readiness.reason == Reason::kStopping) {
    line.Append("drain");
  } else {
    line.Append("down #");
    line.Append(Name(readiness.reason));
    if (!readiness.message.empty()) line.Append(" ");
    line.AppendLine(readiness.message);
  }
  BoundedText<kAgentCheckMax> whole;
  whole.Append(line.view());
  whole.Append("\n");  // without it HAProxy ignores the line
  return whole;
}

}  // namespace vitals
