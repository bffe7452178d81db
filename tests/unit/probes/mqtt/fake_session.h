// FakeSessions: sessions that a test plays the broker of. The newest one is always at hand; what
// the endpoint did to it stays readable after its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "probes/mqtt/session.h"

namespace vitals::mqtt {

struct FakeBroker {
  SessionSpec spec;
  SessionState state;
  FarEndLook far_end{FarEnd::kRead, 0};
  bool bytes_at_our_end = false;
  std::vector<std::string> published;
  std::vector<ReceivedMessage> messages;  // to be taken by the endpoint
  bool dropped = false;

  void LetIn() {
    state.phase = SessionState::Phase::kOpen;
    state.stage = Stage::kSession;
    state.stages[static_cast<std::size_t>(Stage::kConnack)] = std::chrono::milliseconds(3);
    state.stages[static_cast<std::size_t>(Stage::kSuback)] = std::chrono::milliseconds(1);
    state.answers += 2;
  }
  void Send(const std::string& payload, Time at, bool retained = false) {
    ++state.answers;
    messages.push_back({payload, at, retained});
  }
  void End(Failure failure) {
    state.phase = SessionState::Phase::kEnded;
    state.failure = std::move(failure);
  }
};

class FakeSession final : public Session {
 public:
  explicit FakeSession(FakeBroker& broker) : broker_(broker) {}
  ~FakeSession() override { broker_.dropped = true; }
  SessionState State() override { return broker_.state; }
  void Publish(const std::string& payload) override {
    broker_.state.publish_failure.reset();
    broker_.published.push_back(payload);
  }
  std::vector<ReceivedMessage> TakeMessages() override {
    return std::exchange(broker_.messages, {});
  }
  FarEndLook LookAtFarEnd() override { return broker_.far_end; }
  bool BytesAtOurEnd() override { return broker_.bytes_at_our_end; }

 private:
  FakeBroker& broker_;
};

class FakeSessions final : public SessionFactory {
 public:
  Result<std::unique_ptr<Session>> Open(const SessionSpec& spec) override {
    if (!refusal.empty()) return Fail(refusal);
    brokers.push_back(std::make_unique<FakeBroker>());
    brokers.back()->spec = spec;
    brokers.back()->state.server_keep_alive = server_keep_alive;
    if (refuse) {
      brokers.back()->End(*refuse);
    } else if (let_in) {
      brokers.back()->LetIn();
    }
    return std::make_unique<FakeSession>(*brokers.back());
  }
  FakeBroker& newest() { return *brokers.back(); }

  std::vector<std::unique_ptr<FakeBroker>> brokers;
  bool let_in = true;
  std::optional<std::chrono::seconds> server_keep_alive;
  std::optional<Failure> refuse;
  std::string refusal;
};

}  // namespace vitals::mqtt
