#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/ingest/ingest.h"
#include "adapter/registry/registry.h"
#include "adapter/sqlite/database.h"
#include "fhir/error.h"
#include "mappings/settings.h"

namespace sekisho::ingest {

namespace fs = std::filesystem;

inline constexpr fhir::Instant kNow{1'764'000'000'000};

// A place in a standardized storage, from the parts of its name.
inline std::string place(const std::string& patient, const std::string& date,
                         const std::string& type, const std::string& order, const std::string& at,
                         char flag) {
  return patient.substr(0, 3) + "/" + patient.substr(3, 3) + "/" + patient + "/" + date + "/" +
         type + "/" + patient + "_" + date + "_" + type + "_" + order + "_" + at + "_01_" + flag;
}

inline std::string adt_place(const std::string& patient, char flag = '1',
                             const std::string& at = "20240401090000000") {
  return place(patient, "-", "ADT-00", "999999999999999", at, flag);
}
inline std::string lab_place(const std::string& patient, const std::string& order, char flag = '1',
                             const std::string& at = "20240501090000000") {
  return place(patient, "20240501", "OML-11", order, at, flag);
}

// The messages hold an invented person each; the name is the patient number's.
inline std::string pid(const std::string& patient) {
  return "PID|1||" + patient + "^^^^PI||TEST^PERSON^^^^^L^A~TESUTO^PAASON^^^^^L^P||19650302|F\r";
}
inline std::string adt(const std::string& patient, const std::string& city = "TOKYO") {
  return "MSH|^~\\&|SYS|HOSP|AG|AG|20240401090000||ADT^A08^ADT_A01|M" + patient +
         "|P|2.5||||||~ISO IR87||ISO 2022-1994\r"
         "EVN||20240401090000\r"
         "PID|0001||" +
         patient + "^^^^PI||TEST^PERSON^^^^^L^A||19650302|F|||^^^^1000001^JPN^H^" + city +
         "\r"
         "PV1|0001|O\r";
}
// Results of one specimen; items are "code=value", JLAC10 codes of the core list.
inline std::string lab(const std::string& patient, const std::string& order,
                       const std::vector<std::string>& items) {
  std::string text = "MSH|^~\\&|SYS|HOSP|AG|AG|20240501090000||OUL^R22^OUL_R22|L" + order +
                     "|P|2.5||||||~ISO IR87||ISO 2022-1994\r" + pid(patient) + "SPM|1|" + order +
                     "||023^SERUM^JC10|||||||||||||20240501083000|20240501084500\r"
                     "OBR|1|" +
                     order + "||1A990000000190153^CREATININE^JC10|||20240501083000\r";
  int n = 0;
  for (const std::string& item : items) {
    const std::size_t at = item.find('=');
    text += "OBX|" + std::to_string(++n) + "|NM|" + item.substr(0, at) + "^ITEM^JC10||" +
            item.substr(at + 1) + "|mg/dl^mg/dl^99XYZ|||||F|||20240501083000\r";
  }
  return text;
}

// A storage, a store and a registry below a folder of the test's own.
class StorageTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::path(testing::TempDir()) /
           ("ingest_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(dir_);
    fs::create_directories(root());
    fs::create_directories(dir_ / "state" / "registry");
    registry::Registry::create(registry_options(), kNow);
    open_registry();
  }
  void TearDown() override {
    registry_.reset();
    fs::remove_all(dir_);
  }

  fs::path root() const { return dir_ / "storage"; }
  std::string store_file() const { return (dir_ / "state" / "store.db").string(); }

  registry::Registry::Options registry_options() const {
    registry::Registry::Options options;
    options.dir = (dir_ / "state" / "registry").string();
    options.key = std::string(32, 'r');
    return options;
  }
  void open_registry() {
    registry_.reset();
    registry_ =
        registry::Registry::open(registry_options(), registry::Registry::Access::kWriter, kNow);
  }

  void write(const std::string& path, const std::string& bytes) {
    fs::create_directories((root() / path).parent_path());
    std::ofstream(root() / path, std::ios::binary) << bytes;
  }
  void rename(const std::string& from, const std::string& to) {
    fs::rename(root() / from, root() / to);
  }

  static mappings::Settings settings() {
    return mappings::settings_for(fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790",
                                  "TEST HOSPITAL", {}, "test");
  }
  Options options() const {
    Options options;
    options.store_file = store_file();
    config::StorageRoot storage;
    storage.name = "main";
    storage.path = root().string();
    options.roots.push_back(storage);
    options.limits.batch_files = 3;
    options.limits.loss_threshold = 0.5;
    return options;
  }
  Report run(const Options& how, fhir::Instant now = kNow) {
    static const mappings::Pack kBase = mappings::Pack::base();
    const Report report = ingest::run(
        how, {&kBase}, settings(), *registry_, [now] { return now; },
        [&](const Progress& progress) { on_progress(progress); }, cancel_);
    EXPECT_TRUE(report.balanced()) << report_text(report);
    return report;
  }
  Report run() { return run(options()); }
  virtual void on_progress(const Progress&) {}

  std::int64_t one(const std::string& sql) {
    sqlite::Database database(store_file(), sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    sqlite::Statement statement = database.prepare(sql);
    EXPECT_TRUE(statement.step()) << sql;
    return statement.integer(0);
  }
  std::int64_t live(const std::string& type) {
    return one(
        "SELECT count(*) FROM resource JOIN type USING (type) WHERE version > 0 AND deleted = 0 "
        "AND name = '" +
        type + "'");
  }
  // All that the store says of resources and files, in an order of its own.
  std::string dump() {
    std::string out;
    sqlite::Database database(store_file(), sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    for (const char* sql :
         {"SELECT name, id, version, deleted, rule, patient, needs, carried, flags, plain, text "
          "FROM resource LEFT JOIN type USING (type) ORDER BY 1, 2",
          "SELECT id, v.version, v.deleted, v.needs, v.carried, v.text FROM resource_version v "
          "JOIN resource USING (rid) ORDER BY 1, 2",
          "SELECT parameter, code, uri, id FROM token JOIN system USING (system) JOIN resource "
          "USING (rid) ORDER BY 1, 2, 3, 4",
          "SELECT parameter, low, high, id FROM date JOIN resource USING (rid) ORDER BY 1, 2, 3, 4",
          "SELECT a.id, b.id FROM link JOIN resource a USING (rid) JOIN resource b ON b.rid = "
          "target ORDER BY 1, 2",
          "SELECT path, status, reason, resources, rejected FROM source_file ORDER BY 1",
          "SELECT path, id FROM produced JOIN source_file USING (file) JOIN resource USING (rid) "
          "ORDER BY 1, 2",
          "SELECT patient, needs, live FROM patient_needs ORDER BY 1, 2",
          "SELECT kind, profile, name, detail, count FROM coverage ORDER BY 1, 2, 3, 4",
          "SELECT path, id, line, sort, waiting <> 0, what FROM message_part JOIN source_file "
          "USING (file) JOIN resource USING (rid) ORDER BY 1, 2, 3"}) {
      sqlite::Statement statement = database.prepare(sql);
      while (statement.step()) {
        for (int i = 0; i < statement.columns(); ++i) {
          out += std::string(statement.text(i)) + "|";
        }
        out += '\n';
      }
      out += "--\n";
    }
    return out;
  }

  fs::path dir_;
  std::unique_ptr<registry::Registry> registry_;
  std::atomic<bool> cancel_{false};
};

}  // namespace sekisho::ingest
