// Looks at real processes: children of the test that listen, sleep, spin, end and come back.
#include "probes/host/process_watch.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <functional>

#include "agent/core/fd.h"
#include "probes/host/host_probe.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using testing::HasSubstr;

Duration SinceBoot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void SleepForever() {
  for (;;) ::pause();
}
void SpinForever() {
  for (;;) ::getppid();
}

// A child that has a listening socket and then does something; killed with its owner.
class Child {
 public:
  Child(int listener, const std::function<void()>& then) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NAME, Name(::getppid()).c_str());
    if (listener < 0) ::close(kListenerFd);
    then();
    ::_exit(0);
  }
  ~Child() { End(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void End() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  pid_t pid() const { return pid_; }

  // Tests that run at the same time have children of other names.
  static std::string Name(pid_t parent) { return "child-of-" + std::to_string(parent); }

  static constexpr int kListenerFd = 100;

 private:
  pid_t pid_;
};

class ProcessWatchTest : public testing::Test {
 protected:
  // A port that children listen on, and this process does not.
  void SetUp() override {
    const Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ASSERT_EQ(::dup2(socket.get(), Child::kListenerFd), Child::kListenerFd);
  }
  // Only children have the socket from here on; without a call, this process has it too.
  void LeaveItToTheChildren() { ::close(Child::kListenerFd); }
  void TearDown() override { LeaveItToTheChildren(); }

  ProcessWatch Watch() const { return ProcessWatch(ProcessFinder({port_})); }
  ProcessLook Look(ProcessWatch& watch, Duration after = {}) const {
    return watch.Look(Time{} + 1000s + after, SinceBoot());
  }

  std::uint16_t port_ = 0;
};

TEST_F(ProcessWatchTest, FindsWhoListensAndWhoOwnsIt) {
  const Child broker(Child::kListenerFd, SleepForever);
  LeaveItToTheChildren();
  ProcessWatch watch = Watch();
  const ProcessLook look = Look(watch);
  ASSERT_EQ(look.trouble, "");
  EXPECT_EQ(look.process.pid, broker.pid());
  EXPECT_GT(look.process.started_at, 0u);
  EXPECT_LT(look.age, 60s);
  EXPECT_FALSE(look.cpu) << "the first look has nothing to compare with";
  EXPECT_FALSE(look.disk_sleep);
  EXPECT_NE(look.owner.pid, 0) << "this process and its parents";
  EXPECT_NE(look.owner.pid, broker.pid());
}

// By the clock of the test each look is 5 s after the one before it.
TEST_F(ProcessWatchTest, SleepUsesNoCpu) {
  const Child broker(Child::kListenerFd, SleepForever);
  LeaveItToTheChildren();
  ProcessWatch watch = Watch();
  ASSERT_EQ(Look(watch).trouble, "");
  ASSERT_TRUE(WaitUntil(5s, [&] {
    const auto stat = ReadStat("/proc/" + std::to_string(broker.pid()) + "/stat");
    return stat && stat->state == 'S';
  }));
  Look(watch, 5s);
  EXPECT_LT(Look(watch, 10s).cpu.value(), ProcessWatch::kIdle);
}

TEST_F(ProcessWatchTest, WorkUsesCpu) {
  const Child broker(Child::kListenerFd, SpinForever);
  LeaveItToTheChildren();
  ProcessWatch watch = Watch();
  ASSERT_EQ(Look(watch).trouble, "");
  Duration after{};
  EXPECT_TRUE(WaitUntil(20s, [&] {
    HoldsFor(100ms, [] { return true; });  // that it may use some
    return Look(watch, after += 5s).cpu >= ProcessWatch::kIdle;
  }));
}

TEST_F(ProcessWatchTest, ASuccessorIsFoundByItsSocketAndHasAnotherIdentity) {
  Child first(Child::kListenerFd, SleepForever);
  ProcessWatch watch{ProcessFinder({port_}, "/proc")};
  // This process has the socket too, and comes first: look for the child's by closing ours.
  const Child second(Child::kListenerFd, SleepForever);
  LeaveItToTheChildren();
  const ProcessLook before = Look(watch);
  ASSERT_EQ(before.process.pid, std::min(first.pid(), second.pid()));
  const bool first_is_seen = before.process.pid == first.pid();
  if (!first_is_seen) GTEST_SKIP() << "process numbers began anew";
  first.End();
  const ProcessLook after = Look(watch, 5s);
  ASSERT_EQ(after.trouble, "");
  EXPECT_EQ(after.process.pid, second.pid());
  EXPECT_NE(after.process, before.process);
}

TEST_F(ProcessWatchTest, ASuccessorThatBootsIsFoundByItsName) {
  Child first(Child::kListenerFd, SleepForever);
  LeaveItToTheChildren();
  ProcessWatch watch = Watch();
  // The name is set by the child itself, a moment after its start.
  ASSERT_TRUE(WaitUntil(5s, [&] {
    const auto stat = ReadStat("/proc/" + std::to_string(first.pid()) + "/stat");
    return stat && stat->name == Child::Name(::getpid());
  }));
  ASSERT_EQ(Look(watch).process.pid, first.pid());
  first.End();
  const ProcessLook gone = Look(watch, 5s);
  EXPECT_EQ(gone.trouble, "the broker's process has ended");
  EXPECT_EQ(gone.process, ProcessIdentity{});

  const Child second(-1, SleepForever);
  ProcessLook look;
  Duration after = 10s;
  EXPECT_TRUE(WaitUntil(5s, [&] {
    look = Look(watch, after += ProcessWatch::kLongestPause);
    return look.trouble.empty();
  })) << look.trouble;
  EXPECT_EQ(look.process.pid, second.pid());
}

TEST_F(ProcessWatchTest, WhoIsUnknownIsSearchedForEverMoreSeldom) {
  LeaveItToTheChildren();
  ProcessWatch watch = Watch();
  EXPECT_THAT(Look(watch).trouble, HasSubstr("no process listens"));
  SetUp();  // another port: the watch still looks for the first one
  const std::string trouble = Look(watch, 1s).trouble;
  EXPECT_THAT(trouble, HasSubstr("no process listens")) << "as last said";
}

TEST_F(ProcessWatchTest, DescriptorsOfAnotherUserAreAReasonAndARemedy) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can start processes of two users";
  const Child broker(Child::kListenerFd, SleepForever);
  LeaveItToTheChildren();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Child stranger(-1, [&] {
    if (::setuid(65534) != 0) ::_exit(1);
    ProcessWatch watch = Watch();
    const std::string trouble = Look(watch).trouble;
    ::_exit(::write(ends[1], trouble.data(), trouble.size()) < 0);
  });
  ::close(ends[1]);
  char text[512];
  const ssize_t size = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  ASSERT_GT(size, 0);
  EXPECT_THAT(std::string(text, static_cast<std::size_t>(size)),
              HasSubstr("run the agent as the broker's user"));
}

TEST(LocalPorts, AreThoseThatAProcessOfThisMachineMustHave) {
  EndpointSettings near, far, proxied, extra, file;
  near.port = 1;
  far.port = 2;
  far.host = "broker.example";
  proxied.port = 3;
  proxied.via_proxy = true;
  extra.port = 4;
  extra.wanted = false;
  file.scheme = "unix";
  file.port = 5;
  EXPECT_EQ(LocalPorts({near, far, proxied, extra, file}), std::vector<std::uint16_t>{1});
  ProcessWatch none(ProcessFinder({}));
  EXPECT_THAT(none.Look(Time{}, 1s).trouble, HasSubstr("loopback"));
}

}  // namespace
}  // namespace vitals
