#include <charconv>
#include <iostream>
#include <optional>
#include <string_view>

#include "fhir/error.h"
#include "tests/fakes/storage_generator.h"

namespace {

using sekisho::fakes::StorageOptions;

constexpr std::string_view kUsage =
    "usage: sekisho_storage_generator --out DIR [--patients N] [--seed S] [--first-number K]\n"
    "         [--years 5] [--visits-per-year 4] [--last-day YYYYMMDD] [--faults PER_MILLE]\n"
    "Writes the SS-MIX2 standardized storage of an invented hospital below DIR and one JSON line "
    "of\n"
    "what it wrote on stdout. Example: sekisho_storage_generator --out /tmp/storage --patients "
    "50\n";

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

bool set_day(StorageOptions& options, std::uint64_t value) {
  const std::chrono::year_month_day day(
      std::chrono::year(static_cast<int>(value / 10'000)),
      std::chrono::month(static_cast<unsigned>(value / 100 % 100)),
      std::chrono::day(static_cast<unsigned>(value % 100)));
  if (!day.ok() || value > 99'991'231) {
    return false;
  }
  options.last_day = day;
  return true;
}

bool set(StorageOptions& options, std::string_view key, std::string_view text) {
  if (key == "--out") {
    options.out = text;
    return !text.empty();
  }
  const std::optional<std::uint64_t> value = number(text);
  if (!value) {
    return false;
  }
  if (key == "--patients") {
    options.patients = *value;
  } else if (key == "--seed") {
    options.seed = *value;
  } else if (key == "--first-number") {
    options.first_number = *value;
  } else if (key == "--years" && *value >= 1 && *value <= 50) {
    options.years = static_cast<int>(*value);
  } else if (key == "--visits-per-year" && *value >= 1 && *value <= 365) {
    options.visits_per_year = static_cast<int>(*value);
  } else if (key == "--last-day") {
    return set_day(options, *value);
  } else if (key == "--faults" && *value <= 1000) {
    options.faults = static_cast<std::size_t>(*value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  StorageOptions options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!set(options, argv[i], argv[i + 1])) {
      std::cerr << "sekisho_storage_generator: " << argv[i] << ": not an option, or not its value\n"
                << kUsage;
      return 2;
    }
  }
  if (options.out.empty() || argc % 2 == 0) {
    std::cerr << kUsage;
    return 2;
  }
  try {
    std::cout << to_json(generate_storage(options)) << "\n";
  } catch (const sekisho::fhir::Error& e) {
    std::cerr << "sekisho_storage_generator: " << e.text() << "\n";
    return 1;
  }
  return 0;
}
