#include "mappings/laboratory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "mappings/embedded.h"
#include "mappings/release_sets.h"
#include "tests/support/shared_data.h"

namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

constexpr std::string_view kMedis = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
constexpr std::string_view kLocal =
    "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS";
const std::string kClins = "http://jpfhir.jp/fhir/clins/CodeSystem/";

Json coding(std::string_view system, std::string_view code) {
  return Json::object({{"system", system}, {"code", code}});
}

// The needs of a laboratory Observation with these codings, as a text.
std::string needs(const std::vector<std::pair<std::string_view, std::string_view>>& codings,
                  std::string_view data_type = "OML-11", std::string_view kind = "laboratory") {
  Json list;
  for (const auto& [system, code] : codings) {
    list.push(coding(system, code));
  }
  Json observation = Json::object({{"resourceType", "Observation"}});
  Json kinds(Json::Array{Json::object({{"coding", Json(Json::Array{coding("c", kind)})}})});
  observation.set("category", std::move(kinds));
  observation.set("code", Json::object({{"coding", std::move(list)}}));
  SourceKind source;
  source.data_type = data_type;
  fhir::CategorySet set = observation_needs(observation, source);
  std::string out;
  for (auto [code, name] : {std::pair{fhir::category::I4, "I4"},
                            {fhir::category::I5, "I5"},
                            {fhir::category::E1, "E1"},
                            {fhir::CategorySet::none(), "none"}}) {
    out += set.contains(code) ? (out.empty() ? "" : " ") + std::string(name) : "";
  }
  return out;
}

struct Coded {
  const char* name;
  std::vector<std::pair<std::string_view, std::string_view>> codings;
  const char* needs;
};
class LaboratoryTable : public testing::TestWithParam<Coded> {};

TEST_P(LaboratoryTable, IsThatOf21b) { EXPECT_EQ(needs(GetParam().codings), GetParam().needs); }

const std::string kInfection10 = kClins + "JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS";
const std::string kInfection11 = kClins + "JLAC11/JP_CLINS_ObsLabResult_InfectionLabo_CS";
const std::string kCore10 = kClins + "JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS";
const std::string kCore11 = kClins + "JLAC11/JP_CLINS_ObsLabResult_CoreLabo_CS";
const std::string kUncoded = kClins + "JP_CLINS_ObsLabResult_Uncoded_CS";

