#include "agent/config/complaints.h"

#include <algorithm>
#include <limits>

namespace vitals {
namespace {

constexpr int kLast = std::numeric_limits<int>::max();

}  // namespace

void Complaints::Add(const Place& place, std::string message, std::string remedy) {
  found_.emplace_back(place.line > 0 ? place.line : kLast,
                      Error{std::move(message), place.text, std::move(remedy)});
}

void Complaints::Add(const Place& place, Error error) {
  Add(place, std::move(error.message), std::move(error.remedy));
}

void Complaints::Keep(Error error) { found_.emplace_back(kLast, std::move(error)); }

Errors Complaints::Take() {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Errors errors;
  for (auto& [order, error] : found_) errors.push_back(std::move(error));
  found_.clear();
  return errors;
}

}  // namespace vitals
