// The harness has teeth: what is not synced does get lost, and what is synced does not.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/crash/crash.h"

namespace sekisho::tests {
namespace {

class FailingDisk : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::canonical(testing::TempDir()) /
              ("sekisho_failing_disk" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }
  std::string content(const char* name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static void put(const std::string& path, char letter, bool sync) {
    const int to = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    const std::string bytes(2000, letter);
    EXPECT_EQ(::write(to, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    if (sync) {
      EXPECT_EQ(::fdatasync(to), 0);
    }
    ::close(to);
  }
  // What 24 power cuts at this operation leave of a file.
  std::set<std::string> left(const char* name, std::uint64_t at,
                             const std::function<void()>& work) {
    std::set<std::string> contents;
    for (std::uint32_t seed = 0; seed < 24; ++seed) {
      put(file(name), 'o', true);
      const Plan plan{folder_.string(), Fault::kPowerCut, at, seed};
      EXPECT_TRUE(run_under(plan, [&](const Say&) { work(); }).killed);
      contents.insert(content(name));
    }
    return contents;
  }
  std::filesystem::path folder_;
};

TEST_F(FailingDisk, APowerCutTakesSectorsOfWhatWasNotSynced) {
  const auto contents = left("a", 2, [&] {
    put(file("a"), 'n', false);
    put(file("b"), 'n', false);
  });
  EXPECT_GT(contents.size(), 6u);
}

TEST_F(FailingDisk, APowerCutLeavesWhatWasSynced) {
  const auto contents = left("a", 3, [&] {
    put(file("a"), 'n', true);
    put(file("b"), 'n', false);
  });
  EXPECT_EQ(contents, std::set<std::string>{std::string(2000, 'n')});
}

TEST_F(FailingDisk, APowerCutMayTakeARenameBackUntilItsFolderIsSynced) {
  const auto contents = left("a", 4, [&] {
    put(file("new"), 'n', true);
    std::rename(file("new").c_str(), file("a").c_str());
    put(file("b"), 'n', false);
  });
  EXPECT_EQ(contents, (std::set<std::string>{std::string(2000, 'n'), std::string(2000, 'o')}));
}

}  // namespace
}  // namespace sekisho::tests
