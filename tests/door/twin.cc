#include "tests/door/twin.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "adapter/ingest/ingest.h"
#include "adapter/sqlite/database.h"
#include "mappings/settings.h"
#include "tests/door/storages.h"

namespace sekisho::door_bench {

namespace {

const char* const kInstitution = "1319999999";

fhir::IdKey id_key() { return fhir::IdKey(std::string(32, 'i'), kInstitution); }

std::string patient_id(const std::string& number) {
  return id_key().logical_id("Patient", {number});
}

hub::HubOptions hub_options() {
  hub::HubOptions options;
  options.base_url = "https://hospital.example:8443/fhir";
  options.version = "0.1.0";
  options.released_on = "2026-11-20";
  options.mapping_hash = "bench";
  return options;
}

std::vector<std::string> column(sqlite::Database& database, const std::string& sql,
                                const std::string& parameter) {
  std::vector<std::string> values;
  sqlite::Statement rows = database.prepare(sql);
  rows.bind(1, parameter);
  while (rows.step()) {
    values.emplace_back(rows.text(0));
  }
  return values;
}

constexpr const char* kIdsOfX =
    "SELECT r.id FROM resource r JOIN type t USING (type) WHERE t.name = ?1 AND r.version > 0 AND "
    "r.patient = (SELECT patient FROM resource JOIN type USING (type) WHERE name = 'Patient' AND "
    "id = ?2) ORDER BY r.id";

}  // namespace

std::string id_of_x() { return patient_id(kPatientX); }

Twin::Twin(Kind kind, const std::filesystem::path& folder)
    : hospital_(folder.filename().string() + (kind == Kind::kRefused ? "_refused" : "_never"),
                "2026-11-01T10:00:00+09:00") {
  const bool with_x = kind == Kind::kRefused;
  const Storages storages = make_storages(folder / (with_x ? "refused" : "never"), with_x);
  ingest(storages.earlier);
  hospital_.set_now("2026-11-20T10:00:00+09:00");
  ingest(storages.later);
  add_what_no_message_says_yet();

  hospital_.open_for_business(R"(["I1","I4","I5"])");
  hospital_.permit("NARROW", R"({"categories":["I5"]})");
  std::vector<std::string> notified;
  for (const char* number : {"0000001", "0000002", kPatientX, "0000004", "0000005", "0000006"}) {
    if (with_x || std::string(number) != kPatientX) {
      notified.push_back(patient_id(number));
    }
  }
  hospital_.notify(notified);  // 0000007 was never notified
  if (with_x) {
    hospital_.refuse(id_of_x());
  }
  hospital_.refuse(patient_id("0000006"), R"(,"categories":["I1"])");
  door_ = hospital_.door();
  routes_ = std::make_unique<hub::Routes>(hub_options(), *door_, [](const auto&) { return "RP"; });
}

void Twin::ingest(const std::filesystem::path& root) {
  // The same root at another time: a storage is one place.
  const std::filesystem::path place = hospital_.folder() + "/storage";
  std::filesystem::remove_all(place);
  std::filesystem::copy(root, place, std::filesystem::copy_options::recursive);
  ingest::Options options;
  options.store_file = hospital_.store_file();
  config::StorageRoot storage;
  storage.name = "main";
  storage.path = place.string();
  options.roots = {storage};
  const mappings::Pack base = mappings::Pack::base();
  const std::atomic<bool> cancel{false};
  const ingest::Report report = ingest::run(
      options, {&base}, mappings::settings_for(id_key(), kInstitution, "架空病院", {}, "main"),
      hospital_.registry(), hospital_.clock(), [](const auto&) {}, cancel);
  if (!report.balanced() || report.stored == 0) {
    throw std::runtime_error("the bench's storage cannot be ingested:\n" +
                             ingest::report_text(report));
  }
}

// References between patients and resources about two: no base profile makes them yet, a door has
// to hold against them all the same. X's ids are known in both twins, as they would be to a hub
// that saw them before.
void Twin::add_what_no_message_says_yet() {
  const std::string y = patient_id("0000001");
  const auto add = [&](const std::string& id, const std::string& more,
                       const std::vector<std::string>& subjects) {
    release::TestHospital::Resource resource;
    resource.body = R"({"resourceType":"Observation","id":")" + id +
                    R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" +
                    y + R"("},)" + more + "}";
    resource.needs = fhir::category::I5;
    resource.subjects = subjects;
    hospital_.store(resource);
  };
  const auto x_reference = [](const char* type) {
    return std::string(type) + "/" + id_key().logical_id(type, {"bench", "x"});
  };
  release::TestHospital::Resource of_x;
  of_x.body = R"({"resourceType":"Observation","id":")" +
              id_key().logical_id("Observation", {"bench", "x"}) +
              R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" +
              id_of_x() + R"("}})";
  of_x.needs = fhir::category::I5;
  of_x.subjects = {id_of_x()};
  if (hospital_.registry().view()->number_of(id_of_x())) {
    hospital_.store(of_x);
  }
  add("bench-refers", R"("hasMember":[{"reference":")" + x_reference("Observation") + R"("}])",
      {y});
  add("bench-two-subjects", R"("focus":[{"reference":"Patient/)" + id_of_x() + R"("}])",
      {y, id_of_x()});
}

Known known_of(Twin& refused) {
  Known known;
  sqlite::Database database(refused.hospital().store_file(), sqlite::Open::kReadOnly,
                            sqlite::Durability::kNormal);
  for (const std::string& type :
       column(database, "SELECT name FROM type WHERE ?1 = '' ORDER BY name", "")) {
    known.ids[type] = column(database,
                             "SELECT r.id FROM resource r JOIN type t USING (type) WHERE t.name = "
                             "?1 AND r.id <> '~' ORDER BY r.id",
                             type);
    sqlite::Statement rows = database.prepare(kIdsOfX);
    rows.bind(1, type).bind(2, id_of_x());
    while (rows.step()) {
      known.ids_of_x[type].emplace_back(rows.text(0));
    }
  }
  sqlite::Statement tokens = database.prepare(
      "SELECT DISTINCT s.uri, t.code FROM token t JOIN system s USING (system) ORDER BY 1, 2");
  while (tokens.step()) {
    known.tokens.emplace_back(tokens.text(0), tokens.text(1));
  }
  return known;
}

}  // namespace sekisho::door_bench
