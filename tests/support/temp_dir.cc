#include "tests/support/temp_dir.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace vitals {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "vitals-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "mkdtemp failed for " << name;
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;  // a destructor can do no more about it
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::Write(std::string_view name, std::string_view text) const {
  const auto at = path_ / name;
  std::filesystem::create_directories(at.parent_path());
  std::ofstream(at) << text;
  ::chmod(at.c_str(), 0600);
  return at;
}

}  // namespace vitals
