#include "adapter/platform/durable_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include "fhir/error.h"

namespace sekisho::platform {
namespace {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorCode;

class DurableFileTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
  }
  std::string path(const std::string& name) const { return dir_ + "/" + name; }
  std::string dir_ = testing::TempDir() + "sekisho_durable_file";
};

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kUsage;
}

// A disk in memory that fails as it is told.
struct Disk {
  std::string bytes;
  std::size_t room = std::string::npos;  // bytes that still fit
  std::size_t most_at_once = std::string::npos;
  bool sync_fails = false;
  bool truncate_fails = false;
};

class FailingFile final : public FileBackend {
 public:
  explicit FailingFile(Disk& disk) : disk_(disk) {}
  std::uint64_t size() override { return disk_.bytes.size(); }
  std::size_t write(std::string_view bytes) override {
    const std::size_t count = std::min({bytes.size(), disk_.room, disk_.most_at_once});
    if (count == 0) {
      throw Error(ErrorCode::kNoSpace, "disk: full");
    }
    disk_.bytes.append(bytes.substr(0, count));
    disk_.room -= disk_.room == std::string::npos ? 0 : count;
    return count;
  }
  void sync() override {
    if (disk_.sync_fails) {
      throw Error(ErrorCode::kIo, "disk: input/output error");
    }
  }
  void truncate(std::uint64_t size) override {
    if (disk_.truncate_fails) {
      throw Error(ErrorCode::kIo, "disk: input/output error");
    }
    disk_.bytes.resize(size);
  }

 private:
  Disk& disk_;
};

AppendFile on(Disk& disk) { return AppendFile::open("disk", std::make_unique<FailingFile>(disk)); }

TEST_F(DurableFileTest, AppendsAcrossOpens) {
  {
    AppendFile file = AppendFile::open(path("a"));
    file.append("one\n");
    file.sync();
  }
  AppendFile file = AppendFile::open(path("a"));
  EXPECT_EQ(file.size(), 4u);
  file.append("two\n");
  file.sync();
  EXPECT_EQ(read_file(path("a")), "one\ntwo\n");
  file.truncate(4);
  file.append("3\n");
  file.sync();
  EXPECT_EQ(read_file(path("a")), "one\n3\n");
}

TEST_F(DurableFileTest, IsReadableByItsOwnerAlone) {
  AppendFile::open(path("a"));
  write_file(path("b"), "x");
  create_folder(path("c/d"));
  struct stat status {};
  for (const char* name : {"a", "b"}) {
    ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  ASSERT_EQ(::stat(path("c/d").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(DurableFileTest, WritesShortPiecesToTheEnd) {
  Disk disk;
  disk.most_at_once = 3;
  AppendFile file = on(disk);
  file.append("0123456789");
  EXPECT_EQ(disk.bytes, "0123456789");
  EXPECT_EQ(file.size(), 10u);
}

TEST_F(DurableFileTest, UndoesAWriteThatDoesNotFit) {
  Disk disk;
  AppendFile file = on(disk);
  file.append("kept\n");
  disk.room = 3;
  EXPECT_EQ(code_of([&] { file.append("too long\n"); }), ErrorCode::kNoSpace);
  EXPECT_EQ(disk.bytes, "kept\n");
  EXPECT_EQ(file.size(), 5u);
  EXPECT_FALSE(file.broken());
  disk.room = 100;
  file.append("next\n");
  EXPECT_EQ(disk.bytes, "kept\nnext\n");
}

TEST_F(DurableFileTest, RefusesEverythingOnceAWriteCouldNotBeUndone) {
  Disk disk;
  disk.room = 3;
  disk.truncate_fails = true;
  AppendFile file = on(disk);
  EXPECT_EQ(code_of([&] { file.append("too long\n"); }), ErrorCode::kNoSpace);
  disk.room = 100;
  EXPECT_TRUE(file.broken());
  EXPECT_EQ(code_of([&] { file.append("x"); }), ErrorCode::kIo);
  EXPECT_EQ(code_of([&] { file.sync(); }), ErrorCode::kIo);
  EXPECT_EQ(code_of([&] { file.truncate(0); }), ErrorCode::kIo);
}

TEST_F(DurableFileTest, ASecondSyncDoesNotHealAFailedOne) {
  Disk disk;
  AppendFile file = on(disk);
  file.append("kept\n");
  file.sync();
  file.append("lost\n");
  disk.sync_fails = true;
  EXPECT_EQ(code_of([&] { file.sync(); }), ErrorCode::kIo);
  disk.sync_fails = false;
  EXPECT_EQ(code_of([&] { file.sync(); }), ErrorCode::kIo);
  EXPECT_EQ(disk.bytes, "kept\n") << "what was never acknowledged is cut off where possible";
}

TEST_F(DurableFileTest, ReplacesAFileWholeAndLeavesNoRest) {
  write_file(path("a"), std::string(100'000, 'x'));
  write_file(path("a"), "short");
  EXPECT_EQ(read_file(path("a")), "short");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()), 1);
  fs::create_directory(path("folder"));
  EXPECT_THROW(write_file(path("folder"), "x"), Error);
  EXPECT_FALSE(file_exists(path("folder.new")));
}

TEST_F(DurableFileTest, SaysWhatIsMissingOrTooLong) {
  EXPECT_EQ(code_of([&] { read_file(path("none")); }), ErrorCode::kNotFound);
  write_file(path("a"), "12345");
  EXPECT_EQ(code_of([&] { read_file(path("a"), 4); }), ErrorCode::kInput);
  EXPECT_EQ(read_file(path("a"), 5), "12345");
  EXPECT_EQ(code_of([&] { AppendFile::open(path("none/a")); }), ErrorCode::kNotFound);
}

TEST_F(DurableFileTest, SaysThatTheDiskIsFull) {
  if (!fs::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full here";
  }
  AppendFile file = AppendFile::open("/dev/full");
  EXPECT_EQ(code_of([&] { file.append("x"); }), ErrorCode::kNoSpace);
}

TEST_F(DurableFileTest, ALockIsHeldByOneUntilItGoes) {
  {
    const FileLock lock = FileLock::take(path("lock"));
    EXPECT_EQ(code_of([&] { FileLock::take(path("lock")); }), ErrorCode::kConflict);
  }
  FileLock::take(path("lock"));
}

TEST_F(DurableFileTest, ALockGoesWithTheProcessThatHeldIt) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FileLock lock = FileLock::take(path("lock"));
    [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(code_of([&] { FileLock::take(path("lock")); }), ErrorCode::kConflict);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  FileLock::take(path("lock"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DurableFileTest, KnowsTheFreeSpace) { EXPECT_GT(free_bytes(dir_), 0u); }

}  // namespace
}  // namespace sekisho::platform
