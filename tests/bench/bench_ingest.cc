// Ingest from files to committed resources, beside the same rows inserted raw, with the share of
// each stage.
//   bench_ingest small|large    small shows that it runs; large: 1,000,000 resources
//                               (2,200 patients; BENCH_PATIENTS says otherwise)
// Prints one JSON line for each size. Goals: 20,000 stored resources a second on two cores, a
// quarter of the raw rate, a peak of memory that does not grow with the storage.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "adapter/ingest/content_check.h"
#include "adapter/ingest/file_reader.h"
#include "adapter/ingest/ingest.h"
#include "adapter/platform/process.h"
#include "adapter/registry/registry.h"
#include "adapter/sqlite/database.h"
#include "adapter/store/store.h"
#include "connectors/charset.h"
#include "connectors/ssmix2/name.h"
#include "connectors/ssmix2/storage.h"
#include "fhir/json.h"
#include "fhir/resource.h"
#include "fhir/search_parameter.h"
#include "mappings/release_sets.h"
#include "mappings/required.h"
#include "mappings/settings.h"
#include "tests/fakes/storage_generator.h"

namespace {

namespace fs = std::filesystem;
using namespace sekisho;
using Clock = std::chrono::steady_clock;

constexpr fhir::Instant kNow{1'764'000'000'000};
constexpr std::string_view kFirst =
    "MSH|^~\\&|A|B|C|D|20260101||ADT^A08|1|P|2.5||||||~ISO IR87||ISO "
    "2022-1994\rPID|1||\x1B$B8;\x1B(B\r";
constexpr std::int64_t kChunk = 10'000;  // resources in one transaction of the raw inserts

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

mappings::Settings settings() {
  return mappings::settings_for(fhir::IdKey(std::string(32, 'k'), "1319999999"), "1319999999",
                                "BENCH", {}, "bench");
}

// Peak of this process's resident memory, in MB.
double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) {
      return std::stod(line.substr(6)) / 1024;
    }
  }
  return 0;
}

// Processor time of this process, all threads.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

struct Ingested {
  double seconds = 0;
  double cpu = 0;
  double peak = 0;
  std::uint64_t files = 0;
  std::uint64_t stored = 0;
};

