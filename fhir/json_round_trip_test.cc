#include <gtest/gtest.h>

#include <filesystem>

#include "fhir/json.h"
#include "tests/support/exact_bytes.h"
#include "tests/support/shared_data.h"

namespace sekisho::fhir {
namespace {

// The text without the white space between tokens: an independent way to the compact form, good for
// a text in which no character is escaped.
std::string without_blanks(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (const char c : text) {
    quoted = quoted != (c == '"');
    if (quoted || std::string_view(" \t\r\n").find(c) == std::string_view::npos) {
      out += c;
    }
  }
  return out;
}

TEST(JsonRoundTrip, GivesBackEveryExampleOfR4) {
  const auto archive = tests::shared_data("data/fhir/r4-examples.tgz");
  if (archive.empty()) {
    GTEST_SKIP() << "data/fhir/r4-examples.tgz is not beside the project";
  }
  const tests::Unpacked unpacked(archive, testing::TempDir());
  int read = 0;
  int compared = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked.folder())) {
    // The largest are lists of codes; a few thousand others say the same sooner.
    if (entry.path().extension() != ".json" || entry.file_size() > 6'000) {
      continue;
    }
    const std::string text = tests::read_file(entry.path());
    const tests::ExactBytes bytes(text);
    const Json json = parse_json(bytes.view());
    const std::string once = write_json(json);
    ASSERT_EQ(parse_json(once), json) << entry.path();
    ++read;
    if (text.find('\\') == std::string::npos) {
      ASSERT_EQ(once, without_blanks(text)) << entry.path();
      ++compared;
    }
  }
  EXPECT_GT(read, 2000);
  EXPECT_GT(compared, 500);
}

}  // namespace
}  // namespace sekisho::fhir
