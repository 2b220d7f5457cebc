#include "adapter/agent/arguments.h"

#include <gtest/gtest.h>

#include <array>

#include "fhir/error.h"

namespace sekisho::agent {
namespace {

constexpr std::array kSpecs{
    OptionSpec{"--by", "NAME", ""},
    OptionSpec{"--json", "", ""},
};

TEST(Arguments, AreOptionsAndOperandsInAnyOrder) {
  const Arguments read = Arguments::parse({"a", "--by", "x", "--json", "b", "--by=y"}, kSpecs);
  EXPECT_EQ(read.operands(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read.all("--by"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(read.has("--json"));
}

TEST(Arguments, EndOptionsWithTwoDashes) {
  const Arguments read = Arguments::parse({"--", "--by"}, kSpecs);
  EXPECT_EQ(read.operands(), (std::vector<std::string>{"--by"}));
  EXPECT_FALSE(read.has("--by"));
}

struct Refused {
  const char* name;
  std::vector<std::string> words;
};
class ArgumentsRefuse : public testing::TestWithParam<Refused> {};
TEST_P(ArgumentsRefuse, WithAUsageError) {
  try {
    Arguments::parse(GetParam().words, kSpecs);
    FAIL() << "was accepted";
  } catch (const fhir::Error& e) {
    EXPECT_EQ(e.code(), fhir::ErrorCode::kUsage);
  }
}
INSTANTIATE_TEST_SUITE_P(All, ArgumentsRefuse,
                         testing::Values(Refused{"Unknown", {"--bye", "x"}},
                                         Refused{"NoValue", {"--by"}},
                                         Refused{"ValueOfASwitch", {"--json=1"}}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Arguments, TellWhatIsMissingOrRepeated) {
  const Arguments read = Arguments::parse({"--by", "x", "--by", "y"}, kSpecs);
  EXPECT_THROW(read.one("--by"), fhir::Error);
  EXPECT_THROW(read.required("--json2"), fhir::Error);
  EXPECT_THROW(read.expect_operands(1, 1, "the file"), fhir::Error);
  EXPECT_EQ(read.one("--other", "otherwise"), "otherwise");
}

}  // namespace
}  // namespace sekisho::agent
