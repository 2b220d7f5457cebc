#include "adapter/sqlite/database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "fhir/error.h"

namespace sekisho::sqlite {
namespace {

using fhir::Error;
using fhir::ErrorCode;

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("sqlite_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    file_ = (dir_ / "t.db").string();
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  Database create() { return Database(file_, Open::kCreate, Durability::kNormal); }

  std::filesystem::path dir_;
  std::string file_;
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

TEST_F(DatabaseTest, KeepsEveryKindOfValue) {
  Database database = create();
  database.execute("CREATE TABLE t (i INTEGER, s TEXT, b BLOB) STRICT");
  Statement insert = database.prepare("INSERT INTO t VALUES (?, ?, ?)");
  const std::string bytes("\0\xff\0", 3);
  insert.bind(1, std::int64_t{-5}).bind(2, "山田").bind_blob(3, bytes).run();
  insert.bind_null(1).bind(2, std::string_view()).bind_blob(3, {}).run();
  Statement select = database.prepare("SELECT i, s, b FROM t ORDER BY rowid");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), -5);
  EXPECT_EQ(select.text(1), "山田");
  EXPECT_EQ(select.blob(2), bytes);
  ASSERT_TRUE(select.step());
  EXPECT_TRUE(select.is_null(0));
  EXPECT_FALSE(select.is_null(1));
  EXPECT_EQ(select.text(1), "");
  EXPECT_FALSE(select.is_null(2));
  EXPECT_FALSE(select.step());
}

TEST_F(DatabaseTest, CountsTheStepsOfTheVirtualMachine) {
  Database database = create();
  Statement statement = database.prepare("SELECT 1");
  statement.run();
  EXPECT_GT(statement.take_vm_steps(), 0u);
  EXPECT_EQ(statement.take_vm_steps(), 0u);
}

TEST_F(DatabaseTest, RollsBackWhatWasNotCommitted) {
  Database database = create();
  database.execute("CREATE TABLE t (i INTEGER) STRICT");
  {
    Transaction transaction(database);
    database.execute("INSERT INTO t VALUES (1)");
  }
  {
    Transaction transaction(database);
    database.execute("INSERT INTO t VALUES (2)");
    transaction.commit();
  }
  Statement select = database.prepare("SELECT sum(i) FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 2);
}

TEST_F(DatabaseTest, AReaderCannotWrite) {
  Database writer = create();
  writer.execute("CREATE TABLE t (i INTEGER) STRICT");
  Database reader(file_, Open::kReadOnly, Durability::kNormal);
  EXPECT_EQ(code_of([&] { reader.execute("INSERT INTO t VALUES (1)"); }), ErrorCode::kIo);
}

TEST_F(DatabaseTest, AFullDiskIsNoSpaceAndLeavesTheCommittedRows) {
  Database database = create();
  database.execute("CREATE TABLE t (s TEXT) STRICT; INSERT INTO t VALUES ('kept')");
  database.execute("PRAGMA max_page_count = 8");
  Statement insert = database.prepare("INSERT INTO t VALUES (?)");
  EXPECT_EQ(code_of([&] {
              Transaction transaction(database);
              insert.bind(1, std::string(100'000, 'x')).run();
              transaction.commit();
            }),
            ErrorCode::kNoSpace);
  Statement select = database.prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 1);
}

TEST_F(DatabaseTest, AnotherWriterIsAConflict) {
  Database first = create();
  Database second(file_, Open::kReadWrite, Durability::kNormal);
  const Transaction transaction(first);
  second.execute("PRAGMA busy_timeout = 10");
  EXPECT_EQ(code_of([&] { const Transaction refused(second); }), ErrorCode::kConflict);
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsCorrupt) {
  std::ofstream(file_) << std::string(8192, 'x');
  EXPECT_EQ(code_of([&] { Database(file_, Open::kReadWrite, Durability::kFull); }),
            ErrorCode::kCorrupt);
}

TEST_F(DatabaseTest, AMissingFileIsAnIoErrorThatNamesNoFolder) {
  try {
    Database(file_, Open::kReadOnly, Durability::kFull);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kIo);
    EXPECT_EQ(e.text().find(dir_.string()), std::string::npos) << e.text();
  }
}

TEST_F(DatabaseTest, CallsFunctionsWrittenInCpp) {
  Database database = create();
  database.define("meets", 2, [](const FunctionCall& call) -> std::int64_t {
    return call.is_null(1) ? -1 : call.integer(0) + static_cast<std::int64_t>(call.blob(1).size());
  });
  Statement select = database.prepare("SELECT meets(2, x'0102'), meets(2, NULL)");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 4);
  EXPECT_EQ(select.integer(1), -1);
}

TEST_F(DatabaseTest, TheFileIsForItsOwnerAlone) {
  Database database = create();
  database.execute("CREATE TABLE t (i INTEGER) STRICT");
  for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
    EXPECT_EQ(entry.status().permissions() &
                  (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << entry.path();
  }
}

TEST_F(DatabaseTest, QuickCheckFindsADamagedPage) {
  {
    Database database = create();
    database.execute("CREATE TABLE t (s TEXT) STRICT; CREATE INDEX ti ON t (s)");
    Statement insert = database.prepare("INSERT INTO t VALUES (?)");
    for (int i = 0; i < 500; ++i) {
      insert.bind(1, std::to_string(i) + std::string(100, 'y')).run();
    }
    EXPECT_TRUE(database.quick_check());
  }
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096);
  file << std::string(4096, '\xee');
  file.close();
  Database database(file_, Open::kReadWrite, Durability::kNormal);
  EXPECT_FALSE(database.quick_check());
}

TEST_F(DatabaseTest, MigratesStepByStepOnce) {
  constexpr std::array<std::string_view, 1> kOne = {"CREATE TABLE a (i INTEGER) STRICT"};
  constexpr std::array<std::string_view, 2> kTwo = {
      kOne[0], "CREATE TABLE b (i INTEGER) STRICT; INSERT INTO b VALUES (7)"};
  {
    Database database = create();
    migrate(database, 4242, kOne);
    EXPECT_EQ(database.user_version(), 1);
  }
  Database database(file_, Open::kReadWrite, Durability::kNormal);
  migrate(database, 4242, kTwo);
  migrate(database, 4242, kTwo);
  EXPECT_EQ(database.user_version(), 2);
  Statement select = database.prepare("SELECT count(*) FROM b");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 1);
  EXPECT_EQ(code_of([&] { migrate(database, 4242, kOne); }), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of([&] { migrate(database, 17, kTwo); }), ErrorCode::kCorrupt);
}

