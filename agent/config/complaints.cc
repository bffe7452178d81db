#include "agent/config/complaints.h"

#include <algorithm>
#include <limits>

namespace vitals {

void Complaints::Add(const Place& place, std::string message, std::string remedy) {
  Insert(place.line, Error{std::move(message), place.text, std::move(remedy)});
}

void Complaints::Add(const Place& place, Error error) {
  Add(place, std::move(error.message), std::move(error.remedy));
}

void Complaints::Keep(Error error) { Insert(0, std::move(error)); }

Errors Complaints::Take() {
  Errors errors;
  for (auto& [order, error] : found_) errors.push_back(std::move(error));
  found_.clear();
  return errors;
}

void Complaints::Insert(int line, Error error) {
  const int order = line > 0 ? line : std::numeric_limits<int>::max();
  const auto at =
      std::upper_bound(found_.begin(), found_.end(), order,
                       [](int value, const auto& other) { return value < other.first; });
  found_.emplace(at, order, std::move(error));
}

}  // namespace vitals
