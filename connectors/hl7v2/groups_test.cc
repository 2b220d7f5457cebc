#include "connectors/hl7v2/groups.h"

#include <gtest/gtest.h>

namespace sekisho::connectors::hl7v2 {
namespace {

GroupSchema schema(std::string name, std::vector<std::string> start, std::vector<std::string> holds,
                   std::vector<GroupSchema> children = {}, std::size_t max = 0) {
  GroupSchema result;
  result.name = std::move(name);
  result.start = std::move(start);
  result.holds = std::move(holds);
  result.children = std::move(children);
  result.max = max;
  return result;
}

// Laboratory results and orders with one definition, as mapping-format 6.1 writes it.
GroupSchema laboratory(bool note_in_order = true) {
  const GroupSchema finding = schema("FINDING", {"OBX"}, {"OBX"});
  const GroupSchema result = schema("RESULT", {"OBX"}, {"OBX", "NTE"});
  std::vector<std::string> order_holds{"OBR", "ORC", "TQ1"};
  if (note_in_order) {
    order_holds.push_back("NTE");
  }
  const GroupSchema order = schema("ORDER", {"OBR", "ORC"}, order_holds, {result});
  const GroupSchema specimen = schema("SPECIMEN", {"SPM"}, {"SPM"}, {finding, order});
  const GroupSchema patient = schema("PATIENT", {"PID"}, {"PID", "PV1"}, {}, 1);
  return schema("MESSAGE", {}, {"MSH", "NTE"}, {patient, specimen});
}

std::string shape(const Group& group) {
  std::string text = group.schema->name + "(";
  for (const Segment* segment : group.segments) {
    text += std::string(segment->name()) + " ";
  }
  for (const Group& child : group.children) {
    text += shape(child) + " ";
  }
  if (text.back() == ' ') {
    text.pop_back();
  }
  text += ')';
  return text;
}

std::size_t held(const Group& group) {
  std::size_t count = group.segments.size();
  for (const Group& child : group.children) {
    count += held(child);
  }
  return count;
}

struct Case {
  const char* name;
  std::string segments;  // names, separated by blanks
  std::string shape;
  std::size_t strays;
};

class Groups : public testing::TestWithParam<Case> {};

Message message_of(const std::string& names) {
  std::string text = "MSH|^~\\&|||||||OUL^R22\r";
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find(' ', at), names.size());
    text += names.substr(at, end - at) + "|1\r";
    at = end + 1;
  }
  Parsed parsed = parse(text);
  return std::move(parsed.messages.at(0));
}

TEST_P(Groups, PlaceEverySegment) {
  const Message message = message_of(GetParam().segments);
  const GroupSchema root = laboratory();
  const Grouped grouped = group(message, root);
  EXPECT_EQ(shape(grouped.root), GetParam().shape);
  EXPECT_EQ(grouped.strays.size(), GetParam().strays);
  EXPECT_EQ(held(grouped.root) + grouped.strays.size(), message.segments.size());
}

INSTANTIATE_TEST_SUITE_P(
    All, Groups,
    testing::Values(
        Case{"ResultsFirst", "PID PV1 SPM OBR ORC OBX OBX",
             "MESSAGE(MSH PATIENT(PID PV1) SPECIMEN(SPM ORDER(OBR ORC RESULT(OBX) RESULT(OBX))))",
             0},
        Case{"OrdersFirst", "PID SPM ORC OBR OBX ORC OBR OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(ORC OBR RESULT(OBX)) ORDER(ORC OBR "
             "RESULT(OBX))))",
             0},
        Case{
            "OrderSegmentMissing", "PID SPM OBR OBX OBR OBX",
            "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX)) ORDER(OBR RESULT(OBX))))",
            0},
        Case{"SeveralSpecimens", "PID SPM OBR OBX SPM OBR OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX))) SPECIMEN(SPM ORDER(OBR "
             "RESULT(OBX))))",
             0},
        Case{"FindingDirectlyUnderTheSpecimen", "PID SPM OBX OBX OBR OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM FINDING(OBX) FINDING(OBX) ORDER(OBR "
             "RESULT(OBX))))",
             0},
        Case{"TrailingTiming", "PID SPM OBR ORC OBX TQ1",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR ORC TQ1 RESULT(OBX))))", 0},
        Case{"NoteOfAResult", "PID SPM OBR OBX NTE OBX NTE",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX NTE) RESULT(OBX NTE))))",
             0},
        Case{"NoteOfAnOrder", "PID SPM OBR ORC NTE OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR ORC NTE RESULT(OBX))))", 0},
        Case{"NoteBetweenNothing", "NTE PID SPM OBR OBX",
             "MESSAGE(MSH NTE PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX))))", 0},
        Case{"Unknown", "PID ZZZ SPM OBR OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX))))", 1},
        Case{"ResultBeforeAnySpecimen", "PID OBX SPM OBR OBX",
             "MESSAGE(MSH PATIENT(PID) SPECIMEN(SPM ORDER(OBR RESULT(OBX))))", 1},
        Case{"TwoPatients", "PID PID SPM", "MESSAGE(MSH PATIENT(PID) PATIENT(PID) SPECIMEN(SPM))",
             0}),
    [](const auto& row) { return std::string(row.param.name); });

// The fault of a first version: a note that only the message holds closed the order, and the
// results after it were lost.
TEST(Group, KeepsTheOrderOpenAcrossANoteThatOnlyTheMessageHolds) {
  const Message message = message_of("PID SPM OBR ORC NTE OBX OBX OBX OBX");
  const GroupSchema root = laboratory(false);
  const Grouped grouped = group(message, root);
  EXPECT_EQ(shape(grouped.root),
            "MESSAGE(MSH NTE PATIENT(PID) SPECIMEN(SPM ORDER(OBR ORC RESULT(OBX) RESULT(OBX) "
            "RESULT(OBX) RESULT(OBX))))");
  EXPECT_TRUE(grouped.strays.empty());
}

TEST(Group, ReportsEachStrayByItsPlace) {
  const Message message = message_of("PID ZZZ SPM");
  const GroupSchema root = laboratory();
  const Grouped grouped = group(message, root);
  ASSERT_EQ(grouped.issues.size(), 1u);
  EXPECT_EQ(grouped.issues[0].code, "group.stray");
  EXPECT_EQ(grouped.issues[0].source, "segment 3 (ZZZ)");
  EXPECT_EQ(grouped.strays[0], &message.segments[2]);
}

TEST(Group, ReportsAGroupBeyondItsMaximumAndKeepsItsSegments) {
  const Message message = message_of("PID PV1 PID PV1 SPM");
  const GroupSchema root = laboratory();
  const Grouped grouped = group(message, root);
  ASSERT_EQ(grouped.issues.size(), 1u);
  EXPECT_EQ(grouped.issues[0].code, "group.too-many");
  EXPECT_EQ(grouped.issues[0].source, "segment 4 (PID)");
  EXPECT_EQ(grouped.root.children.size(), 3u);
}

TEST(Group, FindsTheFirstSegmentOfAName) {
  const Message message = message_of("PID SPM OBR OBX NTE NTE");
  const GroupSchema root = laboratory();
  const Grouped grouped = group(message, root);
  const Group& result = grouped.root.children[1].children[0].children[0];
  ASSERT_NE(result.first("NTE"), nullptr);
  EXPECT_EQ(result.first("NTE")->position(), 6u);
  EXPECT_EQ(result.first("OBR"), nullptr);
}

}  // namespace
}  // namespace sekisho::connectors::hl7v2
