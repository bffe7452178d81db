#include "agent/control/control_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "agent/control/ask.h"
#include "agent/control/control_socket.h"
#include "agent/control/line.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;

class ControlServerTest : public testing::Test {
 protected:
  std::string Path(const std::string& name = "control.sock") const {
    return (folder_.path() / name).string();
  }

  void Serve(const std::string& path, Duration deadline = 5s) {
    auto listener = ListenOnControl(path);
    ASSERT_TRUE(listener) << listener.error().ToString();
    server_ = std::make_unique<ControlServer>(
        std::move(*listener),
        [](const ControlRequest& request, const std::string& by) {
          return ControlAnswer{true, std::string(Name(request.verb)) + " by " + by, {}, {}};
        },
        deadline);
    server_->Start();
  }

  // What comes back for these bytes.
  std::string Say(const std::string& bytes) {
    const auto socket = ConnectToControl(Path(), 5s);
    EXPECT_TRUE(WriteLine(socket->get(), bytes, 5s));
    return ReadLine(socket->get(), ControlAnswer::kMax, 5s).value_or("nothing");
  }

  TempDir folder_;
  std::unique_ptr<ControlServer> server_;
};

TEST_F(ControlServerTest, HearsItsOwnUserAndSaysWhoThatWas) {
  Serve(Path());
  const auto answer = AskAgent(Path(), {ControlVerb::kDrain, {}, {}});
  ASSERT_TRUE(answer) << answer.error().ToString();
  EXPECT_EQ(answer->message,
            "drain by uid " + std::to_string(::getuid()) + ", pid " + std::to_string(::getpid()));
}

TEST_F(ControlServerTest, TheSocketIsForItsOwnUserOnly) {
  Serve(Path());
  struct stat status{};
  ASSERT_EQ(::stat(Path().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(ControlServerTest, AnswersNonsenseAndGoesOn) {
  Serve(Path());
  EXPECT_THAT(Say("nonsense\n"), HasSubstr("no line of the control protocol"));
  EXPECT_THAT(Say(std::string(2 * ControlRequest::kMax, 'x')), HasSubstr("a line of more than"));
  EXPECT_TRUE(AskAgent(Path(), {})->ok);
}

TEST_F(ControlServerTest, WhoSaysNothingIsLeftAfterTheDeadline) {
  Serve(Path(), 50ms);
  const auto silent = ConnectToControl(Path(), 5s);
  const auto answer = ReadLine(silent->get(), ControlAnswer::kMax, 5s);
  ASSERT_TRUE(answer) << answer.error().ToString();
  EXPECT_THAT(*answer, HasSubstr("no line came within the deadline"));
  EXPECT_TRUE(AskAgent(Path(), {})->ok);
}

TEST_F(ControlServerTest, ASocketLeftBehindIsReplacedAndALiveOneIsNot) {
  {
    const auto dead = ListenOnControl(Path());
    ASSERT_TRUE(dead);
  }
  Serve(Path());
  const auto second = ListenOnControl(Path());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another agent listens"));
  EXPECT_TRUE(AskAgent(Path(), {})->ok) << "the live one is untouched";
}

TEST_F(ControlServerTest, NoFileThatIsNoSocketIsReplaced) {
  std::ofstream(Path()) << "precious";
  EXPECT_FALSE(ListenOnControl(Path()));
  std::string text;
  std::ifstream(Path()) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(ControlServerTest, APathLongerThanTheKernelTakesWorks) {
  const std::string folder(120, 'd');
  const std::string path = Path(folder + "/control.sock");
  Serve(path);
  const auto answer = AskAgent(path, {});
  EXPECT_TRUE(answer) << answer.error().ToString();
  const auto name = ListenOnControl(Path(std::string(120, 'n')));
  ASSERT_FALSE(name);
  EXPECT_THAT(name.error().ToString(), HasSubstr("too long"));
}

TEST_F(ControlServerTest, WhoCanNotBeReachedIsSaidWithARemedy) {
  const auto nobody = AskAgent(Path(), {});
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().ToString(), HasSubstr("no agent listens here"));
  EXPECT_THAT(nobody.error().remedy, HasSubstr("--state-dir"));
  EXPECT_THAT(AskAgent(Path("no/folder.sock"), {}).error().ToString(),
              HasSubstr("its folder can't be opened"));
}

TEST(ControlPath, IsAsConfiguredElseInTheStateFolder) {
  EXPECT_EQ(ControlPath("/a/b.sock", "/state"), "/a/b.sock");
  EXPECT_EQ(ControlPath("", "/state"), "/state/control.sock");
}

}  // namespace
}  // namespace vitals
