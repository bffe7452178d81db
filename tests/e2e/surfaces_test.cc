// What the kubelet, Prometheus and people meet: routes, formats, start and end of the program.
#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <sstream>

#include "tests/e2e/e2e.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using nlohmann::json;

using SurfacesTest = ReadyAgentTest;

TEST_F(SurfacesTest, PrometheusTakesTheMetrics) {
  if (!FindProgram("promtool")) GTEST_SKIP() << NotFound("promtool");
  const auto reply = agent_.Web("/metrics");
  ASSERT_EQ(reply.status, 200);
  const auto text = files_.Write("metrics", reply.body);
  const auto done = RunToEnd({.name = "promtool",
                              .folder = files_.path(),
                              .args = {"sh", "-c", "promtool check metrics < " + text.string()}});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_EQ(done.err, "") << "no lint remark either";
}

TEST_F(SurfacesTest, ProbesAnswerTheKubelet) {
  for (const std::string path : {"/startupz", "/readyz", "/livez"}) {
    SCOPED_TRACE(path);
    const auto plain = agent_.Probe(path);
    EXPECT_EQ(plain.status, 200);
    EXPECT_EQ(plain.body.substr(0, 2), "ok");
    const auto verbose = agent_.Probe(path + "?verbose");
    EXPECT_EQ(verbose.status, 200);
    EXPECT_NE(verbose.body.find("[+]"), std::string::npos) << verbose.body;
    EXPECT_NE(verbose.body.find(path.substr(1) + " check passed"), std::string::npos)
        << verbose.body;
    EXPECT_LE(verbose.body.size(), 8192u);
  }
  EXPECT_EQ(agent_.Probe("/readyz/started").status, 200);
  EXPECT_EQ(agent_.Probe("/readyz?verbose&exclude=started").status, 200);
  EXPECT_EQ(agent_.Probe("/nothing-here").status, 404);
  const auto head = HttpSend(agent_.probe_port(),
                             "HEAD /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

// The headings of docs/http.md are the routes; those before "## Web" are the gate's.
TEST_F(SurfacesTest, EveryDocumentedRouteAnswers) {
  std::istringstream page(ReadFile(VITALS_SOURCE_DIR "/docs/http.md"));
  bool web = false;
  int routes = 0;
  for (std::string line; std::getline(page, line);) {
    if (line == "## Web") web = true;
    if (!line.starts_with("### `/")) continue;
    const std::string path = line.substr(5, line.rfind('`') - 5);
    SCOPED_TRACE(path);
    ++routes;
    const auto reply = web ? agent_.Web(path) : agent_.Probe(path);
    EXPECT_EQ(reply.status, 200) << reply.body;
    if (path.starts_with("/api/")) {
      EXPECT_TRUE(json::accept(reply.body)) << reply.body;
    }
  }
  EXPECT_GE(routes, 6);
  EXPECT_NE(agent_.Web("/").body.find("<html"), std::string::npos);
  EXPECT_EQ(agent_.Web("/nothing-here").status, 404);
}

TEST_F(SurfacesTest, StatusTellsEveryVerdictWithItsReason) {
  const json status = agent_.Status();
  ASSERT_TRUE(status.is_object());
  EXPECT_EQ(status.value("profile", ""), "mosquitto");
  for (const char* verdict : {"startup", "readiness", "liveness"}) {
    const json& told = status["verdicts"][verdict];
    EXPECT_EQ(told.value("ok", false), true) << verdict << told;
    EXPECT_TRUE(told.contains("reason") && told.contains("since")) << told;
  }
  std::set<std::string> types;
  for (const json& condition : status["conditions"]) types.insert(condition.value("type", ""));
  for (const char* type : {"Started", "Accepting", "Delivering", "Observed"}) {
    EXPECT_TRUE(types.contains(type)) << type << " in " << status["conditions"];
  }
}

TEST_F(SurfacesTest, TheLogTellsTransitionsOnly) {
  ASSERT_TRUE(HoldsFor(5s, [&] { return agent_.Ready(); })) << agent_.Story();
  const auto before = agent_.LogLines().size();
  EXPECT_TRUE(HoldsFor(5s, [&] { return agent_.LogLines().size() == before; })) << agent_.Story();
  for (const json& line : agent_.LogLines()) {
    EXPECT_TRUE(line.is_object() && line.contains("ts") && line.contains("level") &&
                line.contains("msg"))
        << line;
  }
  EXPECT_EQ(agent_.process().Stderr(), "");
}

TEST_F(SurfacesTest, SigtermEndsItWithinTwoSeconds) { EXPECT_EQ(agent_.Stop(), 0); }

TEST_F(SurfacesTest, SigtermEndsItWhileTheBrokerIsFrozen) {
  broker_.Freeze();
  ASSERT_TRUE(agent_.WaitNotReady(kPatience));
  EXPECT_EQ(agent_.Stop(), 0) << agent_.Story();
}

TEST_F(SurfacesTest, ATakenPortIsNamedWithARemedy) {
  const std::string taken = "127.0.0.1:" + std::to_string(agent_.web_port());
  for (const auto& [flag, other] :
       {std::pair{"--web-listen", "--probe-listen"}, std::pair{"--probe-listen", "--web-listen"}}) {
    SCOPED_TRACE(flag);
    const auto done = RunToEnd({.name = "second",
                                .folder = files_.path(),
                                .args = {AgentBinary(), "run", flag, taken, other, "127.0.0.1:0"}},
                               5s);
    EXPECT_EQ(done.code, 1) << done.err;
    EXPECT_NE(done.err.find(taken), std::string::npos) << done.err;
    EXPECT_NE(done.err.find('('), std::string::npos) << "a remedy in brackets: " << done.err;
  }
}

}  // namespace
}  // namespace vitals
