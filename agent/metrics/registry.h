// The only door to prometheus-cpp: families as the catalogue describes them, their children made on
// first use with label values in the catalogue's order, and the text format (Prometheus text
// exposition format 0.0.4).
//
// Owned by Metrics. Children are made and removed on the pump's thread; values and Render are safe
// from any thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "agent/metrics/catalogue.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace vitals {

class MetricRegistry {
 public:
  using Values = std::initializer_list<std::string_view>;

  MetricRegistry();
  ~MetricRegistry();

  prometheus::Counter& CounterOf(Metric metric, Values labels = {});
  prometheus::Gauge& GaugeOf(Metric metric, Values labels = {});
  prometheus::Histogram& HistogramOf(Metric metric, Values labels = {});
  void Remove(Metric metric, prometheus::Gauge& gauge);

  // Raises a counter to a total that someone else counts; never lowers it.
  void RaiseTo(Metric metric, double total);

  // process_* included.
  std::string Render() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace vitals
