#include "connectors/ssmix2/storage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "connectors/ssmix2/name.h"
#include "fhir/error.h"
#include "tests/support/shared_data.h"

namespace sekisho::connectors::ssmix2 {
namespace {

namespace fs = std::filesystem;

// Root reads every folder: a test of what cannot be read runs as nobody then.
class NobodyInsteadOfRoot {
 public:
  explicit NobodyInsteadOfRoot(const fs::path& root) : was_root_(geteuid() == 0) {
    if (was_root_) {
      fs::permissions(root, fs::perms::all);
      EXPECT_EQ(seteuid(65534), 0);
    }
  }
  NobodyInsteadOfRoot(const NobodyInsteadOfRoot&) = delete;
  NobodyInsteadOfRoot& operator=(const NobodyInsteadOfRoot&) = delete;
  ~NobodyInsteadOfRoot() {
    if (was_root_) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }

 private:
  bool was_root_;
};

class StorageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "sekisho_storage_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override {
    for (const auto& entry :
         fs::recursive_directory_iterator(root_, fs::directory_options::skip_permission_denied)) {
      if (entry.is_directory() && !entry.is_symlink()) {
        fs::permissions(entry.path(), fs::perms::owner_all);
      }
    }
    fs::remove_all(root_);
  }

  void put(const std::string& path, const std::string& bytes = "x") {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << bytes;
  }

  std::vector<std::string> walk(const std::string& after = {}, std::size_t stop_after = 1'000'000) {
    std::vector<std::string> paths;
    issues_.clear();
    Storage("test", root_.string())
        .walk(
            after,
            [&](const FoundFile& file) {
              paths.push_back(file.path);
              return paths.size() < stop_after;
            },
            [&](const fhir::Issue& issue) { issues_.push_back(issue); });
    return paths;
  }

  fs::path root_;
  fhir::Issues issues_;
};

TEST_F(StorageTest, FindsEveryFileInTheOrderOfPathComponents) {
  put("999/901/9999013/20111220/OML-11/b");
  put("999/901/9999013/20111220/OML-11/a");
  put("999/901/9999013/-/ADT-00/c");
  put("000/000/0000001/x");
  put("999/901/9999013-x/y");  // sorts behind the folder 9999013, though '-' sorts before '/'
  put("top");
  EXPECT_EQ(walk(), (std::vector<std::string>{"000/000/0000001/x", "999/901/9999013/-/ADT-00/c",
                                              "999/901/9999013/20111220/OML-11/a",
                                              "999/901/9999013/20111220/OML-11/b",
                                              "999/901/9999013-x/y", "top"}));
  EXPECT_TRUE(issues_.empty());
}

TEST_F(StorageTest, ResumesBehindAnyPathOfAnEarlierWalk) {
  for (const char* path : {"a/b/1", "a/b/2", "a/c", "a/c-x/3", "a-x/4", "b", "c/d/e/f/g/5"}) {
    put(path);
  }
  const std::vector<std::string> whole = walk();
  ASSERT_EQ(whole.size(), 7u);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::vector<std::string> rest(whole.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                        whole.end());
    EXPECT_EQ(walk(whole[i]), rest) << whole[i];
    fs::remove(root_ / whole[i]);  // it may have gone in the meantime
    EXPECT_EQ(walk(whole[i]), rest) << whole[i];
    put(whole[i]);
  }
  EXPECT_EQ(walk("a/b/1x"), std::vector<std::string>(whole.begin() + 1, whole.end()));
  EXPECT_EQ(walk("zzz"), std::vector<std::string>{});
}

TEST_F(StorageTest, StopsWhenItIsTold) {
  put("a/1");
  put("a/2");
  put("b/3");
  EXPECT_EQ(walk("", 2).size(), 2u);
}

