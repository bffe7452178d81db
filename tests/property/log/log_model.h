// A broker and a log rotator that do random things to a log, and the model of what a follower has
// to see: which lines were written, and which it may miss. The follower is restarted too, and goes
// on from what it knew. One thread; the seed decides everything.
//
// A line may be missed only if it was truncated before it was read, or if its file came, or went,
// between two looks or while the follower was down.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/time.h"
#include "probes/log/tailer.h"
#include "tests/support/temp_dir.h"

namespace vitals {

class LogModel final : private LineSink {
 public:
  enum class Truncation { kNever, kSometimes };
  LogModel(unsigned seed, Truncation truncation);

  // Random steps; then every line is ended and the follower reads on until all is quiet.
  void Run(int steps);

  // What is wrong with what the follower saw; empty = nothing.
  std::string Verdict() const;
  const std::string& history() const { return history_; }

 private:
  struct Written {
    std::string name;                // where it lies now; empty = deleted
    Fd fd;                           // the broker's; closed = it writes here no more
    bool noticed = false;            // the follower looked while the path led here
    std::string partial;             // the start of a line whose end is not written yet
    std::vector<std::string> lines;  // complete ones that lie in the file
  };

  void OnLine(std::string_view line, const LineOrigin& origin) override;
  bool BeginsBoot(std::string_view) override { return false; }

  void Step();
  void Turn(bool to_the_end);
  void Stop();
  void Restart();
  bool Unseen(const Written& file) const { return !file.noticed && (&file != current_ || down_); }
  void Pause();
  void WriteSome(Written& file, std::size_t at_least);
  void WritePart(Written& file);
  void EndPart(Written& file);
  void Truncate(Written& file, bool grow_back);
  void Create();
  void SwitchSymlink();
  void Rename();
  void RenameBack();
  void Delete();
  void Leave(std::string name);
  Written& Add(const std::string& name);
  Written* AnyOpen();
  std::size_t Pick(std::size_t below) { return random_() % below; }
  std::string NewLine();
  void Append(Written& file, std::string_view text);
  void Note(const std::string& what) { history_ += what + "\n"; }

  std::mt19937 random_;
  const Truncation truncation_;
  const TempDir folder_;
  const std::string path_;
  Tailer tailer_;
  bool down_ = false;
  bool restarted_ = false;        // ever
  std::vector<KnownFile> known_;  // what the follower saved when it went down
  Time now_{};
  std::vector<std::unique_ptr<Written>> files_;
  Written* current_ = nullptr;  // where the path leads; null = nowhere
  int serial_ = 0;
  std::string history_;

  std::set<std::string> written_;   // every complete line
  std::set<std::string> may_miss_;  // lines that the follower need not have seen
  std::set<std::string> parts_;     // unterminated ends of files that the broker gave up
  std::map<std::string, int> seen_;
};

}  // namespace vitals
