#include "agent/http/page_listeners.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/core/wall_text.h"
#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

Duration Total(const StageTimes& stages) {
  Duration total{};
  for (const auto& took : stages) total += took.value_or(Duration{});
  return total;
}

std::string Percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f%%", share * 100);
  return text.data();
}

void AppendBar(const LastConnect& connect, Duration longest, std::string* page) {
  std::string words;
  const double room = connect.failure ? 0.5 : 1;  // the rest shows where it ended
  *page += "<div class=\"bar\" aria-hidden=\"true\">";
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (!connect.stages[i]) continue;
    const std::string name(Name(static_cast<Stage>(i)));
    const double share = room * Seconds(*connect.stages[i]) / Seconds(longest);
    *page += "<span class=\"s-" + name + "\" style=\"width:" + Percent(share) + "\"></span>";
    words += "<li><span class=\"key s-" + name + "\" aria-hidden=\"true\"></span>" + name + " " +
             LatencyWords(*connect.stages[i]) + "</li>";
  }
  if (connect.failure) *page += "<span class=\"s-failed\"></span>";
  *page += "</div>\n<ul class=\"stages\">" + words;
  if (connect.failure) {
    words = "failed at ";
    words.append(Name(connect.failure->stage)).append(": ");
    words.append(Name(connect.failure->reason));
    if (!connect.failure->detail.empty()) words += ", " + connect.failure->detail;
    *page +=
        "<li><span class=\"key s-failed\" aria-hidden=\"true\"></span>" + Escaped(words) + "</li>";
  } else {
    *page += "<li>together " + LatencyWords(Total(connect.stages)) + "</li>";
  }
  *page += "</ul>\n";
}

const Condition* Accepting(const Snapshot* snapshot, const std::string& endpoint) {
  if (snapshot == nullptr) return nullptr;
  const auto at = std::find_if(
      snapshot->conditions.begin(), snapshot->conditions.end(), [&](const Condition& condition) {
        return condition.type == ConditionType::kAccepting && condition.subject == endpoint;
      });
  return at == snapshot->conditions.end() ? nullptr : &*at;
}

// What the listener's certificate is worth; nothing without TLS.
std::string CertificateLine(const Snapshot* snapshot, const std::string& endpoint) {
  if (snapshot == nullptr) return {};
  for (const ProbeState& listener : snapshot->listeners) {
    if (listener.endpoint != endpoint || !listener.certificate) continue;
    const ServedCertificate& shown = *listener.certificate;
    std::string line =
        "<p class=\"muted\">Certificate until " + WallText(shown.expires).substr(0, 10);
    if (shown.expires < snapshot->wall) line += ", expired";
    if (!shown.trusted) line += ", of an unknown authority";
    if (!shown.name_ok) line += ", without the expected name";
    return line + "</p>\n";
  }
  return {};
}

}  // namespace

void AppendListeners(const Snapshot* snapshot, const Past& past, std::string* page) {
  *page +=
      "<section aria-labelledby=\"listeners\">\n<h2 id=\"listeners\">Listeners</h2>\n"
      "<p class=\"muted\">The newest connect of a new client, stage by stage.</p>\n"
      "<div class=\"panel\">\n";
  Duration longest = std::chrono::microseconds(1);
  for (const LastConnect& connect : past.connects) {
    longest = std::max(longest, Total(connect.stages));
  }
  for (const LastConnect& connect : past.connects) {
    const Condition* accepting = Accepting(snapshot, connect.endpoint);
    const Grade grade = accepting != nullptr ? GradeOf(*accepting) : Grade::kUnknown;
    *page += "<div class=\"listener\">\n<h3>" + Escaped(connect.endpoint) + " " +
             Chip(grade, grade == Grade::kGood      ? "lets clients in"
                         : grade == Grade::kUnknown ? "nobody got in yet"
                                                    : "lets nobody in");
    if (connect.at != Time{}) {
      *page += " <span class=\"muted\">" + AgeWords(past.at - connect.at) + " ago</span>";
    }
    *page += "</h3>\n";
    if (connect.at == Time{}) {
      *page += "<p>No connect has ended yet.</p>\n";
    } else {
      AppendBar(connect, longest, page);
      *page += CertificateLine(snapshot, connect.endpoint);
    }
    *page += "</div>\n";
  }
  *page += "</div>\n</section>\n";
}

}  // namespace vitals
