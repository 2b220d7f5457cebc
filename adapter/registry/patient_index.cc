#include "adapter/registry/patient_index.h"

#include <array>
#include <utility>

#include "fhir/error.h"

namespace sekisho::registry {
namespace {

using fhir::CivilDate;
using fhir::Error;
using fhir::ErrorCode;

constexpr std::int64_t kApplicationId = 0x736B7072;  // "skpr"
constexpr std::array<std::string_view, 2> kSteps = {R"(
CREATE TABLE patient (
  number INTEGER PRIMARY KEY,     -- dense, from 0; never given twice
  id TEXT NOT NULL UNIQUE,        -- logical id of the Patient resource
  birth INTEGER,                  -- days since 1970-01-01; NULL: unknown or partial
  deceased INTEGER NOT NULL,
  deceased_on INTEGER,            -- days; NULL: alive, or the day is not known
  kana BLOB, name BLOB            -- keyed digests of the folded names, for contradictions
) STRICT;
CREATE TABLE person_key (         -- keyed digests of card, name with birth, insured person's number
  digest BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (digest, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('epoch', 0);
)",
                                                    R"(
-- Whose digests are of an older format is found only in the ways of that format.
ALTER TABLE patient ADD COLUMN key_format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE patient ADD COLUMN open_name INTEGER NOT NULL DEFAULT 0;  -- 1: nobody can tell the name
-- Whom the card meant first, as birth, kana and name above.
ALTER TABLE patient ADD COLUMN first_birth INTEGER;
ALTER TABLE patient ADD COLUMN first_kana BLOB;
ALTER TABLE patient ADD COLUMN first_name BLOB;
UPDATE patient SET first_birth = birth, first_kana = kana, first_name = name;
CREATE INDEX patient_older_keys ON patient (birth) WHERE key_format < 2;
)"};

sqlite::Database opened(const std::string& file, sqlite::Open mode) {
  sqlite::Database database(file, mode, sqlite::Durability::kFull);
  if (mode != sqlite::Open::kReadOnly) {
    sqlite::migrate(database, kApplicationId, kSteps);
  } else {
    sqlite::require_format(database, kApplicationId, kSteps.size());
  }
  return database;
}

std::int64_t days(CivilDate day) { return day.time_since_epoch().count(); }

std::optional<CivilDate> day_at(const sqlite::Statement& row, int column) {
  if (row.is_null(column)) {
    return std::nullopt;
  }
  return CivilDate(std::chrono::days(static_cast<int>(row.integer(column))));
}

void bind_day(sqlite::Statement& statement, int index, const std::optional<CivilDate>& day) {
  if (day) {
    statement.bind(index, days(*day));
  } else {
    statement.bind_null(index);
  }
}

void bind_digest(sqlite::Statement& statement, int index, const std::string& digest) {
  if (digest.empty()) {
    statement.bind_null(index);
  } else {
    statement.bind_blob(index, digest);
  }
}

}  // namespace

void PatientIndex::create(const std::string& file) { opened(file, sqlite::Open::kCreate); }

PatientIndex::PatientIndex(const std::string& file, sqlite::Open mode)
    : database_(opened(file, mode)),
      select_(database_.prepare(
          "SELECT birth, deceased, deceased_on, kana, name, key_format, open_name, first_birth, "
          "first_kana, first_name FROM patient WHERE number = ?")),
      upsert_(database_.prepare(
          "INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO "
          "UPDATE SET birth = excluded.birth, deceased = excluded.deceased, deceased_on = "
          "excluded.deceased_on, kana = excluded.kana, name = excluded.name, key_format = "
          "excluded.key_format, open_name = excluded.open_name, first_birth = "
          "excluded.first_birth, first_kana = excluded.first_kana, first_name = "
          "excluded.first_name WHERE id = excluded.id")),
      add_digest_(database_.prepare("INSERT OR IGNORE INTO person_key VALUES (?, ?)")),
      find_(
          database_.prepare("SELECT number, patient.id FROM person_key JOIN patient USING (number) "
                            "WHERE digest = ? ORDER BY number")),
      older_(
          database_.prepare("SELECT number, id FROM patient WHERE birth = ? AND key_format < 2")) {
  static_assert(kKeyFormat == 2, "the statements above and the index name the newest format");
}

void PatientIndex::load(const std::function<void(Patient)>& patient) {
  sqlite::Statement all = database_.prepare(
      "SELECT number, id, birth, deceased, deceased_on FROM patient ORDER BY number");
  std::int64_t next = 0;
  while (all.step()) {
    if (all.integer(0) != next++) {
      throw Error(ErrorCode::kCorrupt,
                  "patients.db: a patient number is missing; restore the file "
                  "together with the store");
    }
    Patient one;
    one.id = all.text(1);
    one.birth = day_at(all, 2);
    one.deceased = all.integer(3) != 0;
    one.deceased_on = day_at(all, 4);
    patient(std::move(one));
  }
  database_.execute("PRAGMA shrink_memory");  // these pages are not read again
}

std::uint64_t PatientIndex::epoch() {
  sqlite::Statement value = database_.prepare("SELECT value FROM counter WHERE name = 'epoch'");
  return value.step() ? static_cast<std::uint64_t>(value.integer(0)) : 0;
}

std::optional<PatientIndex::Known> PatientIndex::known(PatientNumber number) {
  select_.bind(1, static_cast<std::int64_t>(number));
  std::optional<Known> result;
  if (select_.step()) {
    Known& found = result.emplace();
    found.now = {day_at(select_, 0), std::string(select_.blob(3)), std::string(select_.blob(4))};
    found.deceased = select_.integer(1) != 0;
    found.deceased_on = day_at(select_, 2);
    found.key_format = static_cast<int>(select_.integer(5));
    found.open_name = select_.integer(6) != 0;
    found.first = {day_at(select_, 7), std::string(select_.blob(8)), std::string(select_.blob(9))};
  }
  select_.reset();
  return result;
}

bool PatientIndex::put(const Row& row) {
  const Patient& patient = row.patient;
  const auto before = known(row.number);
  const Named now{patient.birth, row.digests.kana, row.digests.name};
  bool changed = !before || before->now != now || before->first != row.first ||
                 before->deceased != patient.deceased ||
                 before->deceased_on != patient.deceased_on ||
                 before->open_name != row.digests.open_name || before->key_format != kKeyFormat;
  if (changed) {
    upsert_.bind(1, static_cast<std::int64_t>(row.number)).bind(2, patient.id);
    bind_day(upsert_, 3, patient.birth);
    upsert_.bind(4, std::int64_t{patient.deceased ? 1 : 0});
    bind_day(upsert_, 5, patient.deceased_on);
    bind_digest(upsert_, 6, row.digests.kana);
    bind_digest(upsert_, 7, row.digests.name);
    upsert_.bind(8, std::int64_t{kKeyFormat});
    upsert_.bind(9, std::int64_t{row.digests.open_name ? 1 : 0});
    bind_day(upsert_, 10, row.first.birth);
    bind_digest(upsert_, 11, row.first.kana);
    bind_digest(upsert_, 12, row.first.name);
    upsert_.run();
    if (database_.changes() != 1) {
      throw Error(ErrorCode::kCorrupt,
                  "patients.db: the number of one patient was about to be given to another; "
                  "start the agent again");
    }
  }
  for (const std::string& digest : row.digests.search) {
    add_digest_.bind_blob(1, digest).bind(2, static_cast<std::int64_t>(row.number));
    add_digest_.run();
    changed = changed || database_.changes() > 0;
  }
  return changed;
}

void PatientIndex::raise_epoch() {
  database_.execute("UPDATE counter SET value = value + 1 WHERE name = 'epoch'");
}

std::vector<PatientIndex::Found> PatientIndex::find(std::string_view digest) {
  std::vector<Found> found;
  if (digest.empty()) {
    return found;
  }
  find_.bind_blob(1, digest);
  while (find_.step()) {
    found.push_back({static_cast<PatientNumber>(find_.integer(0)), std::string(find_.text(1))});
  }
  find_.reset();
  return found;
}

std::vector<PatientIndex::Found> PatientIndex::of_older_keys(fhir::CivilDate birth) {
  std::vector<Found> found;
  older_.bind(1, days(birth));
  while (older_.step()) {
    found.push_back({static_cast<PatientNumber>(older_.integer(0)), std::string(older_.text(1))});
  }
  older_.reset();
  return found;
}

std::uint64_t PatientIndex::older_keys() {
  sqlite::Statement count = database_.prepare("SELECT count(*) FROM patient WHERE key_format < 2");
  return count.step() ? static_cast<std::uint64_t>(count.integer(0)) : 0;
}

}  // namespace sekisho::registry
