// Promises: keeps what the judge has promised (a hold, a drain, the kill budget) where the next
// judge finds it: on the page for the next worker, in the state folder for the next agent.
//
// Owned by the app. Left: before the pump starts. Set: the pump's thread. Flush: any other thread;
// it writes to disk.
#pragma once

#include <mutex>
#include <string>

#include "agent/core/result.h"
#include "agent/gate/page.h"

namespace vitals {

class Promises {
 public:
  // An empty `state_dir`: no file.
  Promises(Page& page, const std::string& state_dir);

  // What a worker or an agent before this one has left; empty if there was none.
  std::string Left() const;

  void Set(std::string text);
  // Puts what was Set last on disk, if it is not there yet.
  Result<void> Flush();

 private:
  Page& page_;
  const std::string path_;  // empty = none
  std::mutex file_mutex_;   // taken first; held for the disk's time
  std::mutex mutex_;
  std::string text_;
  bool written_ = true;
};

}  // namespace vitals
