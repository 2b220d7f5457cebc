#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "connectors/ssmix2/name.h"
#include "mappings/engine.h"
#include "mappings/patient.h"
#include "mappings/settings.h"
#include "tests/support/shared_data.h"

// The example messages of the SS-MIX2 guideline, where the library is beside the project. They are
// not copied here.
namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;

class GuidelineFiles : public testing::Test {
 protected:
  void SetUp() override {
    root_ = tests::shared_data("data/ssmix2/nho_tool/sampleData");
    if (root_.empty()) {
      GTEST_SKIP() << "the library is not beside the project (SEKISHO_SHARED)";
    }
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file()) {
        out.push_back(entry.path());
      }
    }
    return out;
  }

  // "Condition JP_Condition_eCS I1 flags 1" of every resource that the file of this type gives.
  std::vector<std::string> map(const std::string& data_type) {
    std::vector<std::string> out;
    for (const fs::path& file : files()) {
      if (file.parent_path().filename() != data_type) {
        continue;
      }
      std::ifstream in(file, std::ios::binary);
      std::string bytes(std::istreambuf_iterator<char>(in), {});
      connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
      EXPECT_EQ(parsed.messages.size(), 1u);
      const connectors::hl7v2::Message& message = parsed.messages.at(0);
      const Profile* profile = pack_.find(message.type(), data_type);
      if (profile == nullptr) {
        out.push_back("no profile");
        continue;
      }
      result_ = profile->run({message, data_type, nullptr, data_type, ""}, settings_);
      for (const MappedResource& made : result_.resources) {
        const auto& claims = made.body.find("meta")->items("profile");
        std::string claim = claims.empty() ? "-" : *claims[0].get<std::string>();
        fhir::CategoryVocabulary vocabulary;
        std::string line = made.type + " " + claim.substr(claim.rfind('/') + 1);
        for (const std::string& code : vocabulary.codes(made.sets.needs)) {
          line += " " + code;
        }
        out.push_back(line + " flags " + std::to_string(made.sets.flags));
      }
      EXPECT_TRUE(result_.rejected.empty());
    }
    return out;
  }

  fs::path root_;
  Pack pack_ = Pack::base();
  Settings settings_ = settings_for(fhir::IdKey(std::string(32, 'k'), "1318814790"), "1318814790",
                                    "Example", {}, "test");
  Result result_;
};

TEST_F(GuidelineFiles, OfAdt00GivePatientCoverageAndMeasures) {
  EXPECT_EQ(map("ADT-00"),
            (std::vector<std::string>{"Patient JP_Patient flags 0", "Coverage JP_Coverage flags 0",
                                      "Observation JP_Observation_BodyMeasurement E1 flags 0",
                                      "Observation JP_Observation_BodyMeasurement E1 flags 0"}));
  // Next of kin, disability, the blood group and the allergies of AL1 go to the coverage report.
  EXPECT_EQ(result_.unread,
            (std::vector<std::string>{"NK1-2", "NK1-3", "NK1-4", "NK1-5", "NK1-6", "NK1-13",
                                      "DB1-2", "DB1-4", "OBX-5", "OBX-11", "AL1-2", "AL1-3"}));
}

TEST_F(GuidelineFiles, OfAdt61GiveAllergiesOfDrugsAndOthers) {
  EXPECT_EQ(map("ADT-61"),
            (std::vector<std::string>{"AllergyIntolerance JP_AllergyIntolerance_eCS I3 flags 0",
                                      "AllergyIntolerance JP_AllergyIntolerance_eCS I3 flags 0",
                                      "AllergyIntolerance JP_AllergyIntolerance_eCS I3 flags 0",
                                      "AllergyIntolerance JP_AllergyIntolerance_eCS I2 flags 0"}));
}

TEST_F(GuidelineFiles, OfOmp01GiveAPrescriptionForEachDrug) {
  EXPECT_EQ(map("OMP-01"),
            (std::vector<std::string>{"MedicationRequest JP_MedicationRequest_eCS I6 flags 0",
                                      "MedicationRequest JP_MedicationRequest_eCS I6 flags 0",
                                      "MedicationRequest JP_MedicationRequest_eCS I6 flags 0"}));
}

TEST_F(GuidelineFiles, OfPpr01GiveADiagnosisThatIsNotToBeDelivered) {
  EXPECT_EQ(map("PPR-01"), std::vector<std::string>{"Condition JP_Condition_eCS I1 flags 1"});
}

TEST_F(GuidelineFiles, OfOml11GiveASpecimenAndItsResults) {
  EXPECT_EQ(map("OML-11"),
            (std::vector<std::string>{"Specimen JP_Specimen flags 0",
                                      "Observation JP_Observation_LabResult_eCS none flags 0",
                                      "Observation JP_Observation_LabResult_eCS I5 flags 0",
                                      "Observation JP_Observation_LabResult_eCS I5 flags 0"}));
}

// Whatever a message is, no base profile throws, and what is found has a place.
TEST(Corpora, EveryMessageGoesThroughEveryBaseProfile) {
  const fs::path root = tests::shared_data("data/hl7v2/corpora");
  if (root.empty()) {
    GTEST_SKIP() << "the library is not beside the project (SEKISHO_SHARED)";
  }
  const Pack pack = Pack::base();
  const Settings settings = settings_for(fhir::IdKey(std::string(32, 'k'), "1318814790"),
                                         "1318814790", "Example", {}, "test");
  std::size_t messages = 0, made = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::ifstream in(entry.path(), std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
    for (const connectors::hl7v2::Message& message : parsed.messages) {
      ++messages;
      for (const Profile& profile : pack.profiles()) {
        Result result = profile.run({message, "", nullptr, "corpus", ""}, settings);
        made += result.resources.size();
        for (const fhir::Issue& issue : result.issues) {
          EXPECT_TRUE(!issue.code.empty() && !issue.source.empty()) << entry.path();
        }
      }
    }
  }
  EXPECT_GT(messages, 150u);
  EXPECT_GT(made, 100u);
}

// The identity check is ingest's; this holds what it asks of the message.
TEST_F(GuidelineFiles, AgreeOnThePatientInNineOfTwentyTwo) {
  std::size_t agree = 0, all = 0;
  for (const fs::path& file : files()) {
    ++all;
    auto place = connectors::ssmix2::parse_place(fs::relative(file, root_).generic_string());
    auto name = connectors::ssmix2::parse_name(file.filename().string());
    std::ifstream in(file, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(bytes);
    if (!place || !name || parsed.messages.size() != 1) {
      continue;
    }
    auto patient = patient_of(parsed.messages[0]);
    agree += patient && *patient == place->patient && *patient == name->patient ? 1U : 0U;
  }
  EXPECT_EQ(all, 22u);
  EXPECT_EQ(agree, 9u);
}

}  // namespace
}  // namespace sekisho::mappings
