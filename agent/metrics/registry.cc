#include "agent/metrics/registry.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <string>

#include "agent/metrics/process_usage.h"

namespace vitals {
namespace {

// Loopback answers within fractions of a millisecond; a broker in trouble takes seconds.
const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets{
      0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
      0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   5};
  return buckets;
}

std::map<std::string, std::string> LabelsOf(Metric metric, MetricRegistry::Values values) {
  std::map<std::string, std::string> labels;
  const auto names = Describe(metric).labels();
  auto name = names.begin();
  for (const auto value : values) labels.emplace(*name++, value);
  return labels;
}

bool IsProcessMetric(Metric metric) { return metric >= Metric::kProcessCpu; }

// process_* are read when they are asked for, so they have no objects of their own.
void AppendProcess(std::vector<prometheus::MetricFamily>* families) {
  const ProcessUsage usage = ReadProcessUsage();
  const auto append = [&](Metric metric, double value) {
    const auto& description = Describe(metric);
    prometheus::MetricFamily family;
    family.name = description.name;
    family.help = description.help;
    family.metric.emplace_back();
    if (description.kind == MetricKind::kCounter) {
      family.type = prometheus::MetricType::Counter;
      family.metric[0].counter.value = value;
    } else {
      family.type = prometheus::MetricType::Gauge;
      family.metric[0].gauge.value = value;
    }
    families->push_back(std::move(family));
  };
  append(Metric::kProcessCpu, usage.cpu_seconds);
  append(Metric::kProcessMemory, usage.resident_bytes);
  append(Metric::kProcessFds, usage.open_fds);
  append(Metric::kProcessThreads, usage.threads);
  append(Metric::kProcessStart, usage.start_time);
}

}  // namespace

struct MetricRegistry::Families {
  prometheus::Registry registry;
  std::array<prometheus::Family<prometheus::Counter>*, kMetricCount> counters{};
  std::array<prometheus::Family<prometheus::Gauge>*, kMetricCount> gauges{};
  std::array<prometheus::Family<prometheus::Histogram>*, kMetricCount> histograms{};
  // The only child of what has no labels.
  std::array<prometheus::Counter*, kMetricCount> plain_counters{};
  std::array<prometheus::Gauge*, kMetricCount> plain_gauges{};
};

MetricRegistry::MetricRegistry() : families_(std::make_unique<Families>()) {
  for (const MetricFamily& family : MetricCatalogue()) {
    if (IsProcessMetric(family.metric)) continue;
    const std::string name(family.name);
    const std::string help(family.help);
    const auto index = static_cast<std::size_t>(family.metric);
    switch (family.kind) {
      case MetricKind::kCounter:
        families_->counters[index] =
            &prometheus::BuildCounter().Name(name).Help(help).Register(families_->registry);
        break;
      case MetricKind::kGauge:
        families_->gauges[index] =
            &prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry);
        break;
      case MetricKind::kHistogram:
        families_->histograms[index] =
            &prometheus::BuildHistogram().Name(name).Help(help).Register(families_->registry);
        break;
    }
    // What has no labels exists at zero from the start.
    if (!family.labels().empty()) continue;
    if (family.kind == MetricKind::kCounter) {
      families_->plain_counters[index] = &families_->counters[index]->Add({});
    } else if (family.kind == MetricKind::kGauge) {
      families_->plain_gauges[index] = &families_->gauges[index]->Add({});
    }
  }
}

MetricRegistry::~MetricRegistry() = default;

prometheus::Counter& MetricRegistry::CounterOf(Metric metric, Values labels) {
  const auto index = static_cast<std::size_t>(metric);
  if (auto* plain = families_->plain_counters.at(index)) return *plain;
  return families_->counters[index]->Add(LabelsOf(metric, labels));
}

prometheus::Gauge& MetricRegistry::GaugeOf(Metric metric, Values labels) {
  const auto index = static_cast<std::size_t>(metric);
  if (auto* plain = families_->plain_gauges.at(index)) return *plain;
  return families_->gauges[index]->Add(LabelsOf(metric, labels));
}

prometheus::Histogram& MetricRegistry::HistogramOf(Metric metric, Values labels) {
  return families_->histograms.at(static_cast<std::size_t>(metric))
      ->Add(LabelsOf(metric, labels), Buckets());
}

void MetricRegistry::Remove(Metric metric, prometheus::Gauge& gauge) {
  families_->gauges.at(static_cast<std::size_t>(metric))->Remove(&gauge);
}

void MetricRegistry::RaiseTo(Metric metric, double total) {
  auto& counter = CounterOf(metric);
  const double more = total - counter.Value();
  if (more > 0) counter.Increment(more);
}

std::string MetricRegistry::Render() const {
  auto families = families_->registry.Collect();
  AppendProcess(&families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace vitals
