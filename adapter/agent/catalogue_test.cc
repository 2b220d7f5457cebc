#include <gtest/gtest.h>

#include <set>

#include "adapter/agent/command.h"
#include "adapter/agent/reasons.h"

namespace sekisho::agent {
namespace {

TEST(Phrases, PutArgumentsInTheirPlaces) {
  constexpr Phrase phrase{"{1}から{0}", "{0} of {1} {2"};
  EXPECT_EQ(say(Language::kJapanese, phrase, {"a", "b"}), "bからa");
  EXPECT_EQ(say(Language::kEnglish, phrase, {"a", "b"}), "a of b {2");
}

TEST(Reasons, EachHasAGateAndATextInBothLanguages) {
  for (int i = 0; i <= static_cast<int>(decision::Reason::kOk); ++i) {
    const ReasonText& text = text_of(static_cast<decision::Reason>(i));
    EXPECT_FALSE(text.what.ja.empty()) << i;
    EXPECT_FALSE(text.what.en.empty()) << i;
    EXPECT_EQ(text.fix.ja.empty(), text.fix.en.empty()) << i;
    EXPECT_FALSE(gate_name(text.gate).en.empty()) << i;
  }
}

TEST(Reasons, StandInTheOrderOfTheGates) {
  int gate = 0;
  for (int i = 0; i <= static_cast<int>(decision::Reason::kOk); ++i) {
    const int next = text_of(static_cast<decision::Reason>(i)).gate;
    EXPECT_GE(next, gate) << decision::name_of(static_cast<decision::Reason>(i));
    gate = next;
  }
}

TEST(Commands, EachIsFoundByItsNameAndShowsItsExample) {
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_TRUE(command.example.starts_with("sekisho " + std::string(command.name)))
        << command.name;
    EXPECT_NE(help(command).find(command.example), std::string::npos) << command.name;
    EXPECT_NE(help().find(command.name), std::string::npos) << command.name;
  }
}

TEST(Commands, AreFoundByOneOrTwoWords) {
  EXPECT_EQ(find_command({"registry", "import", "x"}).words, 2u);
  EXPECT_EQ(find_command({"doctor", "--json"}).words, 1u);
  EXPECT_EQ(find_command({"registry"}).command, nullptr);
  EXPECT_EQ(find_command({}).command, nullptr);
}

// What an agent runs for a caller must never open a path of the caller's by itself.
TEST(Commands, InTheAgentTakeFilesOnlyByTheCallersHand) {
  for (const Command& command : commands()) {
    if (command.place == Command::Place::kAgent && !command.operands.empty()) {
      EXPECT_TRUE(command.operands_are_files || command.operands.find("FILE") == std::string::npos)
          << command.name;
    }
  }
}

}  // namespace
}  // namespace sekisho::agent
