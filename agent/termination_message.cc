#include "agent/termination_message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "agent/core/fd.h"
#include "agent/core/settings.h"
#include "agent/termination_text.h"

namespace vitals {

bool TerminationMessage::Publish(const Snapshot& snapshot) {
  if (path_.empty()) return false;
  std::optional<std::string> text;
  if (snapshot.failure && snapshot.failure != failure_) {
    text = TerminationText(*snapshot.failure, snapshot.wall);
    empty_ = false;
  } else if (!empty_ && !snapshot.failure && !snapshot.outlook.would_fail && snapshot.startup.ok) {
    text = "";
    empty_ = true;
  }
  failure_ = snapshot.failure;
  if (!text) return false;
  const std::lock_guard lock(mutex_);
  text_ = std::move(text);
  return true;
}

Result<void> TerminationMessage::Flush() {
  std::optional<std::string> text;
  {
    const std::lock_guard lock(mutex_);
    text = std::exchange(text_, std::nullopt);
  }
  if (!text) return {};
  const bool kubelets = path_ == kOwnTerminationMessage;
  // O_NONBLOCK: a pipe without a reader would hold us up. Mode 0644: the broker's container reads
  // it.
  const int how = O_WRONLY | O_NONBLOCK | O_CLOEXEC | (kubelets ? 0 : O_CREAT);
  const Fd file(::open(path_.c_str(), how, 0644));
  if (!file && kubelets) return {};  // no container of Kubernetes
  struct stat status{};
  const bool ours = file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
  if (ours && ::ftruncate(file.get(), 0) == 0 &&
      ::write(file.get(), text->data(), text->size()) == static_cast<ssize_t>(text->size())) {
    return {};
  }
  const std::string cause =
      file && !ours ? "it is no regular file" : std::generic_category().message(errno);
  return Fail("the termination message can't be written: " + cause, path_,
              "let the agent's user write there, or change output.termination_message");
}

}  // namespace vitals
