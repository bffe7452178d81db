#include "tests/support/kubelet_prober.h"

#include <algorithm>
#include <cmath>

#include "tests/support/http_get.h"

namespace vitals {

KubeletProber::KubeletProber(std::uint16_t port, std::string path, Duration interval)
    : port_(port), path_(std::move(path)), interval_(interval), thread_([this] { Run(); }) {}

void KubeletProber::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void KubeletProber::Run() {
  Time next = std::chrono::steady_clock::now();
  while (!stop_) {
    std::this_thread::sleep_until(next);
    const Time start = std::chrono::steady_clock::now();
    const HttpReply reply = KubeletGet(port_, path_);
    times_.push_back(std::chrono::steady_clock::now() - start);
    ++asked_;
    if (reply.status >= 200 && reply.status < 400) {
      ++passed_;
    } else {
      ++(reply.status == 0 ? silent_ : failed_);
      if (first_failure_.empty()) first_failure_ = std::to_string(reply.status) + " " + reply.body;
    }
    next = std::max(next + interval_, std::chrono::steady_clock::now());
  }
}

Duration KubeletProber::Percentile(double share) const {
  if (times_.empty()) return {};
  std::vector<Duration> sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[std::max<std::size_t>(1, static_cast<std::size_t>(rank)) - 1];
}

}  // namespace vitals
