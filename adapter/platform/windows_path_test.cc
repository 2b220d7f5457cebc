#include "adapter/platform/windows_path.h"

#include <gtest/gtest.h>

#include <string>

namespace sekisho::platform {
namespace {

struct Case {
  const char* name;
  std::string path;
  std::string made;
};

class LongWindowsPath : public testing::TestWithParam<Case> {};

TEST_P(LongWindowsPath, NamesTheSameFileWithoutLimits) {
  const std::string made = long_windows_path(GetParam().path, R"(D:\work\now)");
  EXPECT_EQ(made, GetParam().made);
  EXPECT_EQ(long_windows_path(made, R"(D:\work\now)"), made) << "made twice is made once";
}

INSTANTIATE_TEST_SUITE_P(
    All, LongWindowsPath,
    testing::Values(
        Case{"Drive", R"(C:\ProgramData\Sekisho)", R"(\\?\C:\ProgramData\Sekisho)"},
        Case{"DriveAlone", R"(C:\)", R"(\\?\C:\)"}, Case{"Slashes", "C:/a//b/c", R"(\\?\C:\a\b\c)"},
        Case{"Dots", R"(C:\a\.\b\..\c\)", R"(\\?\C:\a\c)"},
        Case{"NeverAboveTheDrive", R"(C:\..\..\a)", R"(\\?\C:\a)"},
        Case{"Share", R"(\\ehr\ssmix2\001\002)", R"(\\?\UNC\ehr\ssmix2\001\002)"},
        Case{"ShareWithSlashes", "//ehr/ssmix2/001", R"(\\?\UNC\ehr\ssmix2\001)"},
        Case{"ShareAlone", R"(\\ehr\ssmix2)", R"(\\?\UNC\ehr\ssmix2\)"},
        Case{"NeverAboveTheShare", R"(\\ehr\ssmix2\..\..\other)", R"(\\?\UNC\ehr\ssmix2\other)"},
        Case{"Kanji", R"(\\電子カルテ\標準化 ストレージ\^x)",
             R"(\\?\UNC\電子カルテ\標準化 ストレージ\^x)"},
        Case{"NamesWithDotsAndBlanks", R"(C:\a.b\...\c. \d )", R"(\\?\C:\a.b\...\c. \d )"},
        Case{"SpecialNamesAreNames", R"(C:\NUL\COM1)", R"(\\?\C:\NUL\COM1)"},
        Case{"Relative", R"(a\..\b)", R"(\\?\D:\work\now\b)"},
        Case{"RelativeUp", "../x", R"(\\?\D:\work\x)"},
        Case{"OfTheCurrentDrive", R"(\a)", R"(\\?\D:\a)"},
        Case{"LongAlready", R"(\\?\C:\a\..\b/c)", R"(\\?\C:\a\..\b/c)"},
        Case{"LongShareAlready", R"(\\?\UNC\ehr\s\a)", R"(\\?\UNC\ehr\s\a)"},
        Case{"Device", R"(\\.\pipe\sekisho)", R"(\\.\pipe\sekisho)"},
        Case{"CurrentFolderOfADrive", "C:a", "C:a"}, Case{"Empty", "", ""},
        Case{"Long", R"(C:\)" + std::string(400, 'x'), R"(\\?\C:\)" + std::string(400, 'x')}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LongWindowsPath, ARelativePathMayStartOnAShare) {
  EXPECT_EQ(long_windows_path("a", R"(\\ehr\s\now)"), R"(\\?\UNC\ehr\s\now\a)");
  EXPECT_EQ(long_windows_path("a", R"(\\?\C:\now)"), R"(\\?\C:\now\a)");
}

}  // namespace
}  // namespace sekisho::platform
