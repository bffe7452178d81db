#include "agent/rules_test.h"

#include <ostream>
#include <utility>

#include "agent/config/profile_store.h"
#include "agent/input_files.h"
#include "agent/rules_report.h"
#include "agent/rules_session.h"
#include "probes/log/entry_context.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"
#include "probes/log/matcher.h"

namespace vitals {
namespace {

constexpr int kBadInput = 2;

class RulesTest {
 public:
  RulesTest(const RulesFlags& flags, std::ostream& out, ProfileChosen chosen, Matcher matcher)
      : flags_(flags),
        out_(out),
        printer_(out, flags.json),
        entry_(chosen.profile->continues),
        session_(std::move(chosen.profile), std::move(matcher),
                 flags.summary ? Matcher::Captures::kNone : Matcher::Captures::kNamed) {
    totals_.confidence = chosen.confidence;
  }

  Result<void> Read(InputFile& input) {
    place_ = {input.name, 0};
    splitter_.Restart();
    decoder_.Restart();
    auto read = ReadInput(input, [this](std::string_view bytes) { Feed(bytes); });
    if (!read) return read;
    splitter_.Finish([this](std::string_view line) { OnRawLine(line); });
    decoder_.Finish([this](std::string_view line) { OnLine(line); });
    EndEntry();
    return {};
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
    if (hits.empty()) {
      const auto kept = entry_.Add(line);
      kept ? printer_.Context(*kept) : printer_.EndEntry();
      return;
    }
    EndEntry();
    for (const Matcher::Hit& hit : hits) printer_.Event(session_, place_, line, hit);
    entry_.Open(line);
  }
  void EndEntry() {
    entry_.Close();
    printer_.EndEntry();
  }

  const RulesFlags& flags_;
  std::ostream& out_;
  EventPrinter printer_;
  EntryContext entry_;
  RulesSession session_;
  RulesTotals totals_;
  LineSplitter splitter_;
  LineDecoder decoder_;
  LinePlace place_;
};

int Refuse(const Errors& errors, std::ostream& err) {
  for (const Error& error : errors) err << error.ToString() << '\n';
  return kBadInput;
}

}  // namespace

int RunRulesTest(const RulesFlags& flags, std::ostream& out, std::ostream& err) {
  const auto profiles = FindProfiles(flags.profile);
  auto inputs = OpenInputs(flags.files);
  if (!profiles || !inputs) {
    Errors errors = profiles ? Errors{} : profiles.error();
    if (!inputs) errors.insert(errors.end(), inputs.error().begin(), inputs.error().end());
    return Refuse(errors, err);
  }
  auto chosen = ChooseProfile(*profiles, *inputs);
  if (!chosen) return Refuse(chosen.error(), err);
  auto matcher = Matcher::Compile(chosen->profile);
  if (!matcher) return Refuse(matcher.error(), err);

  RulesTest test(flags, out, std::move(*chosen), std::move(*matcher));
  for (InputFile& input : *inputs) {
    if (const auto read = test.Read(input); !read) return Refuse({read.error()}, err);
  }
  test.Finish();
  return 0;
}

}  // namespace vitals
