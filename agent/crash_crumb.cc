#include "agent/crash_crumb.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace vitals {
namespace {

Page* crash_page = nullptr;

bool OwnFault(const siginfo_t& info) {
  // abort() sends its signal from within; whatever the kernel found is positive (sigaction(2)).
  return info.si_code > 0 || (info.si_code == SI_TKILL && info.si_pid == ::getpid());
}

// Async-signal-safe: one system call, one store.
void OnCrash(int signal, siginfo_t* info, void*) {
  char name[16] = {};
  if (OwnFault(*info) && ::prctl(PR_GET_NAME, name) == 0) {
    const auto source = SourceOfThread(name);
    if (source) {
      crash_page->crumb.store(1 + static_cast<std::uint32_t>(*source), std::memory_order_relaxed);
    }
  }
  ::raise(signal);  // the default action again (SA_RESETHAND), once this handler returns
}

}  // namespace

std::optional<Source> SourceOfThread(std::string_view name) {
  if (name.starts_with("MQTTAsync") || name.starts_with("paho")) return Source::kRoundTrip;
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const auto source = static_cast<Source>(i);
    if (name == Name(source)) return source;
  }
  return std::nullopt;
}

void InstallCrashCrumb(Page& page) {
  crash_page = &page;
  struct sigaction action{};
  action.sa_sigaction = OnCrash;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace vitals
