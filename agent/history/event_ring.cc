#include "agent/history/event_ring.h"

#include <utility>

namespace vitals {
namespace {

// Not in the middle of a UTF-8 sequence (RFC 3629: continuation bytes are 10xxxxxx).
void Cut(std::string& text, std::size_t end) {
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += "...";
}

bool Same(const PastEvent& a, const PastEvent& b) {
  return a.kind == b.kind && a.name == b.name && a.subject == b.subject && a.was == b.was &&
         a.is == b.is && a.reason == b.reason;
}

}  // namespace

void EventRing::Add(PastEvent event) {
  if (event.message.size() > kMaxText) Cut(event.message, kMaxText);
  if (!events_.empty() && Same(events_.front(), event)) {
    event.times = events_.front().times + 1;
    events_.front() = std::move(event);
    return;
  }
  events_.push_front(std::move(event));
  if (events_.size() > places_) events_.pop_back();
}

void EventRing::AddContext(const std::string& reason, const std::string& lines) {
  if (events_.empty() || events_.front().reason != reason) return;
  std::string& context = events_.front().context;
  if (context.size() > kMaxContext) return;  // cut already
  if (!context.empty()) context += '\n';
  context += lines;
  if (context.size() > kMaxContext) Cut(context, kMaxContext);
}

}  // namespace vitals
