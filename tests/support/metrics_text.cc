#include "tests/support/metrics_text.h"

#include <algorithm>
#include <sstream>

namespace vitals {

std::optional<double> MetricSum(std::string_view text, std::string_view name,
                                const std::vector<std::string>& labels) {
  std::optional<double> sum;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t name_end = line.find_first_of("{ ");
    const std::size_t value_at = line.rfind(' ');
    if (name_end == std::string::npos || line.compare(0, name_end, name) != 0) continue;
    const std::string_view series = std::string_view(line).substr(name_end, value_at - name_end);
    const bool all = std::all_of(labels.begin(), labels.end(), [&](const std::string& label) {
      return series.find(label) != std::string_view::npos;
    });
    if (all) sum = sum.value_or(0) + std::stod(line.substr(value_at + 1));
  }
  return sum;
}

}  // namespace vitals
