#include "tests/property/log/killed_follower.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>
#include <variant>

#include "probes/log/log_engine.h"

namespace vitals {

struct KilledFollower::Shared {
  sem_t turned;
};

namespace {

class Marking final : public EvidenceSink {
 public:
  Marking(std::uint8_t* seen, std::size_t size) : seen_(seen), size_(size) {}
  void Put(Evidence evidence) override {
    const auto* event = std::get_if<LogEvent>(&evidence.what);
    if (event == nullptr || event->captures.empty()) return;
    const std::string& text = event->captures.front().second;
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number < size_) __atomic_store_n(seen_ + number, 1, __ATOMIC_RELEASE);
  }
  void Promise(Source, Time) override {}

 private:
  std::uint8_t* seen_;
  std::size_t size_;
};

}  // namespace

KilledFollower::KilledFollower(std::string log, std::string state_dir, std::size_t lines)
    : log_(std::move(log)), state_dir_(std::move(state_dir)), size_(lines) {
  void* memory = mmap(nullptr, sizeof(Shared) + lines, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  shared_ = static_cast<Shared*>(memory);
  seen_ = static_cast<std::uint8_t*>(memory) + sizeof(Shared);
  sem_init(&shared_->turned, 1, 0);
}

KilledFollower::~KilledFollower() {
  Kill();
  munmap(shared_, sizeof(Shared) + size_);
}

void KilledFollower::Start() {
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) Run();
}

void KilledFollower::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

void KilledFollower::Run() const {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto profile = std::make_shared<Profile>();
  profile->name = "numbered";
  Rule rule;
  rule.id = "line";
  rule.match = R"(^L(?P<n>\d+) )";
  profile->rules = {rule};
  LogSettings settings;
  settings.paths = {log_};
  settings.reclaim = Reclaim::kPunch;
  const SystemClock clock;
  Marking sink(seen_, size_);
  LogEngine engine(settings, {profile}, sink, state_dir_);
  for (;;) {
    const Duration pause = engine.Turn(clock.Now());
    sem_post(&shared_->turned);
    if (pause == Duration::zero()) continue;
    const timespec time{0, std::min<Duration>(pause, std::chrono::milliseconds(20)).count()};
    nanosleep(&time, nullptr);
  }
}

std::size_t KilledFollower::FirstMissing(std::size_t lines) {
  while (all_seen_ < lines && __atomic_load_n(seen_ + all_seen_, __ATOMIC_ACQUIRE) != 0) {
    ++all_seen_;
  }
  return all_seen_;
}

bool KilledFollower::WaitForTurn() {
  timespec deadline{};
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 30;
  while (sem_timedwait(&shared_->turned, &deadline) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

bool KilledFollower::WaitFor(std::size_t lines) {
  const auto start = std::chrono::steady_clock::now();
  while (FirstMissing(lines) < lines) {
    if (!WaitForTurn() || std::chrono::steady_clock::now() - start > std::chrono::seconds(30)) {
      return false;
    }
  }
  return true;
}

}  // namespace vitals
