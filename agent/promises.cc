#include "agent/promises.h"

#include <memory>
#include <utility>

#include "agent/config/text_file.h"
#include "agent/write_file.h"

namespace vitals {

Promises::Promises(Page& page, const std::string& state_dir)
    : page_(page), path_(state_dir.empty() ? "" : state_dir + "/promises.json") {}

std::string Promises::Left() const {
  const auto room = std::make_unique<std::array<char, kPromisesMax>>();
  const auto on_page = page_.promises.Read(*room);
  if (on_page && !on_page->empty()) return std::string(*on_page);
  return path_.empty() ? "" : ReadTextFile(path_, kPromisesMax).value_or("");
}

void Promises::Set(std::string text) {
  page_.promises.Write(text);
  const std::lock_guard lock(mutex_);
  text_ = std::move(text);
  written_ = false;
}

Result<void> Promises::Flush() {
  const std::lock_guard one_writer(file_mutex_);
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (path_.empty() || std::exchange(written_, true)) return {};
    text = text_;
  }
  return WriteWhole(path_, text);
}

}  // namespace vitals