TEST_F(DatabaseTest, WhoOnlyReadsTakesThisFormatAlone) {
  constexpr std::array<std::string_view, 2> kSteps = {"CREATE TABLE a (i INTEGER) STRICT",
                                                      "CREATE TABLE b (i INTEGER) STRICT"};
  Database writer = create();
  migrate(writer, 4242, kSteps);
  Database reader(file_, Open::kReadOnly, Durability::kNormal);
  EXPECT_NO_THROW(require_format(reader, 4242, 2));
  for (const auto& [id, format, words] :
       {std::tuple{4242, 1, "is newer than"}, std::tuple{4242, 3, "is older than"},
        std::tuple{17, 2, "another program"}}) {
    try {
      require_format(reader, id, format);
      ADD_FAILURE() << words;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kCorrupt);
      EXPECT_NE(e.text().find(words), std::string::npos) << e.text();
    }
  }
}

TEST_F(DatabaseTest, AStepThatFailsLeavesTheOldVersion) {
  constexpr std::array<std::string_view, 1> kBad = {"CREATE TABLE a (i INTEGER) STRICT; nonsense"};
  Database database = create();
  EXPECT_EQ(code_of([&] { migrate(database, 1, kBad); }), ErrorCode::kDatabase);
  EXPECT_EQ(database.user_version(), 0);
  Statement select = database.prepare("SELECT count(*) FROM sqlite_schema");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 0);
}

// Pins what the room relies on.
TEST(SqliteLibrary, IsThreadSafeAndOldEnoughForStrict) {
  EXPECT_NE(sqlite3_threadsafe(), 0);
  EXPECT_EQ(sqlite3_libversion_number(), SQLITE_VERSION_NUMBER);
}

}  // namespace
}  // namespace sekisho::sqlite
