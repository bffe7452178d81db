// Page: the memory that gate and worker share, and all that passes between them. The launcher makes
// it before either exists; both find it as a descriptor (memfd_create(2), sealed, so that neither
// can pull it from under the other). docs/architecture.md tells the story.
//
// Each field has one writer, named below; every field that changes is atomic or a SharedText.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "agent/core/condition.h"
#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/gate/shared_text.h"
#include "agent/gate/verdict_code.h"

namespace vitals {

inline constexpr std::size_t kResumeMax = 32 << 10;
inline constexpr std::size_t kPromisesMax = 20 << 10;
inline constexpr std::size_t kConfigTroubleMax = 1 << 10;

// What the gate has to know of the configuration.
struct GateOrders {
  Duration hold{};      // readiness keeps its last answer for so long without a worker
  Duration boot_max{};  // without any judgement ever, startup passes after this
  Duration linger{};    // the worker may take so long to end
  bool limit_memory = false;
  bool control = false;                  // there is a control socket
  std::array<char, 64> probe_address{};  // for the worker's log ...
  std::array<char, 64> check_address{};  // ... empty = no port for agent-checks
};

struct Page {
  // The launcher.
  std::array<char, 32> build{};
  GateOrders orders;

  // The gate.
  std::atomic<std::uint32_t> generation{0};  // of the worker; the first is 0
  std::atomic<std::uint32_t> reloads{0};     // generations that began for a new configuration
  std::array<std::atomic<std::int64_t>, kSourceCount> left_out{};  // until then (nanoseconds)

  // The worker.
  std::atomic<std::int64_t> heartbeat{0};  // changes with every tick of the judge
  std::atomic<std::uint32_t> crumb{0};     // 1 + the Source that crashed it; 0 = none did
  SharedText<kVerdictCodeMax> verdicts;
  SharedText<kResumeMax> resume;  // what the judge needs to go on where its predecessor stopped
  // What it has promised (hold, drain, kill budget). Apart from `resume`, which the gate wipes when
  // workers crash in a row: no crash may lose a hold.
  SharedText<kPromisesMax> promises;
  // The configuration in force, which the launcher sets first: which of kConfigFds holds it, when
  // it was read (nanoseconds, wall clock), and why the files as they are now are another one.
  std::atomic<std::uint32_t> config_slot{0};
  std::atomic<std::int64_t> config_since{0};
  SharedText<kConfigTroubleMax> config_trouble;
};

// Descriptors that gate and worker are started with.
inline constexpr int kPageFd = 3;
inline constexpr int kProbeFd = 4;    // listens; the gate only
inline constexpr int kWebFd = 5;      // listens; kept by the gate for the worker
inline constexpr int kCheckFd = 6;    // listens, if there is a check_address; the gate only
inline constexpr int kControlFd = 7;  // listens, if there is one; kept by the gate for the worker
inline constexpr std::array<int, 2> kConfigFds{8, 9};  // the configuration; kept as well

// The mapping of a page; unmapped with it. Move-only.
class PageMapping {
 public:
  // A fresh one. `fd` stays open for those who come after.
  static Result<PageMapping> Create(const GateOrders& orders);
  // That which was made by Create of the same build.
  static Result<PageMapping> Open(int fd);

  PageMapping(PageMapping&& other) noexcept;
  PageMapping& operator=(PageMapping&&) = delete;
  ~PageMapping();

  Page& operator*() const { return *page_; }
  Page* operator->() const { return page_; }
  int fd() const { return fd_.get(); }

 private:
  PageMapping(Fd fd, Page* page) : fd_(std::move(fd)), page_(page) {}

  Fd fd_;
  Page* page_;
};

}  // namespace vitals
