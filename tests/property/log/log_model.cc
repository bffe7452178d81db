#include "tests/property/log/log_model.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace vitals {
namespace {

constexpr std::uint64_t kNoLimit = 1ull << 40;

}  // namespace

LogModel::LogModel(unsigned seed, Truncation truncation)
    : random_(seed),
      truncation_(truncation),
      path_(folder_.path() / "b.log"),
      tailer_({path_}, 0, kNoLimit) {
  Turn(true);  // everything is new
}

void LogModel::Run(int steps) {
  for (int i = 0; i < steps; ++i) Step();
  Restart();
  for (auto& file : files_) {
    if (file->fd) EndPart(*file);
  }
  for (int i = 0; i < 3; ++i) {
    Turn(true);
    now_ += 2 * Tailer::kGrace;
  }
}

void LogModel::Step() {
  if (files_.size() % 16 == 15 && Pick(4) == 0) Pause();
  switch (Pick(16)) {
    case 0:
    case 1:
    case 2:
      if (current_ != nullptr && current_->fd) return WriteSome(*current_, 0);
      return Create();
    case 3:
      if (Written* file = AnyOpen()) WriteSome(*file, 0);  // mostly a renamed one
      return;
    case 4:
      if (Written* file = AnyOpen()) WritePart(*file);
      return;
    case 5:
      Rename();
      if (Pick(2) == 0) Create();
      return;
    case 6:
      if (truncation_ == Truncation::kNever) return Turn(true);
      if (Written* file = AnyOpen()) Truncate(*file, Pick(2) == 0);
      return;
    case 7:
      Delete();
      if (Pick(2) == 0) Create();
      return;
    case 8:
      return SwitchSymlink();
    case 9:
      return RenameBack();
    case 10:
      if (Pick(4) == 0) Pause();
      return;
    case 11:
      if (Pick(4) == 0) Stop();
      return;
    case 12:
      return Restart();
    default:
      now_ += std::chrono::milliseconds(Pick(250));
      return Turn(Pick(2) == 0);
  }
}

void LogModel::Turn(bool to_the_end) {
  static constexpr std::size_t kBudgets[] = {7, 100, 1 << 20};
  if (down_) return;
  tailer_.Scan(now_);
  if (current_ != nullptr) current_->noticed = true;
  while (tailer_.Read(now_, to_the_end ? 1 << 20 : kBudgets[Pick(3)], *this).more && to_the_end) {
  }
}

void LogModel::Stop() {
  if (down_) return;
  Note("stop");
  down_ = true;
  known_ = tailer_.Known();
  for (auto& file : files_) {
    if (file->name.empty()) file->noticed = false;  // deleted: nobody finds it again
    if (!file->noticed) may_miss_.insert(file->lines.begin(), file->lines.end());
  }
}

void LogModel::Restart() {
  if (!down_) return;
  Note("restart");
  down_ = false;
  restarted_ = true;
  tailer_ = Tailer({path_}, kNoLimit, kNoLimit);
  tailer_.Remember(std::exchange(known_, {}));
  Turn(Pick(2) == 0);
}

// So long that the follower lets old files go: the broker has given them up before.
void LogModel::Pause() {
  Note("pause");
  for (auto& file : files_) {
    if (file.get() == current_ || !file->fd) continue;
    file->fd.Close();
    if (!file->partial.empty()) parts_.insert(file->partial);
  }
  for (int i = 0; i < 3; ++i) {
    now_ += Tailer::kGrace;
    Turn(true);
  }
}

std::string LogModel::NewLine() {
  std::string line = "L" + std::to_string(serial_++) + " ";
  for (std::size_t i = Pick(60); i > 0; --i) line += static_cast<char>('a' + Pick(26));
  return line;
}

