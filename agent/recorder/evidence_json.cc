#include "agent/recorder/evidence_json.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<ConnectEvidence::Grade, 2> kGrades{{"soft", "final"}};
// In the order of Evidence::what.
constexpr std::array<std::string_view, std::variant_size_v<decltype(Evidence::what)>> kKinds{
    "tick",    "connect",  "round",   "stray",   "silence",       "bystanders", "event",
    "context", "progress", "profile", "command", "configuration", "process"};

std::string_view Name(ConnectEvidence::Grade grade) { return kGrades.Name(grade); }

template <typename Enum>
constexpr std::size_t kCount = 0;
template <>
constexpr std::size_t kCount<ConnectEvidence::Grade> = 2;
template <>
constexpr std::size_t kCount<Command::Kind> = kCommandKindCount;
template <>
constexpr std::size_t kCount<FarEnd> = kFarEndCount;
template <>
constexpr std::size_t kCount<ProbeKind> = kProbeKindCount;
template <>
constexpr std::size_t kCount<MessageKind> = kMessageKindCount;
template <>
constexpr std::size_t kCount<Stage> = kStageCount;
template <>
constexpr std::size_t kCount<Fault> = kFaultCount;
template <>
constexpr std::size_t kCount<FailReason> = kFailReasonCount;
template <>
constexpr std::size_t kCount<Source> = kSourceCount;

template <typename Enum>
Enum FindNamed(std::string_view name) {
  for (std::size_t i = 0; i < kCount<Enum>; ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  throw std::out_of_range("unknown word '" + std::string(name) + "'");
}

// The same list of fields serves a const struct (writing) and a mutable one (reading).
template <typename T, typename Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

template <Is<Failure> S, typename V>
void Fields(S& what, V visit) {
  auto& [stage, reason, fault, detail] = what;
  visit("stage", stage), visit("reason", reason), visit("fault", fault), visit("detail", detail);
}
template <Is<Tick> S, typename V>
void Fields(S& what, V visit) {
  auto& [wall, late] = what;
  visit("wall", wall), visit("late", late);
}
template <Is<ServedCertificate> S, typename V>
void Fields(S& what, V visit) {
  auto& [expires, trusted, name_ok] = what;
  visit("expires", expires), visit("trusted", trusted), visit("name_ok", name_ok);
}
template <Is<ConnectEvidence> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, connection, grade, failure, reacted, far_end, stages, certificate] = what;
  visit("endpoint", endpoint), visit("connection", connection), visit("grade", grade);
  visit("failure", failure), visit("reacted", reacted), visit("far_end", far_end);
  visit("stages", stages), visit("certificate", certificate);
}
template <Is<RoundTripEvidence> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, round, failure, reacted, far_end, stages] = what;
  visit("endpoint", endpoint), visit("round", round), visit("failure", failure);
  visit("reacted", reacted), visit("far_end", far_end), visit("stages", stages);
}
template <Is<StrayMessage> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, kind] = what;
  visit("endpoint", endpoint), visit("kind", kind);
}
template <Is<SilenceSample> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, probe, connection, opened_at, waiting_since, far_end, unread, at_our_end] = what;
  visit("endpoint", endpoint), visit("probe", probe), visit("connection", connection);
  visit("opened_at", opened_at), visit("waiting_since", waiting_since);
  visit("far_end", far_end), visit("unread_bytes", unread);
  visit("bytes_at_our_end", at_our_end);
}
template <Is<BystanderLook> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, complete, seen, read_at, answered_at] = what;
  visit("endpoint", endpoint), visit("complete", complete), visit("seen", seen);
  visit("read_at", read_at), visit("answered_at", answered_at);
}
template <Is<LogEvent> S, typename V>
void Fields(S& what, V visit) {
  auto& [rule, line, captures, look_back, fingerprint] = what;
  visit("rule", rule), visit("line", line), visit("captures", captures);
  visit("look_back", look_back), visit("fingerprint", fingerprint);
}
template <Is<LogContext> S, typename V>
void Fields(S& what, V visit) {
  auto& [rule, text, look_back] = what;
  visit("rule", rule), visit("text", text), visit("look_back", look_back);
}
template <Is<LogProgress> S, typename V>
void Fields(S& what, V visit) {
  auto& [lines, bytes, matched, rotations, truncations, gaps, gap_bytes, cut_lines, freed_bytes,
         last_read, files, lag_bytes, lag, trouble] = what;
  visit("lines", lines), visit("bytes", bytes), visit("matched", matched);
  visit("rotations", rotations), visit("truncations", truncations), visit("gaps", gaps);
  visit("gap_bytes", gap_bytes), visit("cut_lines", cut_lines), visit("freed_bytes", freed_bytes);
  visit("last_read", last_read), visit("files", files), visit("lag_bytes", lag_bytes);
  visit("lag", lag), visit("trouble", trouble);
}
template <Is<ProfileChosen> S, typename V>
void Fields(S& what, V visit) {
  auto& [profile, confidence] = what;
  visit("profile", profile), visit("confidence", confidence);
}
template <Is<Command> S, typename V>
void Fields(S& what, V visit) {
  auto& [kind, length, text, by] = what;
  visit("kind", kind), visit("length", length), visit("text", text), visit("by", by);
}

