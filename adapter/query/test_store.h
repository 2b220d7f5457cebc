#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/query/query.h"
#include "adapter/sqlite/database.h"
#include "adapter/store/schema.h"
#include "fhir/release_sets.h"
#include "fhir/search_parameter.h"

// A store of hand-written rows, and masks of hand-written bits: what the query promises does not
// depend on who filled the columns.

namespace sekisho::release {

// The test's own maker of Visibility; the product's is not linked here.
class Masks {
 public:
  struct Gates {
    bool ip_ok = false;
    bool has_period = false;
    std::int32_t from = 0, to = 0;
  };
  static query::Visibility of(const std::vector<fhir::CategorySet>& permitted, Gates gates) {
    auto masks = std::make_shared<std::vector<std::uint64_t>>();
    for (const fhir::CategorySet set : permitted) {
      masks->push_back(set.bits);
    }
    query::Visibility visibility;
    visibility.masks_ = std::move(masks);
    visibility.ip_ok_ = gates.ip_ok;
    visibility.has_period_ = gates.has_period;
    visibility.period_from_ = gates.from;
    visibility.period_to_ = gates.to;
    return visibility;
  }
  static query::Visibility of(const std::vector<fhir::CategorySet>& permitted) {
    return of(permitted, Gates());
  }
};

}  // namespace sekisho::release

namespace sekisho::query {

struct TestRow {
  std::string type;
  std::string id;
  std::optional<std::uint32_t> patient;
  fhir::CategorySet needs = {};
  fhir::SetRule rule = fhir::SetRule::kNeeds;
  fhir::CategorySet carried = {};
  std::string text = {};
  std::vector<std::uint32_t> more_patients = {};
  unsigned flags = 0;
  std::optional<std::int32_t> data_date = {};
  std::int64_t version = 1;
  std::int64_t last_updated = 1'700'000'000'000;
  bool deleted = false;
  bool plain = true;
};

class TestStore {
 public:
  explicit TestStore(const std::string& name)
      : folder_(testing::TempDir() + "query_" + name + "_" + std::to_string(getpid())),
        database_(fresh(folder_), sqlite::Open::kCreate, sqlite::Durability::kNormal) {
    database_.execute(std::string(store::kSchema));
    database_.execute("PRAGMA application_id = " + std::to_string(store::kApplicationId));
    database_.execute("PRAGMA user_version = " + std::to_string(store::kFormat));
  }
  ~TestStore() { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ + "/store.db"; }
  sqlite::Database& database() { return database_; }

  std::int64_t put(const TestRow& row) {
    sqlite::Statement insert = database_.prepare(
        "INSERT INTO resource VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, type_number(row.type)).bind(2, row.id);
    bind_rest(insert, 3, row);
    insert.run();
    return database_.last_insert_rowid();
  }

  void put_version(std::int64_t rid, const TestRow& row) {
    sqlite::Statement insert = database_.prepare(
        "INSERT INTO resource_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, rid);
    bind_rest(insert, 2, row);
    insert.run();
  }

  // Fills the search index from the row's text, as the store does.
  std::int64_t put_indexed(const TestRow& row) {
    const std::int64_t rid = put(row);
    for (const fhir::IndexEntry& entry : fhir::index_entries(fhir::parse_json(row.text))) {
      if (entry.kind == fhir::SearchKind::kToken) {
        database_.prepare("INSERT OR IGNORE INTO system (uri) VALUES (?)")
            .bind(1, entry.system)
            .run();
        database_
            .prepare(
                "INSERT OR IGNORE INTO token SELECT ?, ?, system, ? FROM system "
                "WHERE uri = ?")
            .bind(1, std::int64_t{entry.parameter})
            .bind(2, entry.code)
            .bind(3, rid)
            .bind(4, entry.system)
            .run();
      } else if (entry.kind == fhir::SearchKind::kDate) {
        database_.prepare("INSERT OR IGNORE INTO date VALUES (?, ?, ?, ?)")
            .bind(1, std::int64_t{entry.parameter})
            .bind(2, entry.begin.ms)
            .bind(3, entry.end.ms)
            .bind(4, rid)
            .run();
      }
    }
    return rid;
  }

  // A patient with a Patient resource that carries these codes.
  void put_patient(std::uint32_t number, const std::string& id, fhir::CategorySet carried) {
    TestRow row{"Patient", id, number};
    row.rule = fhir::SetRule::kCarriedByPatient;
    row.carried = carried;
    row.text = R"({"resourceType":"Patient","id":")" + id + R"("})";
    put(row);
  }

 private:
  static std::string fresh(const std::string& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder + "/store.db";
  }

  std::int64_t type_number(const std::string& name) {
    database_.prepare("INSERT OR IGNORE INTO type (name) VALUES (?)").bind(1, name).run();
    sqlite::Statement find = database_.prepare("SELECT type FROM type WHERE name = ?");
    find.bind(1, name).step();
    return find.integer(0);
  }

  static void bind_rest(sqlite::Statement& insert, int at, const TestRow& row) {
    insert.bind(at, row.version).bind(at + 1, row.last_updated);
    insert.bind(at + 2, std::int64_t{row.deleted});
    insert.bind(at + 3, static_cast<std::int64_t>(row.rule));
    if (row.patient) {
      insert.bind(at + 4, std::int64_t{*row.patient});
    }
    if (!row.more_patients.empty()) {
      std::string bytes;
      for (const std::uint32_t patient : row.more_patients) {
        for (unsigned i = 0; i < 4; ++i) {
          bytes += static_cast<char>((patient >> (8 * i)) & 0xFF);
        }
      }
      insert.bind_blob(at + 5, bytes);
    }
    insert.bind(at + 6, static_cast<std::int64_t>(row.needs.bits));
    insert.bind(at + 7, static_cast<std::int64_t>(row.carried.bits));
    insert.bind(at + 8, std::int64_t{row.flags});
    if (row.data_date) {
      insert.bind(at + 9, std::int64_t{*row.data_date});
    }
    insert.bind(at + 10, std::int64_t{row.plain}).bind(at + 11, row.text);
  }

  std::string folder_;
  sqlite::Database database_;
};

}  // namespace sekisho::query
