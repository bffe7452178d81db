// A log that is not followed any more is seen as such: by people, on the status page and in the
// metrics, within 5 s. It never fails liveness.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

// The thread of this name in a process or in one of its children; 0 if there is none.
pid_t FindThread(pid_t process, const std::string& name) {
  const fs::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : fs::directory_iterator(tasks)) {
    if (ReadFile(task.path() / "comm") == name + "\n") {
      return std::stoi(task.path().filename().string());
    }
    std::ifstream children(task.path() / "children");
    for (pid_t child; children >> child;) {
      if (const pid_t found = FindThread(child, name); found != 0) return found;
    }
  }
  return 0;
}

// Stops one thread of another process, as a file system that hangs would, for as long as it lives.
class StoppedThread {
 public:
  explicit StoppedThread(pid_t thread) : thread_(thread) {
    stopped_ = ptrace(PTRACE_SEIZE, thread_, 0, 0) == 0 &&
               ptrace(PTRACE_INTERRUPT, thread_, 0, 0) == 0 &&
               waitpid(thread_, nullptr, __WALL) == thread_;
    if (!stopped_) why_ = std::generic_category().message(errno);
  }
  ~StoppedThread() {
    if (stopped_) ptrace(PTRACE_DETACH, thread_, 0, 0);
  }
  StoppedThread(const StoppedThread&) = delete;
  StoppedThread& operator=(const StoppedThread&) = delete;

  bool stopped() const { return stopped_; }
  const std::string& why() const { return why_; }

 private:
  const pid_t thread_;
  bool stopped_ = false;
  std::string why_;
};

class DeadTailTest : public MosquittoTest {
 protected:
  static std::string Observed(const AgentProcess& agent) {
    const nlohmann::json status = agent.Status();
    for (const auto& condition : status.value("conditions", nlohmann::json::array())) {
      if (condition.value("type", "") == "Observed") {
        return condition.value("status", "") + " " + condition.value("reason", "");
      }
    }
    return "not there";
  }
  static bool Becomes(const AgentProcess& agent, const std::string& wanted) {
    const auto took = WaitUntil(5s, [&] { return Observed(agent) == wanted; });
    if (took) std::printf("Observed is %s after %.2f s\n", wanted.c_str(), Seconds(*took));
    return took.has_value();
  }

  MosquittoBroker broker_;
  AgentProcess agent_{Watching(broker_)};
};

TEST_F(DeadTailTest, AFollowerThatStandsStill) {
  ASSERT_TRUE(Ok(broker_.Start()));
  ASSERT_TRUE(Ok(agent_.Start()));
  ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  const pid_t thread = FindThread(agent_.process().pid(), "log");
  ASSERT_NE(thread, 0);
  {
    const StoppedThread stopped(thread);
    ASSERT_TRUE(stopped.stopped()) << stopped.why();
    EXPECT_TRUE(Becomes(agent_, "False agent_late")) << Observed(agent_) << agent_.Story();
    EXPECT_EQ(
        agent_.Metric("mqtt_vitals_condition", {"condition=\"Observed\"", "status=\"False\""}), 1);
    EXPECT_TRUE(agent_.Alive()) << agent_.Story();
  }
  EXPECT_TRUE(Becomes(agent_, "True ok")) << Observed(agent_) << agent_.Story();
}

TEST_F(DeadTailTest, ALogThatCannotBeReadAnyMore) {
  ASSERT_TRUE(Ok(broker_.Start()));
  ASSERT_TRUE(Ok(agent_.Start()));
  ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  fs::rename(broker_.log(), broker_.log().string() + ".1");
  fs::create_directory(broker_.log());
  EXPECT_TRUE(Becomes(agent_, "False log_silent")) << Observed(agent_) << agent_.Story();
  EXPECT_TRUE(agent_.Alive()) << agent_.Story();
  fs::remove(broker_.log());
  broker_.Hangup();
  EXPECT_TRUE(Becomes(agent_, "True ok")) << Observed(agent_) << agent_.Story();
}

TEST_F(DeadTailTest, ALogThatNeverWas) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent({"--broker", "mqtt://127.0.0.1:" + std::to_string(broker_.port()), "--log",
                      (files_.path() / "never.log").string(), "--profile", "mosquitto"});
  ASSERT_TRUE(Ok(agent.Start()));
  EXPECT_TRUE(Becomes(agent, "False log_silent")) << Observed(agent) << agent.Story();
  EXPECT_TRUE(agent.WaitReady(kPatience)) << "MQTT alone is enough\n" << agent.Story();
}

}  // namespace
}  // namespace vitals
