// TempFile: a file with the given text for as long as the object lives. Tests of this folder only.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace vitals {

class TempFile {
 public:
  explicit TempFile(std::string_view text, std::string_view ending = "") {
    path_ = testing::TempDir() + "vitals_config_XXXXXX" + std::string(ending);
    const int fd = ::mkstemps(path_.data(), static_cast<int>(ending.size()));
    EXPECT_GE(fd, 0);
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile() { ::unlink(path_.c_str()); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace vitals
