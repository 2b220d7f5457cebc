// From visits to notices: what a campaign takes over the files of a store, what its notices cost
// at the next start, and the same notices as a list in CSV.
//   bench_notice small|large    large: 1,000,000 patients, 20,000,000 visits, about 6 GB of disk
//                               (BENCH_PATIENTS says otherwise)
// Prints one JSON line. Goals: derived and recorded in under 60 s; 1,000,000 notices of a list
// taken in under 10 s; a start with them under 1 s longer than without.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "adapter/agent/visit_source.h"
#include "adapter/registry/campaign.h"
#include "adapter/registry/import.h"
#include "adapter/registry/registry.h"
#include "adapter/sqlite/database.h"
#include "adapter/store/store.h"
#include "fhir/error.h"

namespace {

namespace fs = std::filesystem;
using namespace sekisho;
using Clock = std::chrono::steady_clock;

const fhir::Instant kNow = *fhir::parse_instant("2026-11-20T10:00:00+09:00");
const fhir::CivilDate kToday = fhir::japan_date(kNow);
constexpr std::size_t kVisits = 20;  // of each patient
constexpr std::size_t kBatch = 5'000;
const registry::Actor kActor{{"one", "two"}, "bench"};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string padded(std::size_t number, int width) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*zu", width, number);
  return text;
}

registry::Registry::Options options_in(const fs::path& dir) {
  registry::Registry::Options options;
  options.dir = (dir / "registry").string();
  options.key = std::string(32, 'k');
  return options;
}

void must(const registry::Registry::Appended& appended) {
  if (!appended.ok()) {
    throw fhir::Error(fhir::ErrorCode::kInput,
                      appended.issues[0].expression + ": " + appended.issues[0].diagnostics);
  }
}

void append(registry::Registry& registry, const char* type, const std::string& body) {
  must(registry.append(type, fhir::parse_json(body), kActor, kNow));
}

void fill_registry(registry::Registry& registry, const fhir::IdKey& ids, std::size_t patients) {
  for (std::size_t first = 0; first < patients; first += kBatch) {
    std::vector<registry::PatientRecord> records;
    for (std::size_t i = first; i < std::min(patients, first + kBatch); ++i) {
      registry::PatientRecord record;
      record.local_id = std::to_string(1'000'000 + i);
      record.id = ids.logical_id("Patient", {record.local_id});
      record.name_kana = "カナ" + std::to_string(i);
      record.birth = fhir::civil_date(1940 + static_cast<int>(i % 80), 3, 2);
      records.push_back(std::move(record));
    }
    registry.index_patients(records, kNow);
  }
  append(registry, "client", R"({"id":"hub","cert_subject":"urn:b","certified":["anon"]})");
  append(registry, "filing",
         R"({"client":"hub","track":"anon","version":1,"accepted":true,"filing_no":"1",)"
         R"("accepted_on":"2026-01-01","start":"2026-01-01","items":["I1","I5"]})");
  append(registry, "notice-version",
         R"({"id":"v","text_hash":")" + std::string(64, '0') +
             R"(","covers":[{"client":"hub","track":"anon","filing_version":1,"items":["I1"]}]})");
  append(registry, "campaign",
         R"({"id":"c","notice_version":"v","from":"2026-01-01","to":"2026-12-31",)"
         R"("method":"paper_at_visit"})");
}

// Rows as ingest leaves them; without the two indexes on them that derivation has no use for.
void fill_store(const std::string& file, std::size_t patients) {
  store::Store store = store::Store::open(file, {});
  sqlite::Database& database = store.database();
  database.execute("DROP INDEX source_file_path; DROP INDEX source_file_key");
  sqlite::Statement insert = database.prepare(
      "INSERT INTO source_file (root, path, size, modified, type, match_key, at, flag, status,"
      " reason, mapping, resources, rejected, generation)"
      " VALUES (0, ?, 900, 1, 'ADT-12', ?, ?, 1, 4, 'no mapping profile', 0, 0, 0, 1)");
  for (std::size_t first = 0; first < patients; first += kBatch) {
    sqlite::Transaction transaction(database);
    for (std::size_t i = first; i < std::min(patients, first + kBatch); ++i) {
      const std::string card = std::to_string(1'000'000 + i);
      for (std::size_t v = 0; v < kVisits; ++v) {
        const std::string day = "2026" + padded(1 + (i + v) % 12, 2) + padded(1 + (i * 7) % 28, 2);
        const std::string at = day + "120000000";
        const std::string key = card + "_" + day + "_ADT-12_" + padded(i * kVisits + v, 15);
        insert.bind(1, card.substr(0, 3) + "/" + card.substr(3, 3) + "/" + card + "/" + day +
                           "/ADT-12/" + key + "_" + at + "_01_1");
        insert.bind(2, key);
        insert.bind(3, at);
        insert.run();
        insert.reset();
      }
    }
    transaction.commit();
  }
}