void LogModel::Append(Written& file, std::string_view text) {
  ASSERT_EQ(write(file.fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

void LogModel::EndPart(Written& file) {
  if (file.partial.empty()) return;
  const std::string rest = NewLine();
  Append(file, rest + "\n");
  const std::string line = std::exchange(file.partial, {}) + rest;
  file.lines.push_back(line);
  written_.insert(line);
  if (Unseen(file)) may_miss_.insert(line);
}

void LogModel::WriteSome(Written& file, std::size_t at_least) {
  Note("write " + file.name);
  EndPart(file);
  std::size_t bytes = 0;
  for (std::size_t lines = Pick(4) + 1; lines > 0 || bytes < at_least; lines -= lines > 0) {
    const std::string line = NewLine();
    Append(file, line + "\n");
    bytes += line.size() + 1;
    file.lines.push_back(line);
    written_.insert(line);
    if (Unseen(file)) may_miss_.insert(line);
  }
}

void LogModel::WritePart(Written& file) {
  Note("part " + file.name);
  const std::string text = "P" + std::to_string(serial_++) + ".";
  Append(file, text);
  file.partial += text;
}

void LogModel::Truncate(Written& file, bool grow_back) {
  Note((grow_back ? "grow back " : "truncate ") + file.name);
  for (const std::string& line : file.lines) {
    if (!seen_.contains(line)) may_miss_.insert(line);
  }
  file.lines.clear();
  file.partial.clear();
  const off_t size = lseek(file.fd.get(), 0, SEEK_END);
  ASSERT_EQ(ftruncate(file.fd.get(), 0), 0);
  if (grow_back) WriteSome(file, static_cast<std::size_t>(size) + Pick(3));
}

LogModel::Written& LogModel::Add(const std::string& name) {
  files_.push_back(std::make_unique<Written>());
  Written& file = *files_.back();
  file.name = name;
  file.fd = Fd(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  EXPECT_TRUE(file.fd.valid());
  return file;
}

LogModel::Written* LogModel::AnyOpen() {
  std::vector<Written*> open;
  for (auto& file : files_) {
    if (file->fd) open.push_back(file.get());
  }
  return open.empty() ? nullptr : open[Pick(open.size())];
}

void LogModel::Create() {
  if (current_ != nullptr) return;
  Note("create");
  current_ = &Add(path_);
}

// The path leads no more to the file that is there now.
void LogModel::Leave(std::string name) {
  if (truncation_ == Truncation::kNever && !current_->noticed) Turn(false);
  Written& file = *std::exchange(current_, nullptr);
  if (down_ && name.empty()) file.noticed = false;
  if (!file.noticed) may_miss_.insert(file.lines.begin(), file.lines.end());
  file.name = std::move(name);
}

void LogModel::Rename() {
  if (current_ == nullptr) return;
  Note("rename");
  const std::string name = path_ + "." + std::to_string(serial_++);
  Leave(name);
  std::filesystem::rename(path_, name);
}

void LogModel::RenameBack() {
  if (current_ != nullptr || files_.empty()) return;
  Written& file = *files_[Pick(files_.size())];
  if (file.name.empty() || (!file.fd && !file.partial.empty())) return;
  Note("rename back " + file.name);
  std::filesystem::rename(file.name, path_);
  if (!file.fd) {
    file.fd = Fd(open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    file.noticed = false;  // the follower let it go
  }
  file.name = path_;
  current_ = &file;
}

void LogModel::Delete() {
  if (current_ == nullptr) return;
  Note("delete");
  Leave("");
  std::filesystem::remove(path_);
}

void LogModel::SwitchSymlink() {
  Note("switch");
  const std::string target = folder_.path() / ("t." + std::to_string(serial_++));
  const std::string link = target + ".link";
  if (current_ != nullptr) Leave("");
  Written& file = Add(target);
  std::filesystem::create_symlink(target, link);
  std::filesystem::rename(link, path_);
  current_ = &file;
}

void LogModel::OnLine(std::string_view line, const LineOrigin& origin) {
  EXPECT_TRUE(!origin.look_back || restarted_);
  Note("  saw " + std::string(line));
  ++seen_[std::string(line)];
}

std::string LogModel::Verdict() const {
  for (const auto& [line, times] : seen_) {
    if (times > 1) return "seen " + std::to_string(times) + " times: " + line;
    if (!written_.contains(line) && !parts_.contains(line)) return "never written: " + line;
  }
  for (const std::string& line : written_) {
    if (!seen_.contains(line) && !may_miss_.contains(line)) return "lost: " + line;
  }
  return "";
}

}  // namespace vitals
