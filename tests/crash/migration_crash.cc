// A store of an older format that is being brought forward is of one format or the next, whole, at
// whatever point that is broken off, and goes on from there.
#include <array>

#include "adapter/sqlite/database.h"
#include "adapter/store/schema.h"
#include "fhir/error.h"
#include "tests/crash/crash.h"

namespace sekisho::tests {
namespace {

using sqlite::Database;

// As later formats will: a column of another kind, and a table made anew.
constexpr std::string_view kSecond =
    "ALTER TABLE meta ADD COLUMN note TEXT NOT NULL DEFAULT 'second';"
    "UPDATE resource SET data_date = coalesce(data_date, 0) + 1 WHERE id <> '~'";
constexpr std::string_view kThird =
    "CREATE TABLE token_new (code TEXT NOT NULL, parameter INTEGER NOT NULL, rid INTEGER NOT NULL,"
    " PRIMARY KEY (code, parameter, rid)) STRICT, WITHOUT ROWID;"
    "INSERT INTO token_new SELECT code, parameter, rid FROM token;"
    "DROP TABLE token; ALTER TABLE token_new RENAME TO token";

class MigrationCrash : public CrashTest {
 protected:
  std::string file() const { return (folder() / "store.db").string(); }

  void prepare() override {
    Database database(file(), sqlite::Open::kCreate, sqlite::Durability::kNormal, 8192);
    const std::array<std::string_view, 1> first = {store::kSchema};
    sqlite::migrate(database, store::kApplicationId, first);
    sqlite::Transaction transaction(database);
    database.execute("INSERT INTO type VALUES (1, 'Observation')");
    sqlite::Statement resource = database.prepare(
        "INSERT INTO resource VALUES (NULL, 1, ?, 1, 0, 0, 0, 0, NULL, 2, 0, 0, 10, 1, ?)");
    sqlite::Statement token = database.prepare("INSERT INTO token VALUES (1, ?, 0, ?)");
    for (int i = 0; i < kRows; ++i) {
      resource.bind(1, "id" + std::to_string(i)).bind(2, std::string(900, 'x')).run();
      token.bind(1, "code" + std::to_string(i)).bind(2, database.last_insert_rowid()).run();
    }
    transaction.commit();
  }
  void bring_forward() {
    const std::array<std::string_view, 3> steps = {store::kSchema, kSecond, kThird};
    Database database(file(), sqlite::Open::kReadWrite, sqlite::Durability::kNormal);
    sqlite::migrate(database, store::kApplicationId, steps);
  }
  void work(const Say&) override { bring_forward(); }

  void check(const Ended&) override {
    {
      Database database(file(), sqlite::Open::kReadWrite, sqlite::Durability::kNormal);
      const std::int64_t format = database.user_version();
      ASSERT_TRUE(format >= 1 && format <= 3) << format;
      EXPECT_TRUE(database.quick_check());
      EXPECT_EQ(one(database, "SELECT count(*) FROM pragma_table_info('meta')"),
                format >= 2 ? 3 : 2);
      EXPECT_EQ(one(database, "SELECT count(*) FROM pragma_table_info('token')"),
                format >= 3 ? 3 : 4);
      EXPECT_EQ(one(database, "SELECT sum(data_date) FROM resource"),
                kRows * (format >= 2 ? 11 : 10));
    }
    bring_forward();
    Database database(file(), sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    EXPECT_EQ(database.user_version(), 3);
    EXPECT_EQ(one(database, "SELECT sum(data_date) FROM resource"), kRows * 11);
    EXPECT_EQ(one(database,
                  "SELECT count(*) FROM token JOIN resource USING (rid) WHERE "
                  "substr(code, 5) = substr(id, 3)"),
              kRows);
  }

  static std::int64_t one(Database& database, const std::string& sql) {
    sqlite::Statement statement = database.prepare(sql);
    EXPECT_TRUE(statement.step()) << sql;
    return statement.integer(0);
  }
  static constexpr std::int64_t kRows = 200;
};

TEST_F(MigrationCrash, EndsInOneFormatOrTheNextAndGoesOn) { break_at_each_point(4); }

}  // namespace
}  // namespace sekisho::tests
