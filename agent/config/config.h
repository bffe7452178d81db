// Config: what a person configured, key by key, before it is resolved into Settings; and Origins,
// where each key was given. Made by Load on its stack; plain values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/complaints.h"
#include "agent/config/endpoint_url.h"
#include "agent/core/settings.h"

namespace vitals {

struct EndpointConfig {
  EndpointUrl url;
  EndpointSettings settings;  // url and password go into it when endpoints are resolved
  std::string password_file;  // empty = broker.password_file
  std::string key_password_file;
  bool says_round_trip = false;  // round_trip was given, true or false
  Place place;
  std::optional<Place> tls_place;  // tls was given
};

struct Config {
  Settings settings;          // its endpoints stay empty
  std::string username;       // for endpoints that name none
  std::string password_file;  // for endpoints that name none
  std::vector<EndpointConfig> endpoints;
};

// Where keys were given, by path ("policy.mode"), and which of them had bad values: a check that
// looks at several keys has nothing to say about those.
struct Origins {
  std::map<std::string, Place, std::less<>> places;
  std::set<std::string, std::less<>> broken;

  void Given(const std::string& path, const Place& place, bool good) {
    places[path] = place;
    if (good) {
      broken.erase(path);
    } else {
      broken.insert(path);
    }
  }
};

}  // namespace vitals
