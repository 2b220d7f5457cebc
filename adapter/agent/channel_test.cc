#include "adapter/agent/channel.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "fhir/error.h"

namespace sekisho::agent {
namespace {

class Collected final : public Console {
 public:
  void out(std::string_view line) override { text += "out:" + std::string(line) + "\n"; }
  void err(std::string_view line) override { text += "err:" + std::string(line) + "\n"; }
  void progress(std::string_view line) override { text += "progress:" + std::string(line) + "\n"; }
  bool terminal() const override { return false; }
  std::string text;
};

std::string socket_path(const char* name) {
  const std::string folder = testing::TempDir() + "channel_test";
  std::filesystem::create_directories(folder);
  return folder + "/" + name;
}

TEST(Channel, CarriesWordsFilesOutputAndExitCode) {
  const std::string path = socket_path("all.sock");
  Call seen;
  std::string user;
  const platform::LocalServer server(path, [&](platform::LocalStream stream) {
    answer_call(std::move(stream), [&](const Call& call, const std::string& os_user,
                                       Console& console, std::atomic<bool>&) {
      seen = call;
      user = os_user;
      console.out("一行目");
      console.err("two");
      console.progress("three");
      return 7;
    });
  });
  const std::string bytes("\x8e\x52\x00\xff", 4);  // no UTF-8
  Collected console;
  const auto exit = call_agent(
      path, Call{{"registry", "import", "a b.csv"}, "en", true, {{"a b.csv", bytes}}}, console);
  EXPECT_EQ(exit, 7);
  EXPECT_EQ(console.text, "out:一行目\nerr:two\nprogress:three\n");
  EXPECT_EQ(seen.words, (std::vector<std::string>{"registry", "import", "a b.csv"}));
  EXPECT_EQ(seen.language, "en");
  EXPECT_TRUE(seen.terminal);
  ASSERT_EQ(seen.files.size(), 1u);
  EXPECT_EQ(seen.files[0].first, "a b.csv");
  EXPECT_EQ(seen.files[0].second, bytes);
  EXPECT_FALSE(user.empty());
}

// A hospital's list of notices is longer than a line may be.
TEST(Channel, CarriesFilesOfAnySize) {
  const std::string path = socket_path("large.sock");
  Call seen;
  const platform::LocalServer server(path, [&](platform::LocalStream stream) {
    answer_call(std::move(stream),
                [&](const Call& call, const std::string&, Console&, std::atomic<bool>&) {
                  seen = call;
                  return 0;
                });
  });
  std::string large;
  for (std::size_t i = 0; i < (9u << 20); ++i) {
    large += static_cast<char>(i * 7);
  }
  Collected console;
  EXPECT_EQ(
      call_agent(path, Call{{"x"}, "", false, {{"a", large}, {"b", ""}, {"c", "c"}}}, console), 0);
  ASSERT_EQ(seen.files.size(), 3u);
  EXPECT_TRUE(seen.files[0].second == large);
  EXPECT_EQ(seen.files[1].second, "");
  EXPECT_EQ(seen.files[2].second, "c");
}

TEST(Channel, RefusesAFileThatEndsBeforeItsSize) {
  const std::string path = socket_path("short.sock");
  const platform::LocalServer server(path, [&](platform::LocalStream stream) {
    answer_call(std::move(stream),
                [](const Call&, const std::string&, Console&, std::atomic<bool>&) { return 0; });
  });
  auto stream = platform::LocalStream::connect(path);
  ASSERT_TRUE(stream);
  stream->write_line(R"({"argv":["x"],"files":[{"path":"a","bytes":2}]})");
  stream->write_line("");
  EXPECT_NE(stream->read_line().value_or("").find("announced size"), std::string::npos);
  EXPECT_EQ(stream->read_line(), R"({"exit":1})");
}

TEST(Channel, SaysWhenNobodyListens) {
  Collected console;
  EXPECT_EQ(call_agent(socket_path("nobody.sock"), Call{}, console), std::nullopt);
}

TEST(Channel, GivesAnErrorOfTheAgentToTheCaller) {
  const std::string path = socket_path("error.sock");
  const platform::LocalServer server(path, [&](platform::LocalStream stream) {
    answer_call(std::move(stream),
                [&](const Call&, const std::string&, Console&, std::atomic<bool>&) -> int {
                  throw fhir::Error(fhir::ErrorCode::kUsage, "not this one");
                });
  });
  Collected console;
  EXPECT_EQ(call_agent(path, Call{{"x"}, "", false, {}}, console), kFailed);
  EXPECT_EQ(console.text, "err:not this one\n");
}

TEST(Channel, NoticesAnAgentThatDiesInBetween) {
  const std::string path = socket_path("dies.sock");
  const platform::LocalServer server(path,
                                     [](platform::LocalStream stream) { stream.read_line(); });
  Collected console;
  EXPECT_THROW(call_agent(path, Call{{"x"}, "", false, {}}, console), fhir::Error);
}

}  // namespace
}  // namespace sekisho::agent
