#include "probes/log/deciding_literals.h"

#include <re2/filtered_re2.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "probes/log/expression.h"
#include "probes/log/skip_scan.h"

namespace vitals {
namespace {

// Of more literals than these, the deciding ones are not worth the search.
constexpr std::size_t kMostToDecide = 64;

}  // namespace

// RE2's prefilter only answers whether an expression can match given what is present, so every
// literal is tried for whether it may be present without that: those which may not are the ones
// that decide.
std::vector<std::string> DecidingLiterals(const std::string& expression) {
  re2::FilteredRE2 filter(SkipScan::kShortest);
  int id = 0;
  filter.Add(expression, ExpressionOptions(), &id);
  std::vector<std::string> literals;
  filter.Compile(&literals);
  const auto can_match = [&filter](std::vector<int> present) {
    std::ranges::sort(present);
    std::vector<int> potentials;
    filter.AllPotentials(present, &potentials);
    return !potentials.empty();
  };
  if (can_match({})) return {};
  if (literals.size() > kMostToDecide) return literals;
  std::vector<int> short_first(literals.size());
  std::iota(short_first.begin(), short_first.end(), 0);
  std::ranges::sort(short_first, {}, [&](int i) {
    return std::pair(literals[static_cast<std::size_t>(i)].size(), i);
  });
  std::vector<int> present;
  std::vector<std::string> deciding;
  for (const int i : short_first) {
    present.push_back(i);
    if (!can_match(present)) continue;
    present.pop_back();
    deciding.push_back(literals[static_cast<std::size_t>(i)]);
  }
  return deciding;
}

}  // namespace vitals
