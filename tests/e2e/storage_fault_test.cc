// The disk of the database is full: Mosquitto goes on to serve every round trip and saves nothing.
// Only its log says so, at each attempt to save, which it announces as if all were well.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/e2e/e2e.h"
#include "tests/support/small_disk.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

class StorageFaultTest : public MosquittoTest {
 protected:
  double Faults() const {
    return agent_.Metric("mqtt_vitals_log_events_total", {"event=\"storage_fault\""});
  }
  // Without the right to mount, a folder that is gone is a disk that takes nothing too.
  void FillDisk() const {
    if (!disk_.mounted()) {
      fs::remove(data_);
      return;
    }
    std::ofstream all(data_ / "other", std::ios::binary);
    while (all << std::string(4096, 'x') << std::flush) {
    }
  }
  void MakeRoom() const {
    if (disk_.mounted()) {
      fs::remove(data_ / "other");
    } else {
      fs::create_directory(data_);
    }
  }
  void FailToSave() const {
    const double before = Faults();
    kill(broker_.pid(), SIGUSR1);  // save now
    ASSERT_TRUE(WaitUntil(kPatience, [&] { return Faults() > before; })) << agent_.Story();
  }

  const fs::path data_ = [this] {
    fs::create_directory(files_.path() / "data");
    return files_.path() / "data";
  }();
  const SmallDisk disk_{data_, 1 << 20};
  MosquittoBroker broker_{
      {.extra = "persistence true\npersistence_location " + data_.string() + "/\n"}};
  AgentProcess agent_{Watching(broker_)};
};

TEST_F(StorageFaultTest, StandsThroughTheSavesThatFail) {
  ASSERT_TRUE(Ok(broker_.Start()));
  ASSERT_TRUE(Ok(agent_.Start()));
  ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  // Less than its buffer would fail at the close, of which Mosquitto says nothing.
  ASSERT_EQ(Publish(broker_, "kept", std::string(64 << 10, 'x'), true), 0);
  FillDisk();
  FailToSave();
  ASSERT_TRUE(agent_.WaitNotReady(3s)) << agent_.Story();
  EXPECT_EQ(Publish(broker_, "t", "m"), 0) << "clients are served as ever";
  for (int save = 0; save < 3; ++save) {
    FailToSave();
    EXPECT_TRUE(HoldsFor(300ms, [&] { return !agent_.Ready(); })) << agent_.Story();
  }
  EXPECT_NE(agent_.Probe("/readyz?verbose").body.find("storage_fault"), std::string::npos);
  EXPECT_TRUE(agent_.Alive()) << agent_.Story();
  const auto lines = agent_.LogLines();
  EXPECT_EQ(std::ranges::count_if(lines,
                                  [](const nlohmann::json& line) {
                                    return line.value("condition", "") == "Faulted" &&
                                           line.value("subject", "") == "storage";
                                  }),
            1)
      << agent_.Story();

  MakeRoom();
  broker_.Stop();
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
}

}  // namespace
}  // namespace vitals
