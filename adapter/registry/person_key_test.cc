#include "adapter/registry/person_key.h"

#include <gtest/gtest.h>

#include "adapter/registry/registry.h"

namespace sekisho::registry {
namespace {

const std::string kKey(32, 'k');

struct Birth {
  const char* name;
  const char* written;
  const char* day;  // empty: cannot be read
};

class ReadBirthDate : public testing::TestWithParam<Birth> {};

TEST_P(ReadBirthDate, AsPeopleWriteThem) {
  const auto day = read_birth_date(GetParam().written);
  EXPECT_EQ(day ? fhir::to_text(*day) : "", GetParam().day);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadBirthDate,
    testing::Values(
        Birth{"Iso", "1965-03-02", "1965-03-02"}, Birth{"Slashes", "1965/3/2", "1965-03-02"},
        Birth{"Digits", "19650302", "1965-03-02"},
        Birth{"FullWidth", "１９６５－０３－０２", "1965-03-02"},
        Birth{"Kanji", "1965年3月2日", "1965-03-02"},
        Birth{"Showa", "昭和40年3月2日", "1965-03-02"},
        Birth{"ShowaLetter", "S40.3.2", "1965-03-02"},
        Birth{"ShowaSmallLetter", "s40/03/02", "1965-03-02"},
        Birth{"FirstYear", "平成元年1月8日", "1989-01-08"},
        Birth{"LastDayOfShowa", "昭和64年1月7日", "1989-01-07"},
        Birth{"AfterShowa", "昭和64年1月9日", ""}, Birth{"BeforeHeisei", "平成元年1月7日", ""},
        Birth{"Reiwa", "R2.2.29", "2020-02-29"}, Birth{"ReiwaBeforeMay", "令和元年4月30日", ""},
        Birth{"Meiji", "M45.7.30", "1912-07-30"},
        Birth{"Spaces", " 昭和 40年 3月 2日 ", "1965-03-02"}, Birth{"NoSuchDay", "1965-02-29", ""},
        Birth{"NoSuchMonth", "1965-13-01", ""}, Birth{"YearOnly", "1965", ""},
        Birth{"Empty", "", ""}, Birth{"TwoDigitYear", "65-03-02", ""}, Birth{"Text", "unknown", ""},
        Birth{"Trailing", "1965-03-02x", ""}, Birth{"YearZero", "S0.3.2", ""},
        Birth{"Negative", "-1965-03-02", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PersonKey, CardsAreComparedWithoutWidthHyphensAndLeadingZeros) {
  EXPECT_EQ(normal_card("0012345"), "12345");
  EXPECT_EQ(normal_card("１２３４５"), "12345");
  EXPECT_EQ(normal_card(" 00-123-45 "), "12345");
  EXPECT_EQ(normal_card("ab12"), "AB12");
  EXPECT_EQ(normal_card("0000"), "0");
  EXPECT_NE(normal_card("123450"), normal_card("12345"));
}

bool share(const KeyDigests& line, const PatientDigests& patient) {
  std::vector<std::string> all = line.insurance;
  all.insert(all.end(), line.name_birth.begin(), line.name_birth.end());
  all.push_back(line.card);
  for (const std::string& digest : all) {
    for (const std::string& other : patient.search) {
      if (digest == other) {
        return true;
      }
    }
  }
  return false;
}

TEST(PersonKey, KanaIsComparedFolded) {
  PatientRecord record;
  record.name_kana = "ｷｮｳﾉ ﾄｯｺ";
  record.birth = fhir::parse_civil_date("1950-01-01");
  PersonKeys line;
  line.kana = "きょうの　とっこ";
  line.birth = record.birth;
  EXPECT_TRUE(share(digests_of(line, kKey), digests_of(record, kKey)));
  line.kana = "キヨウノトツコ";
  EXPECT_TRUE(share(digests_of(line, kKey), digests_of(record, kKey)));
  line.kana = "キヨウノトツカ";
  EXPECT_FALSE(share(digests_of(line, kKey), digests_of(record, kKey)));
  line.kana = "キヨウノトツコ";
  line.birth = fhir::parse_civil_date("1950-01-02");
  EXPECT_FALSE(share(digests_of(line, kKey), digests_of(record, kKey)));
}

struct Insured {
  const char* name;
  const char* record;
  const char *insurer, *symbol, *number, *branch;
  bool match;
};

class InsuredNumbers : public testing::TestWithParam<Insured> {};

TEST_P(InsuredNumbers, AreComparedInFourFields) {
  PatientRecord record;
  record.insurance_ids = {GetParam().record};
  PersonKeys line;
  line.insurer = GetParam().insurer;
  line.symbol = GetParam().symbol;
  line.number = GetParam().number;
  line.branch = GetParam().branch;
  EXPECT_EQ(share(digests_of(line, kKey), digests_of(record, kKey)), GetParam().match);
}

INSTANTIATE_TEST_SUITE_P(
    All, InsuredNumbers,
    testing::Values(
        Insured{"Same", "06130012:12:345:01", "06130012", "12", "345", "01", true},
        Insured{"BranchOfAnother", "06130012:12:345:02", "06130012", "12", "345", "01", false},
        Insured{"WithoutBranchTheFamily", "06130012:12:345:02", "06130012", "12", "345", "", true},
        Insured{"RecordWithoutBranch", "06130012:12:345:", "06130012", "12", "345", "01", true},
        Insured{"LeadingZerosOfTheNumber", "06130012:12:0345:01", "06130012", "12", "345", "1",
                true},
        Insured{"LeadingZerosOfTheInsurerCount", "06130012:12:345:01", "6130012", "12", "345", "01",
                false},
        Insured{"FullWidth", "06130012:12:345:01", "０６１３００１２", "１２", "３４５", "０１",
                true},
        Insured{"OtherSymbol", "06130012:12:345:01", "06130012", "13", "345", "01", false},
        Insured{"NoNumber", "06130012:12::01", "06130012", "12", "", "01", false},
        Insured{"AnotherShape", "345", "", "", "345", "", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PersonKey, DigestsNeedTheKey) {
  PersonKeys line;
  line.card = "1";
  EXPECT_NE(digests_of(line, kKey).card, digests_of(line, std::string(32, 'x')).card);
}

}  // namespace
}  // namespace sekisho::registry
