// Holds the tree to the tables of docs/architecture.md, and shows on made-up trees that each check
// can fail.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/architecture/checks.h"
#include "tests/architecture/code.h"
#include "tests/architecture/rules.h"
#include "tests/support/shared_data.h"

namespace sekisho::architecture {
namespace {

namespace fs = std::filesystem;

const fs::path kTop = SEKISHO_SOURCE_DIR;

std::vector<std::string> top_level() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kTop)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::vector<File> tree() {
  static const std::set<std::string> kEndings = {".cc",    ".h",   ".py", ".sh",
                                                 ".cmake", ".sql", ".mjs"};
  std::vector<File> files;
  for (const char* folder :
       {"fhir", "config", "connectors", "mappings", "adapter", "tests", "packaging"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kTop / folder)) {
      if (entry.is_regular_file() && kEndings.contains(entry.path().extension().string())) {
        files.push_back(File{fs::relative(entry.path(), kTop).generic_string(),
                             tests::read_file(entry.path())});
      }
    }
  }
  return files;
}

Rules rules() { return parse_rules(tests::read_file(kTop / "docs/architecture.md")); }

std::string joined(const Findings& findings) {
  std::string out;
  for (const std::string& finding : findings) {
    out += finding + "\n";
  }
  return out;
}

TEST(Architecture, HasOnlyTheEdgesOfThePage) {
  EXPECT_EQ(joined(check_edges(rules(), tree())), "");
}
TEST(Architecture, HasNoCycles) { EXPECT_EQ(joined(check_cycles(rules(), tree())), ""); }
TEST(Architecture, OpensEachNamespaceInItsRoom) {
  EXPECT_EQ(joined(check_namespaces(rules(), tree())), "");
}
TEST(Architecture, GivesEachLibraryOneOwner) {
  EXPECT_EQ(joined(check_libraries(rules(), tree())), "");
}
TEST(Architecture, ReadsTheMachineInNamedPlacesOnly) {
  EXPECT_EQ(joined(check_words(rules(), tree())), "");
}
TEST(Architecture, KeepsFilesHeadersAndFunctionsShort) {
  EXPECT_EQ(joined(check_sizes(tree())), "");
}
TEST(Architecture, KeepsTheTopOfTheTreeClean) {
  EXPECT_EQ(joined(check_top_level(top_level())), "");
}
TEST(Architecture, SaysOfEachRoomWhetherItIsBuilt) {
  EXPECT_EQ(joined(check_states(rules(), tree())), "");
}

TEST(ArchitecturePage, KeepsTheHubAwayFromUngatedData) {
  const Rules::Room hub = rules().rooms.at("adapter/hub");
  for (const char* room :
       {"adapter/query", "adapter/store", "adapter/registry", "adapter/sqlite"}) {
    EXPECT_FALSE(hub.may_use.contains(room)) << room;
  }
  EXPECT_FALSE(hub.all);
}

// The checks on made-up trees.

const char* const kPage =
    "| folder | what it is for | may use | state |\n|---|---|---|---|\n"
    "| `fhir` | x | - | built |\n"
    "| `adapter/store` | x | fhir | built |\n"
    "| `adapter/hub` | x | fhir, adapter/{http,release} (see below) | built |\n"
    "| `adapter/http` | x | fhir | built |\n"
    "| `adapter/release` | x | fhir, adapter/store | built |\n"
    "| `adapter/later` | x | fhir | later |\n"
    "| `adapter/agent` | x | all | built |\n"
    "| `tests` | x | all | built |\n"
    "\n| folder | of | only these headers |\n|---|---|---|\n"
    "| `adapter/hub` | `adapter/release` | `adapter/release/door.h` |\n"
    "\n| library | headers | only in |\n|---|---|---|\n"
    "| SQLite | `sqlite3.h` | `adapter/store` |\n"
    "| Poco::Util | `Poco/Util/` | `adapter/agent` |\n"
    "| Poco | `Poco/` | `adapter/http` |\n"
    "| RE2 | `re2/` | `fhir/regex.cc` |\n"
    "\n| what | words | only in |\n|---|---|---|\n"
    "| the clock | `system_clock`, `time(nullptr)` | `adapter/agent` |\n";

Rules made_up() { return parse_rules(kPage); }

std::string edges(const char* path, const char* text) {
  return joined(check_edges(made_up(), {File{path, text}}));
}

