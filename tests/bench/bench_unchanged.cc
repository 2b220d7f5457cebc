// A pass over files none of which has changed, beside a plain walk with stat of the same tree.
//   bench_unchanged small|large    small shows that it runs; large: 1,000,000 files (BENCH_FILES
//   says
//                                  otherwise)
// The files are small and of a type that no profile maps: such a pass opens none, whatever they
// hold.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "adapter/ingest/ingest.h"
#include "adapter/platform/process.h"
#include "adapter/registry/registry.h"
#include "mappings/settings.h"

namespace {

namespace fs = std::filesystem;
using namespace sekisho;
using Clock = std::chrono::steady_clock;

constexpr fhir::Instant kNow{1'764'000'000'000};
constexpr std::uint64_t kFilesInFolder = 5;
constexpr std::uint64_t kDays = 40;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string digits(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

// As hospitals lay them out: digits 1-3, digits 4-6, patient, day, type.
void write_files(const fs::path& root, std::uint64_t files) {
  std::uint64_t written = 0;
  for (std::uint64_t patient = 1; written < files; ++patient) {
    const std::string number = digits(patient, 10);
    for (std::uint64_t day = 1; day <= kDays && written < files; ++day) {
      const std::string date = "2026" + digits(1 + day / 28, 2) + digits(1 + day % 28, 2);
      const fs::path folder =
          root / number.substr(0, 3) / number.substr(3, 3) / number / date / "OMI-01";
      fs::create_directories(folder);
      for (std::uint64_t i = 0; i < kFilesInFolder && written < files; ++i, ++written) {
        const std::string order = digits(day * 100 + i, 15);
        std::ofstream(
            folder / (number + "_" + date + "_OMI-01_" + order + "_" + date + "090000000_01_1"),
            std::ios::binary)
            << "MSH|^~\\&|SYS|HOSP|AG|AG|" << date << "||OMI^Z23^OMI_Z23|" << order
            << "|P|2.5||||||~ISO IR87||ISO 2022-1994\rPID|1||" << number << "^^^^PI\r";
      }
    }
  }
}

// Every entry's name and status, and nothing else.
std::uint64_t walk(const fs::path& root) {
  std::uint64_t files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    struct stat status {};
    files += ::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode) ? 1U : 0U;
  }
  return files;
}

struct Pass {
  ingest::Report report;
  double seconds = 0;
};

Pass pass(const fs::path& work, registry::Registry& registry) {
  static const mappings::Pack kBase = mappings::Pack::base();
  ingest::Options how;
  how.store_file = (work / "store.db").string();
  config::StorageRoot root;
  root.name = "bench";
  root.path = (work / "storage").string();
  how.roots.push_back(root);
  how.in_reader = platform::lower_thread_priority;
  const std::atomic<bool> cancel{false};
  const mappings::Settings settings = mappings::settings_for(
      fhir::IdKey(std::string(32, 'k'), "1319999999"), "1319999999", "BENCH", {}, "bench");
  const auto start = Clock::now();
  Pass made;
  made.report = ingest::run(
      how, {&kBase}, settings, registry, [] { return kNow; }, {}, cancel);
  made.seconds = seconds_since(start);
  return made;
}

void measure(const fs::path& work, std::uint64_t files) {
  fs::create_directories(work / "registry");
  write_files(work / "storage", files);
  registry::Registry::Options options;
  options.dir = (work / "registry").string();
  options.key = std::string(32, 'r');
  registry::Registry::create(options, kNow);
  const auto registry =
      registry::Registry::open(options, registry::Registry::Access::kWriter, kNow);
  const double first = pass(work, *registry).seconds;
  for (int round = 0; round < 3; ++round) {
    const auto start = Clock::now();
    const std::uint64_t met = walk(work / "storage");
    const double plain = seconds_since(start);
    const Pass again = pass(work, *registry);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    if (met != files || again.report.read != files || !again.report.balanced()) {
      throw fhir::Error(fhir::ErrorCode::kIo, "bench: a pass did not meet every file");
    }
    std::printf(
        "{\"bench\":\"unchanged\",\"files\":%llu,\"first_pass_seconds\":%.2f,\"pass_seconds\":%.2f,"
        "\"files_per_second\":%.0f,\"walk_seconds\":%.2f,\"ratio_to_walk\":%.1f,\"peak_mb\":%ld}\n",
        static_cast<unsigned long long>(files), first, again.seconds,
        static_cast<double>(files) / again.seconds, plain, again.seconds / plain,
        usage.ru_maxrss / 1024);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string size = argc > 1 ? argv[argc - 1] : "";
  if (size != "small" && size != "large") {
    std::cerr << "usage: bench_unchanged small|large\n";
    return 2;
  }
  const fs::path work =
      fs::temp_directory_path() / ("sekisho_bench_unchanged_" + std::to_string(getpid()));
  try {
    const char* given = std::getenv("BENCH_FILES");
    measure(work, size == "small" ? 2'000 : given != nullptr ? std::stoul(given) : 1'000'000);
    fs::remove_all(work);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "bench_unchanged: " << e.what() << '\n';
    fs::remove_all(work);
    return 1;
  }
}
