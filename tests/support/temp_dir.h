// TempDir: a folder of its own for one test, removed with everything in it. One owner, one thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace vitals {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes a file (mode 0600: some hold passwords) and says where it is.
  std::filesystem::path Write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace vitals
