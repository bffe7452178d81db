// The first thing on the status page: how it is, in one line, and what will happen next. Pure, any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/http/grade.h"
#include "agent/http/status_page.h"

namespace vitals {

struct Headline {
  Grade grade = Grade::kUnknown;
  std::string_view words;
};

Headline HeadlineOf(const Snapshot* snapshot);
void AppendOutlook(const PageInput& input, const Headline& headline, std::string* page);

}  // namespace vitals
