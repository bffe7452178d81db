#include "tests/bench/broker_log.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

namespace vitals::bench {
namespace {

constexpr std::array<const char*, 10> kSubjects = {
    "Listener", "Bridge", "Persistence store", "Cluster node", "Session queue",
    "Plugin",   "Backup", "TLS certificate",   "Memory alarm", "Retained message index"};
constexpr std::array<const char*, 10> kActions = {
    "has been started",   "could not be opened", "is recovering",      "was closed by the peer",
    "exceeded its limit", "was reloaded",        "is in flow control", "rejected a write",
    "lost its leader",    "will be shut down"};

std::string Text(int rule) {
  const auto i = static_cast<std::size_t>(rule);
  return std::string(kSubjects[i / 10]) + " " + kActions[i % 10];
}

// What follows the text: a third of the rules captures, a third has a gap.
const char* Rest(int rule, bool named) {
  switch (rule % 3) {
    case 0:
      return named ? " on port (?P<port>[0-9]+), [0-9]+ open$" : " on port ([0-9]+), [0-9]+ open$";
    case 1:
      return ": .* reason [a-z_]+$";
    default:
      return ", code [0-9]+, attempt [0-9]+$";
  }
}

std::string Expression(int rule, bool posix) {
  const std::string group = posix ? "(" : "(?:";
  return "^" + group + "[0-9]{9,11}: |[0-9]{4}-[0-9][0-9]-[0-9][0-9][T ][0-9:.,+-]+Z?: )?" +
         Text(rule) + Rest(rule, !posix);
}

class Lines {
 public:
  std::string Plain(bool matching) {
    if (Below(100) < 20) ++second_;
    line_ = std::to_string(second_) + ": ";
    if (matching) {
      Match(static_cast<int>(Below(kRules)));
    } else {
      Miss();
    }
    return line_ + "\n";
  }
  std::string Gap() {
    line_.clear();
    while (line_.size() < 92) {
      line_ += (Below(2) == 0 ? "word" : "then") + std::to_string(100 + Below(kRules)) + " ";
    }
    return line_ + "\n";
  }
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

 private:
  std::string Number(std::uint64_t limit) { return std::to_string(Below(limit)); }
  std::string Client() { return "car-" + Number(1'000'000); }
  std::string Topic() { return "fleet/" + Number(20) + "/car" + Number(1'000'000) + "/battery"; }
  void Match(int rule) {
    line_ += Text(rule);
    switch (rule % 3) {
      case 0:
        line_ += " on port " + Number(65536) + ", " + Number(100) + " open";
        break;
      case 1:
        line_ += ": client " + Client() + " while writing " + Topic() + ", reason no_space_left";
        break;
      default:
        line_ += ", code " + Number(100) + ", attempt " + Number(10);
    }
  }
  // As Mosquitto writes them; some name what the rules name.
  void Miss() {
    switch (Below(8)) {
      case 0:
        line_ += "New client connected from 10." + Number(256) + "." + Number(256) + "." +
                 Number(256) + ":" + Number(65536) + " as " + Client() +
                 " (p5, c1, k60, u'fleet')." + " Session queue of " + Number(1000) + " kept.";
        break;
      case 1:
        line_ += "Client " + Client() + " closed its connection, Listener on port 8883 has been " +
                 "told, " + Number(100) + " messages left in it.";
        break;
      case 2:
        line_ += "Sending PINGRESP to " + Client() +
                 " (bridge or client: client, session: stored, " + "keep alive: 60, round " +
                 Number(10'000) + ")";
        break;
      default:
        line_ += "Received PUBLISH from " + Client() + " (q" + Number(3) + ", m" + Number(65536) +
                 ", '" + Topic() + "', ... (" + Number(900) + " bytes))";
    }
  }

  std::mt19937_64 random_{20261124};
  std::uint64_t second_ = 1'795'346'782;
  std::string line_;
};

template <typename NextLine>
void Write(const std::string& path, std::uint64_t bytes, NextLine&& next_line) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (std::uint64_t written = 0; written < bytes;) {
    const std::string line = next_line();
    file << line;
    written += line.size();
  }
  if (!file.flush()) {
    std::fprintf(stderr, "%s: cannot be written\n", path.c_str());
    std::exit(2);
  }
}

std::string Profile(std::string (*expression)(int)) {
  std::string yaml = "name: bench\nrules:\n";
  for (int i = 0; i < kRules; ++i) {
    yaml +=
        "  - {id: rule" + std::to_string(i) + ", event: bench, match: '" + expression(i) + "'}\n";
  }
  return yaml;
}

}  // namespace

std::string PlainProfile() {
  return Profile([](int rule) { return Expression(rule, false); });
}

std::string GapProfile() {
  return Profile([](int rule) {
    const std::string number = std::to_string(100 + rule);
    return "word" + number + " .*then" + number + " .*end" + number;
  });
}

std::string GrepExpression() {
  std::string alternation;
  for (int i = 0; i < kRules; ++i) alternation += (i == 0 ? "" : "|") + Expression(i, true);
  return alternation;
}

std::string MtailProgram() {
  std::string program = "counter matched by rule\n";
  for (int i = 0; i < kRules; ++i) {
    program +=
        "/" + Expression(i, false) + "/ {\n  matched[\"rule" + std::to_string(i) + "\"]++\n}\n";
  }
  return program;
}

Written WritePlainLog(const std::string& path, std::uint64_t bytes, unsigned percent) {
  Lines lines;
  Written written;
  Write(path, bytes, [&] {
    const bool matching = lines.Below(100) < percent;
    ++written.lines;
    written.matching += matching ? 1 : 0;
    return lines.Plain(matching);
  });
  return written;
}

Written WriteGapLog(const std::string& path, std::uint64_t bytes) {
  Lines lines;
  Written written;
  Write(path, bytes, [&] {
    ++written.lines;
    return lines.Gap();
  });
  return written;
}

}  // namespace vitals::bench
