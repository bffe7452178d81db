#include "agent/replay.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "agent/config/profile_store.h"
#include "agent/config/recorded.h"
#include "agent/config/text_file.h"
#include "agent/config/yaml_reader.h"
#include "agent/input_files.h"
#include "agent/recorder/rotating_files.h"
#include "agent/replay_log.h"
#include "agent/replay_report.h"
#include "agent/replay_session.h"
#include "probes/log/line_splitter.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

constexpr int kBadInput = 2;
constexpr std::array<std::string_view, 2> kPolicies{"default", "conservative"};

// A log says nothing about endpoints: one that stands for the broker.
constexpr std::string_view kLogConfig =
    "endpoints:\n  - {url: 'mqtt://127.0.0.1:1883', name: broker, round_trip: true}\n";

class Replay {
 public:
  Replay(const ReplayFlags& flags, std::ostream& out) : flags_(flags), out_(out) {}

  tl::expected<void, Errors> Run() {
    if (auto policy = ReadPolicy(); !policy) return policy;
    auto inputs = OpenInputs(Expand(flags_.files));
    if (!inputs) return tl::unexpected(inputs.error());
    if (inputs->empty()) return Refuse({"no recording in it", flags_.files.front(), kNameFiles});
    const auto head = PeekInput(inputs->front());
    if (!head) return Refuse(head.error());
    auto done = IsRecordingHead(*head) ? PlayRecordings(*inputs) : PlayLog(*inputs);
    if (!done) return done;
    PrintAnswer(out_, flags_.json, answer_, compared_, compared_ && identical_);
    return {};
  }

 private:
  static constexpr const char* kNameFiles = "name recordings, their folder, or logs of a broker";

  static tl::expected<void, Errors> Refuse(Error error) {
    return tl::unexpected(Errors{std::move(error)});
  }

  // A folder stands for the recordings in it, or in the recorder's part of a state folder.
  static std::vector<std::string> Expand(const std::vector<std::string>& files) {
    std::vector<std::string> all;
    std::error_code error;
    for (const std::string& file : files) {
      if (!fs::is_directory(file, error)) {
        all.push_back(file);
        continue;
      }
      auto found = RecordingFiles(file);
      if (found.empty()) found = RecordingFiles(fs::path(file) / "recorder");
      for (const fs::path& path : found) all.push_back(path.string());
    }
    return all;
  }

  tl::expected<void, Errors> ReadPolicy() {
    if (flags_.policy.empty()) return {};
    // A name stands for the whole policy, a file for those keys that it has.
    if (std::find(kPolicies.begin(), kPolicies.end(), flags_.policy) != kPolicies.end()) {
      named_policy_ = NamedText{"--policy", "policy:\n  name: " + flags_.policy + "\n"};
      return {};
    }
    auto text = ReadTextFile(flags_.policy, kMaxYamlBytes);
    if (!text) return Refuse({text.error().message, flags_.policy, text.error().remedy});
    policy_ = NamedText{flags_.policy, std::move(*text)};
    return {};
  }

  tl::expected<Settings, Errors> Configure(std::vector<NamedText> texts) const {
    if (policy_) texts.push_back(*policy_);
    return LoadRecorded(texts);
  }

  // By the name in the recording, unless the user says better.
  std::shared_ptr<const Profile> Find(std::string_view name) const {
    if (name == UnknownProfile()->name) return UnknownProfile();
    if (const auto given = Given(); given && given->name == name) return given;
    const auto found = FindProfiles(name);
    return found && found->size() == 1 ? found->front() : nullptr;
  }
  std::shared_ptr<const Profile> Given() const {
    if (flags_.profile.empty() || flags_.profile == "auto") return nullptr;
    const auto found = FindProfiles(flags_.profile);
    return found && found->size() == 1 ? found->front() : nullptr;
  }

  tl::expected<void, Errors> PlayRecordings(std::vector<InputFile>& inputs) {
    for (InputFile& input : inputs) {
      LineSplitter splitter(kMaxRecordLine);
      Errors errors;
      bool first = true;
      const auto take = [&](std::string_view line) {
        if (!errors.empty()) return;
        if (IsRecordingHead(line)) {
          if (auto begun = TakeHead(line, input.name); !begun) errors = std::move(begun.error());
        } else if (first) {
          errors.push_back({"is no recording", input.name, kNameFiles});
        } else {
          reader_->Read(line);
        }
        first = false;
      };
      const auto read =
          ReadInput(input, [&](std::string_view bytes) { splitter.Feed(bytes, take); });
      splitter.Finish(take);
      if (!read) errors.push_back(read.error());
      if (!errors.empty()) return tl::unexpected(std::move(errors));
    }
    EndLife();
    return {};
  }