// In a process of its own, so that the peak is that of this size.
Ingested ingest_in_child(const fs::path& work) {
  int ends[2];
  if (pipe(ends) != 0) {
    throw fhir::Error(fhir::ErrorCode::kIo, "bench: no pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    fs::create_directories(work / "registry");
    registry::Registry::Options options;
    options.dir = (work / "registry").string();
    options.key = std::string(32, 'r');
    registry::Registry::create(options, kNow);
    const auto registry =
        registry::Registry::open(options, registry::Registry::Access::kWriter, kNow);
    const mappings::Pack pack = mappings::Pack::base();
    ingest::Options how;
    how.store_file = (work / "store.db").string();
    config::StorageRoot root;
    root.name = "bench";
    root.path = (work / "storage").string();
    how.roots.push_back(root);
    how.in_reader = platform::lower_thread_priority;
    const std::atomic<bool> cancel{false};
    const auto start = Clock::now();
    const double cpu = cpu_seconds();
    const ingest::Report report = ingest::run(
        how, {&pack}, settings(), *registry, [] { return kNow; }, {}, cancel);
    Ingested result;
    result.seconds = seconds_since(start);
    result.cpu = cpu_seconds() - cpu;
    result.peak = peak_mb();
    result.files = report.read;
    result.stored = report.stored;
    if (!report.balanced()) {
      std::cerr << ingest::report_text(report);
      _exit(1);
    }
    _exit(::write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  close(ends[1]);
  Ingested result;
  const auto got = ::read(ends[0], &result, sizeof result);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got != sizeof result || status != 0) {
    throw fhir::Error(fhir::ErrorCode::kIo, "bench: the ingesting process failed");
  }
  return result;
}

// A table's rows in the order of rid, for copying them chunk by chunk.
class Copy {
 public:
  Copy(sqlite::Database& from, sqlite::Database& to, const std::string& table,
       const std::string& columns, const std::string& key)
      : select_(
            from.prepare("SELECT " + key + ", " + columns + " FROM " + table + " ORDER BY " + key)),
        insert_(to.prepare("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks(columns) +
                           ")")) {
    std::string_view rest = columns;
    while (!rest.empty()) {
      const std::string_view name = rest.substr(0, rest.find(','));
      is_text_.push_back(name == "id" || name == "text" || name == "code");
      rest.remove_prefix(std::min(name.size() + 2, rest.size()));
    }
    more_ = select_.step();
  }

  // Loads rows up to `rid`, then inserts them; the second is what is timed.
  void load(std::int64_t rid) {
    rows_.clear();
    while (more_ && select_.integer(0) <= rid) {
      std::vector<Value> row;
      for (int i = 1; i < select_.columns(); ++i) {
        if (select_.is_null(i)) {
          row.emplace_back();
        } else if (is_text_[static_cast<std::size_t>(i - 1)]) {
          row.emplace_back(std::string(select_.text(i)));
        } else {
          row.emplace_back(select_.integer(i));
        }
      }
      rows_.push_back(std::move(row));
      more_ = select_.step();
    }
  }
  void insert() {
    for (const auto& row : rows_) {
      int index = 0;
      for (const Value& value : row) {
        ++index;
        if (const auto* text = std::get_if<std::string>(&value)) {
          insert_.bind(index, std::string_view(*text));
        } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
          insert_.bind(index, *number);
        }
      }
      insert_.run();
    }
  }
  bool more() const { return more_; }

 private:
  using Value = std::variant<std::monostate, std::int64_t, std::string>;

  static std::string marks(const std::string& columns) {
    std::string text = "?";
    for (const char c : columns) {
      text += c == ',' ? ", ?" : "";
    }
    return text;
  }
  sqlite::Statement select_, insert_;
  bool more_ = false;
  std::vector<bool> is_text_;
  std::vector<std::vector<Value>> rows_;
};

// Seconds to insert the resources, index rows and links of the store as they are.
double insert_raw(const fs::path& work) {
  sqlite::Database from((work / "store.db").string(), sqlite::Open::kReadOnly,
                        sqlite::Durability::kNormal);
  store::Store target = store::Store::open((work / "raw.db").string(), {});
  sqlite::Database& to = target.database();
  to.execute("DROP TRIGGER type_sentinel");
  std::vector<Copy> copies;
  copies.emplace_back(from, to, "resource",
                      "rid, type, id, version, last_updated, deleted, rule, patient, needs, "
                      "carried, flags, data_date, plain, text",
                      "rid");
  copies.emplace_back(from, to, "token", "parameter, code, system, rid", "rid");
  copies.emplace_back(from, to, "date", "parameter, low, high, rid", "rid");
  copies.emplace_back(from, to, "link", "target, rid", "rid");
  copies.emplace_back(from, to, "link_from", "rid, target", "rid");
  double seconds = 0;
  for (std::int64_t rid = kChunk; copies.front().more(); rid += kChunk) {
    for (Copy& copy : copies) {
      copy.load(rid);
    }
    const auto start = Clock::now();
    sqlite::Transaction transaction(to);
    for (Copy& copy : copies) {
      copy.insert();
    }
    transaction.commit();
    seconds += seconds_since(start);
  }
  return seconds;
}

// Seconds of each stage. Where one stage runs inside another (decoding in parsing, the checks of a
// resource in mapping, its index in preparing), it is run once more alone and taken off the outer
// one.
struct Stages {
  double read = 0, decode = 0, parse = 0, map = 0, validate = 0, serialize = 0, index = 0,
         commit = 0;
  double sum() const { return read + decode + parse + map + validate + serialize + index + commit; }
};

class Lap {
 public:
  double took() {
    const auto before = std::exchange(start_, Clock::now());
    return std::chrono::duration<double>(start_ - before).count();
  }

 private:
  Clock::time_point start_ = Clock::now();
};

std::vector<std::string> first_files(const connectors::ssmix2::Storage& storage,
                                     std::size_t files) {
  std::vector<std::string> paths;
  storage.walk(
      {},
      [&](const connectors::ssmix2::FoundFile& found) {
        paths.push_back(found.path);
        return paths.size() < files;
      },
      [](const fhir::Issue&) {});
  return paths;
}

// As the parser does: segment by segment, those that need it.
void decode(std::string_view bytes) {
  std::string text;
  connectors::DecodeFindings findings;
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\r'));
    if (connectors::needs_decoding(line)) {
      connectors::decode(line, connectors::Encoding::kIso2022Jp, text, findings);
    } else {
      text += line;
    }
    bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
  }
}

void validate(const std::string& path, std::string_view bytes,
              const connectors::hl7v2::Parsed& parsed, std::string_view patient) {
  const auto place = connectors::ssmix2::parse_place(path);
  if (!place || ingest::check_content(bytes, parsed) ||
      ingest::check_identity(place->patient, patient, parsed)) {
    throw fhir::Error(fhir::ErrorCode::kInput, "bench: a generated file is not right");
  }
}

void check_resources(const mappings::Result& result, std::string_view type, Lap& lap,
                     Stages& took) {
  mappings::SourceKind source;
  source.data_type = type;
  for (const mappings::MappedResource& mapped : result.resources) {
    if (!mappings::missing_element(mapped.type, mapped.body).empty()) {
      throw fhir::Error(fhir::ErrorCode::kInput, "bench: a mapped resource is not right");
    }
    mappings::release_sets(mapped.body, source);
  }
  const double checks = lap.took();
  took.map -= checks;
  took.validate += checks;
}

