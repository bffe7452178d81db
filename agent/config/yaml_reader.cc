#include "agent/config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "agent/config/complaints.h"

namespace vitals {
namespace {

// Leaves the parser from within one of its callbacks; caught in ParseYaml.
struct Stop {
  int line;
  std::string message, remedy;
};

int Line(const YAML::Mark& mark) { return mark.line + 1; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view file, Complaints& complaints)
      : file_(file), complaints_(complaints) {}

  Node TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Stop{Line(mark), "a second YAML document", "keep one document in the file"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    Add(Make(mark, Node::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Stop{Line(mark), "aliases are not supported", "write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    Node node = Make(mark, Node::Kind::kScalar);
    node.text = value;
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    Open(Make(mark, Node::Kind::kList));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    Open(Make(mark, Node::Kind::kMap));
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    Node node;
    std::optional<std::pair<std::string, int>> key;  // a map's key that waits for its value
    std::map<std::string, int> seen;                 // keys so far, with their lines
  };

  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      throw Stop{Line(mark), "anchors are not supported", "write the value out where it is needed"};
    }
  }
  // yaml-cpp reports "?" for a plain value and "!" for a quoted one.
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Stop{Line(mark), "tags are not supported", "remove '" + tag + "'"};
    }
  }

  Node Make(const YAML::Mark& mark, Node::Kind kind) {
    if (++nodes_ > kMaxYamlNodes) {
      throw Stop{Line(mark), "more than " + std::to_string(kMaxYamlNodes) + " values",
                 "split or shorten the file"};
    }
    Node node;
    node.kind = kind;
    node.line = Line(mark);
    return node;
  }

  void Open(Node node) {
    if (frames_.size() >= kMaxYamlDepth) {
      throw Stop{node.line, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels",
                 "flatten the structure"};
    }
    frames_.push_back({std::move(node), {}, {}});
  }

  void Close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    Add(std::move(node));
  }

  void Add(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == Node::Kind::kMap) {
      if (!frame.key) return TakeKey(frame, std::move(node));
      node.key = std::move(frame.key->first);
      node.key_line = frame.key->second;
      frame.key.reset();
    }
    frame.node.children.push_back(std::move(node));
  }

  void TakeKey(Frame& frame, Node node) {
    if (node.kind != Node::Kind::kScalar) {
      throw Stop{node.line, "a key must be plain text", "write KEY: VALUE"};
    }
    const auto [first, is_new] = frame.seen.emplace(node.text, node.line);
    if (!is_new) {
      complaints_.Add({file_, node.line}, "duplicate key '" + node.text + "'",
                      "first given in line " + std::to_string(first->second) + "; remove one");
    }
    frame.key.emplace(std::move(node.text), node.line);
  }

  std::string_view file_;
  Complaints& complaints_;
  std::vector<Frame> frames_;
  Node root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629); 0 if there is none.
std::size_t Utf8Length(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0u) != 0x80u) return 0;
  }
  const unsigned second = at(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool out_of_range = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || out_of_range ? 0 : length;
}

// yaml-cpp guesses encodings and gives meanings of its own to some control characters; it only gets
// to see text in which there is nothing to guess.
void CheckCharacters(std::string_view text) {
  int line = 1;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = Utf8Length(text.substr(i));
    if (length == 0) throw Stop{line, "not UTF-8", "save the file as UTF-8"};
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      throw Stop{line, "a control character",
                 "remove it, or write it as an escape in double quotes"};
    }
    if (c == '\n') ++line;
    i += length;
  }
}

}  // namespace

tl::expected<Node, Errors> ParseYaml(std::string_view text, std::string_view file_name) {
  Complaints complaints;
  TreeBuilder builder(file_name, complaints);
  if (text.size() > kMaxYamlBytes) {
    complaints.Add({file_name, 0}, "larger than 1 MiB", "split or shorten the file");
    return tl::unexpected(complaints.Take());
  }
  try {
    CheckCharacters(text);
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    complaints.Add({file_name, stop.line}, stop.message, stop.remedy);
  } catch (const YAML::Exception& error) {
    complaints.Add({file_name, Line(error.mark)}, "not valid YAML: " + error.msg,
                   "check indentation, quotes and brackets here and just above");
  } catch (const std::exception& error) {
    complaints.Add({file_name, 0}, std::string("can't be read as YAML: ") + error.what());
  }
  if (!complaints.empty()) return tl::unexpected(complaints.Take());
  return builder.TakeRoot();
}

}  // namespace vitals
