// What strangers can send to the gate: a request in pieces is the request in one, an answer is
// bounded and of a known status. And what a dying worker can leave on the page: bytes that are read
// within their bounds or not at all. The first byte chooses which.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "agent/gate/answer.h"
#include "agent/gate/verdict_code.h"
#include "tests/fuzz/fuzz.h"

using namespace vitals;

namespace {

Snapshot Sample() {
  Snapshot snapshot;
  snapshot.readiness.checks = {{"started", true, Reason::kOk, "", Time{}},
                               {"accepting/mqtt-a-1", false, Reason::kHung, "silent", Time{}}};
  return snapshot;
}

void Show(const VerdictViews& views, const ProbeRequest& request) {
  const auto answer =
      AnswerProbe(request, {&views.startup, &views.readiness, &views.liveness}, Time{});
  Require(answer.body.size() <= kProbeBodyMax);
  Require(answer.status == 200 || answer.status == 404 || answer.status == 503);
}

void FuzzRequest(std::string_view bytes) {
  static const std::string code = EncodeVerdicts(Sample(), {});
  static const auto views = std::make_unique<VerdictViews>();
  VerdictStamp stamp;
  static const bool decoded = DecodeVerdicts(code, &stamp, views.get());
  Require(decoded);

  const ParsedLine whole = ParseRequestLine(bytes.substr(0, kRequestLineMax));
  for (std::size_t size = 0; size <= std::min(bytes.size(), kRequestLineMax); ++size) {
    const ParsedLine part = ParseRequestLine(bytes.substr(0, size));
    if (part.state == ParseState::kMore) continue;
    Require(part.state == whole.state && part.status == whole.status);
    Require(part.request.path == whole.request.path);
    break;
  }
  if (whole.state == ParseState::kDone) Show(*views, whole.request);
  if (whole.state == ParseState::kRefused) {
    Require(whole.status == 400 || whole.status == 405 || whole.status == 414);
  }
}

void FuzzPage(std::string_view bytes) {
  static const auto views = std::make_unique<VerdictViews>();
  VerdictStamp stamp;
  if (!DecodeVerdicts(bytes, &stamp, views.get())) return;
  for (const char* target : {"/startupz", "/readyz", "/livez"}) {
    Show(*views, {.head = false, .path = target, .query = "verbose"});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  (data[0] % 2 == 0 ? FuzzRequest : FuzzPage)(bytes);
  return 0;
}
