// Whom one refusal line means among many patients, beside one look-up by key in the same database.
//   bench_identity small|large    small shows that it runs; large: 1,000,000 patients
//                                 (BENCH_PATIENTS says otherwise)
// Prints one JSON line. Goal: one line under 10 ms, by whatever it names the person.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/matching.h"
#include "adapter/registry/patient_index.h"
#include "adapter/registry/registry.h"

namespace {

namespace fs = std::filesystem;
using namespace sekisho;
using Clock = std::chrono::steady_clock;

constexpr fhir::Instant kNow{1'764'000'000'000};
constexpr std::size_t kBatch = 5'000;   // patients that ingest would commit together
constexpr std::size_t kLines = 10'000;  // compared, of each kind

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Invented names: as many to a birth date and a family as in a hospital of that size.
std::string kana_of(std::size_t number, std::size_t kinds) {
  static const char* const kSyllables[] = {"ア", "カ", "サ", "タ", "ナ",
                                           "ハ", "マ", "ヤ", "ラ", "ワ"};
  std::string name = "テ";
  for (std::size_t rest = number % kinds; rest > 0; rest /= 10) {
    name += kSyllables[rest % 10];
  }
  return name;
}

registry::PatientRecord patient(std::size_t n) {
  registry::PatientRecord record;
  record.id = "p" + std::to_string(n);
  record.local_id = std::to_string(10'000'000 + n);
  record.family_kana = kana_of(n * 7919, 3'000);
  record.name_kana = record.family_kana + " " + kana_of(n * 104'729, 20'000);
  record.birth = fhir::CivilDate(std::chrono::days(-14'000 + static_cast<int>(n * 31 % 30'000)));
  record.insurance_ids = {"06990001:" + std::to_string(n / 4 % 5'000) + ":" +
                          std::to_string(n / 4) + ":0" + std::to_string(n % 4 + 1)};
  return record;
}

// One line by each kind of key, and one that names its patient by all of them wrongly put together:
// the card is somebody else's.
registry::PersonKeys line(std::size_t kind, std::size_t n) {
  const registry::PatientRecord record = patient(n);
  registry::PersonKeys keys;
  if (kind == 0 || kind == 4) {
    keys.card = patient(kind == 4 ? n + 1 : n).local_id;
  }
  if (kind == 1 || kind == 4) {
    keys.kana = record.name_kana;
    keys.birth = record.birth;
  }
  if (kind == 2) {
    keys.kana = record.family_kana;
    keys.birth = record.birth;
  }
  if (kind == 3 || kind == 4) {
    keys.insurer = "06990001";
    keys.symbol = std::to_string(n / 4 % 5'000);
    keys.number = std::to_string(n / 4);
  }
  return keys;
}

struct Figure {
  double median_us = 0, worst_us = 0;
  std::size_t found = 0;
};

template <class F>
Figure measure(std::size_t patients, F one) {
  std::vector<double> times;
  Figure figure;
  for (std::size_t i = 0; i < kLines; ++i) {
    const std::size_t n = i * 7'368'787 % patients;
    const auto start = Clock::now();
    figure.found += one(n);
    times.push_back(seconds_since(start) * 1e6);
  }
  std::sort(times.begin(), times.end());
  figure.median_us = times[times.size() / 2];
  figure.worst_us = times.back();
  return figure;
}

void print(const char* name, const Figure& figure) {
  std::printf(", \"%s_us\": %.1f, \"%s_worst_us\": %.1f, \"%s_found\": %.2f", name,
              figure.median_us, name, figure.worst_us, name,
              static_cast<double>(figure.found) / static_cast<double>(kLines));
}

}  // namespace

int main(int argc, char** argv) {
  const bool large = argc > 1 && std::string_view(argv[1]) == "large";
  const char* wanted = std::getenv("BENCH_PATIENTS");
  const std::size_t patients = wanted != nullptr ? std::strtoull(wanted, nullptr, 10)
                               : large           ? 1'000'000
                                                 : 5'000;
  const fs::path dir = fs::temp_directory_path() / "sekisho_bench_identity";
  fs::remove_all(dir);
  registry::Registry::Options options;
  options.dir = dir.string();
  options.key = std::string(32, 'k');
  registry::Registry::create(options, kNow);
  const auto start = Clock::now();
  {
    const auto registry =
        registry::Registry::open(options, registry::Registry::Access::kWriter, kNow);
    std::vector<registry::PatientRecord> batch;
    for (std::size_t n = 0; n < patients; ++n) {
      batch.push_back(patient(n));
      if (batch.size() == kBatch || n + 1 == patients) {
        registry->index_patients(batch, kNow);
        batch.clear();
      }
    }
  }
  const double indexing = seconds_since(start);
  registry::PatientIndex index((dir / "patients.db").string(), sqlite::Open::kReadOnly);
  std::printf("{\"bench\": \"identity\", \"patients\": %zu, \"indexed_per_s\": %.0f", patients,
              static_cast<double>(patients) / indexing);
  constexpr const char* kKinds[] = {"card", "name", "surname", "family", "contradiction"};
  for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
    print(kKinds[kind], measure(patients, [&](std::size_t n) {
            const auto found =
                registry::match(registry::line_keys(line(kind, n), options.key), index);
            return found.exact.size() + found.candidates.size();
          }));
  }
  print("look_up", measure(patients, [&](std::size_t n) {
          return index.known(static_cast<registry::PatientNumber>(n)) ? std::size_t{1} : 0;
        }));
  std::printf("}\n");
  fs::remove_all(dir);
  return 0;
}
