#include "agent/termination_text.h"

#include <algorithm>
#include <cstdio>

#include "agent/core/wall_text.h"

namespace vitals {
namespace {

// The most that one text from outside may take.
constexpr std::size_t kOneText = 300;

std::string Plain(std::string_view text) {
  std::string plain(text.substr(0, kOneText));
  for (char& c : plain) {
    if (c < ' ' || c > '~') c = '?';
  }
  return plain;
}

std::string Span(Duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", Seconds(span));
  return text;
}

std::string Ago(const std::optional<Duration>& ago) { return ago ? Span(*ago) + " ago" : "never"; }

std::string Words(const WaitingConnection& connection) {
  return std::string(Name(connection.far_end)) + " " + std::to_string(connection.unread_bytes) +
         " B, open " + Span(connection.age);
}

std::string Words(const Failure& failure) {
  return std::string(Name(failure.stage)) + " " + std::string(Name(failure.reason));
}

std::string Words(const OthersSeen& others) {
  return "other clients " + std::to_string(others.seen) + (others.complete ? "" : " or more") +
         ", last read " + Ago(others.read) + ", last answered " + Ago(others.answered);
}

std::string Line(const PathEvidence& path) {
  std::string line = Plain(path.endpoint) + ": last byte " + Ago(path.answered);
  if (path.standing) line += "; standing " + Words(*path.standing);
  for (const WaitingConnection& one : path.pending) line += "; pending " + Words(one);
  if (path.connecting) line += "; connect failed: " + Words(*path.connecting);
  if (path.delivering) line += "; round trip failed: " + Words(*path.delivering);
  if (path.others) line += "; " + Words(*path.others);
  return line;
}

std::string Headline(const FailureEvidence& evidence) {
  const std::string why = std::string(Name(evidence.reason)) + ": " + Plain(evidence.message);
  switch (evidence.outcome) {
    case FailureOutcome::kFails:
      return "liveness failed (" + why + ")";
    case FailureOutcome::kObserved:
      return "liveness would have failed in mode enforce (" + why + ")";
    case FailureOutcome::kBudgetExhausted:
      return "liveness would have failed with a kill budget (" + why + ")";
    case FailureOutcome::kHeld:
      return "liveness would have failed without a hold (" + why + ")";
  }
  return why;
}

}  // namespace

std::string TerminationText(const FailureEvidence& evidence, WallTime at) {
  std::string text = WallText(at) + " mqtt-vitals: " + Headline(evidence) + "\nread clock " +
                     Span(evidence.read_silence) + ", answer clock " +
                     Span(evidence.answer_silence) + ", window " + Span(evidence.window) +
                     ", kill budget left " + std::to_string(evidence.budget_left) + "\n";
  if (!evidence.hold.empty()) text += "held by " + Plain(evidence.hold) + "\n";
  if (!evidence.fault.empty()) text += "the log reports " + Plain(evidence.fault) + "\n";
  for (std::size_t i = 0; i < evidence.paths.size(); ++i) {
    const std::string line = Line(evidence.paths[i]) + "\n";
    const std::string rest =
        "and " + std::to_string(evidence.paths.size() - i) + " more endpoint(s)\n";
    const bool last = i + 1 == evidence.paths.size();
    // Room is kept for saying what there is no room for.
    if (text.size() + line.size() + (last ? 0 : rest.size()) > kTerminationTextMax) {
      return text + rest;
    }
    text += line;
  }
  return text;
}

}  // namespace vitals