template <Is<ConfigurationRead> S, typename V>
void Fields(S& what, V visit) {
  auto& [in_force_since, trouble] = what;
  visit("in_force_since", in_force_since), visit("trouble", trouble);
}

template <Is<ProcessIdentity> S, typename V>
void Fields(S& what, V visit) {
  auto& [pid, started_at] = what;
  visit("pid", pid), visit("started_at", started_at);
}
template <Is<ProcessLook> S, typename V>
void Fields(S& what, V visit) {
  auto& [trouble, process, owner, age, cpu, disk_sleep] = what;
  visit("trouble", trouble), visit("process", process), visit("owner", owner);
  visit("age", age), visit("cpu", cpu), visit("disk_sleep", disk_sleep);
}
template <Is<WaitingConnection> S, typename V>
void Fields(S& what, V visit) {
  auto& [age, far_end, unread] = what;
  visit("age", age), visit("far_end", far_end), visit("unread_bytes", unread);
}
template <Is<OthersSeen> S, typename V>
void Fields(S& what, V visit) {
  auto& [age, complete, seen, read, answered] = what;
  visit("age", age), visit("complete", complete), visit("seen", seen);
  visit("read", read), visit("answered", answered);
}
template <Is<PathEvidence> S, typename V>
void Fields(S& what, V visit) {
  auto& [endpoint, reacted, answered, connecting, delivering, standing, pending, others] = what;
  visit("endpoint", endpoint), visit("reacted", reacted), visit("answered", answered);
  visit("connecting", connecting), visit("delivering", delivering);
  visit("standing", standing), visit("pending", pending), visit("others", others);
}
template <Is<FailureEvidence> S, typename V>
void Fields(S& what, V visit) {
  auto& [outcome, reason, message, read, answer, window, budget_left, hold, fault, paths] = what;
  visit("outcome", outcome), visit("reason", reason), visit("message", message);
  visit("read_silence", read), visit("answer_silence", answer), visit("window", window);
  visit("budget_left", budget_left), visit("hold", hold), visit("fault", fault);
  visit("endpoints", paths);
}

template <typename T>
concept Plain = std::integral<T> || std::floating_point<T> || std::same_as<T, std::string>;

