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
    std::size_t decoded = 0;
    for (const Message& message : parsed.messages) {
      decoded += message.text->size();
    }
    EXPECT_LE(decoded, 3 * bytes.size());  // U+FFFD is three bytes; nothing grows more
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

// What the corpora's READMEs say of a file when it is read leniently. Where they and sources 4
// differ, sources 4 holds: a short MSH-2 is read, \H\ and \N\ are marks without a character.
struct Reads {
  const char* file;
  const char* segment;
  std::size_t field, repetition, component, subcomponent;  // 0: the whole of it
  const char* text;                                        // decoded
};

class CorpusField : public testing::TestWithParam<Reads> {};

TEST_P(CorpusField, ReadsAsItsReadmeSays) {
  const Reads& row = GetParam();
  const fs::path root = tests::shared_data("data/hl7v2/corpora/cosyte");
  if (root.empty()) {
    GTEST_SKIP() << "the HL7 corpora are not beside the project";
  }
  const Parsed parsed = parse(tests::read_file(root / row.file));
  ASSERT_EQ(parsed.messages.size(), 1u);
  const Message& message = parsed.messages[0];
  const Segment* segment = message.first(row.segment);
  ASSERT_NE(segment, nullptr);
  const std::string_view raw =
      row.subcomponent != 0
          ? segment->raw(row.field, row.repetition, row.component, row.subcomponent)
      : row.component != 0 ? segment->raw(row.field, row.repetition, row.component)
                           : segment->raw(row.field, row.repetition);
  EXPECT_EQ(unescape(raw, message.separators), row.text);
}

INSTANTIATE_TEST_SUITE_P(
    All, CorpusField,
    testing::Values(
        Reads{"edge-cases/null-fields.hl7", "PID", 2, 1, 0, 0, "\"\""},
        Reads{"edge-cases/null-fields.hl7", "PID", 3, 1, 1, 0, "MRN99999"},
        Reads{"edge-cases/empty-fields.hl7", "PID", 4, 1, 1, 0, "MRN-EF-001"},
        Reads{"edge-cases/empty-fields.hl7", "PID", 3, 1, 0, 0, ""},
        Reads{"edge-cases/consecutive-delimiters.hl7", "PID", 8, 1, 0, 0, "M"},
        Reads{"edge-cases/embedded-delimiters.hl7", "PID", 5, 1, 1, 0, "Smith|Jones"},
        Reads{"edge-cases/embedded-delimiters.hl7", "PID", 5, 1, 2, 0, "John^Public"},
        Reads{"edge-cases/embedded-delimiters.hl7", "PID", 5, 1, 3, 0, "Q&Roe"},
        Reads{"edge-cases/embedded-delimiters.hl7", "PID", 5, 1, 4, 0, "Jr~Sr"},
        Reads{"edge-cases/embedded-delimiters.hl7", "PID", 5, 1, 5, 0, "Dr\\Prof"},
        Reads{"edge-cases/custom-msh-delimiters.hl7", "PID", 3, 1, 1, 0, "MRN-CMD-001"},
        Reads{"edge-cases/custom-msh-delimiters.hl7", "PID", 5, 1, 2, 0, "John"},
        Reads{"edge-cases/unicode-names.hl7", "PID", 5, 1, 1, 0, "Müller"},
        Reads{"edge-cases/unicode-names.hl7", "PID", 5, 2, 1, 0, "李"},
        Reads{"edge-cases/truncation-char-msh2.hl7", "OBX", 5, 1, 0, 0, "truncated#at end"},
        Reads{"edge-cases/escape-highlight.hl7", "OBX", 5, 1, 0, 0,
              "Critical value requires attention"},
        Reads{"edge-cases/unknown-escapes.hl7", "OBX", 5, 1, 0, 0,
              "Some text with \\Z99\\ embedded"},
        Reads{"edge-cases/decoded-br.hl7", "OBX", 5, 1, 0, 0,
              "Specimen received.\nGross examination normal.\nMicroscopic examination pending."},
        Reads{"charset/utf8-name.hl7", "PID", 5, 1, 1, 0, "Zörb"},
        Reads{"charset/utf8-name.hl7", "PID", 5, 2, 2, 0, "太郎"},
        Reads{"canonical/nested-subcomponents.hl7", "PID", 5, 1, 8, 2, "Jones"},
        Reads{"canonical/oru-r01-sn-results.hl7", "OBX", 5, 1, 1, 0, ">"},
        Reads{"vendor-quirks/mllp-framing-stripped.hl7", "MSH", 9, 1, 1, 0, "ADT"},
        Reads{"vendor-quirks/segment-case.hl7", "PID", 3, 1, 1, 0, "MRN-VQ-005"},
        Reads{"vendor-quirks/unknown-segment.hl7", "ZZZ", 1, 1, 0, 0, "1"},
        Reads{"vendor-quirks/encoding-mismatch.hl7", "PID", 3, 1, 1, 0, "MRN-VQ-009"},
        Reads{"vendor-quirks/unknown-charset.hl7", "PID", 3, 1, 1, 0, "MRN-VQ-013"}));

struct Says {
  const char* file;
  std::size_t messages;
  const char* issue;  // one of those found; empty: none is found
};

class CorpusIssue : public testing::TestWithParam<Says> {};

TEST_P(CorpusIssue, IsFoundWhereItsReadmeNamesAFault) {
  const Says& row = GetParam();
  const fs::path root = tests::shared_data("data/hl7v2/corpora/cosyte");
  if (root.empty()) {
    GTEST_SKIP() << "the HL7 corpora are not beside the project";
  }
  const Parsed parsed = parse(tests::read_file(root / row.file));
  EXPECT_EQ(parsed.messages.size(), row.messages);
  std::string codes;
  for (const fhir::Issue& issue : parsed.issues) {
    codes += issue.code + " ";
  }
  if (std::string_view(row.issue).empty()) {
    EXPECT_EQ(codes, "");
  } else {
    EXPECT_NE(codes.find(row.issue), std::string::npos) << codes;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, CorpusIssue,
    testing::Values(Says{"malformed/empty-input.hl7", 0, "message.none"},
                    Says{"malformed/no-msh-segment.hl7", 0, "message.no-header"},
                    Says{"malformed/msh-too-short.hl7", 0, "message.header"},
                    Says{"malformed/invalid-encoding-characters.hl7", 1, "header.separators"},
                    Says{"edge-cases/lf-line-endings.hl7", 1, ""},
                    Says{"edge-cases/crlf-line-endings.hl7", 1, ""},
                    Says{"edge-cases/mixed-line-endings.hl7", 1, ""},
                    Says{"edge-cases/trailing-newline.hl7", 1, ""},
                    Says{"edge-cases/no-trailing-newline.hl7", 1, ""},
                    Says{"edge-cases/missing-optional-segments.hl7", 1, ""},
                    Says{"edge-cases/truncation-char-msh2.hl7", 1, ""},
                    Says{"edge-cases/escape-formatting.hl7", 1, ""},
                    Says{"vendor-quirks/segment-case.hl7", 1, "segment.case"},
                    // ASCII alone reads the same in every character set, whatever the label.
                    Says{"vendor-quirks/unknown-charset.hl7", 1, ""},
                    Says{"vendor-quirks/mllp-framing-stripped.hl7", 1, ""},
                    Says{"canonical/adt-a24-link.hl7", 1, ""},
                    Says{"canonical/z-segments.hl7", 1, ""}));

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
