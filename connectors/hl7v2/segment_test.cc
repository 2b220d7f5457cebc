#include <gtest/gtest.h>

#include "connectors/hl7v2/message.h"

namespace sekisho::connectors::hl7v2 {
namespace {

TEST(Segment, CountsFieldsFromOneAfterTheName) {
  const Segment obx("OBX|1|NM|code^name||7.2|", 5, {});
  EXPECT_EQ(obx.name(), "OBX");
  EXPECT_EQ(obx.position(), 5u);
  EXPECT_EQ(obx.fields(), 6u);
  EXPECT_EQ(obx.field(1), "1");
  EXPECT_EQ(obx.field(4), "");
  EXPECT_EQ(obx.field(5), "7.2");
  EXPECT_EQ(obx.field(6), "");
  EXPECT_EQ(obx.field(0), "");
  EXPECT_EQ(obx.field(99), "");
}

TEST(Segment, CountsTheSeparatorOfAHeaderAsItsFirstField) {
  const Segment msh("MSH|^~\\&|HIS|SEND|GW|RCV|20260101||OUL^R22^OUL_R22|1|P|2.5", 1, {});
  EXPECT_EQ(msh.field(1), "|");
  EXPECT_EQ(msh.field(2), "^~\\&");
  EXPECT_EQ(msh.raw(2, 1), "^~\\&");
  EXPECT_EQ(msh.raw(2, 1, 1), "^~\\&");
  EXPECT_EQ(msh.raw(2, 1, 2), "");
  EXPECT_EQ(msh.repetitions(2), 1u);
  EXPECT_EQ(msh.raw(9, 1, 2), "R22");
  EXPECT_EQ(msh.field(12), "2.5");
}

TEST(Segment, SplitsRepetitionsComponentsAndSubcomponents) {
  const Segment s("PID|a^b&c&d~~x", 1, {});
  EXPECT_EQ(s.repetitions(1), 3u);
  EXPECT_EQ(s.raw(1, 1), "a^b&c&d");
  EXPECT_EQ(s.raw(1, 1, 2), "b&c&d");
  EXPECT_EQ(s.raw(1, 1, 2, 2), "c");
  EXPECT_EQ(s.raw(1, 1, 2, 3), "d");
  EXPECT_EQ(s.raw(1, 1, 2, 4), "");
  EXPECT_EQ(s.raw(1, 2), "");
  EXPECT_EQ(s.raw(1, 3, 1), "x");
  EXPECT_EQ(s.raw(1, 4), "");
  EXPECT_EQ(s.components(1, 1), 2u);
  EXPECT_EQ(s.components(1, 2), 0u);
  EXPECT_EQ(s.subcomponents(1, 1, 2), 3u);
  EXPECT_EQ(s.subcomponents(1, 3, 1), 1u);
  EXPECT_EQ(s.raw(1, 0), "");
  EXPECT_EQ(s.raw(1, 1, 0), "");
}

TEST(Segment, TellsEmptyFromAbsentFromNull) {
  const Segment s("PID||\"\"|~ISO IR87", 1, {});
  EXPECT_EQ(s.repetitions(1), 0u);
  EXPECT_EQ(s.repetitions(4), 0u);
  EXPECT_TRUE(is_null(s.raw(2, 1)));
  EXPECT_EQ(s.repetitions(3), 2u);  // an empty first repetition counts
  EXPECT_EQ(s.raw(3, 1), "");
  EXPECT_EQ(s.raw(3, 2), "ISO IR87");
}

TEST(Segment, KeepsOddNamesReadable) {
  EXPECT_EQ(Segment("AL1", 1, {}).name(), "AL1");
  EXPECT_EQ(Segment("AL1", 1, {}).fields(), 0u);
  EXPECT_EQ(Segment("P|x", 1, {}).name(), "P");
  EXPECT_EQ(Segment("P|x", 1, {}).field(1), "x");
  EXPECT_EQ(Segment("LONGTEXT|x", 1, {}).name(), "");
  EXPECT_EQ(Segment("LONGTEXT|x", 1, {}).field(1), "x");
  EXPECT_EQ(Segment("", 1, {}).name(), "");
}

}  // namespace
}  // namespace sekisho::connectors::hl7v2
