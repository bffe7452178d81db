// Looks at a tree of files that is made like /proc: what no real process does to order.
#include "probes/host/process_finder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "probes/host/process_watch.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""s;
using testing::HasSubstr;

namespace fs = std::filesystem;

std::string SocketLine(int port, int state, int inode) {
  char line[200];
  std::snprintf(line, sizeof line,
                "   0: 0100007F:%04X 00000000:0000 %02X 00000000:00000000 00:00000000 00000000  "
                "1883        0 %d 1 0000000000000000 100 0 0 10 0\n",
                static_cast<unsigned>(port), static_cast<unsigned>(state), inode);
  return line;
}

class FakeProc : public testing::Test {
 protected:
  void SetUp() override {
    Sockets({SocketLine(1883, 10, 77)});
    AddProcess(1, 0, "pause");
    AddProcess(10, 0, "sh");
    AddProcess(20, 10, "broker");
    AddSocket(20, 77);
  }
  void Sockets(const std::vector<std::string>& lines) {
    std::string text = "  sl  local_address rem_address   st ...\n";
    for (const std::string& line : lines) text += line;
    Write("net/tcp", text);
  }
  void AddProcess(int pid, int parent, const std::string& name, char state = 'S', int ticks = 0,
                  int started = 5000) {
    Write(std::to_string(pid) + "/stat", Stat(pid, parent, name, state, ticks, started));
    fs::create_directories(Path(pid) / "fd");
  }
  void AddThread(int pid, int thread, char state) {
    Write(std::to_string(pid) + "/task/" + std::to_string(thread) + "/stat",
          Stat(thread, 0, "thread", state, 0, 5000));
  }
  void AddSocket(int pid, int inode) {
    fs::create_symlink("socket:[" + std::to_string(inode) + "]", Path(pid) / "fd" / "3");
  }
  fs::path Path(int pid) const { return proc_.path() / std::to_string(pid); }
  ProcessFinder Finder() const { return ProcessFinder({1883}, proc_.path()); }

  TempDir proc_;

 private:
  static std::string Stat(int pid, int parent, const std::string& name, char state, int ticks,
                          int started) {
    return std::to_string(pid) + " (" + name + ") " + state + " " + std::to_string(parent) +
           " 1 1 0 -1 0 0 0 0 0 " + std::to_string(ticks) + " 0 0 0 20 0 4 0 " +
           std::to_string(started) + " 1000\n";
  }
  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((proc_.path() / name).parent_path());
    std::ofstream(proc_.path() / name) << text;
  }
};

TEST_F(FakeProc, TheListenerAndItsTopmostAncestor) {
  EXPECT_EQ(Finder().FindListener().value(), 20);
  ProcessWatch watch(Finder());
  const ProcessLook look = watch.Look(Time{}, 60s);
  EXPECT_EQ(look.process, (ProcessIdentity{20, 5000}));
  EXPECT_EQ(look.owner, (ProcessIdentity{10, 5000})) << "not pause, which is no ancestor";
  EXPECT_EQ(look.age, 10s);
}

TEST_F(FakeProc, TheFirstProcessOfAContainerHasNoOwner) {
  AddProcess(20, 0, "broker");
  ProcessWatch watch(Finder());
  EXPECT_EQ(watch.Look(Time{}, 60s).owner, ProcessIdentity{});
}

TEST_F(FakeProc, TheKernelsListEndsWhereConnectionsBegin) {
  Sockets({SocketLine(80, 10, 1), SocketLine(1883, 1, 77), SocketLine(1883, 10, 77)});
  EXPECT_THAT(Finder().FindListener().error().ToString(), HasSubstr("no process listens"));
}

TEST_F(FakeProc, ASocketThatNobodyInSightHas) {
  Sockets({SocketLine(1883, 10, 78)});
  EXPECT_THAT(Finder().FindListener().error().ToString(), HasSubstr("shareProcessNamespace"));
}

TEST_F(FakeProc, ANameOfSeveralIsNobodys) {
  EXPECT_EQ(Finder().FindNamed("broker").value(), 20);
  AddProcess(21, 10, "broker", 'Z');
  EXPECT_EQ(Finder().FindNamed("broker").value(), 20) << "a zombie is over";
  AddProcess(22, 10, "broker");
  EXPECT_THAT(Finder().FindNamed("broker").error().ToString(), HasSubstr("several"));
}

TEST_F(FakeProc, AReusedNumberIsAnotherProcess) {
  ProcessWatch watch(Finder());
  watch.Look(Time{}, 60s);
  AddProcess(20, 10, "broker", 'S', 0, 5500);
  const ProcessLook look = watch.Look(Time{} + 5s, 65s);
  EXPECT_EQ(look.process, (ProcessIdentity{20, 5500}));
  EXPECT_FALSE(look.cpu);
}

TEST_F(FakeProc, AZombieHasEnded) {
  ProcessWatch watch(Finder());
  watch.Look(Time{}, 60s);
  AddProcess(20, 10, "broker", 'Z');
  fs::remove(Path(20) / "fd" / "3");
  EXPECT_NE(watch.Look(Time{} + 5s, 65s).trouble, "");
}

TEST_F(FakeProc, DiskSleepOfAnyThreadOfManyIsFoundWithinAFewLooks) {
  for (int thread = 100; thread < 300; ++thread) AddThread(20, thread, 'S');
  ProcessWatch watch(Finder());
  Time now{};
  const auto sleeps = [&] {
    now += 5s;
    return watch.Look(now, 60s).disk_sleep;
  };
  sleeps();
  for (int i = 0; i < 10; ++i) ASSERT_FALSE(sleeps());
  AddThread(20, 250, 'D');
  bool found = false;
  for (int i = 0; i < 5 && !found; ++i) found = sleeps();
  EXPECT_TRUE(found) << "200 threads, 64 in a look";
}

TEST_F(FakeProc, ThreadsOfABusyProcessAreNotLookedAt) {
  AddThread(20, 100, 'D');
  ProcessWatch watch(Finder());
  watch.Look(Time{}, 60s);
  AddProcess(20, 10, "broker", 'S', 250);
  const ProcessLook look = watch.Look(Time{} + 5s, 65s);
  EXPECT_NEAR(look.cpu.value(), 0.5, 0.01);
  EXPECT_FALSE(look.disk_sleep);
  EXPECT_TRUE(watch.Look(Time{} + 10s, 70s).disk_sleep) << "idle now";
}

}  // namespace
}  // namespace vitals
