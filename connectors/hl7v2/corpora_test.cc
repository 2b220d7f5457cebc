#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "connectors/hl7v2/message.h"
#include "connectors/ssmix2/name.h"
#include "tests/support/shared_data.h"

namespace sekisho::connectors::hl7v2 {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The segments of a file, counted without the parser: what stands between line ends.
std::size_t lines_in(const std::string& bytes) {
  std::size_t lines = 0;
  bool inside = false;
  for (const char c : bytes) {
    const bool end = c == '\r' || c == '\n' || c == '\x0B' || c == '\x1C';
    lines += inside && end ? 1u : 0u;
    inside = !end;
  }
  return lines + (inside ? 1u : 0u);
}

bool is_envelope(const std::string& bytes, std::size_t at) {
  const std::string name = bytes.substr(at, 3);
  return name == "FHS" || name == "BHS" || name == "BTS" || name == "FTS";
}

std::size_t envelopes_in(const std::string& bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const bool start = at == 0 || bytes[at - 1] == '\r' || bytes[at - 1] == '\n';
    count += start && is_envelope(bytes, at) ? 1u : 0u;
  }
  return count;
}

std::size_t segments_in(const Parsed& parsed) {
  std::size_t count = 0;
  for (const Message& message : parsed.messages) {
    count += message.segments.size();
  }
  return count;
}

TEST(Corpora, EveryFileIsReadWithoutLosingASegment) {
  const fs::path root = tests::shared_data("data/hl7v2/corpora");
  if (root.empty()) {
    GTEST_SKIP() << "the HL7 corpora are not beside the project";
  }
  std::size_t messages = 0;
  for (const fs::path& file : files_below(root)) {
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = tests::read_file(file);
    const Parsed parsed = parse(bytes);
    messages += parsed.messages.size();
    if (segments_in(parsed) + envelopes_in(bytes) < lines_in(bytes)) {
      EXPECT_FALSE(parsed.issues.empty());  // fewer only with a reason
    }
    EXPECT_TRUE(!parsed.messages.empty() || !parsed.issues.empty());
    const bool hl7 = file.extension() == ".hl7" || file.extension() == ".ndhl7";
    if (hl7 && file.parent_path().filename() != "malformed") {
      EXPECT_FALSE(parsed.messages.empty());
    }
  }
  EXPECT_GT(messages, 150u);
}

struct Facts {
  std::size_t end_with_frame = 0;
  std::size_t delimiters_inside_kanji = 0;
  std::size_t agree = 0;
  std::size_t messages = 0;
};

// Bytes of two-byte characters that look like separators: the reason to decode before splitting.
std::size_t delimiters_inside_kanji(const std::string& bytes) {
  std::size_t count = 0;
  bool kanji = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\x1B') {
      kanji = i + 1 < bytes.size() && bytes[i + 1] == '$';
      i += 2;
    } else if (kanji && std::string("|^~\\&").find(bytes[i]) != std::string::npos) {
      ++count;
    }
  }
  return count;
}

TEST(Guideline, TheFactsOfTheTwentyTwoFilesHold) {
  const fs::path root = tests::shared_data("data/ssmix2/nho_tool/sampleData");
  if (root.empty()) {
    GTEST_SKIP() << "the guideline files are not beside the project";
  }
  Facts facts;
  for (const fs::path& file : files_below(root)) {
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = tests::read_file(file);
    const Parsed parsed = parse(bytes);
    if (bytes.size() == 2) {
      EXPECT_TRUE(parsed.messages.empty());
      ASSERT_EQ(parsed.issues.size(), 1u);
      EXPECT_EQ(parsed.issues[0].code, "message.no-header");
      continue;
    }
    ASSERT_EQ(parsed.messages.size(), 1u);
    EXPECT_TRUE(parsed.issues.empty());
    EXPECT_EQ(parsed.messages[0].segments.size(), lines_in(bytes));
    EXPECT_EQ(parsed.messages[0].text->find("\xEF\xBF\xBD"), std::string::npos);
    ++facts.messages;
    facts.end_with_frame += bytes.substr(bytes.size() - 2) == "\r\x1C" ? 1u : 0u;
    facts.delimiters_inside_kanji += delimiters_inside_kanji(bytes);
    const auto place = ssmix2::parse_place(file.lexically_relative(root).generic_string());
    const auto name = ssmix2::parse_name(place->file);
    const Segment* pid = parsed.messages[0].first("PID");
    facts.agree += name->patient == place->patient && pid->raw(3, 1, 1) == place->patient ? 1u : 0u;
  }
  EXPECT_EQ(facts.messages, 21u);
  EXPECT_EQ(facts.end_with_frame, 21u);
  EXPECT_EQ(facts.delimiters_inside_kanji, 136u);
  EXPECT_EQ(facts.agree, 9u);
}

TEST(Guideline, TextIsReadAsItIsMeant) {
  const fs::path root =
      tests::shared_data("data/ssmix2/nho_tool/sampleData/999/901/9999013/-/ADT-00");
  if (root.empty()) {
    GTEST_SKIP() << "the guideline files are not beside the project";
  }
  const Parsed parsed = parse(tests::read_file(files_below(root).at(0)));
  const Message& message = parsed.messages.at(0);
  EXPECT_EQ(message.type(), "ADT^A08");
  const Segment* pid = message.first("PID");
  EXPECT_EQ(pid->repetitions(5), 2u);
  EXPECT_EQ(pid->raw(5, 1, 1), "患者");
  EXPECT_EQ(pid->raw(5, 2, 2), "タロウ");
  EXPECT_EQ(pid->raw(11, 1, 8), "静岡県静岡市登呂１－３－５");
  EXPECT_EQ(pid->raw(33, 1), "20111219121551");
  EXPECT_EQ(message.first("IN1")->raw(12, 1), "20091201");
}

// What is torn off or flipped must never crash, loop or lose a message before the fault.
TEST(Guideline, EveryCutAndEveryFlippedByteIsSurvived) {
  const fs::path root =
      tests::shared_data("data/ssmix2/nho_tool/sampleData/999/901/9999013/-/ADT-00");
  if (root.empty()) {
    GTEST_SKIP() << "the guideline files are not beside the project";
  }
  const std::string whole = tests::read_file(files_below(root).at(0));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    parse(whole.substr(0, at));
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ static_cast<char>(1 << (at % 8)));
    const Parsed parsed = parse(flipped);
    EXPECT_TRUE(!parsed.messages.empty() || !parsed.issues.empty());
  }
}

}  // namespace
}  // namespace sekisho::connectors::hl7v2