TEST_F(StorageTest, TellsSizeAndTime) {
  put("a/1", "12345");
  Storage("test", root_.string())
      .walk(
          "",
          [&](const FoundFile& file) {
            EXPECT_EQ(file.size, 5u);
            EXPECT_NE(file.modified_ns, 0);
            return true;
          },
          [](const fhir::Issue&) {});
}

TEST_F(StorageTest, DoesNotFollowLinksAndSaysSo) {
  put("a/real");
  fs::create_symlink(root_ / "a", root_ / "loop");
  fs::create_symlink(root_ / "a" / "real", root_ / "a" / "link");
  EXPECT_EQ(walk(), std::vector<std::string>{"a/real"});
  ASSERT_EQ(issues_.size(), 2u);
  EXPECT_EQ(issues_[0].code, "storage.not-a-file");
}

TEST_F(StorageTest, LeavesOutAPipeWithoutHanging) {
  put("a/1");
  ASSERT_EQ(mkfifo((root_ / "a" / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(walk(), std::vector<std::string>{"a/1"});
  EXPECT_EQ(issues_.size(), 1u);
  EXPECT_THROW(Storage("test", root_.string()).read("a/pipe", 10), fhir::Error);
}

TEST_F(StorageTest, ReportsAFolderThatCannotBeReadByItsDepthOnly) {
  put("999/901/9999013/-/ADT-00/a");
  put("999/902/9999023/-/ADT-00/b");
  fs::permissions(root_ / "999/901/9999013", fs::perms::none);
  const NobodyInsteadOfRoot nobody(root_);
  EXPECT_EQ(walk(), std::vector<std::string>{"999/902/9999023/-/ADT-00/b"});
  ASSERT_EQ(issues_.size(), 1u);
  EXPECT_EQ(issues_[0].code, "storage.unreadable-folder");
  EXPECT_NE(issues_[0].diagnostics.find("depth 3 (patient)"), std::string::npos);
  EXPECT_EQ(issues_[0].diagnostics.find("9999013"), std::string::npos);
}

TEST_F(StorageTest, SaysThatAFileCannotBeReadWithoutNamingIt) {
  put("a/0000123");
  fs::permissions(root_ / "a/0000123", fs::perms::none);
  const NobodyInsteadOfRoot nobody(root_);
  try {
    Storage("test", root_.string()).read("a/0000123", 10);
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kIo);
    EXPECT_EQ(e.text().find("0000123"), std::string::npos);
  }
}

TEST_F(StorageTest, ReportsANameThatIsNoText) {
  put("a/1");
  put("a/\x8A\xBF");
  EXPECT_EQ(walk(), std::vector<std::string>{"a/1"});
  ASSERT_EQ(issues_.size(), 1u);
  EXPECT_EQ(issues_[0].code, "storage.name-encoding");
}

TEST_F(StorageTest, SurvivesFilesAndFoldersThatVanishOnTheWay) {
  for (int i = 0; i < 20; ++i) {
    put("a" + std::to_string(i) + "/1");
  }
  std::size_t found = 0;
  const Storage storage("test", root_.string());
  storage.walk(
      "",
      [&](const FoundFile&) {
        ++found;
        for (int i = 0; i < 10; ++i) {
          fs::remove_all(root_ / ("a" + std::to_string(i)));
        }
        return true;
      },
      [&](const fhir::Issue& issue) { ADD_FAILURE() << issue.diagnostics; });
  EXPECT_EQ(found, 11u);  // a0, then a10 to a19
}

TEST_F(StorageTest, WalksAnEmptyRootAndRefusesAnAbsentOne) {
  EXPECT_TRUE(walk().empty());
  try {
    Storage("lab", (root_ / "absent").string());
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kIo);
    EXPECT_NE(e.text().find("storage \"lab\""), std::string::npos);
  }
  put("file");
  EXPECT_THROW(Storage("lab", (root_ / "file").string()), fhir::Error);
}

TEST_F(StorageTest, ThrowsWhenTheRootGoesAwayBeforeTheWalk) {
  put("below/a");
  const Storage storage("test", (root_ / "below").string());
  fs::rename(root_ / "below", root_ / "moved");
  EXPECT_THROW(storage.walk(
                   "", [](const FoundFile&) { return true; }, [](const fhir::Issue&) {}),
               fhir::Error);
}

TEST_F(StorageTest, ReadsTheBytes) {
  const std::string bytes = std::string("a\0b\r\x1C", 5) + std::string(200'000, 'x');
  put("a/1", bytes);
  put("a/empty", "");
  const Storage storage("test", root_.string());
  EXPECT_EQ(storage.read("a/1", bytes.size()), bytes);
  EXPECT_EQ(storage.read("a/empty", 10), "");
  EXPECT_EQ(storage.read("a/gone", 10), std::nullopt);
  EXPECT_EQ(storage.read("gone/1", 10), std::nullopt);
  EXPECT_EQ(storage.read("a/1/below-a-file", 10), std::nullopt);
}

TEST_F(StorageTest, RefusesAFileAboveTheLimitWithoutNamingIt) {
  put("a/0000123", std::string(11, 'x'));
  const Storage storage("test", root_.string());
  EXPECT_TRUE(storage.read("a/0000123", 11));
  try {
    storage.read("a/0000123", 10);
    FAIL();
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kInput);
    EXPECT_EQ(e.text().find("0000123"), std::string::npos);
  }
}

TEST_F(StorageTest, RefusesAHugeSparseFileQuickly) {
  put("a/1", "");
  fs::resize_file(root_ / "a/1", std::uint64_t{100} << 20);
  EXPECT_THROW(Storage("test", root_.string()).read("a/1", 64u << 20), fhir::Error);
}

TEST_F(StorageTest, ReadsNothingOutsideTheRootAndFollowsNoLink) {
  put("secret");
  put("below/a");
  const Storage storage("test", (root_ / "below").string());
  for (const char* path : {"../secret", "x/../../secret", "/etc/hostname", "", ".."}) {
    EXPECT_THROW(storage.read(path, 10), fhir::Error) << path;
    EXPECT_EQ(storage.with_flag(path, '1'), std::nullopt) << path;
  }
  fs::create_symlink(root_ / "secret", root_ / "below" / "link");
  EXPECT_THROW(storage.read("link", 10), fhir::Error);
}

TEST_F(StorageTest, FindsARenamedFileUnderItsOtherFlag) {
  put("a/name_01_2", "1234");
  const Storage storage("test", root_.string());
  EXPECT_EQ(storage.read("a/name_01_1", 10), std::nullopt);
  const auto superseded = storage.with_flag("a/name_01_1", '2');
  ASSERT_TRUE(superseded);
  EXPECT_EQ(superseded->path, "a/name_01_2");
  EXPECT_EQ(superseded->size, 4u);
  EXPECT_FALSE(storage.with_flag("a/name_01_1", '0'));
}

TEST(Guideline, TheTwentyTwoFilesAreFoundAndFit) {
  const fs::path root = tests::shared_data("data/ssmix2/nho_tool/sampleData");
  if (root.empty()) {
    GTEST_SKIP() << "the guideline files are not beside the project";
  }
  std::set<std::string> types;
  std::size_t count = 0;
  std::size_t same_patient = 0;
  Storage("guideline", root.string())
      .walk(
          "",
          [&](const FoundFile& file) {
            ++count;
            const auto place = parse_place(file.path);
            const auto name = place ? parse_name(place->file) : std::nullopt;
            EXPECT_TRUE(name);
            types.insert(name ? name->type : "");
            same_patient += name && name->patient == place->patient ? 1u : 0u;
            return true;
          },
          [](const fhir::Issue& issue) { ADD_FAILURE() << issue.diagnostics; });
  EXPECT_EQ(count, 22u);
  EXPECT_EQ(types.size(), 19u);
  EXPECT_EQ(same_patient, 21u);
}

}  // namespace
}  // namespace sekisho::connectors::ssmix2