  // The next file of the same life goes on; any other begins a life of its own.
  tl::expected<void, Errors> TakeHead(std::string_view line, const std::string& file) {
    const auto head = ReadHead(line);
    if (!head) return Refuse({head.error().message, file, head.error().remedy});
    if (session_ && head->head.life == session_->life().name && head->part == part_ + 1) {
      part_ = head->part;
      reader_->Read(line);
      return {};
    }
    EndLife();
    const auto profile = Find(head->head.profile);
    if (!profile) {
      return Refuse({"no profile '" + head->head.profile + "'", file,
                     "name the file that it is in with --profile"});
    }
    auto settings =
        Configure({{file + " (config)", head->head.config},
                   named_policy_.value_or(NamedText{file + " (policy)", head->head.policy})});
    if (!settings) return tl::unexpected(settings.error());
    session_.emplace(std::move(*settings), profile, head->head.began, head->wall_offset);
    session_->life().name = head->head.life;
    session_->life().first_part = part_ = head->part;
    if (head->head.resumed) session_->Resume(*head->head.resumed);
    reader_.emplace(
        profile, [this](std::string_view name) { return Find(name); },
        RecordingReader::Sinks{[this](const Evidence& one) { session_->Take(one); },
                               [this](const RecordedVerdicts& one) { session_->TakeRecorded(one); },
                               [this](std::uint64_t pieces) { session_->TakeLost(pieces); }});
    reader_->Read(line);
    return {};
  }

  void EndLife() {
    if (!session_) return;
    ReplayedLife& life = session_->life();
    if (reader_) {
      life.skipped = reader_->skipped();
      life.trouble = reader_->trouble();
    }
    PrintLife(out_, flags_.json, life);
    answer_ += Answer(life);
    compared_ = compared_ || life.recorded_verdicts;
    identical_ = identical_ && life.Identical();
    session_.reset();
    reader_.reset();
  }

  tl::expected<void, Errors> PlayLog(std::vector<InputFile>& inputs) {
    const auto profiles = FindProfiles(flags_.profile.empty() ? "auto" : flags_.profile);
    if (!profiles) return tl::unexpected(profiles.error());
    const auto chosen = ChooseProfile(*profiles, inputs);
    if (!chosen) return tl::unexpected(chosen.error());
    auto matcher = Matcher::Compile(chosen->profile);
    if (!matcher) return tl::unexpected(matcher.error());
    std::vector<NamedText> texts = {{"log", std::string(kLogConfig)}};
    if (named_policy_) texts.push_back(*named_policy_);
    auto settings = Configure(std::move(texts));
    if (!settings) return tl::unexpected(settings.error());
    const auto head = PeekInput(inputs.front());
    if (!head) return Refuse(head.error());

    const Time begin = LogPlayer::Begin(*head).value_or(Time{});
    session_.emplace(std::move(*settings), chosen->profile, begin, Duration{});
    session_->life().name = inputs.front().name;
    LogPlayer player(std::move(*matcher), [this](const Evidence& one) { session_->Take(one); });
    for (InputFile& input : inputs) {
      const auto read = ReadInput(input, [&](std::string_view bytes) { player.Play(bytes); });
      if (!read) return Refuse(read.error());
      player.EndOfFile();
    }
    EndLife();
    return {};
  }

  const ReplayFlags& flags_;
  std::ostream& out_;
  std::optional<NamedText> policy_;        // laid over the recorded one
  std::optional<NamedText> named_policy_;  // instead of the recorded one
  std::optional<ReplaySession> session_;
  std::optional<RecordingReader> reader_;
  std::uint64_t part_ = 0;
  ReplayAnswer answer_;
  bool compared_ = false;
  bool identical_ = true;
};

}  // namespace

int RunReplay(const ReplayFlags& flags, std::ostream& out, std::ostream& err) {
  const auto done = Replay(flags, out).Run();
  if (done) return 0;
  for (const Error& error : done.error()) err << error.ToString() << '\n';
  return kBadInput;
}

}  // namespace vitals
