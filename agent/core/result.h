// Errors are values: a function that can fail for a reason outside this program returns Result<T>.
// Exceptions of libraries stop in the adapter that calls the library.
//
// An Error says what is wrong, where, and what to do about it; all three are meant for a person.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace vitals {

struct Error {
  std::string message;      // what is wrong: "unknown key 'intervall'"
  std::string place = {};   // where: "agent.yaml:12", "--broker", "MQTT_VITALS__WEB__LISTEN"
  std::string remedy = {};  // what to do: "did you mean 'interval'?"

  // "PLACE: MESSAGE (REMEDY)", leaving out what is empty.
  std::string ToString() const {
    std::string text = place.empty() ? message : place + ": " + message;
    return remedy.empty() ? text : text + " (" + remedy + ")";
  }
};

// Every mistake found in one input, in the order of the input.
using Errors = std::vector<Error>;

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> Fail(std::string message, std::string place = {},
                                  std::string remedy = {}) {
  return tl::unexpected<Error>(Error{std::move(message), std::move(place), std::move(remedy)});
}

}  // namespace vitals
