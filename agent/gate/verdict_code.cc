#include "agent/gate/verdict_code.h"

#include <algorithm>
#include <cstring>

namespace vitals {
namespace {

constexpr std::size_t kVerdictMax = kVerdictCodeMax / 3 - 8;
constexpr std::size_t kMessageMax = 400;
constexpr std::size_t kNameMax = 255;

template <typename Number>
void Put(std::string* out, Number number) {
  out->append(reinterpret_cast<const char*>(&number), sizeof number);
}

void PutText(std::string* out, std::string_view text, std::size_t most) {
  text = text.substr(0, most);
  Put(out, static_cast<std::uint16_t>(text.size()));
  out->append(text);
}

std::string EncodeCheck(const Check& check) {
  std::string out;
  Put(&out, check.ok);
  Put(&out, check.reason);
  Put(&out, static_cast<std::int64_t>(check.evidence_at.time_since_epoch().count()));
  PutText(&out, check.name, kNameMax);
  PutText(&out, check.ok ? std::string_view() : check.message, kMessageMax);
  return out;
}

struct Checks {
  std::string bytes;
  std::uint8_t count = 0;
  bool cut = false;
};

Checks EncodeChecks(const Verdict& verdict, std::size_t room, bool failing_only) {
  Checks checks;
  for (const Check& check : verdict.checks) {
    const std::string one = failing_only && check.ok ? std::string() : EncodeCheck(check);
    if (one.empty() || checks.count == VerdictView::kMaxChecks ||
        checks.bytes.size() + one.size() > room) {
      checks.cut = true;
      continue;
    }
    checks.bytes += one;
    ++checks.count;
  }
  return checks;
}

std::string EncodeVerdict(const Verdict& verdict) {
  std::string out;
  Put(&out, verdict.ok);
  Put(&out, verdict.reason);
  PutText(&out, verdict.message, kMessageMax);
  const std::size_t room = kVerdictMax - out.size() - 2;
  Checks checks = EncodeChecks(verdict, room, false);
  if (checks.cut) checks = EncodeChecks(verdict, room, true);
  Put(&out, checks.cut);
  Put(&out, checks.count);
  return out + checks.bytes;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  template <typename Number>
  bool Take(Number* number) {
    if (left_.size() < sizeof *number) return false;
    std::memcpy(number, left_.data(), sizeof *number);
    left_.remove_prefix(sizeof *number);
    return true;
  }
  bool TakeFlag(bool* flag) {
    std::uint8_t byte = 0;
    if (!Take(&byte) || byte > 1) return false;
    *flag = byte == 1;
    return true;
  }
  bool TakeReason(Reason* reason) {
    std::uint8_t byte = 0;
    if (!Take(&byte) || byte >= kReasonCount) return false;
    *reason = static_cast<Reason>(byte);
    return true;
  }
  bool TakeText(std::string_view* text) {
    std::uint16_t size = 0;
    if (!Take(&size) || left_.size() < size) return false;
    *text = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  bool AtEnd() const { return left_.empty(); }

 private:
  std::string_view left_;
};

bool DecodeCheck(Reader& in, CheckView* check) {
  std::int64_t evidence_at = 0;
  if (!in.TakeFlag(&check->ok) || !in.TakeReason(&check->reason) || !in.Take(&evidence_at) ||
      !in.TakeText(&check->name) || !in.TakeText(&check->message)) {
    return false;
  }
  check->evidence_at = Time(Duration(evidence_at));
  return true;
}

bool DecodeVerdict(Reader& in, VerdictView* verdict) {
  std::uint8_t count = 0;
  if (!in.TakeFlag(&verdict->ok) || !in.TakeReason(&verdict->reason) ||
      !in.TakeText(&verdict->message) || !in.TakeFlag(&verdict->cut) || !in.Take(&count) ||
      count > VerdictView::kMaxChecks) {
    return false;
  }
  verdict->count = count;
  return std::all_of(verdict->list.begin(), verdict->list.begin() + count,
                     [&](CheckView& check) { return DecodeCheck(in, &check); });
}

}  // namespace

std::string EncodeVerdicts(const Snapshot& snapshot, const VerdictStamp& stamp) {
  std::string out;
  Put(&out, stamp.generation);
  Put(&out, stamp.settled);
  for (const Verdict* verdict : {&snapshot.startup, &snapshot.readiness, &snapshot.liveness}) {
    out += EncodeVerdict(*verdict);
  }
  return out;
}

bool DecodeVerdicts(std::string_view bytes, VerdictStamp* stamp, VerdictViews* views) {
  Reader in(bytes);
  return in.Take(&stamp->generation) && in.TakeFlag(&stamp->settled) &&
         DecodeVerdict(in, &views->startup) && DecodeVerdict(in, &views->readiness) &&
         DecodeVerdict(in, &views->liveness) && in.AtEnd();
}

}  // namespace vitals
