// RotatingFiles: a folder of numbered files, recording-00000001.jsonl and so on, that together stay
// within a number of bytes: the oldest go first. Lines are appended by one write(2) for many, and a
// file never ends within a line, unless the machine dies.
//
// Owned by the Recorder, its thread only. What can't be written is the caller's to count; the next
// lines are tried again.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/result.h"

namespace vitals {

// The files of a folder, oldest first; none if it can't be read.
std::vector<std::filesystem::path> RecordingFiles(const std::filesystem::path& folder);

class RotatingFiles {
 public:
  // `head` makes the first line of each file.
  RotatingFiles(std::filesystem::path folder, std::uint64_t max_bytes,
                std::function<std::string()> head);

  // Makes the folder and the first file.
  Result<void> Open();
  // Appends whole lines; how many of them could not be written.
  std::uint64_t Append(std::string_view lines);

  std::uint64_t written() const { return written_; }  // bytes, in all files
  const std::filesystem::path& folder() const { return folder_; }

 private:
  struct Kept {
    std::filesystem::path path;
    std::uint64_t bytes;
  };

  Result<void> Next();
  void Prune();
  // The length of the lines that the present file has room for.
  std::size_t Fitting(std::string_view lines) const;
  bool Write(std::string_view bytes);

  const std::filesystem::path folder_;
  const std::uint64_t max_bytes_;
  const std::uint64_t part_bytes_;
  const std::function<std::string()> head_;
  std::uint64_t number_ = 0;  // of the newest file
  std::deque<Kept> kept_;     // oldest first; the last is being written
  Fd file_;
  std::uint64_t written_ = 0;
};

}  // namespace vitals
