#include "tests/fakes/storage_generator.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "connectors/hl7v2/message.h"
#include "connectors/ssmix2/name.h"
#include "connectors/ssmix2/storage.h"
#include "tests/fakes/jis.h"
#include "tests/support/shared_data.h"

namespace sekisho::fakes {
namespace {

namespace fs = std::filesystem;
using connectors::ssmix2::FoundFile;
using connectors::ssmix2::Storage;

// Path and bytes of every file below a root.
std::map<std::string, std::string> contents_of(const fs::path& root) {
  std::map<std::string, std::string> files;
  const Storage storage("test", root.string());
  storage.walk(
      "",
      [&](const FoundFile& file) {
        files[file.path] = *storage.read(file.path, 64u << 20);
        return true;
      },
      [](const fhir::Issue& issue) { ADD_FAILURE() << issue.diagnostics; });
  return files;
}

class StorageGenerator : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "sekisho_generated_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  StorageOptions options(const char* name, std::uint64_t patients) const {
    StorageOptions result;
    result.out = root_ / name;
    result.patients = patients;
    result.years = 1;
    return result;
  }

  fs::path root_;
};

TEST_F(StorageGenerator, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  generate_storage(options("a", 5));
  generate_storage(options("b", 5));
  StorageOptions other = options("c", 5);
  other.seed = 2;
  generate_storage(other);
  EXPECT_EQ(contents_of(root_ / "a"), contents_of(root_ / "b"));
  EXPECT_NE(contents_of(root_ / "a"), contents_of(root_ / "c"));
}

TEST_F(StorageGenerator, MakesAPatientIndependentlyOfTheOthers) {
  generate_storage(options("all", 6));
  StorageOptions fourth = options("one", 1);
  fourth.first_number = 4;
  generate_storage(fourth);
  std::map<std::string, std::string> all = contents_of(root_ / "all");
  std::erase_if(all, [](const auto& file) { return file.first.rfind("000/000/0000004/", 0) != 0; });
  EXPECT_EQ(contents_of(root_ / "one"), all);
}

// Everything that it writes is found, named and parsed as the report says, and nothing is odd.
TEST_F(StorageGenerator, WritesWhatItReports) {
  StorageOptions whole = options("all", 30);
  whole.years = 3;
  const StorageReport report = generate_storage(whole);
  std::map<std::string, std::array<std::uint64_t, 3>> files;
  Contents current;
  std::uint64_t extension_characters = 0;
  for (const auto& [path, bytes] : contents_of(root_ / "all")) {
    const auto place = connectors::ssmix2::parse_place(path);
    ASSERT_TRUE(place);
    const auto name = connectors::ssmix2::parse_name(place->file);
    ASSERT_TRUE(name);
    EXPECT_EQ(name->patient, place->patient);
    EXPECT_EQ(name->date, place->date);
    EXPECT_EQ(name->type, place->type);
    ++files[name->type][static_cast<std::size_t>(name->flag - '0')];
    const connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
    ASSERT_EQ(parsed.messages.size(), 1u);
    EXPECT_TRUE(parsed.issues.empty());
    const connectors::hl7v2::Message& message = parsed.messages[0];
    EXPECT_EQ(message.first("PID")->raw(3, 1, 1), name->patient);
    extension_characters += message.text->find("髙") != std::string::npos ? 1u : 0u;
    for (const connectors::hl7v2::Segment& segment : message.segments) {
      const bool counts = name->flag == '1';
      current.coverages += counts && segment.name() == "IN1" ? 1u : 0u;
      current.problems += counts && segment.name() == "PRB" && segment.field(1) != "DE" ? 1u : 0u;
      current.specimens += counts && segment.name() == "SPM" ? 1u : 0u;
      current.results += counts && segment.name() == "OBX" && name->type == "OML-11" ? 1u : 0u;
    }
  }
  EXPECT_EQ(files, report.files);
  EXPECT_EQ(current.coverages, report.current.coverages);
  EXPECT_EQ(current.problems, report.current.problems);
  EXPECT_EQ(current.specimens, report.current.specimens);
  EXPECT_EQ(current.results, report.current.results);
  EXPECT_GT(extension_characters, 0u);
  EXPECT_GT(report.current.infection_results, 0u);
  for (const char* type : {"ADT-00", "PPR-01", "OML-11", "ADT-12", "ADT-22"}) {
    EXPECT_GT(report.files.at(type)[1], 0u) << type;
  }
  EXPECT_GT(report.files.at("OML-11")[0], 0u);
  EXPECT_GT(report.files.at("OML-11")[2], 0u);
}

