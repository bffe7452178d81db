#include "agent/http/page_latency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

#include "agent/http/html.h"
#include "agent/http/time_axis.h"

namespace vitals {
namespace {

using std::chrono::microseconds;

constexpr double kHeight = 200;

std::string Number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

// Latencies span decades: a logarithmic axis shows the usual and the worst at once.
struct LogAxis {
  int low = 2;  // 100 µs
  int high = 3;

  static LogAxis For(const LatencySeries& series) {
    LogAxis axis;
    if (series.whole.good == 0) return axis;
    const auto power = [](microseconds took) {
      return std::log10(std::max(1.0, static_cast<double>(took.count())));
    };
    // From the decade of the median: a few quicker rounds are no reason to press the rest together.
    axis.low = static_cast<int>(std::floor(power(series.whole.p50)));
    axis.high = std::max(axis.low + 1, static_cast<int>(std::ceil(power(series.whole.max))));
    return axis;
  }

  double Share(double power) const { return (power - low) / (high - low); }
  double Place(microseconds took) const {
    const double power = std::log10(std::max(1.0, static_cast<double>(took.count())));
    return kHeight * (1 - std::clamp(Share(power), 0.0, 1.0));
  }
};

// Steps that follow each other without a gap and all have times: one line each.
std::vector<std::vector<LatencyStep>> Runs(const LatencySeries& series) {
  std::vector<std::vector<LatencyStep>> runs;
  Time last{};
  for (const LatencyStep& step : series.steps) {
    if (step.latency.good == 0) continue;
    if (runs.empty() || step.at - last > 2 * kPastStep) runs.emplace_back();
    runs.back().push_back(step);
    last = step.at;
  }
  return runs;
}

std::string Points(const std::vector<LatencyStep>& run, const TimeAxis& time, const LogAxis& axis,
                   microseconds Latency::* value, bool backwards = false) {
  std::string points;
  for (std::size_t i = 0; i < run.size(); ++i) {
    const LatencyStep& step = run[backwards ? run.size() - 1 - i : i];
    points += Number(time.Place(step.at + kPastStep / 2)) + "," +
              Number(axis.Place(step.latency.*value)) + " ";
  }
  return points;
}

void AppendLines(const LatencySeries& series, const TimeAxis& time, const LogAxis& axis,
                 std::string* page) {
  for (const auto& run : Runs(series)) {
    *page += "<polygon class=\"band\" points=\"" + Points(run, time, axis, &Latency::max) +
             Points(run, time, axis, &Latency::min, true) + "\"/>";
    *page += "<polyline class=\"p99\" points=\"" + Points(run, time, axis, &Latency::p99) + "\"/>";
    *page +=
        "<polyline class=\"p50\" points=\"" + Points(run, time, axis, &Latency::p50) + "\"/>\n";
  }
}

void AppendBlock(std::string_view style, double from, double to, double top, double height,
                 std::string* page) {
  page->append("<rect class=\"").append(style).append("\" x=\"").append(Number(from));
  page->append("\" y=\"").append(Number(top)).append("\" width=\"");
  page->append(Number(std::max(1.5, to - from))).append("\" height=\"").append(Number(height));
  page->append("\"/>");
}

// Steps with failed rounds that follow each other are one block.
void AppendFailures(const LatencySeries& series, const TimeAxis& time, std::string* page) {
  for (std::size_t i = 0; i < series.steps.size(); ++i) {
    if (series.steps[i].latency.failed == 0) continue;
    const Time from = series.steps[i].at;
    Time to = from + kPastStep;
    while (i + 1 < series.steps.size() && series.steps[i + 1].latency.failed > 0 &&
           series.steps[i + 1].at == to) {
      to += kPastStep;
      ++i;
    }
    AppendBlock("lost", time.Place(from), time.Place(to), 0, kHeight, page);
  }
}

std::string Summary(const Latency& whole) {
  if (whole.good == 0) return "no message came back; failed: " + std::to_string(whole.failed);
  return "least " + LatencyWords(whole.min) + ", median " + LatencyWords(whole.p50) + ", p99 " +
         LatencyWords(whole.p99) + ", most " + LatencyWords(whole.max) +
         "; good: " + std::to_string(whole.good) + ", failed: " + std::to_string(whole.failed);
}

void AppendPlot(const LatencySeries& series, const TimeAxis& time, std::string* page) {
  const LogAxis axis = LogAxis::For(series);
  *page += "<div class=\"plot\">\n<div class=\"y\" aria-hidden=\"true\">";
  for (int power = axis.low; power <= axis.high; ++power) {
    *page += "<span style=\"top:" + Number(100 * (1 - axis.Share(power))) + "%\">" +
             LatencyWords(microseconds(std::llround(std::pow(10, power)))) + "</span>";
  }
  *page +=
      "</div>\n<svg viewBox=\"0 0 1000 200\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"Round trips of " +
      Escaped(series.endpoint) + ": " + Summary(series.whole) + "\">\n";
  for (int power = axis.low; power <= axis.high; ++power) {
    const std::string y = Number(kHeight * (1 - axis.Share(power)));
    *page += "<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"" + y + "\" y2=\"" + y + "\"/>";
  }
  AppendFailures(series, time, page);
  AppendLines(series, time, axis, page);
  *page += "</svg>\n</div>\n";
}

// Passing is a low block, failing a high one: to be told apart without colour.
void AppendLane(std::string_view name, bool VerdictStretch::* verdict, const Past& past,
                const TimeAxis& time, std::string* page) {
  page->append("<div class=\"plot lane\"><div class=\"y\" aria-hidden=\"true\"><span>");
  page->append(name).append("</span></div><svg viewBox=\"0 0 1000 20\" ");
  page->append("preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
  page->append(name).append(": ");
  std::string blocks;
  Duration failing{};
  for (std::size_t i = 0; i < past.verdicts.size(); ++i) {
    const bool ok = past.verdicts[i].*verdict;
    const Time from = past.verdicts[i].at;
    const Time to = i + 1 < past.verdicts.size() ? past.verdicts[i + 1].at : past.at;
    if (!ok) failing += to - std::max(from, time.end - time.span);
    AppendBlock(ok ? "pass" : "fail", time.Place(from), time.Place(to), ok ? 12 : 1, ok ? 7 : 18,
                &blocks);
  }
  *page += failing > Duration{} ? "failed for " + AgeWords(failing) : "passed all the time";
  *page += "\">" + blocks + "</svg></div>\n";
}

}  // namespace

void AppendLatency(const Past& past, std::string* page) {
  const TimeAxis time = TimeAxis::For(past);
  *page +=
      "<section aria-labelledby=\"latency\">\n<h2 id=\"latency\">Round trips</h2>\n"
      "<div class=\"panel\">\n";
  for (const LatencySeries& series : past.round_trips) {
    *page += "<h3>" + Escaped(series.endpoint) + "</h3>\n<p>" + Summary(series.whole) + "</p>\n";
    AppendPlot(series, time, page);
  }
  AppendLane("startup", &VerdictStretch::startup, past, time, page);
  AppendLane("readiness", &VerdictStretch::readiness, past, time, page);
  AppendLane("liveness", &VerdictStretch::liveness, past, time, page);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time.span).count();
  *page += "<div class=\"x\" aria-hidden=\"true\"><span>" + std::to_string(minutes) +
           " min ago</span><span>now</span></div>\n"
           "<ul class=\"stages\" aria-label=\"Legend\">"
           "<li><span class=\"key k-p50\"></span>median of 5 s</li>"
           "<li><span class=\"key k-p99\"></span>p99</li>"
           "<li><span class=\"key k-band\"></span>least to most</li>"
           "<li><span class=\"key k-lost\"></span>rounds failed</li>"
           "<li><span class=\"key k-pass\"></span>passed</li>"
           "<li><span class=\"key k-fail\"></span>failed</li></ul>\n"
           "</div>\n</section>\n";
}

}  // namespace vitals
