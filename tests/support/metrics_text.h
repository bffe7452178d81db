// Reads single values out of Prometheus' text format, for tests.
//
// Source: Prometheus text exposition format 0.0.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitals {

// The sum of all series of family `name` that carry every one of `labels` ("kind=\"foreign\"");
// nothing if there is none.
std::optional<double> MetricSum(std::string_view text, std::string_view name,
                                const std::vector<std::string>& labels = {});

}  // namespace vitals
