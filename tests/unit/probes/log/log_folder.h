// LogFolder: a temporary folder with log files, and a sink that collects their lines. One thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/fd.h"
#include "probes/log/log_file.h"
#include "tests/support/temp_dir.h"

namespace vitals {

class LogFolder {
 public:
  std::string Path(std::string_view name) const { return (folder_.path() / name).string(); }
  void Write(std::string_view name, std::string_view text) const {
    std::ofstream(Path(name), std::ios::binary | std::ios::app) << text;
  }
  void Rename(std::string_view from, std::string_view to) const {
    std::filesystem::rename(Path(from), Path(to));
  }
  void Truncate(std::string_view name) const { std::filesystem::resize_file(Path(name), 0); }
  void Delete(std::string_view name) const { std::filesystem::remove(Path(name)); }

 private:
  TempDir folder_;
};

// A broker's descriptor: goes on writing into its file whatever that is called meanwhile.
class Writer {
 public:
  explicit Writer(const std::string& path, int flags = O_APPEND)
      : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600)) {}
  void Write(std::string_view text) const {
    ASSERT_EQ(write(fd_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  Fd fd_;
};

class Lines final : public LineSink {
 public:
  void OnLine(std::string_view line, const LineOrigin& origin) override {
    all.emplace_back(line);
    if (origin.look_back) ++old;
  }
  bool BeginsBoot(std::string_view line) override { return line.starts_with("boot"); }

  std::vector<std::string> all;
  std::size_t old = 0;
};

}  // namespace vitals
