#include "agent/gate/answer.h"

#include <algorithm>
#include <cstdio>

namespace vitals {
namespace {

// Room kept for the lines that follow the checks.
constexpr std::size_t kTailRoom = 256;

struct Surface {
  std::string_view path;
  std::string_view verdict;
  const VerdictView* Standing::* field;
};
constexpr std::array<Surface, 3> kSurfaces{{{kProbePaths[0], "startup", &Standing::startup},
                                            {kProbePaths[1], "readiness", &Standing::readiness},
                                            {kProbePaths[2], "liveness", &Standing::liveness}}};

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
  // Not of the difference: a worker that dies may leave a time behind that is no time at all.
  const double age =
      std::max(0.0, Seconds(now.time_since_epoch()) - Seconds(evidence_at.time_since_epoch()));
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
  body->AppendLine(message);
}

void AppendCheck(Body* body, const CheckView& check, bool excluded, Time now) {
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
Judged Judge(const ProbeRequest& request, const VerdictView& verdict) {
  Judged judged;
  for (const CheckView& check : verdict.checks()) {
    if (check.ok) continue;
    (IsExcluded(request, check.name) ? judged.failing_excluded : judged.failing_left) = true;
  }
  if (verdict.cut && !verdict.ok) judged.failing_left = true;  // one that is not here may fail too
  judged.ok = verdict.ok || (judged.failing_excluded && !judged.failing_left);
  return judged;
}

// False if some had to be left out.
bool AppendChecks(Body* body, const ProbeRequest& request, const VerdictView& verdict, Time now,
                  bool failing_only) {
  for (const CheckView& check : verdict.checks()) {
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
void AppendUnmatched(Body* body, const ProbeRequest& request, const VerdictView& verdict) {
  const auto checks = verdict.checks();
  for (auto rest = request.query; !rest.empty();) {
    const auto parameter = TakeParameter(&rest);
    if (parameter.name != "exclude") continue;
    const bool known = std::any_of(checks.begin(), checks.end(), [&](const CheckView& check) {
      return DecodesTo(parameter.value, check.name);
    });
    if (known || body->room() < kTailRoom) continue;
    body->Append("warn: no check to exclude named ");
    body->AppendLine(parameter.value.substr(0, 64));
    body->Append("\n");
  }
}

ProbeAnswer AnswerVerdict(const ProbeRequest& request, const Surface& surface,
                          const VerdictView& verdict, Time now) {
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
  if (verdict.cut || !AppendChecks(&answer.body, request, verdict, now, false)) {
    answer.body.Shrink(start);  // too many for one body: what fails is what matters
    AppendChecks(&answer.body, request, verdict, now, true);
    answer.body.Append("... more checks than fit; ask for one by its name\n");
  }
  AppendUnmatched(&answer.body, request, verdict);
  AppendLast(&answer.body, surface, judged.ok);
  return answer;
}

ProbeAnswer AnswerCheck(const ProbeRequest& request, const Surface& surface, const CheckView& check,
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

ProbeAnswer UnknownCheck(const VerdictView& verdict) {
  ProbeAnswer answer{404, {}};
  answer.body.Append("no such check; known checks:\n");
  for (const CheckView& check : verdict.checks()) {
    if (answer.body.room() < check.name.size() + 1) break;
    answer.body.AppendLine(check.name);
    answer.body.Append("\n");
  }
  return answer;
}

}  // namespace

ProbeAnswer AnswerProbe(const ProbeRequest& request, const Standing& standing, Time now) {
  const auto* surface = std::find_if(kSurfaces.begin(), kSurfaces.end(), [&](const Surface& s) {
    return request.path == s.path ||
           (request.path.starts_with(s.path) && request.path[s.path.size()] == '/');
  });
  if (surface == kSurfaces.end()) return NotFound();

  const VerdictView& verdict = *(standing.*surface->field);
  const auto name = request.path.substr(std::min(request.path.size(), surface->path.size() + 1));
  if (name.empty()) return AnswerVerdict(request, *surface, verdict, now);
  for (const CheckView& check : verdict.checks()) {
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
