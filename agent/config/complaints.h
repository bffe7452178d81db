// Complaints: collects every mistake of an input, so that a person gets them all at once. Kept by
// the function that reads one input, on its stack; one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/result.h"

namespace vitals {

// Where something was written: a line of a file, or (line 0) a variable, a flag, a whole file.
struct Place {
  Place() = default;
  Place(std::string_view source, int in_line) : text(source), line(in_line) {
    if (line > 0) text += ":" + std::to_string(line);
  }
  std::string text;  // "agent.yaml:12", "MQTT_VITALS__WEB__LISTEN", "--broker"
  int line = 0;
};

class Complaints {
 public:
  void Add(const Place& place, std::string message, std::string remedy = {});
  // As above, with message and remedy of an error that does not know its place.
  void Add(const Place& place, Error error);
  // An error with a place of its own, of another file.
  void Keep(Error error);

  bool empty() const { return found_.empty(); }
  // In the order of the lines; what has no line comes last. Leaves nothing behind.
  Errors Take();

 private:
  void Insert(int line, Error error);

  // Sorted by line, the earlier complaint first.
  std::vector<std::pair<int, Error>> found_;
};

}  // namespace vitals
