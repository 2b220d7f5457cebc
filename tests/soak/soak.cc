#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>

#include "fhir/error.h"
#include "tests/soak/month.h"

namespace {

struct Wish {
  std::uint64_t days = 30;
  std::uint64_t seed = 2611;
};

bool read(int count, char** words, Wish& wish) {
  for (int i = 1; i + 1 < count; i += 2) {
    std::uint64_t* const into = std::strcmp(words[i], "--days") == 0   ? &wish.days
                                : std::strcmp(words[i], "--seed") == 0 ? &wish.seed
                                                                       : nullptr;
    const char* const end = words[i + 1] + std::strlen(words[i + 1]);
    if (into == nullptr || std::from_chars(words[i + 1], end, *into).ptr != end) {
      return false;
    }
  }
  return count % 2 == 1;
}

}  // namespace

int main(int count, char** words) {
  Wish wish;
  if (!read(count, words, wish)) {
    std::fputs("usage: soak [--days N] [--seed N]\n", stderr);
    return 2;
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "sekisho-soak.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    std::fputs("soak: no folder could be made\n", stderr);
    return 1;
  }
  std::string at = "the beginning";
  try {
    sekisho::soak::Month month(pattern, wish.seed);
    for (std::uint64_t hour = 0; hour < wish.days * 24; ++hour) {
      at = month.at();
      month.hour();
      if (hour % 24 == 23) {
        std::printf("day %llu: %s\n", static_cast<unsigned long long>(hour / 24 + 1),
                    month.summary().c_str());
        std::fflush(stdout);
      }
    }
  } catch (const std::exception& e) {
    std::printf("soak: seed %llu, after %s: %s\nthe folder is kept: %s\n",
                static_cast<unsigned long long>(wish.seed), at.c_str(), e.what(), pattern.c_str());
    return 1;
  }
  std::filesystem::remove_all(pattern);
  return 0;
}
