// The state of an older release, as it wrote it (tests/upgrade/format1), under this program: it
// opens, serves, and every refusal holds; and what a newer program wrote is refused with what to
// do.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapter/ingest/test_storage.h"
#include "adapter/ledger/ledger.h"
#include "adapter/platform/durable_file.h"
#include "adapter/registry/journal.h"
#include "adapter/release/door.h"
#include "adapter/store/bring_forward.h"
#include "adapter/store/schema.h"
#include "adapter/store/store.h"
#include "fhir/error.h"

namespace sekisho {
namespace {

namespace fs = std::filesystem;

// Of this fixture alone: an Ed25519 key of 32 times the letter u.
constexpr const char* kKey = "MC4CAQAwBQYDK2VwBCIEIHV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1";
constexpr fhir::Instant kNow{1'795'136'400'000};  // 2026-11-20T10:00:00+09:00

// Invented people. The last two come after the upgrade.
constexpr const char* kShown = "1000000";
constexpr const char* kRefused = "1000001";
constexpr const char* kUnverified = "1000002";
constexpr const char* kWithdrawn = "1000003";
constexpr const char* kRefusedUnseen = "1000009";

// A database from its text.
void make_database(const fs::path& file, const fs::path& text, int page_size) {
  sqlite::Database database(file.string(), sqlite::Open::kCreate, sqlite::Durability::kNormal,
                            page_size);
  database.execute(platform::read_file(text.string()));
}

class Upgrade : public ingest::StorageTest {
 protected:
  void SetUp() override {
    dir_ =
        fs::path(testing::TempDir()) /
        ("upgrade_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(dir_);
    const fs::path from = fs::path(SEKISHO_SOURCE_DIR) / "tests/upgrade/format1";
    for (const char* name : {"registry", "ledger"}) {
      fs::create_directories(dir_ / "state");
      fs::copy(from / name, dir_ / "state" / name);
    }
    make_database(store_file(), from / "store.sql", 8192);
    make_database(registry_file("patients.db"), from / "registry/patients.sql", 4096);
    fs::create_directories(root());
  }

  std::string registry_file(const char* name) const {
    return (dir_ / "state" / "registry" / name).string();
  }
  std::string ledger_folder() const { return (dir_ / "state" / "ledger").string(); }
  static crypto::SigningKey key() {
    return crypto::SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + std::string(kKey) +
                                        "\n-----END PRIVATE KEY-----\n");
  }
  std::unique_ptr<registry::Registry> open(registry::Registry::Access access) const {
    registry::Registry::Options options = registry_options();
    options.signing_key = key();
    return registry::Registry::open(options, access, kNow);
  }
  std::unique_ptr<ledger::Ledger> open_ledger() const {
    ledger::Ledger::Options options;
    options.dir = ledger_folder();
    options.key = key();
    options.seal_key = std::string(32, 's');
    return ledger::Ledger::open(options, kNow);
  }
  static std::string id_of(const char* number) {
    return settings().ids.logical_id("Patient", {number});
  }

  // Who has which number, of the patients of the fixture.
  std::string numbers() const {
    sqlite::Database database = store::open_for_reading(store_file());
    sqlite::Statement all = database.prepare(
        "SELECT group_concat(id || '=' || patient) FROM (SELECT id, patient FROM resource JOIN "
        "type "
        "USING (type) WHERE name = 'Patient' AND version > 0 AND patient < 4 ORDER BY id)");
    return all.step() ? std::string(all.text(0)) : std::string();
  }
  // The journal as another program would have written it.
  void rewrite_journal(void (*change)(registry::JournalLine&)) const {
    const std::string path = registry_file("journal.jsonl");
    std::vector<registry::JournalLine> lines;
    registry::read_journal(platform::read_file(path), std::nullopt,
                           [&](const registry::JournalLine& line) { lines.push_back(line); });
    fs::remove(path);
    registry::JournalWriter writer(platform::AppendFile::open(path), {});
    for (registry::JournalLine& line : lines) {
      change(line);
      writer.append(line);
    }
    registry::write_head(registry_file("head.json"), writer.end(), registry_options().key);
  }

