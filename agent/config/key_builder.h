// KeyBuilder: adds the keys of one section to a table, one call a key, by pointers to the members
// of the struct that the section fills. Used by keys.cc only.
#pragma once

#include <utility>
#include <vector>

#include "agent/config/keys.h"
#include "agent/config/values.h"

namespace vitals {

// Target is what the table fills, Part the struct inside it that holds the section's members.
template <typename Target, typename Part>
class KeyBuilder {
 public:
  using Access = Part& (*)(Target&);
  template <typename Value>
  using Member = Value Part::*;

  KeyBuilder(std::vector<Key<Target>>& keys, std::string_view section, Access access)
      : keys_(keys), section_(section), access_(access) {}

  // Any kind, with a reader and a printer of its own.
  template <typename Value, typename Read, typename Print>
  Key<Target>& Add(KeyKind kind, std::string_view name, Member<Value> member, Read read,
                   Print print, std::string_view help) {
    Key<Target>& key = Append(kind, name, help);
    key.set = [access = access_, member, read](Target& target, std::string_view text) {
      return Result<Value>(read(text)).map([&](Value value) {
        access(target).*member = std::move(value);
      });
    };
    key.print = [access = access_, member, print](const Target& target) -> std::string {
      return print(Look(access, target).*member);
    };
    return key;
  }

  void Text(std::string_view name, Member<std::string> member, std::string_view help) {
    Text(name, member, [](std::string_view text) { return Result<std::string>(text); }, help);
  }
  template <typename Read>
  void Text(std::string_view name, Member<std::string> member, Read read, std::string_view help) {
    Add(KeyKind::kText, name, member, read, [](const std::string& value) { return value; }, help);
  }

  void TextList(std::string_view name, Member<std::vector<std::string>> member,
                std::string_view help) {
    Key<Target>& key = Append(KeyKind::kTextList, name, help);
    key.list = [access = access_, member](const Target& target) -> const auto& {
      return Look(access, target).*member;
    };
    key.set_list = [access = access_, member](Target& target, std::vector<std::string> values) {
      access(target).*member = std::move(values);
    };
  }

  void Bool(std::string_view name, Member<bool> member, std::string_view help) {
    Add(
        KeyKind::kBool, name, member, ReadBool,
        [](bool value) { return std::string(value ? "true" : "false"); }, help);
  }

  void Int(std::string_view name, Member<int> member, int min, int max, std::string_view help) {
    Limit(Add(
              KeyKind::kInt, name, member,
              [min, max](std::string_view text) { return ReadInt(text, min, max); },
              [](int value) { return std::to_string(value); }, help),
          min, max);
  }

  void Span(std::string_view name, Member<Duration> member, Duration min, Duration max,
            std::string_view help) {
    Limit(Add(
              KeyKind::kDuration, name, member,
              [min, max](std::string_view text) { return ReadDuration(text, min, max); },
              PrintDuration, help),
          min.count(), max.count());
  }

  void Size(std::string_view name, Member<std::uint64_t> member, std::int64_t min, std::int64_t max,
            std::string_view help) {
    const auto low = static_cast<std::uint64_t>(min), high = static_cast<std::uint64_t>(max);
    Limit(Add(
              KeyKind::kSize, name, member,
              [low, high](std::string_view text) { return ReadSize(text, low, high); }, PrintSize,
              help),
          min, max);
  }

  void Listen(std::string_view name, Member<Address> member, std::string_view help) {
    Add(
        KeyKind::kAddress, name, member, ReadAddress,
        [](const Address& value) { return value.ToString(); }, help);
  }

  // One of `names`; values[i] is what names[i] means.
  template <typename Value>
  void Choice(std::string_view name, Member<Value> member, std::vector<std::string_view> names,
              std::vector<Value> values, std::string_view help) {
    Key<Target>& key = Add(
        KeyKind::kChoice, name, member,
        [names, values](std::string_view text) {
          return ReadChoice(text, names).map([&](std::size_t index) { return values[index]; });
        },
        [names, values](const Value& value) {
          std::size_t index = 0;
          while (values[index] != value) ++index;
          return std::string(names[index]);
        },
        help);
    key.choices = std::move(names);
  }

  static void Limit(Key<Target>& key, std::int64_t min, std::int64_t max) {
    key.min = min;
    key.max = max;
  }

 private:
  // `access` only selects a member: through it nothing is changed.
  static const Part& Look(Access access, const Target& target) {
    return access(const_cast<Target&>(target));
  }

  Key<Target>& Append(KeyKind kind, std::string_view name, std::string_view help) {
    Key<Target>& key = keys_.emplace_back();
    key.section = section_;
    key.name = name;
    key.help = help;
    key.kind = kind;
    return key;
  }

  std::vector<Key<Target>>& keys_;
  std::string_view section_;
  Access access_;
};

}  // namespace vitals
