#include "connectors/ssmix2/name.h"

#include <gtest/gtest.h>

namespace sekisho::connectors::ssmix2 {
namespace {

TEST(ParseName, ReadsTheSevenParts) {
  const auto name = parse_name("9999013_20111220_OML-11_000000011000354_20111220103059000_01_1");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->patient, "9999013");
  EXPECT_EQ(name->date, "20111220");
  EXPECT_EQ(name->type, "OML-11");
  EXPECT_EQ(name->order, "000000011000354");
  EXPECT_EQ(name->datetime, "20111220103059000");
  EXPECT_EQ(name->department, "01");
  EXPECT_EQ(name->flag, '1');
  EXPECT_EQ(match_key(*name), "9999013_20111220_OML-11_000000011000354");
}

struct Row {
  const char* name;
  const char* file;
  const char* patient;
  const char* department;
  char flag;
};

class Names : public testing::TestWithParam<Row> {};

TEST_P(Names, AreReadFromTheRight) {
  const auto name = parse_name(GetParam().file);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->patient, GetParam().patient);
  EXPECT_EQ(name->department, GetParam().department);
  EXPECT_EQ(name->flag, GetParam().flag);
}

INSTANTIATE_TEST_SUITE_P(
    All, Names,
    testing::Values(
        Row{"NoDate", "9999013_-_ADT-00_999999999999999_20111220224447339_-_1", "9999013", "-",
            '1'},
        Row{"ThirteenDigitOrder", "9999013_20111220_OMG-11_2011122000300_20111220224447339_24_1",
            "9999013", "24", '1'},
        Row{"FifteenDigitTime", "9999013_20111220_OMG-13_999999999999999_201112202244473_01_2",
            "9999013", "01", '2'},
        Row{"NoDepartment", "9999013_20111220_OMG-13_999999999999999_20111220224447339_0",
            "9999013", "", '0'},
        Row{"DietOrder", "1_20111013_OMD_123456789012345_20111014232213000_01_1", "1", "01", '1'},
        Row{"PatientWithUnderscore", "A_B_1_20111013_OMD_123456789012345_20111014232213000_01_1",
            "A_B_1", "01", '1'},
        Row{"LongDepartment", "1_20111013_OMD_123456789012345_20111014232213000_A01zz_1", "1",
            "A01zz", '1'}),
    [](const auto& row) { return std::string(row.param.name); });

class OtherNames : public testing::TestWithParam<const char*> {};
TEST_P(OtherNames, DoNotFit) { EXPECT_FALSE(parse_name(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    All, OtherNames,
    testing::Values("", "_", "______", "Thumbs.db", "9999013_20111220_OML-11",
                    "_20111220_OML-11_000000011000354_20111220103059000_01_1",
                    "9999013_2011122_OML-11_000000011000354_20111220103059000_01_1",
                    "9999013_20111220_OML11_000000011000354_20111220103059000_01_1",
                    "9999013_20111220_oml-11_000000011000354_20111220103059000_01_1",
                    "9999013_20111220_OML-11_00000001100035_2011_01_1",
                    "9999013_20111220_OML-11_123456789012_20111220103059000_01_1",
                    "9999013_20111220_OML-11_1234567890123456_20111220103059000_01_1",
                    "9999013_20111220_OML-11_000000011000354_20111220103059000_01_3",
                    "9999013_20111220_OML-11_000000011000354_20111220103059000_01_1.bak",
                    "9999013_20111220_OML-11_000000011000354_20111220103059000_01_11",
                    "9999013_20111220_OML-11_000000011000354_20111220103059000_0 1_1",
                    "20111220_OML-11_000000011000354_20111220103059000_01_1",
                    "copy of 9999013_20111220_OML-11_000000011000354_20111220103059000_01_x"));

TEST(ParsePlace, ReadsTheSixLevels) {
  const auto place = parse_place("999/901/9999013/20111220/OML-11/any name");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->patient, "9999013");
  EXPECT_EQ(place->date, "20111220");
  EXPECT_EQ(place->type, "OML-11");
  EXPECT_EQ(place->file, "any name");
}

class OtherPlaces : public testing::TestWithParam<const char*> {};
TEST_P(OtherPlaces, DoNotFit) { EXPECT_FALSE(parse_place(GetParam())); }

INSTANTIATE_TEST_SUITE_P(All, OtherPlaces,
                         testing::Values("", "/", "file", "999/901/9999013/20111220/file",
                                         "999/901/9999013/20111220/OML-11/a/b",
                                         "999/901/9999013//OML-11/a", "999/901/9999013/-/ADT-00/",
                                         "998/901/9999013/-/ADT-00/a", "999/902/9999013/-/ADT-00/a",
                                         "/999/901/9999013/-/ADT-00/a"));

TEST(ParsePlace, TakesANumberShorterThanItsFolders) {
  EXPECT_TRUE(parse_place("123/45/12345/-/ADT-00/a"));
  EXPECT_FALSE(parse_place("12/3/12/-/ADT-00/a"));
}

}  // namespace
}  // namespace sekisho::connectors::ssmix2
