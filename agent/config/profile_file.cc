#include "agent/config/profile_file.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "agent/config/map_reader.h"
#include "agent/config/values.h"

namespace vitals {
namespace {

// What the log may say about a broker. The other conditions are proven by MQTT evidence alone.
constexpr ConditionType kSettable[] = {ConditionType::kBusy, ConditionType::kOverloaded,
                                       ConditionType::kFaulted, ConditionType::kClustered,
                                       ConditionType::kStopping};

Result<ConditionType> ReadSettable(std::string_view text) {
  std::vector<std::string_view> names;
  for (const ConditionType type : kSettable) names.push_back(Name(type));
  return ReadChoice(text, names).map([](std::size_t index) { return kSettable[index]; });
}

// ReadDuration is a set of overloads; this is the one without limits.
Result<Duration> ReadSpan(std::string_view text) { return ReadDuration(text); }

Result<std::string> ReadNotEmpty(std::string_view text) {
  if (text.empty()) return Fail("is empty", {}, "write an RE2 expression");
  return std::string(text);
}

class ProfileReader {
 public:
  explicit ProfileReader(std::string_view file) : file_(file) {}

  ProfileDraft Read(const Node& root) {
    auto profile = std::make_shared<Profile>();
    profile->place = file_;
    MapReader map(root, file_, complaints_);
    map.RequireScalar("name", ReadIdentifier, profile->name);
    profile->title = profile->name;
    map.Text("title", profile->title);
    map.Texts("detect", profile->detect);
    map.Text("continues", profile->continues);
    map.Texts("log_paths", profile->log_paths);
    map.Scalar("mqtt_version", ReadMqttVersion, profile->mqtt_version);
    map.Scalar("slowest_refusal", ReadSpan, profile->slowest_refusal);
    map.Scalar("boot_max", ReadSpan, profile->boot_max);
    map.Scalar("longest_announced_stall", ReadSpan, profile->longest_announced_stall);
    map.Scalar("longest_stall", ReadSpan, profile->longest_stall);
    map.Scalar("forgeable", ReadBool, profile->forgeable);
    map.Scalar("silent_alarm", ReadBool, profile->silent_alarm);
    map.Scalar("proven", ReadBool, profile->proven);
    if (const Node* rules = map.Get("rules")) ReadRules(*rules, profile->rules);
    map.Finish();
    CheckClears();
    return {std::move(profile), complaints_.Take()};
  }

 private:
  void ReadRules(const Node& list, std::vector<Rule>& rules) {
    if (list.kind == Node::Kind::kNull) return;
    if (list.kind != Node::Kind::kList) {
      complaints_.Add({file_, list.line}, "'rules' must be a list", "begin each rule with '- id:'");
      return;
    }
    std::map<std::string, std::string> places;
    for (const Node& item : list.children) {
      Rule rule = ReadRule(item);
      const auto [first, is_new] = places.emplace(rule.id, rule.place);
      if (!is_new && !rule.id.empty()) {
        complaints_.Add({file_, item.line}, "duplicate rule id '" + rule.id + "'",
                        "first used at " + first->second + "; choose another");
      }
      rules.push_back(std::move(rule));
    }
  }

  Rule ReadRule(const Node& node) {
    Rule rule;
    rule.place = Place(file_, node.line).text;
    MapReader map(node, file_, complaints_);
    map.RequireScalar("id", ReadIdentifier, rule.id);
    map.RequireScalar("event", ReadIdentifier, rule.event);
    map.RequireScalar("match", ReadNotEmpty, rule.match);
    map.Scalar(
        "severity", [](auto text) { return ReadEnum<Severity>(text, kSeverityCount); },
        rule.severity);
    map.Scalar(
        "life_cycle", [](auto text) { return ReadEnum<LifeCycle>(text, kLifeCycleCount, 1); },
        rule.life_cycle);
    map.Scalar(
        "listener",
        [](auto text) {
          return ReadChoice(text, {"opened", "failed"}).map([](std::size_t index) {
            return index == 0 ? ListenerLine::kOpened : ListenerLine::kFailed;
          });
        },
        rule.listener);
    map.Scalar("progress", ReadBool, rule.progress);
    map.Scalar("metric", ReadIdentifier, rule.metric);
    ForEachMap(map.Get("set"), [&](const Node& effect) { ReadSet(effect, rule.effects); });
    ForEachMap(map.Get("clear"), [&](const Node& effect) { ReadClear(effect, rule.effects); });
    if (const Node* when = map.Get("when")) ReadWhen(*when, rule);
    map.Scalar("mute_for", ReadSpan, rule.mute_for);
    if (const Node* samples = map.Get("samples")) {
      MapReader lines(*samples, file_, complaints_);
      lines.Texts("hit", rule.samples.hit);
      lines.Texts("miss", rule.samples.miss);
      lines.Finish();
    }
    map.Finish();
    return rule;
  }

