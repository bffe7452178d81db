// docs/http.md names every route of both ports and no other, and its examples are what the code
// answers for the shared sample.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "agent/gate/answer.h"
#include "agent/http/web_answer.h"
#include "tests/unit/agent/gate/encoded.h"
#include "tests/unit/agent/http/sample_past.h"

namespace vitals {
namespace {

struct Example {
  std::string port;
  std::string target;
  std::string body;
};

struct Page {
  std::set<std::string> routes;
  std::vector<Example> examples;
};

Page ReadPage() {
  Page page;
  std::ifstream file(VITALS_SOURCE_DIR "/docs/http.md");
  bool fenced = false;
  for (std::string line; std::getline(file, line);) {
    const std::string heading = "### `";
    const std::string curl = "$ curl -s 'http://127.0.0.1:";
    if (line == "```") {
      fenced = !fenced;
    } else if (line.starts_with(heading)) {
      page.routes.insert(line.substr(heading.size(), line.size() - heading.size() - 1));
    } else if (fenced && line.starts_with(curl)) {
      const auto url = line.substr(curl.size(), line.rfind('\'') - curl.size());
      const auto slash = url.find('/');
      page.examples.push_back({url.substr(0, slash), url.substr(slash), ""});
    } else if (fenced) {
      page.examples.back().body += line + "\n";
    }
  }
  return page;
}

std::string Gate(const std::string& target) {
  const std::string line = "GET " + target + " HTTP/1.1\r\n";
  const Snapshot snapshot = SampleSnapshot();
  const Encoded encoded(snapshot);
  std::string body(
      AnswerProbe(ParseRequestLine(line).request, encoded.standing(), snapshot.at).body.view());
  return body.ends_with('\n') ? body : body + "\n";
}

std::string Web(const std::string& target) {
  return AnswerWeb(target, SampleSources(std::make_shared<const Snapshot>(SampleSnapshot()))).body;
}

TEST(HttpPage, NamesEveryRouteAndNoOther) {
  std::set<std::string> routes(kProbePaths.begin(), kProbePaths.end());
  for (const WebRoute& route : WebRoutes()) routes.emplace(route.path);
  EXPECT_EQ(ReadPage().routes, routes);
}

TEST(HttpPage, ExamplesAreRealAnswers) {
  std::set<std::string> shown;
  for (const Example& example : ReadPage().examples) {
    SCOPED_TRACE(example.target);
    shown.insert(example.target);
    if (example.port == "9461") {
      EXPECT_EQ(example.body, Gate(example.target));
    } else if (example.target.starts_with("/api/")) {
      EXPECT_EQ(nlohmann::ordered_json::parse(example.body).dump(), Web(example.target));
    } else if (example.target != "/metrics") {  // docs/metrics.md has a test of its own
      EXPECT_EQ(example.body, Web(example.target));
    }
  }
  for (const std::string& route : ReadPage().routes) {
    const bool page = route == "/" || route == "/watch" || route == "/startupz";
    EXPECT_TRUE(page || shown.contains(route)) << route << " has no example";
  }
}

}  // namespace
}  // namespace vitals
