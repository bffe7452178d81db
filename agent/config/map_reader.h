// MapReader: takes the values of one YAML map apart by their keys. Every key that is asked for is a
// known key; Finish complains about all others. Lives on the stack of the function that reads the
// map; one thread; keeps references to the node and the complaints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config/complaints.h"
#include "agent/config/yaml_reader.h"

namespace vitals {

class MapReader {
 public:
  // A node that is no map is a complaint, and then reads as an empty one; null is an empty map.
  MapReader(const Node& node, std::string_view file, Complaints& complaints);

  // The value of `key`, nullptr if it is not given.
  const Node* Get(std::string_view key);
  // As Get; a missing key is a complaint.
  const Node* Require(std::string_view key);

  // The scalar under `key` through `read`, a function from text to Result<T>. A missing key and a
  // bad value (which is a complaint) leave the target as it is.
  template <typename Read, typename T>
  void Scalar(std::string_view key, Read read, T& target) {
    if (const Node* node = Get(key)) Convert(*node, key, read, target);
  }
  template <typename Read, typename T>
  void RequireScalar(std::string_view key, Read read, T& target) {
    if (const Node* node = Require(key)) Convert(*node, key, read, target);
  }
  void Text(std::string_view key, std::string& target);

  // These tell whether `key` is given and good. `take` is a function from text to Result<void>.
  template <typename Take>
  bool Scalar(std::string_view key, Take take) {
    const Node* node = Get(key);
    return node != nullptr && Convert(*node, key, take);
  }
  bool Texts(std::string_view key, std::vector<std::string>& target);  // a list of scalars

  // Complains about the keys that nobody asked for.
  void Finish();

  // A complaint about the line of `key`, or of the map if it is not given.
  void Complain(std::string_view key, std::string message, std::string remedy);

 private:
  template <typename Read, typename T>
  void Convert(const Node& node, std::string_view key, Read read, T& target) {
    Convert(node, key, [&](std::string_view text) {
      return read(text).map([&](auto value) { target = std::move(value); });
    });
  }
  template <typename Take>
  bool Convert(const Node& node, std::string_view key, Take take) {
    const std::optional<std::string_view> text = ScalarText(node, key);
    if (!text) return false;
    const Result<void> done = take(*text);
    if (!done) complaints_.Add({file_, node.line}, About(key, done.error()));
    return done.has_value();
  }
  std::optional<std::string_view> ScalarText(const Node& node, std::string_view key);
  static Error About(std::string_view key, Error error);

  const Node& node_;
  std::string_view file_;
  Complaints& complaints_;
  std::vector<std::string_view> known_;
};

}  // namespace vitals