void prepare_all(mappings::Result& result, Lap& lap, Stages& took,
                 std::vector<store::Prepared>& prepared) {
  for (mappings::MappedResource& mapped : result.resources) {
    fhir::write_json(
        mapped.body);  // so that each of the two finds the body in the processor's cache
    lap.took();
    fhir::index_entries(mapped.body);
    fhir::references_of(mapped.body);
    const double indexing = lap.took();
    prepared.push_back(store::prepare({std::move(mapped.type),
                                       std::move(mapped.id),
                                       std::move(mapped.body),
                                       std::move(mapped.sets),
                                       {0}}));
    took.serialize += lap.took() - indexing;
    took.index += indexing;
  }
}

// The stages one after the other on one thread, over the first files of the storage.
Stages stages(const fs::path& work, std::size_t files) {
  const connectors::ssmix2::Storage storage("bench", (work / "storage").string());
  const mappings::Pack pack = mappings::Pack::base();
  const mappings::Settings how = settings();
  store::Store store = store::Store::open((work / "stages.db").string(), {});
  Stages took;
  std::vector<store::Prepared> prepared;
  connectors::hl7v2::parse(kFirst);  // loads the tables of the character sets
  for (const std::string& path : first_files(storage, files)) {
    Lap lap;
    const auto bytes = storage.read(path, 64u << 20);
    took.read += lap.took();
    decode(*bytes);
    const double decoding = lap.took();
    const auto parsed = connectors::hl7v2::parse(*bytes);
    const auto name = connectors::ssmix2::parse_name(path.substr(path.rfind('/') + 1));
    took.decode += decoding;
    took.parse += lap.took() - decoding;
    if (parsed.messages.empty() || !name || name->flag != '1') {
      continue;
    }
    validate(path, *bytes, parsed, name->patient);
    took.validate += lap.took();
    const auto& message = parsed.messages.front();
    const mappings::Profile* profile = pack.find(message.type(), name->type);
    if (profile == nullptr) {
      continue;
    }
    mappings::Result result = profile->run({message, name->type, &*name, "bench", "opaque"}, how);
    took.map += lap.took();
    check_resources(result, name->type, lap, took);
    prepare_all(result, lap, took, prepared);
  }
  Lap lap;
  sqlite::Transaction transaction(store.database());
  for (const store::Prepared& resource : prepared) {
    store.put(resource, kNow);
  }
  store.settle();
  transaction.commit();
  took.commit = lap.took();
  return took;
}

void measure(const fs::path& work, std::uint64_t patients) {
  fs::remove_all(work);
  fs::create_directories(work);
  fakes::StorageOptions options;
  options.out = work / "storage";
  options.patients = patients;
  options.seed = 11;
  const fakes::StorageReport generated = fakes::generate_storage(options);
  const Ingested ingested = ingest_in_child(work);
  const double raw = insert_raw(work);
  const Stages share = stages(work, 400);
  sqlite::Database database((work / "store.db").string(), sqlite::Open::kReadWrite,
                            sqlite::Durability::kNormal);
  database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  const auto stored = static_cast<double>(ingested.stored);
  std::printf(
      "{\"bench\":\"ingest\",\"patients\":%llu,\"files\":%llu,\"source_bytes\":%llu,\"stored\":%"
      "llu,"
      "\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"stored_per_second\":%.0f,\"raw_per_second\":%.0f,"
      "\"ratio_to_raw\":%.2f,"
      "\"bytes_per_resource\":%.0f,\"peak_mb\":%.0f,\"share\":{\"read\":%.3f,\"decode\":%.3f,"
      "\"parse\":%.3f,\"map\":%.3f,\"validate\":%.3f,\"serialize\":%.3f,\"index\":%.3f,"
      "\"commit\":%.3f}}\n",
      static_cast<unsigned long long>(patients), static_cast<unsigned long long>(ingested.files),
      static_cast<unsigned long long>(generated.bytes),
      static_cast<unsigned long long>(ingested.stored), ingested.seconds, ingested.cpu,
      stored / ingested.seconds, stored / raw, raw / ingested.seconds,
      static_cast<double>(fs::file_size(work / "store.db")) / stored, ingested.peak,
      share.read / share.sum(), share.decode / share.sum(), share.parse / share.sum(),
      share.map / share.sum(), share.validate / share.sum(), share.serialize / share.sum(),
      share.index / share.sum(), share.commit / share.sum());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string size = argc > 1 ? argv[argc - 1] : "";
  if (size != "small" && size != "large") {
    std::cerr << "usage: bench_ingest small|large\n";
    return 2;
  }
  const fs::path work =
      fs::temp_directory_path() / ("sekisho_bench_ingest_" + std::to_string(getpid()));
  try {
    const char* given = std::getenv("BENCH_PATIENTS");
    const std::uint64_t most = size == "small" ? 12 : given != nullptr ? std::stoul(given) : 2200;
    for (const std::uint64_t patients : {most / 4, most}) {
      measure(work, patients);
    }
    fs::remove_all(work);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "bench_ingest: " << e.what() << '\n';
    fs::remove_all(work);
    return 1;
  }
}
