#include "agent/gate/answer.h"

#include <algorithm>
#include <cstdio>

namespace vitals {
namespace {

// Room kept for the lines that follow the checks.
constexpr std::size_t kTailRoom = 256;
constexpr std::size_t kMessageMax = 400;

struct Surface {
  std::string_view path;
  std::string_view verdict;
  const Verdict Snapshot::* field;
};
constexpr std::array<Surface, 3> kSurfaces{{{kProbePaths[0], "startup", &Snapshot::startup},
                                            {kProbePaths[1], "readiness", &Snapshot::readiness},
                                            {kProbePaths[2], "liveness", &Snapshot::liveness}}};

bool IsExcluded(const ProbeRequest& request, std::string_view check) {
  for (auto rest = request.query; !rest.empty();) {
    const auto parameter = TakeParameter(&rest);
    if (parameter.name == "exclude" && DecodesTo(parameter.value, check)) return true;
  }
  return false;
}

using Body = BoundedText<kProbeBodyMax>;

void AppendAge(Body* body, Time evidence_at, Time now) {
  if (evidence_at == Time{}) return;
  std::array<char, 32> text{};
  const double age = std::max(0.0, Seconds(now - evidence_at));
  const int length = std::snprintf(text.data(), text.size(), " (age %.1fs)", age);
  body->Append({text.data(), static_cast<std::size_t>(length)});
}

// `[-]NAME failed: REASON MESSAGE`, without an end of line.
void AppendFailure(Body* body, std::string_view name, Reason reason, std::string_view message) {
  body->Append("[-]");
  body->AppendLine(name);
  body->Append(" failed: ");
  body->Append(Name(reason));
  if (message.empty()) return;
  body->Append(" ");
  body->AppendLine(message.substr(0, kMessageMax));
}

void AppendCheck(Body* body, const Check& check, bool excluded, Time now) {
  if (check.ok || excluded) {
    body->Append("[+]");
    body->AppendLine(check.name);
    body->Append(excluded ? " excluded: ok" : " ok");
  } else {
    AppendFailure(body, check.name, check.reason, check.message);
  }
  if (!excluded) AppendAge(body, check.evidence_at, now);
  body->Append("\n");
}

void AppendLast(Body* body, const Surface& surface, bool ok) {
  body->Append(surface.path.substr(1));
  body->Append(ok ? " check passed\n" : " check failed\n");
}

struct Judged {
  bool ok = true;
  bool failing_excluded = false;
  bool failing_left = false;
};

// `verdict.ok` is the truth; leaving checks out can only turn a failure whose failing checks were
// all left out into a pass.
Judged Judge(const ProbeRequest& request, const Verdict& verdict) {
  Judged judged;
  for (const Check& check : verdict.checks) {
    if (check.ok) continue;
    (IsExcluded(request, check.name) ? judged.failing_excluded : judged.failing_left) = true;
  }
  judged.ok = verdict.ok || (judged.failing_excluded && !judged.failing_left);
  return judged;
}

// False if some had to be left out.
bool AppendChecks(Body* body, const ProbeRequest& request, const Verdict& verdict, Time now,
                  bool failing_only) {
  for (const Check& check : verdict.checks) {
    const bool excluded = IsExcluded(request, check.name);
    if (failing_only && (check.ok || excluded)) continue;
    const auto before = body->size();
    AppendCheck(body, check, excluded, now);
    if (body->room() < kTailRoom) {
      body->Shrink(before);
      return false;
    }
  }
  return true;
}

// Names in `exclude` that no check has: a typing error must not look like an exclusion.
void AppendUnmatched(Body* body, const ProbeRequest& request, const Verdict& verdict) {
  for (auto rest = request.query; !rest.empty();) {
    const auto parameter = TakeParameter(&rest);
    if (parameter.name != "exclude") continue;
    const bool known =
        std::any_of(verdict.checks.begin(), verdict.checks.end(),
                    [&](const Check& check) { return DecodesTo(parameter.value, check.name); });
    if (known || body->room() < kTailRoom) continue;
    body->Append("warn: no check to exclude named ");
    body->AppendLine(parameter.value.substr(0, 64));
    body->Append("\n");
  }
}

ProbeAnswer AnswerVerdict(const ProbeRequest& request, const Surface& surface,
                          const Verdict& verdict, Time now) {
  const Judged judged = Judge(request, verdict);
  ProbeAnswer answer{judged.ok ? 200 : 503, {}};
  if (judged.ok && !request.Has("verbose")) {
    answer.body.Append("ok");
    return answer;
  }
  if (!judged.ok && !judged.failing_left) {
    AppendFailure(&answer.body, surface.verdict, verdict.reason, verdict.message);
    answer.body.Append("\n");
  }
  const auto start = answer.body.size();
  if (!AppendChecks(&answer.body, request, verdict, now, false)) {
    answer.body.Shrink(start);  // too many for one body: what fails is what matters
    AppendChecks(&answer.body, request, verdict, now, true);
    answer.body.Append("... more checks than fit; ask for one by its name\n");
  }
  AppendUnmatched(&answer.body, request, verdict);
  AppendLast(&answer.body, surface, judged.ok);
  return answer;
}

ProbeAnswer AnswerCheck(const ProbeRequest& request, const Surface& surface, const Check& check,
                        Time now) {
  ProbeAnswer answer{check.ok ? 200 : 503, {}};
  if (check.ok && !request.Has("verbose")) {
    answer.body.Append("ok");
    return answer;
  }
  AppendCheck(&answer.body, check, false, now);
  AppendLast(&answer.body, surface, check.ok);
  return answer;
}

ProbeAnswer NotFound() {
  ProbeAnswer answer{404, {}};
  answer.body.Append("not found; known paths:\n");
  for (const auto path : kProbePaths) {
    answer.body.Append(path);
    answer.body.Append("\n");
  }
  return answer;
}

ProbeAnswer UnknownCheck(const Verdict& verdict) {
  ProbeAnswer answer{404, {}};
  answer.body.Append("no such check; known checks:\n");
  for (const Check& check : verdict.checks) {
    if (answer.body.room() < check.name.size() + 1) break;
    answer.body.AppendLine(check.name);
    answer.body.Append("\n");
  }
  return answer;
}

}  // namespace

ProbeAnswer AnswerProbe(const ProbeRequest& request, const Snapshot* snapshot, Time now) {
  const auto* surface = std::find_if(kSurfaces.begin(), kSurfaces.end(), [&](const Surface& s) {
    return request.path == s.path ||
           (request.path.starts_with(s.path) && request.path[s.path.size()] == '/');
  });
  if (surface == kSurfaces.end()) return NotFound();

  static const Verdict kUnknown{false, Reason::kNoEvidence, "nothing has been seen yet", {}, {}};
  static const Verdict kUnknownPass{true, Reason::kNoEvidence, {}, {}, {}};
  if (snapshot == nullptr) {
    const bool liveness = surface->field == &Snapshot::liveness;
    return AnswerVerdict(request, *surface, liveness ? kUnknownPass : kUnknown, now);
  }

  const Verdict& verdict = snapshot->*surface->field;
  const auto name = request.path.substr(std::min(request.path.size(), surface->path.size() + 1));
  if (name.empty()) return AnswerVerdict(request, *surface, verdict, now);
  for (const Check& check : verdict.checks) {
    if (DecodesTo(name, check.name)) return AnswerCheck(request, *surface, check, now);
  }
  return UnknownCheck(verdict);
}

ProbeAnswer RefuseProbe(int status) {
  ProbeAnswer answer{status, {}};
  answer.body.Append(status == 405   ? "only GET and HEAD\n"
                     : status == 414 ? "request line too long\n"
                                     : "not an HTTP/1.1 request line\n");
  return answer;
}

}  // namespace vitals
