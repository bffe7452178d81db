#include "agent/rules_test.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <ostream>
#include <system_error>
#include <utility>

#include "agent/config/profile_store.h"
#include "agent/core/fd.h"
#include "agent/rules_report.h"
#include "agent/rules_session.h"
#include "probes/log/detect.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"
#include "probes/log/matcher.h"

namespace vitals {
namespace {

constexpr int kBadInput = 2;
constexpr std::size_t kBlock = 256 * 1024;

struct Input {
  std::string name;
  Fd fd;
  std::string head{};  // what was read for detection already
};

Error CannotRead(const std::string& name) {
  return {"cannot be read: " + std::generic_category().message(errno), name,
          "name a readable file, or '-' for the standard input"};
}

// Bytes read until the block is full or the file ends.
Result<std::size_t> ReadBlock(const Input& input, char* to) {
  std::size_t got = 0;
  while (got < kBlock) {
    const ssize_t count = ::read(input.fd.get(), to + got, kBlock - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(CannotRead(input.name));
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

tl::expected<std::vector<Input>, Errors> OpenAll(const std::vector<std::string>& files) {
  std::vector<Input> inputs;
  Errors errors;
  for (const std::string& file : files) {
    Fd fd(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    char none;
    if (!fd || ::read(fd.get(), &none, 0) < 0) {
      errors.push_back(CannotRead(file));
    } else {
      inputs.push_back({file, std::move(fd)});
    }
  }
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return inputs;
}

// Which of the profiles the files are of; reads the heads of as many as it takes.
tl::expected<ProfileChosen, Errors> Choose(const Profiles& profiles, std::vector<Input>& inputs) {
  if (profiles.size() == 1) return ProfileChosen{profiles.front(), 1.0};
  const Detector detector(profiles);
  for (Input& input : inputs) {
    input.head.resize(kBlock);
    const auto got = ReadBlock(input, input.head.data());
    if (!got) return tl::unexpected(Errors{got.error()});
    input.head.resize(*got);
    if (auto chosen = detector.Choose(input.head)) return *chosen;
  }
  return tl::unexpected(Errors{{"no shipped profile knows these lines", inputs.front().name,
                                "name the profile instead of 'auto'"}});
}

class RulesTest {
 public:
  RulesTest(const RulesFlags& flags, std::ostream& out, ProfileChosen chosen, Matcher matcher)
      : flags_(flags),
        out_(out),
        session_(std::move(chosen.profile), std::move(matcher),
                 flags.summary ? Matcher::Captures::kNone : Matcher::Captures::kNamed) {
    totals_.confidence = chosen.confidence;
  }

  std::optional<Error> Read(Input& input) {
    place_ = {input.name, 0};
    splitter_.Restart();
    decoder_.Restart();
    Feed(std::exchange(input.head, {}));
    for (;;) {
      const auto got = ReadBlock(input, block_.data());
      if (!got) return got.error();
      if (*got == 0) break;
      Feed({block_.data(), *got});
    }
    splitter_.Finish([this](std::string_view line) { OnRawLine(line); });
    decoder_.Finish([this](std::string_view line) { OnLine(line); });
    return std::nullopt;
  }

  void Finish() {
    totals_.cut_lines = splitter_.cut_lines() + decoder_.cut_lines();
    PrintSummary(out_, flags_.json, session_, totals_);
  }

 private:
  void Feed(std::string_view bytes) {
    totals_.bytes += bytes.size();
    splitter_.Feed(bytes, [this](std::string_view line) { OnRawLine(line); });
  }
  void OnRawLine(std::string_view line) {
    ++place_.number;
    decoder_.Decode(line, [this](std::string_view decoded) { OnLine(decoded); });
  }
  void OnLine(std::string_view line) {
    const auto& hits = session_.Take(line, [this] { return place_.ToString(); });
    if (flags_.summary) return;
    for (const Matcher::Hit& hit : hits) {
      PrintEvent(out_, flags_.json, session_, place_, line, hit);
    }
  }

  const RulesFlags& flags_;
  std::ostream& out_;
  RulesSession session_;
  RulesTotals totals_;
  LineSplitter splitter_;
  LineDecoder decoder_;
  LinePlace place_;
  std::string block_ = std::string(kBlock, '\0');
};

int Refuse(const Errors& errors, std::ostream& err) {
  for (const Error& error : errors) err << error.ToString() << '\n';
  return kBadInput;
}

}  // namespace

int RunRulesTest(const RulesFlags& flags, std::ostream& out, std::ostream& err) {
  const auto profiles = FindProfiles(flags.profile);
  auto inputs = OpenAll(flags.files);
  if (!profiles || !inputs) {
    Errors errors = profiles ? Errors{} : profiles.error();
    if (!inputs) errors.insert(errors.end(), inputs.error().begin(), inputs.error().end());
    return Refuse(errors, err);
  }
  auto chosen = Choose(*profiles, *inputs);
  if (!chosen) return Refuse(chosen.error(), err);
  auto matcher = Matcher::Compile(chosen->profile);
  if (!matcher) return Refuse(matcher.error(), err);

  RulesTest test(flags, out, std::move(*chosen), std::move(*matcher));
  for (Input& input : *inputs) {
    if (const auto error = test.Read(input)) return Refuse({*error}, err);
  }
  test.Finish();
  return 0;
}

}  // namespace vitals
