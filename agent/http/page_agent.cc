#include "agent/http/page_agent.h"

#include <algorithm>
#include <cmath>

#include "agent/core/profile.h"
#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

// Up to this, a loop is on time: the kernel's scheduling alone takes some of it.
constexpr Duration kOnTime = std::chrono::milliseconds(200);

std::string TakenFor(const Snapshot* snapshot) {
  if (snapshot == nullptr || snapshot->profile == UnknownProfile()->name) return "not known yet";
  return Escaped(snapshot->profile) + " (" +
         std::to_string(std::lround(snapshot->profile_confidence * 100)) + " % sure)";
}

std::string BrokerProcess(const Snapshot* snapshot) {
  if (snapshot == nullptr || !snapshot->process) return "not looked yet";
  const ProcessLook& look = *snapshot->process;
  if (!look.trouble.empty()) return "can't be seen: " + Escaped(look.trouble);
  std::string text = std::to_string(look.process.pid) + ", runs for " + AgeWords(look.age);
  if (look.cpu) text += ", uses " + std::to_string(std::lround(*look.cpu * 100)) + " % of a core";
  if (look.disk_sleep) text += ", waits for a disk";
  return text;
}

std::string LogState(const LogProgress& log) {
  if (!log.trouble.empty()) return Chip(Grade::kNotice, log.trouble);
  if (log.files == 0) return Chip(Grade::kNotice, "no file is followed");
  if (log.lag_bytes == 0) return Chip(Grade::kGood, "up to date");
  return Chip(Grade::kNotice,
              std::to_string(log.lag_bytes) + " bytes and " + AgeWords(log.lag) + " behind");
}

std::string Dropped(std::uint64_t count) {
  return Chip(count == 0 ? Grade::kGood : Grade::kNotice,
              count == 0 ? "none" : std::to_string(count));
}

}  // namespace

void AppendAgent(const PageInput& input, std::string* page) {
  const AgentHealth& agent = input.past.agent;
  *page +=
      "<section aria-labelledby=\"agent\">\n<h2 id=\"agent\">The agent itself</h2>\n"
      "<dl class=\"panel facts\">\n";
  const auto fact = [&](const std::string& name, const std::string& html) {
    *page += "<div><dt>" + name + "</dt><dd>" + html + "</dd></div>\n";
  };
  fact("version", Escaped(input.version));
  fact("runs for", AgeWords(input.now - agent.began));
  fact("takes the broker for", TakenFor(input.snapshot));
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const Duration late = agent.late[i];
    std::string name = "loop " + std::string(Name(static_cast<Source>(i)));
    std::replace(name.begin(), name.end(), '_', ' ');
    fact(name, late > kOnTime ? Chip(Grade::kBad, "late by " + AgeWords(late))
                              : Chip(Grade::kGood, "on time"));
  }
  fact("broker's process", BrokerProcess(input.snapshot));
  fact("broker's log", LogState(agent.log));
  fact("log lines read",
       std::to_string(agent.log.lines) + ", " + std::to_string(agent.log.matched) + " known");
  fact("evidence lost", Dropped(agent.evidence_dropped));
  fact("own log lines lost", Dropped(agent.log_lines_dropped));
  *page += "</dl>\n</section>\n";
}

}  // namespace vitals
