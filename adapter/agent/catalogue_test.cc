#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

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
    EXPECT_TRUE(names.insert(command.name.text()).second) << command.name.text();
    EXPECT_NE(command.run, nullptr) << command.name.text();
    EXPECT_TRUE(command.example.starts_with("sekisho " + std::string(command.name.text())))
        << command.name.text();
    EXPECT_NE(help(command).find(command.example), std::string::npos) << command.name.text();
    EXPECT_NE(help().find(command.name.text()), std::string::npos) << command.name.text();
  }
}

TEST(Commands, AreFoundByOneOrTwoWords) {
  EXPECT_EQ(find_command({"registry", "import", "x"}).words, 2u);
  EXPECT_EQ(find_command({"doctor", "--json"}).words, 1u);
  EXPECT_EQ(find_command({"registry"}).command, nullptr);
  EXPECT_EQ(find_command({}).command, nullptr);
}

// Every finding's code of doctor*.cc and command_doctor.cc stands in the operations page, and the
// page names none that is not there.
TEST(Findings, StandInTheOperationsPage) {
  const std::string root(SEKISHO_SOURCE_DIR);
  const auto text_of_file = [&](const std::string& path) {
    std::ifstream file(root + path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  };
  const std::string page = text_of_file("/docs/operations.md");
  std::string sources;
  for (const char* file : {"command_doctor", "doctor_machine", "doctor_state"}) {
    sources += text_of_file(std::string("/adapter/agent/") + file + ".cc");
  }
  const auto codes_in = [](const std::string& text, char quote) {
    std::set<std::string> codes;
    for (std::size_t at = text.find(quote); at != std::string::npos; at = text.find(quote, at)) {
      const std::size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", ++at);
      const std::string word = text.substr(at, end - at);
      const bool code = word.find('_') != std::string::npos && word.back() != '_';
      if (end != std::string::npos && text[end] == quote && code && !word.ends_with("_OK")) {
        codes.insert(word);
      }
    }
    return codes;
  };
  const std::size_t begin = page.find("## Findings of");
  const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  EXPECT_EQ(codes_in(sources, '"'), codes_in(section, '`'));
}

// What an agent runs for a caller must never open a path of the caller's by itself.
TEST(Commands, InTheAgentTakeFilesOnlyByTheCallersHand) {
  for (const Command& command : commands()) {
    if (command.place == Command::Place::kAgent && !command.operands.empty()) {
      EXPECT_TRUE(command.operands_are_files || command.operands.find("FILE") == std::string::npos)
          << command.name.text();
    }
  }
}

}  // namespace
}  // namespace sekisho::agent
