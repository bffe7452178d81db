// What happens to a broker's store: long saves, slow starts, full disks.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "tests/faults/bench.h"
#include "tests/faults/crowd.h"
#include "tests/faults/kind.h"
#include "tests/support/mosquitto_broker.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// The line is written before the work that it announces begins.
constexpr std::string_view kSaving = "Saving in-memory database";

std::size_t Count(const Broker& broker, std::string_view words) {
  const std::string text = ReadFile(broker.log());
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

std::unique_ptr<Broker> WithStore() {
  MosquittoOptions options;
  options.persistence = true;
  return std::make_unique<MosquittoBroker>(options);
}

// A save that takes 20 s, longer than the window: it is announced, and it stands still. A new agent
// reads the announcement in the log.
void LongSave(Bench& bench, bool restart) {
  FillStore(bench.broker().port(), 60'000);
  bench.Wait(1s);
  const std::size_t saves = Count(bench.broker(), kSaving);
  bench.broker().Signal(SIGUSR1);
  WaitUntil(10s, [&] { return Count(bench.broker(), kSaving) > saves; }, 1ms);
  bench.broker().Freeze();
  bench.Mark();
  if (restart) {
    bench.Wait(5s);
    static_cast<void>(bench.RestartAgent());
  }
  bench.Wait(20s - bench.SinceFault());
  bench.broker().Thaw();
}

// A restart that takes 20 s, as if the store were huge: Mosquitto reads it before its first line
// and before it listens.
void SlowStart(Bench& bench) {
  FillStore(bench.broker().port(), 20'000);
  bench.Mark();
  bench.broker().Stop();
  static_cast<void>(bench.broker().Launch());
  bench.broker().Freeze();
  bench.Wait(20s);
  bench.broker().Thaw();
}

// The store's folder becomes a disk of 64 KiB, in the lane's own view of the file system: every
// save ends with "No space left on device".
void FullDisk(Bench& bench, const std::filesystem::path& store) {
  if (!MountSmallDisk(store, 64 << 10)) {
    std::perror("a small disk needs the right to mount one");
    return;
  }
  FillStore(bench.broker().port(), 1000);
  bench.Mark();
  bench.broker().Signal(SIGUSR1);
}

}  // namespace

std::vector<Kind> StoreKinds() {
  const auto store = std::make_shared<TempDir>();
  const auto on_disk = [store] {
    MosquittoOptions options;
    options.extra = "persistence true\npersistence_location " + store->path().string() + "/\n";
    return std::make_unique<MosquittoBroker>(options);
  };
  return {
      {"save of 20 s", "mosquitto", WithStore, [](Bench& bench) { LongSave(bench, false); },
       kDownAndBack, 30s},
      {"save of 20 s, agent restarted",
       "mosquitto",
       WithStore,
       [](Bench& bench) { LongSave(bench, true); },
       {ReadyWill::kReturn, 8s},
       30s},
      {"start of 20 s", "mosquitto", WithStore, SlowStart, kDownAndBack, 30s},
      {"disk full at a save", "mosquitto", on_disk,
       [store](Bench& bench) { FullDisk(bench, store->path()); }, kDown, 20s},
  };
}

}  // namespace vitals
