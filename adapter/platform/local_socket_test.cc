#include "adapter/platform/local_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "adapter/platform/process.h"
#include "fhir/error.h"

namespace sekisho::platform {
namespace {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorCode;

class LocalSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    fs::permissions(dir_, fs::perms::owner_all);
  }
  std::string dir_ = testing::TempDir() + "sekisho_socket";
  std::string path_ = dir_ + "/agent.sock";
};

void echo(LocalStream stream) {
  while (auto line = stream.read_line()) {
    stream.write_line("<" + *line + ">");
  }
}

TEST_F(LocalSocketTest, CarriesLinesBothWays) {
  const LocalServer server(path_, echo);
  auto stream = LocalStream::connect(path_);
  ASSERT_TRUE(stream);
  stream->write_line("提供停止");
  stream->write_line("");
  const std::string large(3'000'000, 'x');
  std::thread writer([&] { stream->write_line(large); });
  EXPECT_EQ(stream->read_line(), "<提供停止>");
  EXPECT_EQ(stream->read_line(), "<>");
  EXPECT_EQ(stream->read_line(), "<" + large + ">");
  writer.join();
  EXPECT_THROW(stream->write_line("two\nlines"), Error);
}

TEST_F(LocalSocketTest, SaysWhoIsAtTheOtherEnd) {
  const LocalServer server(path_,
                           [](LocalStream stream) { stream.write_line(stream.peer_user()); });
  auto stream = LocalStream::connect(path_);
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->read_line(), os_user());
  EXPECT_EQ(stream->read_line(), std::nullopt);
}

TEST_F(LocalSocketTest, NobodyListensIsNoError) {
  EXPECT_FALSE(LocalStream::connect(path_));
  EXPECT_FALSE(LocalStream::connect(dir_ + "/none/agent.sock"));
}

TEST_F(LocalSocketTest, TakesOverASocketThatADeadProcessLeft) {
  const pid_t child = ::fork();
  if (child == 0) {
    const LocalServer server(path_, echo);
    ::_exit(0);  // without cleaning up
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(fs::exists(path_));
  EXPECT_FALSE(LocalStream::connect(path_));
  const LocalServer server(path_, echo);
  EXPECT_TRUE(LocalStream::connect(path_));
}

TEST_F(LocalSocketTest, DoesNotTakeOverALivingOne) {
  const LocalServer server(path_, echo);
  try {
    const LocalServer second(path_, echo);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kConflict);
  }
  EXPECT_TRUE(LocalStream::connect(path_));
}

TEST_F(LocalSocketTest, OpensToTheGroupOnlyWhereTheFolderDoes) {
  struct stat status {};
  {
    const LocalServer server(path_, echo);
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
  }
  fs::permissions(dir_, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
  {
    const LocalServer server(path_, echo);
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0660u);
  }
  EXPECT_FALSE(fs::exists(path_)) << "a server that stops takes its name away";
}

TEST_F(LocalSocketTest, ReachesPathsLongerThanASocketAddress) {
  const std::string deep = dir_ + "/" + std::string(120, 'd');
  fs::create_directories(deep);
  const LocalServer server(deep + "/agent.sock", echo);
  auto stream = LocalStream::connect(deep + "/agent.sock");
  ASSERT_TRUE(stream);
  stream->write_line("x");
  EXPECT_EQ(stream->read_line(), "<x>");
}

TEST_F(LocalSocketTest, StopsWhileConnectionsAreOpen) {
  std::atomic<int> ended{0};
  std::optional<LocalStream> stream;
  {
    const LocalServer server(path_, [&](LocalStream peer) {
      echo(std::move(peer));
      ++ended;
    });
    stream = LocalStream::connect(path_);
    ASSERT_TRUE(stream);
    stream->write_line("x");
    EXPECT_EQ(stream->read_line(), "<x>");
  }
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(stream->read_line(), std::nullopt);
}

TEST_F(LocalSocketTest, ServesManyAtOnce) {
  const LocalServer server(path_, echo);
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back([&, i] {
      auto stream = LocalStream::connect(path_);
      for (int k = 0; stream && k < 20; ++k) {
        const std::string text = std::to_string(i) + "." + std::to_string(k);
        stream->write_line(text);
        right += stream->read_line() == "<" + text + ">" ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(right, 400);
}

TEST_F(LocalSocketTest, ALineThatWasCutOffIsNoLine) {
  const pid_t child = ::fork();
  if (child == 0) {
    // The name is there a moment before somebody listens.
    std::optional<LocalStream> stream;
    for (int i = 0; i < 500 && !(stream = LocalStream::connect(path_)); ++i) {
      ::usleep(10'000);
    }
    if (stream) {
      stream->write_line("whole");
    }
    ::_exit(0);
  }
  std::atomic<int> lines{0};
  {
    std::atomic<bool> done{false};
    const LocalServer server(path_, [&](LocalStream stream) {
      while (stream.read_line()) {
        ++lines;
      }
      done = true;
    });
    ::waitpid(child, nullptr, 0);
    for (int i = 0; i < 500 && !done; ++i) {
      ::usleep(10'000);
    }
  }
  EXPECT_EQ(lines, 1);
}

}  // namespace
}  // namespace sekisho::platform
