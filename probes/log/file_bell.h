// FileBell: a sleep that a write to one of the watched folders ends early. inotify only saves
// waiting, it is never believed: where it is not to be had, or a file lies behind a link to another
// folder, the sleep just lasts its whole time, and the follower looks by itself.
//
// Owned by LogProbe. Watch and Sleep: its thread; Ring: any thread. Source: inotify(7).
#pragma once

#include <string>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class FileBell {
 public:
  FileBell();

  // The folders of these globs, as far as they are there; again and again is cheap.
  void Watch(const std::vector<std::string>& patterns);
  // Until something was written, renamed or created there, the bell was rung, or `most` is over.
  // True: something was.
  bool Sleep(Duration most);
  void Ring() const;

 private:
  Fd inotify_;
  Fd ring_;
};

}  // namespace vitals
