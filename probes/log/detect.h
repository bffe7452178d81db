// Detector: tells from lines of a log which of several brokers wrote it.
//
// Owned by the LogEngine until the profile is known; one thread. It never guesses: two profiles
// that match equally many lines are no answer.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"

namespace vitals {

class Detector {
 public:
  // Expressions that do not compile are left out (CheckExpressions names them).
  explicit Detector(std::vector<std::shared_ptr<const Profile>> candidates);
  Detector(Detector&&) noexcept;
  ~Detector();

  // The profile that most of the complete lines of `text` belong to, with their share of the lines.
  std::optional<ProfileChosen> Choose(std::string_view text) const;

 private:
  struct Candidate;
  std::vector<Candidate> candidates_;
};

}  // namespace vitals