  // `set` and `clear` take one map or a list of them.
  static void ForEachMap(const Node* node, const std::function<void(const Node&)>& visit) {
    if (node == nullptr) return;
    if (node->kind != Node::Kind::kList) return visit(*node);
    for (const Node& item : node->children) visit(item);
  }

  void ReadSet(const Node& node, std::vector<Effect>& effects) {
    MapReader map(node, file_, complaints_);
    Effect effect = ReadTarget(map, Effect::Kind::kSet);
    map.Scalar(
        "affects", [](auto text) { return ReadEnum<Affects>(text, kAffectsCount); },
        effect.affects);
    map.Scalar("hold_max", ReadSpan, effect.hold_max);
    map.Scalar("after_quiet", ReadSpan, effect.after_quiet);
    map.Scalar("ttl", ReadSpan, effect.ttl);
    map.Scalar("contradicted_after", ReadSpan, effect.contradicted_after);
    const bool holds = effect.affects == Affects::kHoldsLiveness;
    if (holds && map.Get("hold_max") == nullptr) {
      map.Complain("affects", "holds_liveness needs hold_max",
                   "add hold_max: the longest time that this work may take");
    }
    if (!holds && effect.hold_max) {
      map.Complain("hold_max", "hold_max is only for holds_liveness",
                   "remove it or write affects: holds_liveness");
    }
    map.Finish();
    set_.emplace(effect.condition, effect.subject);
    effects.push_back(std::move(effect));
  }

  void ReadClear(const Node& node, std::vector<Effect>& effects) {
    MapReader map(node, file_, complaints_);
    Effect effect = ReadTarget(map, Effect::Kind::kClear);
    map.Scalar("after_quiet", ReadSpan, effect.after_quiet);
    map.Finish();
    clears_.emplace_back(Place(file_, node.line), effect);
    effects.push_back(std::move(effect));
  }

  static Effect ReadTarget(MapReader& map, Effect::Kind kind) {
    Effect effect;
    effect.kind = kind;
    map.RequireScalar("condition", ReadSettable, effect.condition);
    map.Scalar("subject", ReadIdentifier, effect.subject);
    return effect;
  }

  void ReadWhen(const Node& node, Rule& rule) {
    MapReader map(node, file_, complaints_);
    map.RequireScalar("count", [](auto text) { return ReadInt(text, 1, 1'000'000); }, rule.count);
    map.Scalar("within", ReadSpan, rule.within);
    map.Finish();
  }

  // A clear that meets no set is a typing mistake in one of the two.
  void CheckClears() {
    if (!complaints_.empty()) return;  // the set may be the one with the mistake
    for (const auto& [place, effect] : clears_) {
      if (set_.contains({effect.condition, effect.subject})) continue;
      complaints_.Add(place,
                      "clears " + std::string(Name(effect.condition)) + " '" + effect.subject +
                          "', which no rule sets",
                      "use condition and subject of a rule that sets it");
    }
  }

  std::string_view file_;
  Complaints complaints_;
  std::set<std::pair<ConditionType, std::string>> set_;
  std::vector<std::pair<Place, Effect>> clears_;
};

}  // namespace

ProfileDraft ReadProfile(std::string_view yaml, std::string_view file_name) {
  const auto root = ParseYaml(yaml, file_name);
  if (!root) return {nullptr, root.error()};
  return ProfileReader(file_name).Read(*root);
}

tl::expected<std::shared_ptr<const Profile>, Errors> ParseProfile(std::string_view yaml,
                                                                  std::string_view file_name) {
  ProfileDraft draft = ReadProfile(yaml, file_name);
  if (!draft.errors.empty()) return tl::unexpected(std::move(draft.errors));
  return std::move(draft.profile);
}

}  // namespace vitals