struct Encoder {
  template <Plain T>
  static RecordJson Encode(const T& value) {
    return value;
  }
  template <typename Enum>
    requires std::is_enum_v<Enum>
  static RecordJson Encode(Enum value) {
    return Name(value);
  }
  static RecordJson Encode(Duration value) { return value.count(); }
  static RecordJson Encode(Time value) { return value.time_since_epoch().count(); }
  static RecordJson Encode(WallTime value) { return value.time_since_epoch().count(); }
  static RecordJson Encode(const Rule* rule) { return rule->id; }
  static RecordJson Encode(const std::shared_ptr<const Profile>& profile) { return profile->name; }
  static RecordJson Encode(const std::vector<std::pair<std::string, std::string>>& captures) {
    RecordJson json = RecordJson::array();
    for (const auto& [name, text] : captures) json.push_back(RecordJson::array({name, text}));
    return json;
  }
  // By the names of an enum's values, those that are empty left out.
  template <typename Enum, typename T, std::size_t N>
  static RecordJson EncodeBy(const std::array<T, N>& values) {
    RecordJson json = RecordJson::object();
    for (std::size_t i = 0; i < N; ++i) {
      if (values[i] != T{}) json[std::string(Name(static_cast<Enum>(i)))] = Encode(values[i]);
    }
    return json;
  }
  static RecordJson Encode(const StageTimes& times) { return EncodeBy<Stage>(times); }
  static RecordJson Encode(const std::array<Duration, kSourceCount>& late) {
    return EncodeBy<Source>(late);
  }
  template <typename T>
  static RecordJson Encode(const std::optional<T>& value) {
    return Encode(*value);
  }
  static RecordJson Encode(const Failure& failure) { return EncodeFields(failure); }
  static RecordJson Encode(const ServedCertificate& seen) { return EncodeFields(seen); }
  static RecordJson Encode(const ProcessIdentity& process) { return EncodeFields(process); }
  static RecordJson Encode(const WaitingConnection& one) { return EncodeFields(one); }
  static RecordJson Encode(const OthersSeen& others) { return EncodeFields(others); }
  static RecordJson Encode(const PathEvidence& path) { return EncodeFields(path); }
  template <typename T>
  static RecordJson Encode(const std::vector<T>& list) {
    RecordJson json = RecordJson::array();
    for (const T& one : list) json.push_back(Encode(one));
    return json;
  }

  template <typename Struct>
  static RecordJson EncodeFields(const Struct& what) {
    RecordJson json = RecordJson::object();
    Fields(what, [&json](const char* name, const auto& value) {
      if (!IsEmpty(value)) json[name] = Encode(value);
    });
    return json;
  }

 private:
  template <typename T>
  static bool IsEmpty(const T& value) {
    return value == T{};
  }
  template <typename T>
  static bool IsEmpty(const std::optional<T>& value) {
    return !value;
  }
  template <typename T>
  static bool IsEmpty(const std::vector<T>& list) {
    return list.empty();
  }
};

// Reads values; throws what nlohmann throws, or std::out_of_range, on what no writer wrote.
struct Decoder {
  const Profile& profile;
  const FindProfile& find;

  template <Plain T>
  void Decode(const RecordJson& json, T& value) const {
    json.get_to(value);
  }
  template <typename Enum>
    requires std::is_enum_v<Enum>
  void Decode(const RecordJson& json, Enum& value) const {
    value = FindNamed<Enum>(json.get_ref<const std::string&>());
  }
  void Decode(const RecordJson& json, Duration& value) const {
    value = Duration(json.get<std::int64_t>());
  }
  void Decode(const RecordJson& json, Time& value) const {
    value = Time(Duration(json.get<std::int64_t>()));
  }
  void Decode(const RecordJson& json, WallTime& value) const {
    value = WallTime(Duration(json.get<std::int64_t>()));
  }
  void Decode(const RecordJson& json, const Rule*& rule) const {
    const auto& id = json.get_ref<const std::string&>();
    const auto at = std::find_if(profile.rules.begin(), profile.rules.end(),
                                 [&](const Rule& one) { return one.id == id; });
    if (at == profile.rules.end()) {
      throw std::out_of_range("no rule '" + id + "' in profile " + profile.name);
    }
    rule = &*at;
  }
  void Decode(const RecordJson& json, std::shared_ptr<const Profile>& chosen) const {
    const auto& name = json.get_ref<const std::string&>();
    chosen = find(name);
    if (!chosen) throw std::out_of_range("no profile '" + name + "'");
  }
  void Decode(const RecordJson& json,
              std::vector<std::pair<std::string, std::string>>& captures) const {
    for (const RecordJson& pair : json) captures.emplace_back(pair.at(0), pair.at(1));
  }
  template <typename Enum, typename T, std::size_t N>
  void DecodeBy(const RecordJson& json, std::array<T, N>& values) const {
    for (const auto& [name, value] : json.items()) {
      Decode(value, values[static_cast<std::size_t>(FindNamed<Enum>(name))]);
    }
  }
  void Decode(const RecordJson& json, StageTimes& times) const { DecodeBy<Stage>(json, times); }
  void Decode(const RecordJson& json, std::array<Duration, kSourceCount>& late) const {
    DecodeBy<Source>(json, late);
  }
  template <typename T>
  void Decode(const RecordJson& json, std::optional<T>& value) const {
    Decode(json, value.emplace());
  }
  void Decode(const RecordJson& json, Failure& failure) const { DecodeFields(json, failure); }
  void Decode(const RecordJson& json, ServedCertificate& seen) const { DecodeFields(json, seen); }
  void Decode(const RecordJson& json, ProcessIdentity& process) const {
    DecodeFields(json, process);
  }