TEST(ArchitectureChecks, CatchAnEdgeThatThePageDoesNotHave) {
  EXPECT_EQ(edges("adapter/hub/routes.cc", "\n#include \"adapter/store/store.h\"\n"),
            "adapter/hub/routes.cc:2: includes adapter/store/store.h: adapter/hub may not use "
            "adapter/store\n");
  EXPECT_EQ(edges("adapter/hub/routes.cc", "#include \"adapter/http/server.h\"\n"), "");
  EXPECT_EQ(edges("adapter/hub/routes.cc", "#include \"adapter/hub/routes.h\"\n"), "");
  EXPECT_EQ(edges("adapter/hub/routes_test.cc", "#include \"adapter/store/store.h\"\n"), "");
  EXPECT_EQ(edges("adapter/agent/main.cc", "#include \"adapter/store/store.h\"\n"), "");
}

TEST(ArchitectureChecks, CatchAHeaderBeyondANarrowEdge) {
  EXPECT_EQ(edges("adapter/hub/routes.cc", "#include \"adapter/release/door.h\"\n"), "");
  EXPECT_NE(edges("adapter/hub/routes.cc", "#include \"adapter/release/masks.h\"\n"), "");
}

TEST(ArchitectureChecks, CatchAnIncludeThatIsNotFromTheTop) {
  EXPECT_NE(edges("adapter/hub/routes.cc", "#include \"routes.h\"\n"), "");
  EXPECT_NE(edges("adapter/hub/routes.cc", "#include \"../store/store.h\"\n"), "");
  EXPECT_NE(edges("adapter/attic/x.cc", "int x;\n"), "");
  EXPECT_NE(edges("fhir/json.cc", "#include \"tests/support/exact_bytes.h\"\n"), "");
}

TEST(ArchitectureChecks, CatchACycle) {
  EXPECT_EQ(joined(check_cycles(made_up(), {File{"fhir/a.h", "#include \"adapter/store/b.h\"\n"},
                                            File{"adapter/store/b.h", "#include \"fhir/c.h\"\n"}})),
            "cycle: adapter/store -> fhir -> adapter/store\n");
  EXPECT_EQ(joined(check_cycles(made_up(), {File{"fhir/a.h", "#include \"fhir/b.h\"\n"},
                                            File{"fhir/b.h", "#include \"fhir/c.h\"\n"},
                                            File{"fhir/c.h", "#include \"fhir/a.h\"\n"}})),
            "cycle: fhir/a.h -> fhir/b.h -> fhir/c.h -> fhir/a.h\n");
  std::string page = kPage;
  page.replace(page.find("| `fhir` | x | -"), 16, "| `fhir` | x | adapter/store");
  EXPECT_NE(joined(check_cycles(parse_rules(page), {})), "");
}

TEST(ArchitectureChecks, CatchAForgedFriend) {
  const auto found = [](const char* path, const char* text) {
    return joined(check_namespaces(made_up(), {File{path, text}}));
  };
  EXPECT_EQ(found("adapter/hub/x.cc", "\nnamespace sekisho::release {\nclass Masks {};\n}\n"),
            "adapter/hub/x.cc:2: opens sekisho::release, which is another room's\n");
  EXPECT_EQ(found("adapter/release/x.cc", "namespace sekisho::release {\nclass Masks {};\n}\n"),
            "");
  EXPECT_EQ(found("adapter/hub/x.h", "namespace sekisho::release {\nclass Masks;\n}\n"), "");
  EXPECT_EQ(found("adapter/hub/x.cc", "using namespace sekisho::release;\n"), "");
}

TEST(ArchitectureChecks, CatchALibraryAwayFromItsOwner) {
  const auto found = [](const char* path, const char* text) {
    return joined(check_libraries(made_up(), {File{path, text}}));
  };
  EXPECT_NE(found("adapter/hub/x.cc", "#include <sqlite3.h>\n"), "");
  EXPECT_EQ(found("adapter/store/x.cc", "#include <sqlite3.h>\n"), "");
  EXPECT_NE(found("fhir/json.cc", "#include <re2/re2.h>\n"), "");
  EXPECT_EQ(found("fhir/regex.cc", "#include <re2/re2.h>\n"), "");
  EXPECT_EQ(found("adapter/agent/main.cc", "#include <Poco/Util/Option.h>\n"), "");
  EXPECT_NE(found("adapter/http/x.cc", "#include <Poco/Util/Option.h>\n"), "");
  EXPECT_NE(found("adapter/agent/main.cc", "#include <Poco/Net/Socket.h>\n"), "");
  EXPECT_EQ(found("adapter/hub/x_test.cc", "#include <sqlite3.h>\n"), "");
}

