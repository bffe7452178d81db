// What happens to a broker's log, while the broker works and while it does not.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/free_port.h"
#include "tests/support/mosquitto_broker.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

// Without a life-cycle line of this boot the window is 120 s.
const Expected kBlind{ReadyWill::kFall, 3s};

MakeBroker Mosquitto(const std::string& extra = "") {
  return [extra] {
    MosquittoOptions options;
    options.extra = extra;
    return std::make_unique<MosquittoBroker>(options);
  };
}

void Rotated(Bench& bench) {
  const fs::path log = bench.broker().log();
  for (int i = 0; i < 5; ++i) {
    fs::rename(log, log.string() + "." + std::to_string(i));
    bench.broker().Hangup();
    WaitUntil(2s, [&] { return fs::exists(log); });
    bench.Wait(500ms);
  }
}

void Truncated(Bench& bench) {
  for (int i = 0; i < 5; ++i) {
    fs::resize_file(bench.broker().log(), 0);
    bench.Wait(500ms);
  }
}

// The broker writes on into a file that has no name.
void DeletedThenFrozen(Bench& bench) {
  fs::remove(bench.broker().log());
  bench.Wait(2s);
  bench.Mark();
  bench.broker().Freeze();
}

// 100,000 lines a second, as from a storm of clients.
void Flood(Bench& bench, Duration length) {
  std::ofstream log(bench.broker().log(), std::ios::app);
  std::string lines;
  for (int i = 0; i < 10'000; ++i) {
    lines += "1795346782: New connection from 10.0.0.1:" + std::to_string(10'000 + i) +
             " on port 1883.\n";
  }
  while (bench.SinceFault() < length) {
    const Time begin = std::chrono::steady_clock::now();
    log << lines << std::flush;
    std::this_thread::sleep_until(begin + 100ms);
  }
}

// The log is on a disk of its own, in the lane's own view of the file system.
std::unique_ptr<Broker> OnSmallDisk(const fs::path& disk) {
  if (!MountSmallDisk(disk, 64 << 10)) {
    std::perror("a small disk needs the right to mount one");
  }
  auto broker = std::make_unique<MosquittoBroker>();
  fs::create_symlink(disk / "log", broker->log());
  return broker;
}

void Fill(const fs::path& disk) {
  std::ofstream file(disk / "filler");
  const std::string piece(512, 'x');
  while (file << piece << std::flush) {
  }
}

void SecondInstance(Bench& bench) {
  const auto second = RunToEnd(
      {.name = "second",
       .folder = bench.folder(),
       .args = {"mosquitto", "-c", (bench.broker().folder() / "mosquitto.conf").string()}});
  static_cast<void>(second);
}

void Frozen(Bench& bench) { bench.broker().Freeze(); }

}  // namespace

std::vector<Kind> LogKinds() {
  const auto flood = [](Bench& bench) { Flood(bench, 8s); };
  const auto flood_and_freeze = [](Bench& bench) {
    Flood(bench, 3s);
    bench.Mark();
    bench.broker().Freeze();
  };
  const auto nowhere = "/nonexistent/broker.log";
  const auto disk = std::make_shared<TempDir>();
  const auto on_small_disk = [disk] { return OnSmallDisk(disk->path()); };
  const auto fill = [disk](Bench&) { Fill(disk->path()); };
  const auto fill_and_freeze = [disk](Bench& bench) {
    Fill(disk->path());
    bench.Wait(3s);
    bench.Mark();
    bench.broker().Freeze();
  };
  const std::uint16_t port = FreePort();
  const auto mute = [port] {
    MosquittoOptions options;
    options.port = port;
    return std::make_unique<MosquittoBroker>(options);
  };
  return {
      {"log rotated", "mosquitto", Mosquitto(), Rotated, kUntouched, 6s, true},
      {"log truncated", "mosquitto", Mosquitto(), Truncated, kUntouched, 6s},
      {"log deleted, then frozen", "mosquitto", Mosquitto(), DeletedThenFrozen, Hung("mosquitto"),
       20s},
      {"log flooded", "mosquitto", Mosquitto(), flood, kUntouched, 10s},
      {"log flooded, then frozen", "mosquitto", Mosquitto(), flood_and_freeze, Hung("mosquitto"),
       20s},
      {"log's disk full", "mosquitto", on_small_disk, fill, kUntouched, 20s},
      {"log's disk full, then frozen", "mosquitto", on_small_disk, fill_and_freeze,
       Hung("mosquitto"), 20s},
      {"log at level warning, frozen", "mosquitto", Mosquitto("log_type warning\nlog_type error\n"),
       Frozen, kBlind, 25s},
      {"log on stdout only, frozen",
       "mosquitto",
       mute,
       Frozen,
       kBlind,
       25s,
       false,
       false,
       {"--broker", "mqtt://127.0.0.1:" + std::to_string(port), "--log", nowhere}},
      {"second instance in the log", "mosquitto", Mosquitto(), SecondInstance, kUntouched, 8s},
  };
}

}  // namespace vitals
