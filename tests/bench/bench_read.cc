// Reading and searching through a mask in one process, beside raw SQLite on the same rows.
//   bench_read small|large    large: 1,000,000 resources
// Prints a JSON line for each: processor microseconds of one thread, warm.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "adapter/query/query.h"
#include "adapter/query/test_store.h"
#include "adapter/store/store.h"

namespace {

using namespace sekisho;

constexpr std::uint32_t kPerPatient = 500;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void measure(const char* what, std::size_t turns, const std::function<void(std::size_t)>& turn) {
  for (std::size_t i = 0; i < turns / 10 + 1; ++i) {
    turn(i);
  }
  const double start = cpu_seconds();
  for (std::size_t i = 0; i < turns; ++i) {
    turn(i);
  }
  std::printf("{\"bench\":\"read\",\"what\":\"%s\",\"cpu_us\":%.1f}\n", what,
              (cpu_seconds() - start) * 1e6 / static_cast<double>(turns));
}

std::string patient_id(std::uint32_t patient) { return "patient-" + std::to_string(patient); }
std::string observation_id(std::size_t i) { return "observation-" + std::to_string(i); }

store::Incoming observation(std::size_t i) {
  const auto patient = static_cast<std::uint32_t>(i / kPerPatient);
  store::Incoming incoming;
  incoming.type = "Observation";
  incoming.id = observation_id(i);
  incoming.body = fhir::parse_json(
      R"({"resourceType":"Observation","id":")" + incoming.id +
      R"(","status":"final","code":{"coding":[{"system":"urn:jlac","code":"C)" +
      std::to_string(i % 200) + R"("}]},"subject":{"reference":"Patient/)" + patient_id(patient) +
      R"("},"effectiveDateTime":"2026-01-01T09:00:00+09:00","valueString":")" +
      std::string(800, 'x') + R"("})");
  incoming.sets.needs = fhir::category::I5;
  incoming.sets.subjects = {patient_id(patient)};
  incoming.patients = {patient};
  return incoming;
}

store::Incoming patient(std::uint32_t number) {
  store::Incoming incoming;
  incoming.type = "Patient";
  incoming.id = patient_id(number);
  incoming.body = fhir::parse_json(R"({"resourceType":"Patient","id":")" + incoming.id + R"("})");
  incoming.sets.rule = fhir::SetRule::kCarriedByPatient;
  incoming.sets.subjects = {incoming.id};
  incoming.patients = {number};
  return incoming;
}

void fill(const std::string& file, std::size_t resources) {
  store::Store store = store::Store::open(file, fhir::CategoryVocabulary());
  constexpr std::size_t kBatch = 5000;
  for (std::size_t begin = 0; begin < resources; begin += kBatch) {
    sqlite::Transaction transaction(store.database());
    for (std::size_t i = begin; i < std::min(resources, begin + kBatch); ++i) {
      if (i % kPerPatient == 0) {
        store.put(patient(static_cast<std::uint32_t>(i / kPerPatient)), fhir::Instant{1});
      }
      store.put(observation(i), fhir::Instant{1});
    }
    store.settle();
    transaction.commit();
  }
}

query::SearchPlan plan(const std::vector<std::pair<std::string, std::string>>& parameters) {
  return std::get<query::SearchPlan>(
      query::search_plan("Observation", parameters, query::SearchSettings()));
}

// Every second patient is permitted.
query::Visibility half(std::size_t patients) {
  std::vector<fhir::CategorySet> permitted;
  for (std::size_t i = 0; i < patients; ++i) {
    permitted.push_back(i % 2 == 0 ? fhir::category::I5 : fhir::CategorySet{});
  }
  return release::Masks::of(permitted);
}

void run(const std::string& file, std::size_t resources) {
  const std::size_t patients = (resources + kPerPatient - 1) / kPerPatient;
  const query::Visibility visibility = half(patients);
  query::Reader reader(file);
  std::mt19937_64 random(1);
  const auto any = [&](std::uint32_t odd) {  // of a permitted patient (0) or a denied one (1)
    const std::size_t of = random() % (patients / 2) * 2 + odd;
    return observation_id(of * kPerPatient + random() % kPerPatient);
  };
  {
    sqlite::Database database(file, sqlite::Open::kReadOnly, sqlite::Durability::kNormal);
    sqlite::Statement raw = database.prepare(
        "SELECT text FROM resource WHERE type = (SELECT type FROM type WHERE name = "
        "'Observation') AND id = ?");
    measure("raw point read", 20'000, [&](std::size_t) {
      raw.bind(1, any(0)).step();
      const std::string text(raw.text(0));
      raw.reset();
    });
    sqlite::Statement scan = database.prepare("SELECT count(*), sum(needs) FROM resource");
    measure("raw scan of all rows", 3, [&](std::size_t) { scan.run(); });
  }
  const query::Held nothing;
  measure("read", 20'000,
          [&](std::size_t) { query::read(reader, visibility, "Observation", any(0), nothing); });
  measure("read, denied", 20'000,
          [&](std::size_t) { query::read(reader, visibility, "Observation", any(1), nothing); });
  measure("read, unknown", 20'000, [&](std::size_t) {
    query::read(reader, visibility, "Observation", any(1) + "x", nothing);
  });
  const query::SearchPlan by_patient = plan({{"patient", patient_id(0)}, {"_count", "50"}});
  measure("search by patient, page of 50 with total", 200,
          [&](std::size_t) { query::search(reader, visibility, by_patient, ""); });
  const query::SearchPlan by_code = plan({{"code", "urn:jlac|C7"}, {"_count", "50"}});
  measure("search by code, page of 50 with total", 20,
          [&](std::size_t) { query::search(reader, visibility, by_code, ""); });
  const query::SearchPlan all = plan({{"_count", "50"}, {"_total", "none"}});
  measure("search of all, page of 50 without total", 200,
          [&](std::size_t) { query::search(reader, visibility, all, ""); });
  const query::SearchPlan count = plan({{"_count", "0"}});
  measure("count of all through the mask", 3,
          [&](std::size_t) { query::search(reader, visibility, count, ""); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view size = argc == 2 ? argv[1] : "";
  if (size != "small" && size != "large") {
    std::fprintf(stderr, "usage: bench_read small|large\n");
    return 2;
  }
  const std::size_t resources = size == "small" ? 5'000 : 1'000'000;
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("bench_read_" + std::to_string(getpid())))
          .string();
  std::filesystem::create_directories(folder);
  const std::string file = folder + "/store.db";
  fill(file, resources);
  run(file, resources);
  std::filesystem::remove_all(folder);
}
