#include "agent/config/map_reader.h"

#include <algorithm>

#include "agent/config/values.h"

namespace vitals {

MapReader::MapReader(const Node& node, std::string_view file, Complaints& complaints)
    : node_(node), file_(file), complaints_(complaints) {
  if (node.kind != Node::Kind::kMap && node.kind != Node::Kind::kNull) {
    const std::string what = node.key.empty() ? "this" : "'" + node.key + "'";
    complaints_.Add({file_, node.line}, what + " must be a map", "write KEY: VALUE lines");
  }
}

const Node* MapReader::Get(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  if (node_.kind != Node::Kind::kMap) return nullptr;
  const auto found = std::find_if(node_.children.begin(), node_.children.end(),
                                  [key](const Node& child) { return child.key == key; });
  return found == node_.children.end() ? nullptr : &*found;
}

const Node* MapReader::Require(std::string_view key) {
  const Node* node = Get(key);
  const bool is_map = node_.kind == Node::Kind::kMap || node_.kind == Node::Kind::kNull;
  if (node == nullptr && is_map) {
    complaints_.Add({file_, node_.line}, "missing key '" + std::string(key) + "'", "add it");
  }
  return node;
}

void MapReader::Text(std::string_view key, std::string& target) {
  Scalar(
      key, [](std::string_view text) -> Result<std::string> { return std::string(text); }, target);
}

bool MapReader::Texts(std::string_view key, std::vector<std::string>& target) {
  const Node* node = Get(key);
  if (node == nullptr) return false;
  target.clear();
  if (node->kind == Node::Kind::kNull) return true;
  if (node->kind != Node::Kind::kList) {
    complaints_.Add({file_, node->line}, "'" + std::string(key) + "' must be a list",
                    "write [VALUE, VALUE]");
    return false;
  }
  for (const Node& item : node->children) {
    if (const auto text = ScalarText(item, key)) target.emplace_back(*text);
  }
  return target.size() == node->children.size();
}

void MapReader::Finish() {
  if (node_.kind != Node::Kind::kMap) return;
  for (const Node& child : node_.children) {
    if (std::find(known_.begin(), known_.end(), child.key) != known_.end()) continue;
    complaints_.Add({file_, child.key_line}, "unknown key '" + child.key + "'",
                    Suggest(child.key, known_));
  }
}

void MapReader::Complain(std::string_view key, std::string message, std::string remedy) {
  const Node* node = Get(key);
  complaints_.Add({file_, node == nullptr ? node_.line : node->line}, std::move(message),
                  std::move(remedy));
}

std::optional<std::string_view> MapReader::ScalarText(const Node& node, std::string_view key) {
  if (node.kind == Node::Kind::kScalar) return node.text;
  const bool is_null = node.kind == Node::Kind::kNull;
  complaints_.Add(
      {file_, node.line},
      "'" + std::string(key) + (is_null ? "' has no value" : "' must be a single value"),
      is_null ? "give it one or remove the key" : "write one value");
  return std::nullopt;
}

Error MapReader::About(std::string_view key, Error error) {
  error.message = std::string(key) + ": " + error.message;
  return error;
}

}  // namespace vitals