  // The status of a read by a hub, "closed" where it gets no view.
  std::string read(registry::Registry& registry, ledger::Ledger& ledger, const char* number) const {
    release::Door::Options options;
    options.store_file = store_file();
    options.base_url = "https://hospital.example:8443/fhir";
    options.cursor_key = std::string(32, 'c');
    release::Door door(
        options, registry, ledger, [] { return kNow; }, [] { return std::int64_t{0}; });
    release::Asker asker;
    asker.client = "RP";
    asker.certificate = std::string(64, 'a');
    asker.permits = {"PM0"};
    asker.request_id = "after-the-upgrade";
    asker.interaction = "read";
    asker.target = "Patient/" + id_of(number);
    auto entrance = door.open(asker);
    auto* view = std::get_if<release::ReleaseView>(&entrance);
    if (view == nullptr) {
      return "closed";
    }
    release::ReadRequest request;
    request.type = "Patient";
    request.id = id_of(number);
    return std::to_string(view->read(request).status);
  }
};

TEST_F(Upgrade, TheStateOfFormatOneServesAndEveryRefusalHolds) {
  registry_ = open(registry::Registry::Access::kWriter);
  ASSERT_TRUE(registry_->loaded() && registry_->chain_ok()) << registry_->locked_because();
  EXPECT_TRUE(registry_->policy_ok());
  { const auto store = store::Store::open(store_file(), {}); }
  EXPECT_EQ(one("PRAGMA user_version"), store::kFormat);
  EXPECT_EQ(one("SELECT count(*) FROM message_part"), 0);
  {
    const auto ledger = open_ledger();
    EXPECT_EQ(read(*registry_, *ledger, kShown), "200");
    EXPECT_EQ(read(*registry_, *ledger, kWithdrawn), "200");
    EXPECT_EQ(read(*registry_, *ledger, kRefused), "404");
    EXPECT_EQ(read(*registry_, *ledger, kUnverified), "404");
  }
  const ledger::Verified verified = ledger::verify(ledger_folder(), key().verify_key());
  EXPECT_TRUE(verified.ok) << verified.where;
  EXPECT_EQ(verified.records, 2u + 4u);
}

TEST_F(Upgrade, AnIngestGoesOnOverItWithTheSameNumbersAndRefusals) {
  registry_ = open(registry::Registry::Access::kWriter);
  { const auto store = store::Store::open(store_file(), {}); }
  const std::string before = numbers();
  for (const char* number : {kShown, kRefused, kUnverified, kWithdrawn, kRefusedUnseen}) {
    write(ingest::adt_place(number), ingest::adt(number));
    write(ingest::lab_place(number, "000000000000001"),
          ingest::lab(number, "000000000000001", {"1A990000000190153=1.5"}));
  }
  const ingest::Report report = run(options(), kNow);
  EXPECT_EQ(report.read, 10u);
  EXPECT_EQ(report.tombstones, 0u);
  EXPECT_EQ(live("Patient"), 5);
  EXPECT_EQ(numbers(), before);
  const auto view = registry_->view();
  for (const char* number : {kRefused, kUnverified, kRefusedUnseen}) {
    EXPECT_FALSE(view->refusals_of(id_of(number)).empty()) << number;
  }
}

// Format 1 digested names in letters with their case, and no family names: a line of today would
// not find its person in such an index. Whoever has the birth date of a line is held until ingest,
// which reads every file again, has made the keys of this program.
TEST_F(Upgrade, WhoseKeysAreOldIsHeldWhileALineMayMeanThem) {
  registry_ = open(registry::Registry::Access::kWriter);
  EXPECT_EQ(registry_->older_keys(), 4u);
  const auto record = [&](const char* body) {
    EXPECT_TRUE(
        registry_
            ->append("refusal", fhir::parse_json(body), {{"架空 花子", "架空 太郎"}, "clerk"}, kNow)
            .ok());
  };
  record(R"({"id": "other", "keys": {"name": "Someone Else", "birth": "1965-03-02"}})");
  { const auto store = store::Store::open(store_file(), {}); }
  {
    const auto ledger = open_ledger();
    EXPECT_EQ(read(*registry_, *ledger, kShown), "404");
  }
  registry_ = nullptr;
  registry_ = open(registry::Registry::Access::kWriter);
  {
    const auto ledger = open_ledger();
    EXPECT_EQ(read(*registry_, *ledger, kShown), "404") << "a restart changes nothing";
  }
  for (const char* number : {kShown, kRefused, kUnverified, kWithdrawn}) {
    write(ingest::adt_place(number), ingest::adt(number));
    write(ingest::lab_place(number, "000000000000001"),
          ingest::lab(number, "000000000000001", {"1A990000000190153=1.5"}));
  }
  run(options(), kNow);
  EXPECT_EQ(registry_->older_keys(), 0u);
  const auto ledger = open_ledger();
  EXPECT_EQ(read(*registry_, *ledger, kShown), "200");
  record(R"({"id": "same", "keys": {"name": "person test", "birth": "1965-03-02"}})");
  EXPECT_EQ(read(*registry_, *ledger, kShown), "404");
}

// What a program of a newer format leaves behind, and who has to refuse it.
TEST_F(Upgrade, AStoreOfANewerProgramIsRefusedByWhoWritesAndWhoReads) {
  {
    sqlite::Database database(store_file(), sqlite::Open::kReadWrite, sqlite::Durability::kNormal);
    database.execute("PRAGMA user_version = " + std::to_string(store::kFormat + 1));
  }
  for (const bool writes : {true, false}) {
    try {
      if (writes) {
        store::Store::open(store_file(), {});
      } else {
        store::open_for_reading(store_file());
      }
      ADD_FAILURE() << "taken";
    } catch (const fhir::Error& e) {
      EXPECT_EQ(e.code(), fhir::ErrorCode::kCorrupt);
      EXPECT_NE(e.text().find("install the newer program again or restore the backup"),
                std::string::npos)
          << e.text();
    }
  }
}

// While it lives no file of this process grows, as on a full disk.
class NoRoom {
 public:
  NoRoom() {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoRoom() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  void (*signal_)(int) = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_{};
};

TEST_F(Upgrade, AStoreThatCannotBeBroughtForwardIsSaidToBeSoAndOneThatCanBeReadIsNot) {
  {
    const NoRoom full;
    EXPECT_THROW(store::bring_forward(store_file(), {}), fhir::Error);
    EXPECT_THROW(store::bring_forward(store_file() + "-new", {}), fhir::Error);
  }
  store::bring_forward(store_file(), {});
  const sqlite::Database reader = store::open_for_reading(store_file());
  const NoRoom full;
  EXPECT_NO_THROW(store::bring_forward(store_file(), {}));
}

struct Newer {
  const char* name;
  void (*change)(registry::JournalLine& line);
  const char* sql;
};
class UpgradeRegistry : public Upgrade, public testing::WithParamInterface<Newer> {};

TEST_P(UpgradeRegistry, OfANewerProgramIsLocked) {
  rewrite_journal(GetParam().change);
  {
    sqlite::Database database(registry_file("patients.db"), sqlite::Open::kReadWrite,
                              sqlite::Durability::kNormal);
    database.execute(GetParam().sql);
  }
  for (const auto access :
       {registry::Registry::Access::kWriter, registry::Registry::Access::kReadOnly}) {
    const auto registry = open(access);
    EXPECT_FALSE(registry->loaded());
    EXPECT_NE(registry->locked_because().find("install"), std::string::npos)
        << registry->locked_because();
    EXPECT_NE(registry->locked_because().find("restore the backup"), std::string::npos)
        << registry->locked_because();
  }
}

INSTANTIATE_TEST_SUITE_P(All, UpgradeRegistry,
                         testing::Values(Newer{"Journal",
                                               [](registry::JournalLine& line) {
                                                 if (line.body.find("format") != nullptr) {
                                                   line.body.set("format", fhir::Json::integer(2));
                                                 }
                                               },
                                               ""},
                                         Newer{"Event",
                                               [](registry::JournalLine& line) {
                                                 line.type =
                                                     line.type == "filing" ? "amnesty" : line.type;
                                               },
                                               ""},
                                         Newer{"PatientIndex", [](registry::JournalLine&) {},
                                               "PRAGMA user_version = 9"}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sekisho
