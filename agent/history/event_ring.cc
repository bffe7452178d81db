#include "agent/history/event_ring.h"

#include <utility>

namespace vitals {
namespace {

bool Same(const PastEvent& a, const PastEvent& b) {
  return a.kind == b.kind && a.name == b.name && a.subject == b.subject && a.was == b.was &&
         a.is == b.is && a.reason == b.reason;
}

}  // namespace

void EventRing::Add(PastEvent event) {
  if (event.message.size() > kMaxText) {
    std::size_t end = kMaxText;
    // Not in the middle of a UTF-8 sequence (RFC 3629: continuation bytes are 10xxxxxx).
    while (end > 0 && (static_cast<unsigned char>(event.message[end]) & 0xC0) == 0x80) --end;
    event.message.resize(end);
    event.message += "...";
  }
  if (!events_.empty() && Same(events_.front(), event)) {
    event.times = events_.front().times + 1;
    events_.front() = std::move(event);
    return;
  }
  events_.push_front(std::move(event));
  if (events_.size() > places_) events_.pop_back();
}

}  // namespace vitals
