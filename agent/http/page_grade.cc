#include "agent/http/page_grade.h"

#include "agent/http/html.h"

namespace vitals {
namespace {

std::string_view Sign(Grade grade) {
  switch (grade) {
    case Grade::kGood:
      return "✓";
    case Grade::kNotice:
      return "!";
    case Grade::kBad:
      return "✕";
    case Grade::kUnknown:
      break;
  }
  return "?";
}

}  // namespace

std::string_view GradeClass(Grade grade) {
  switch (grade) {
    case Grade::kGood:
      return "good";
    case Grade::kNotice:
      return "notice";
    case Grade::kBad:
      return "bad";
    case Grade::kUnknown:
      break;
  }
  return "unknown";
}

std::string Chip(Grade grade, std::string_view word) {
  std::string chip = "<span class=\"chip ";
  chip.append(GradeClass(grade)).append("\"><span aria-hidden=\"true\">").append(Sign(grade));
  chip.append("</span> ").append(Escaped(word)).append("</span>");
  return chip;
}

}  // namespace vitals