TEST(ArchitectureChecks, CatchAClockBelowTheAgentButNotInACommentOrText) {
  const auto found = [](const char* path, const char* text) {
    return joined(check_words(made_up(), {File{path, text}}));
  };
  EXPECT_EQ(found("adapter/hub/x.cc", "int a;\nauto t = std::chrono::system_clock::now();\n"),
            "adapter/hub/x.cc:2: system_clock reads the clock; take it as a parameter\n");
  EXPECT_NE(found("fhir/x.cc", "auto t = time(nullptr);\n"), "");
  EXPECT_EQ(found("adapter/agent/x.cc", "std::chrono::system_clock::now();\n"), "");
  EXPECT_EQ(found("fhir/x.cc", "// system_clock\n/* system_clock */ f(\"system_clock\");\n"), "");
  EXPECT_EQ(found("fhir/x.cc", "auto s = R\"(system_clock\")\";\nint my_system_clock;\n"), "");
}

TEST(ArchitectureChecks, CatchLongFilesHeadersAndFunctions) {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "int a" + std::to_string(i) + ";\n";
    }
    return text;
  };
  EXPECT_EQ(check_sizes({File{"fhir/a.cc", lines(600)}, File{"fhir/a.h", lines(150)}}).size(), 0u);
  EXPECT_EQ(check_sizes({File{"fhir/a.cc", lines(601)}, File{"fhir/a.h", lines(151)}}).size(), 2u);
  EXPECT_EQ(check_sizes({File{"tests/run.sh", lines(601)}}).size(), 1u);
  EXPECT_EQ(check_sizes({File{"fhir/a.cc", "int f() {\n" + lines(58) + "}\n"}}).size(), 0u);
  EXPECT_EQ(joined(check_sizes({File{"fhir/a.cc", "\nint f() {\n" + lines(59) + "}\n"}})),
            "fhir/a.cc:2: function of 61 lines, more than 60\n");
}

TEST(ArchitectureChecks, FindFunctionsByTheirBraces) {
  const char* const kText = R"x(
namespace a {
enum class E { kA, kB };
struct S {
  int b = 0;
  S() : b{1}, c_(2) {
    f();
  }
  bool operator()(int x) const { return x == '{' || x == L'\\' || x == 1'0; }
};
constexpr int kArray[] = {
    1,
    2};
template <class T>
auto g(T t) -> decltype(t) {
  const auto h = [&] {
    return "}";
  };
  if (t) {
  }
}
const auto kCall = call({1, 2}, [](int) {
  return 1;
});
TEST(A, B) {
}
}  // namespace a
)x";
  std::string found;
  for (const Function& function : functions_of(kText)) {
    found += std::to_string(function.line) + "+" + std::to_string(function.lines) + " ";
  }
  EXPECT_EQ(found, "6+3 9+1 15+7 25+2 ");
}

TEST(ArchitectureChecks, CatchAStrangerAtTheTop) {
  EXPECT_EQ(joined(check_top_level({"fhir", ".git", "build", "notes.txt"})),
            "notes.txt: may not stand at the top of the tree\n");
}

TEST(ArchitectureChecks, CatchAPageThatIsBehindTheTree) {
  std::vector<File> files;
  for (const char* path :
       {"fhir/a.cc", "adapter/store/a.cc", "adapter/hub/a.cc", "adapter/http/a.cc",
        "adapter/release/a.cc", "adapter/agent/a.cc", "tests/a.cc"}) {
    files.push_back(File{path, ""});
  }
  EXPECT_EQ(joined(check_states(made_up(), files)), "");
  files.push_back(File{"adapter/later/a.cc", ""});
  files.erase(files.begin());
  EXPECT_EQ(joined(check_states(made_up(), files)),
            "docs/architecture.md: adapter/later is said to be later, and has code\n"
            "docs/architecture.md: fhir is said to be built, and has no code\n");
}

TEST(ArchitectureChecks, RefuseAPageThatTheyDoNotUnderstand) {
  EXPECT_THROW(parse_rules("no table"), std::runtime_error);
  std::string page = kPage;
  page.replace(page.find("fhir, adapter/store |"), 21, "fhir, adapter/attic |");
  EXPECT_THROW(parse_rules(page), std::runtime_error);
}

}  // namespace
}  // namespace sekisho::architecture
