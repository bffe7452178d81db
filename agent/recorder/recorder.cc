#include "agent/recorder/recorder.h"

#include <pthread.h>

#include <filesystem>
#include <utility>

namespace vitals {
namespace {

constexpr Duration kTurn = std::chrono::milliseconds(200);
// So many pieces are written before the turn is over.
constexpr std::size_t kMany = Recorder::kPlaces / 8;

}  // namespace

Recorder::Recorder(const Settings& settings, RecordingHead head, const Clock& clock)
    : wanted_(!settings.state_dir.empty() && settings.recorder.max_bytes > 0),
      broker_lines_(settings.output.broker_lines),
      writer_(std::move(head), broker_lines_),
      files_(std::filesystem::path(settings.state_dir) / "recorder", settings.recorder.max_bytes,
             [this, &clock] { return writer_.Head(clock.Wall(), clock.Now()); }) {}

Result<void> Recorder::Start() {
  if (!wanted_) return {};
  if (auto opened = files_.Open(); !opened) return opened;
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  return {};
}

void Recorder::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Recorder::Record(const Evidence& evidence, const SnapshotPtr& news) {
  if (!thread_.joinable()) return;
  // Nothing but text of the broker.
  if (std::holds_alternative<LogContext>(evidence.what) && !broker_lines_) return;
  const bool thin = Thin(evidence, news.get());
  bool many = false;
  {
    const std::lock_guard lock(mutex_);
    if (thin) {
      ++turn_.thinned;
      return;
    }
    if (turn_.items.size() == kPlaces) {
      ++turn_.lost;
      ++dropped_;
      return;
    }
    Item& item = turn_.items.emplace_back(Item{evidence, news});
    auto* event = std::get_if<LogEvent>(&item.evidence.what);
    if (event != nullptr) {
      event->fingerprint = Fingerprint(*event);
      if (!broker_lines_) event->line = {};
    }
    many = turn_.items.size() >= kMany;
  }
  if (many) wake_.notify_one();
}

bool Recorder::Thin(const Evidence& evidence, const Snapshot* news) {
  const Spoken now = news != nullptr ? Speak(*news) : spoken_;
  const bool turned = now != spoken_;
  spoken_ = now;
  const auto* event = std::get_if<LogEvent>(&evidence.what);
  const auto* context = std::get_if<LogContext>(&evidence.what);
  if ((event == nullptr && context == nullptr) || turned) return false;
  const Rule& rule = event != nullptr ? *event->rule : *context->rule;
  if (!rule.effects.empty() || rule.life_cycle != LifeCycle::kNone ||
      rule.listener != ListenerLine::kNone || rule.progress) {
    return false;
  }
  if (evidence.at - idle_since_ >= std::chrono::seconds(1)) {
    idle_since_ = evidence.at;
    idle_events_ = 0;
  }
  return ++idle_events_ > kIdleEvents;
}

void Recorder::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "recorder");
  // Nothing is recorded after Stop was called: the turn that sees it is the last.
  for (bool last = false; !last;) {
    Turn turn;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kTurn, [this] { return turn_.items.size() >= kMany; });
      std::swap(turn, turn_);
    }
    last = stop.stop_requested();
    Write(turn, last);
  }
}

void Recorder::Write(const Turn& turn, bool last) {
  for (const Item& item : turn.items) writer_.Add(item.evidence, item.news.get());
  if (turn.thinned > 0) writer_.Thinned(turn.thinned);
  if (turn.lost > 0) writer_.Lost(turn.lost);
  const std::uint64_t lost = files_.Append(writer_.Take(last));
  written_ = files_.written();
  if (lost == 0) return;
  // Said in the recording too, as soon as it can be written again.
  dropped_ += lost;
  writer_.Lost(lost);
}

}  // namespace vitals