// A superseded file stands beside the one that replaced it.
TEST_F(StorageGenerator, KeepsTheOrderNumberOfWhatItReplaces) {
  generate_storage(options("all", 25));
  std::map<std::string, std::string> flags;
  for (const auto& [path, bytes] : contents_of(root_ / "all")) {
    const auto name = connectors::ssmix2::parse_name(connectors::ssmix2::parse_place(path)->file);
    flags[connectors::ssmix2::match_key(*name)] += name->flag;
  }
  std::size_t replaced = 0;
  for (const auto& [key, seen] : flags) {
    if (seen.find('2') != std::string::npos) {
      EXPECT_NE(seen.find_first_of("10"), std::string::npos);
      ++replaced;
    }
  }
  EXPECT_GT(replaced, 0u);
}

TEST_F(StorageGenerator, DamagesFilesOnlyWhenAsked) {
  StorageOptions damaged = options("all", 20);
  damaged.faults = 300;
  const StorageReport report = generate_storage(damaged);
  for (const char* kind : {"other-patient", "cut", "empty", "wrong-charset", "bad-name"}) {
    EXPECT_GT(report.faults.at(kind), 0u) << kind;
  }
  std::uint64_t whole = 0;
  for (const auto& [type, flags] : report.files) {
    whole += flags[0] + flags[1] + flags[2];
  }
  EXPECT_EQ(contents_of(root_ / "all").size(), whole + report.faults.at("total"));
  EXPECT_NE(to_json(report).find("\"total\":" + std::to_string(whole + report.faults.at("total"))),
            std::string::npos);
}

TEST(Jis, WritesWhatTheDecoderReads) {
  const std::string text = "PID|髙橋^鷗介~ﾀｶ①ｱ^A\\F\\";
  const std::string bytes = to_iso2022jp(text);
  EXPECT_NE(bytes.find("\x1B$B|b"), std::string::npos);
  EXPECT_NE(bytes.find("\x1B$(D"), std::string::npos);
  EXPECT_NE(bytes.find("\x1B(I"), std::string::npos);
  std::string again;
  connectors::DecodeFindings findings;
  connectors::decode(bytes, connectors::Encoding::kIso2022Jp, again, findings);
  EXPECT_EQ(again, text);
  EXPECT_ANY_THROW(to_iso2022jp("\xF0\x9F\x98\x80"));
}

// The codes of the two national lists are facts: each is compared with the list itself.
TEST(Invented, TheNationalLaboratoryCodesAreInTheList) {
  const fs::path list =
      tests::shared_data("data/jp/terminology/clins-lab/clins-jlac10-distinct.tsv");
  if (list.empty()) {
    GTEST_SKIP() << "the CLINS laboratory list is not beside the project";
  }
  const std::string text = tests::read_file(list);
  std::size_t core = 0;
  for (const Item& item : kItems) {
    const bool listed = !item.jlac10.empty() &&
                        text.find("\t" + std::string(item.jlac10) + "\t") != std::string::npos;
    core += listed ? 1u : 0u;
    EXPECT_TRUE(listed || item.jlac10.empty() || item.local == "10301") << item.jlac10;
  }
  EXPECT_EQ(core,
            kItems.size() - 3);  // one with a code outside the list, two with a local code only
  for (const InfectionItem& item : kInfectionItems) {
    EXPECT_NE(text.find("\t" + std::string(item.jlac10) + "\t"), std::string::npos) << item.jlac10;
  }
  for (const Qualitative& strip : kUrineStrips) {
    EXPECT_NE(text.find("\t" + std::string(strip.jlac10) + "\t"), std::string::npos)
        << strip.jlac10;
  }
}

}  // namespace
}  // namespace sekisho::fakes