  template <typename Struct>
  void DecodeFields(const RecordJson& json, Struct& what) const {
    Fields(what, [&](const char* name, auto& value) {
      value = {};
      if (const auto at = json.find(name); at != json.end()) Decode(*at, value);
    });
  }

  // The alternative of the variant whose kind this is.
  template <std::size_t I = 0>
  void DecodeKind(std::size_t kind, const RecordJson& json, Evidence& evidence) const {
    if constexpr (I < kKinds.size()) {
      if (kind != I) return DecodeKind<I + 1>(kind, json, evidence);
      DecodeFields(json, evidence.what.emplace<I>());
    }
  }
};

// What may be kept of evidence if no text of the broker is asked for.
LogEvent WithoutText(const LogEvent& event) {
  LogEvent bare{event.rule, {}, {}, event.look_back, event.fingerprint};
  if (event.rule->listener == ListenerLine::kNone) return bare;
  for (const auto& capture : event.captures) {
    if (capture.first == "address" || capture.first == "port") bare.captures.push_back(capture);
  }
  return bare;
}
LogContext WithoutText(const LogContext& context) { return {context.rule, {}, context.look_back}; }
template <typename What>
const What& WithoutText(const What& what) {
  return what;
}

}  // namespace

RecordJson ToJson(const Evidence& evidence, bool broker_lines) {
  RecordJson json = {{"at", Encoder::Encode(evidence.at)}};
  json[std::string(kKinds[evidence.what.index()])] = std::visit(
      [broker_lines](const auto& what) {
        return Encoder::EncodeFields(broker_lines ? what : WithoutText(what));
      },
      evidence.what);
  return json;
}

RecordJson ToJson(const FailureEvidence& evidence) { return Encoder::EncodeFields(evidence); }

EvidenceReader::EvidenceReader(std::shared_ptr<const Profile> profile, FindProfile find)
    : profile_(std::move(profile)), find_(std::move(find)) {}

Result<Evidence> EvidenceReader::Read(const RecordJson& json) {
  try {
    const Decoder decoder{*profile_, find_};
    Evidence evidence;
    decoder.Decode(json.at("at"), evidence.at);
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      const auto at = json.find(kKinds[kind]);
      if (at == json.end()) continue;
      decoder.DecodeKind(kind, *at, evidence);
      if (const auto* event = std::get_if<LogEvent>(&evidence.what)) {
        if (event->rule == nullptr) return Fail("an event without a rule");
      }
      if (const auto* context = std::get_if<LogContext>(&evidence.what)) {
        if (context->rule == nullptr) return Fail("a context without a rule");
      }
      if (const auto* chosen = std::get_if<ProfileChosen>(&evidence.what)) {
        if (!chosen->profile) return Fail("a choice without a profile");
        profile_ = chosen->profile;
      }
      return evidence;
    }
    return Fail("no evidence of a known kind");
  } catch (const std::exception& error) {
    return Fail(error.what());
  }
}

}  // namespace vitals
