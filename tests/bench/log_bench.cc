// The log engine against grep, mtail, wc and the plain reading of lines: the same log, the same
// hundred rules, one run, each pinned to one core, CPU time of the process.
//
//   log_bench AGENT [MIB]      AGENT: the program mqtt-vitals; MIB: size of the log, default 128
//   log_bench --split FILE     reads FILE and splits it into lines (one of the things measured)
//
// Prints a table. Machines differ, so what it demands are ratios between lines of the table, and a
// bound on memory; ends with 1 if one is not kept. mtail runs on a part of the log: it is slow.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "probes/log/line_splitter.h"
#include "tests/bench/broker_log.h"
#include "tests/bench/measured_run.h"
#include "tests/support/temp_dir.h"

namespace vitals::bench {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
constexpr std::uint64_t kMtailBytes = 2 * kMib;

int Split(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  std::vector<char> block(256 * 1024);
  LineSplitter splitter;
  std::uint64_t lines = 0, bytes = 0;
  for (ssize_t got; (got = ::read(fd, block.data(), block.size())) > 0;) {
    splitter.Feed({block.data(), static_cast<std::size_t>(got)}, [&](std::string_view line) {
      ++lines;
      bytes += line.size();
    });
  }
  std::printf("%llu %llu\n", static_cast<unsigned long long>(lines),
              static_cast<unsigned long long>(bytes));
  return lines > 0 ? 0 : 1;
}

class Bench {
 public:
  Bench(std::string agent, std::string self) : agent_(std::move(agent)), self_(std::move(self)) {}

  int Run(std::uint64_t mib) {
    folder_.Write("plain.yaml", PlainProfile());
    folder_.Write("gap.yaml", GapProfile());
    folder_.Write("rules.grep", GrepExpression());
    folder_.Write("rules.mtail", MtailProgram());
    const Written rare = WritePlainLog(Path("rare.log"), mib * kMib, 1);
    const Written part = WritePlainLog(Path("part.log"), kMtailBytes, 1);
    std::printf("%llu MiB, %llu lines of %.0f bytes, 1 %% match; %d rules\n\n%-34s %9s %9s\n",
                static_cast<unsigned long long>(mib), static_cast<unsigned long long>(rare.lines),
                static_cast<double>(mib * kMib) / static_cast<double>(rare.lines), kRules,
                "on one core", "M lines/s", "RSS MiB");

    const double split = Measure("read and split", rare, {self_, "--split", Path("rare.log")});
    const double wc = Measure("wc -l", rare, {"wc", "-l", Path("rare.log")});
    const double grep = Measure("grep -c -E", rare,
                                {"grep", "-c", "-E", "-f", Path("rules.grep"), Path("rare.log")});
    Demand("grep counts the matching lines",
           std::strtoull(out_.c_str(), nullptr, 10) == rare.matching);
    const double ours = Ours("rules test --summary", rare, "plain.yaml", "rare.log");
    const double mtail = Mtail(part);
    std::filesystem::remove(Path("rare.log"));

    const Written often = WritePlainLog(Path("often.log"), mib * kMib / 2, 99);
    const double matching = Ours("the same, 99 % match", often, "plain.yaml", "often.log");
    std::filesystem::remove(Path("often.log"));
    const Written gaps = WriteGapLog(Path("gap.log"), mib * kMib / 8);
    const double gap = Ours("the same, rules full of gaps", gaps, "gap.yaml", "gap.log");

    std::printf("\nours: %.1f x grep, %.2f of wc, %.2f of read and split", ours / grep, ours / wc,
                ours / split);
    if (mtail > 0) std::printf(", %.0f x mtail", ours / mtail);
    std::printf("\n");
    Demand("at least 2 x grep (goal 5 x)", ours >= 2 * grep);
    if (mtail > 0) Demand("at least 100 x mtail", ours >= 100 * mtail);
    Demand("99 % matching: at least 4 x grep", matching >= 4 * grep);
    Demand("rules full of gaps: at least half of grep", gap >= grep / 2);
    return failed_ ? 1 : 0;
  }

 private:
  std::string Path(const char* name) const { return folder_.path() / name; }

  // M lines a CPU second: the best of three, for what others do on this machine only takes away.
  double Measure(const char* name, const Written& log, const std::vector<std::string>& args,
                 int runs = 3) {
    double best = 0, rss = 0;
    for (int i = 0; i < runs; ++i) {
      const auto run = MeasuredRun(args);
      if (run.code != 0) {
        std::printf("%-34s FAILED with code %d\n", name, run.code);
        failed_ = true;
        return 0;
      }
      best = std::max(best, static_cast<double>(log.lines) / run.cpu_s / 1e6);
      rss = std::max(rss, run.rss_mib);
      out_ = run.out;
    }
    std::printf("%-34s %9.3f %9.1f\n", name, best, rss);
    std::fflush(stdout);
    rss_ = rss;
    return best;
  }

  double Ours(const char* name, const Written& log, const char* profile, const char* file) {
    const double speed = Measure(
        name, log, {agent_, "rules", "test", Path(profile), Path(file), "-o", "json", "--summary"});
    const auto summary = nlohmann::json::parse(out_, nullptr, false);
    Demand("every line read, the right ones matched",
           summary.is_object() && summary.value("lines", 0ull) == log.lines &&
               summary.value("matched", 0ull) == log.matching);
    Demand("at most 16 MiB", rss_ <= 16);
    return speed;
  }

  double Mtail(const Written& part) {
    if (MeasuredRun({"mtail", "--version"}).code == 127) {
      std::printf("%-34s SKIPPED: mtail is not installed\n", "mtail");
      return 0;
    }
    return Measure(
        "mtail (2 MiB of it)", part,
        {"mtail", "--one_shot", "--progs", Path("rules.mtail"), "--logs", Path("part.log")}, 1);
  }

  void Demand(const char* what, bool kept) {
    if (kept) return;
    std::printf("NOT KEPT: %s\n", what);
    failed_ = true;
  }

  const std::string agent_, self_;
  TempDir folder_;
  std::string out_;
  double rss_ = 0;
  bool failed_ = false;
};

}  // namespace
}  // namespace vitals::bench

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv, argv + argc);
  if (argc == 3 && args[1] == "--split") return vitals::bench::Split(argv[2]);
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: log_bench AGENT [MIB]\n");
    return 2;
  }
  const std::uint64_t mib = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 128;
  return vitals::bench::Bench(args[1], "/proc/self/exe").Run(std::max<std::uint64_t>(mib, 8));
}