INSTANTIATE_TEST_SUITE_P(
    All, LaboratoryTable,
    testing::Values(
        Coded{"AnyInfectionLaboCoding", {{kInfection10, "anything"}}, "I4"},
        Coded{"AnyInfectionLaboCodingJlac11", {{kInfection11, "anything"}}, "I4"},
        Coded{"AnyCoreLaboCoding", {{kCore10, "anything"}}, "I5"},
        Coded{"AnyCoreLaboCodingJlac11", {{kCore11, "anything"}}, "I5"},
        Coded{"BothSystems", {{kCore10, "x"}, {kInfection10, "y"}}, "I4 I5"},
        Coded{"AnInfectionUnderCoreLabo", {{kCore10, "5F016141002305151"}}, "I4 I5"},
        Coded{"ACoreCodeOfMedis", {{kMedis, "3A010000002327101"}}, "I5"},
        Coded{"BloodGroup", {{kMedis, "5H010000001999911"}}, "I5"},
        Coded{"AnAnalyteOnNoList", {{kMedis, "5F016999999999999"}}, "I4"},
        Coded{"AnAnalyteOf15Digits", {{kMedis, "5E0710000023998"}}, "I4"},
        Coded{"TheNameOfOldInstallations",
              {{"urn:oid:1.2.392.200119.4.504", "5F550141002305151"}},
              "I4"},
        Coded{"FurtherImmunology", {{kMedis, "5E072000002399811"}}, "none"},
        Coded{"Microbiology", {{kMedis, "6A010000006117101"}}, "none"},
        Coded{"ALocalCodeAlone", {{kLocal, "L1"}}, "none"},
        Coded{"ALocalCodeThatLooksLikeAnInfection", {{kLocal, "5F016141002305151"}}, "none"},
        Coded{"TheSameBesideACoreCode",
              {{kLocal, "5F016141002305151"}, {kMedis, "3A010000002327101"}},
              "I4 I5"},
        Coded{"ALocalCodeBesideACoreCode", {{kLocal, "L1"}, {kMedis, "3A010000002327101"}}, "I5"},
        Coded{"TheDummy", {{kLocal, "L1"}, {kUncoded, "99999999999999999"}}, "none"},
        Coded{"Nothing", {}, "none"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LaboratoryNeeds, AreNoneOutsideTheLaboratory) {
  EXPECT_EQ(needs({{kInfection10, "x"}}, "OML-11", "exam"), "none");
  EXPECT_EQ(needs({{kCore10, "x"}}, "OMG-13"), "none");
  EXPECT_EQ(needs({{kCore10, "3A010000002327101"}}, "OML-11", "vital-signs"), "none");
}

TEST(LaboratoryTable, HoldsOnlyWellFormedCodesAndNoCodeOnBothLists) {
  std::size_t codes = 0;
  std::string_view text = embedded_file("tables/laboratory_codes.tsv");
  std::map<std::string, std::set<std::string>> lists;
  for (std::string line; !text.empty();) {
    std::size_t end = std::min(text.find('\n'), text.size() - 1);
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.empty() || line[0] == '#') {
      continue;
    }
    std::string list = line.substr(7, line.find('\t', 7) - 7);
    std::string rest = line.substr(line.rfind('\t') + 1);
    for (std::size_t at = 0; at < rest.size(); at += 18) {
      lists[rest.substr(at, 17)].insert(list);
      ++codes;
    }
  }
  EXPECT_GT(codes, 9000u);
  for (const auto& [code, on] : lists) {
    EXPECT_EQ(code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos);
    EXPECT_EQ(on.size(), 1u) << code;
    const LaboratoryCode* found = find_laboratory_code(code);
    ASSERT_NE(found, nullptr) << code;
    EXPECT_EQ(found->infection, on.count("infection") == 1) << code;
    EXPECT_FALSE(found->coding.display.empty()) << code;
  }
}

// The lists beside the project: every code of an infection list alone gives I4, every code of a
// core list alone I5.
class HeldLists : public testing::Test {
 protected:
  void SetUp() override {
    root_ = tests::shared_data("data/jp");
    if (root_.empty()) {
      GTEST_SKIP() << "the library is not beside the project (SEKISHO_SHARED)";
    }
  }
  std::string read(const std::string& path) const {
    std::ifstream in(root_ / path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  static void leaves(const Json& concepts, std::set<std::string>& out) {
    for (const Json& one : concepts.items("concept")) {
      if (one.items("concept").empty()) {
        out.insert(std::string(one.text("code")));
      } else {
        leaves(one, out);
      }
    }
  }
  // A column of a tab-separated table, as far as it holds codes of 17 characters.
  std::set<std::string> column(const std::string& path, std::size_t wanted,
                               std::string_view only = "") const {
    std::set<std::string> out;
    std::string text = read(path);
    for (std::size_t from = 0; from < text.size();) {
      std::size_t end = std::min(text.find('\n', from), text.size());
      std::vector<std::string> cells{""};
      for (char c : text.substr(from, end - from)) {
        if (c == '\t') {
          cells.emplace_back();
        } else {
          cells.back().push_back(c);
        }
      }
      from = end + 1;
      bool deleted = false;
      for (const std::string& cell : cells) {
        deleted |= cell == "削除";
      }
      bool fits = only.empty() || (cells.size() > 2 && cells[2] == only);
      if (!deleted && fits && cells.size() > wanted && cells[wanted].size() == 17) {
        out.insert(cells[wanted]);
      }
    }
    return out;
  }

  fs::path root_;
};

TEST_F(HeldLists, OfInfectionsGiveI4AndOfCoreItemsI5) {
  const std::string json = "clins-1.5.3/json/CodeSystem/CodeSystem-jp-clins-codesystem-JLAC10-";
  const std::string sets = "terminology/clins-lab/laboitemset_20231104-";
  const std::string master = "terminology/clins-lab/clins-master-jlac10-jlac11-20240930.tsv";
  std::set<std::string> infection, core, infection11, core11;
  leaves(fhir::parse_json(read(json + "infectionlabo-cs.json")), infection);
  EXPECT_EQ(infection.size(), 255u);
  std::set<std::string> newer = column(master, 14, "感染症");
  EXPECT_EQ(newer.size(), 425u);
  infection.merge(newer);
  infection.merge(column(sets + "infection5.tsv", 5));
  infection.merge(column(sets + "infection5.tsv", 6));
  leaves(fhir::parse_json(read(json + "corelabo-cs.json")), core);
  core.merge(column(master, 14, "検査"));
  core.merge(column(sets + "core43.tsv", 7));
  core.merge(column(sets + "core43.tsv", 8));
  infection11 = column(master, 10, "感染症");
  core11 = column(master, 10, "検査");
  EXPECT_GT(core.size(), 437u);
  for (const std::string& code : infection) {
    EXPECT_EQ(needs({{kMedis, code}}), "I4") << code;
  }
  for (const std::string& code : core) {
    EXPECT_EQ(needs({{kMedis, code}}), "I5") << code;
  }
  const std::string jlac11 = "http://medis.or.jp/CodeSystem/master-JLAC11-17digits";
  for (const std::string& code : infection11) {
    EXPECT_EQ(needs({{jlac11, code}}), "I4") << code;
  }
  for (const std::string& code : core11) {
    EXPECT_EQ(needs({{jlac11, code}}), "I5") << code;
  }
}

}  // namespace
}  // namespace sekisho::mappings