double seconds_to_open(const registry::Registry::Options& options) {
  const auto start = Clock::now();
  const auto registry =
      registry::Registry::open(options, registry::Registry::Access::kReadOnly, kNow);
  if (!registry->chain_ok()) {
    throw fhir::Error(fhir::ErrorCode::kCorrupt, registry->locked_because());
  }
  return seconds_since(start);
}

double seconds_of_list(registry::Registry& registry, std::size_t patients) {
  std::string csv = "card,client,track,date,party,method,items,filing_version\n";
  for (std::size_t i = 0; i < patients; ++i) {
    csv += std::to_string(1'000'000 + i) + ",hub,anon,2026-" + padded(1 + i % 10, 2) +
           "-05,self,mail,I1 I5,1\n";
  }
  const auto start = Clock::now();
  const registry::ImportReport report = registry::import_notices(registry, csv, kActor, kNow);
  if (!report.ok()) {
    throw fhir::Error(fhir::ErrorCode::kInput, report.issues[0].diagnostics);
  }
  return seconds_since(start);
}

void run(const fs::path& dir, std::size_t patients) {
  const fhir::IdKey ids(std::string(32, 'k'), "1319999999");
  const registry::Registry::Options options = options_in(dir);
  const std::string store_file = (dir / "store.db").string();
  registry::Registry::create(options, kNow);
  auto registry = registry::Registry::open(options, registry::Registry::Access::kWriter, kNow);
  fill_registry(*registry, ids, patients);
  fill_store(store_file, patients);
  const double open_before = seconds_to_open(options);

  const std::atomic<bool> never{false};
  auto start = Clock::now();
  registry::Derivation derivation = [&] {
    const auto view = registry->view();
    return registry::Derivation(*view, view->papers().campaigns.at("c"), kToday);
  }();
  const auto visits = agent::read_visits(store_file, ids, *registry, never, derivation);
  const double reading = seconds_since(start);
  start = Clock::now();
  double longest = 0;
  for (const fhir::Json& event : derivation.events(*registry->view())) {
    const auto one = Clock::now();
    must(registry->append("campaign-run", event, kActor, kNow));
    longest = std::max(longest, seconds_since(one));
  }
  const double recording = seconds_since(start);
  const double open_after = seconds_to_open(options);

  start = Clock::now();
  sqlite::Database raw(store_file, sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
  sqlite::Statement scan = raw.prepare("SELECT max(length(path)) FROM source_file");
  scan.step();
  const double raw_scan = seconds_since(start);
  const double list = seconds_of_list(*registry, patients);
  const double open_list = seconds_to_open(options);
  std::printf(
      "{\"patients\":%zu,\"visits\":%llu,\"notices\":%llu,\"read_s\":%.2f,\"record_s\":%.2f,"
      "\"longest_append_s\":%.3f,\"raw_scan_s\":%.2f,\"open_before_s\":%.2f,\"open_after_s\":%.2f,"
      "\"list_s\":%.2f,\"open_list_s\":%.2f}\n",
      patients, static_cast<unsigned long long>(visits.visits),
      static_cast<unsigned long long>(derivation.counts().notices), reading, recording, longest,
      raw_scan, open_before, open_after, list, open_list);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string size = argc > 1 ? argv[argc - 1] : "small";
  const fs::path dir = fs::temp_directory_path() / ("bench_notice." + std::to_string(getpid()));
  int status = 0;
  try {
    fs::create_directories(dir);
    const char* given = std::getenv("BENCH_PATIENTS");
    run(dir, given != nullptr ? std::stoul(given) : size == "large" ? 1'000'000 : 1'000);
  } catch (const fhir::Error& e) {
    std::cerr << e.text() << "\n";
    status = 1;
  }
  fs::remove_all(dir);
  return status;
}
