#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "fhir/ndjson.h"
#include "mappings/engine.h"
#include "mappings/settings.h"

// Every resource from the guideline files, and one of each mapping case (so one of each rule of
// each base profile and more), against the Japanese profiles by the independent checker.
namespace sekisho::mappings {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

fs::path shared() {
  const char* given = std::getenv("SEKISHO_SHARED");
  return given != nullptr ? given : SEKISHO_SOURCE_DIR "/../shared";
}

fs::path cache() {
  if (const char* given = std::getenv("SEKISHO_CACHE")) {
    return given;
  }
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : testing::TempDir()) / ".cache/sekisho";
}

struct Output {
  int status = -1;
  std::string text;
};

// Arguments are paths of this test's own making; they hold no quotes.
Output run_command(const std::string& command) {
  Output out;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    return out;
  }
  char buffer[4096];
  for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    out.text.append(buffer, got);
  }
  int status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

class Conformance : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(cache());
    Output prepared = run_command("sh '" SEKISHO_SOURCE_DIR "/tests/conformance/prepare.sh' '" +
                                  shared().string() + "' '" + cache().string() + "'");
    if (prepared.status == 77) {
      GTEST_SKIP() << prepared.text;
    }
    ASSERT_EQ(prepared.status, 0) << prepared.text;
    folder_ = fs::path(testing::TempDir()) / "sekisho_conformance";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) {
      fs::remove_all(folder_);
    }
  }

  // The checker's findings, one JSON line each, about the files of a pattern.
  std::vector<Json> check(const std::string& files) {
    // By its real path: the checker runs as a program only where it is not reached by a link.
    std::string tools = fs::canonical(cache() / "conformance").string();
    Output out = run_command("node '" + tools + "/conf-validate.mjs' --pkg '" + tools +
                             "/clins' --pkg '" + tools + "/core' " + files);
    EXPECT_TRUE(out.status == 0 || out.status == 1) << out.text;
    EXPECT_NE(out.text.find(" resources, "), std::string::npos) << out.text;
    std::vector<Json> findings;
    for (std::size_t from = 0; from < out.text.size();) {
      std::size_t end = std::min(out.text.find('\n', from), out.text.size());
      if (out.text[from] == '{') {
        findings.push_back(fhir::parse_json(out.text.substr(from, end - from)));
      }
      from = end + 1;
    }
    return findings;
  }

  fs::path folder_;
};

TEST_F(Conformance, TheCheckerRefusesWhatIsWrongOnPurpose) {
  fs::path cases = shared() / "data/jp/validation-cases/jp-clins";
  std::set<std::string> wrong, refused;
  for (const auto& file : fs::directory_iterator(cases)) {
    wrong.insert(file.path().filename().string());
  }
  ASSERT_GT(wrong.size(), 20u);
  for (const Json& finding : check("'" + cases.string() + "'/*.ndjson")) {
    if (finding.text("severity") == "error") {
      refused.insert(std::string(finding.text("f")));
    }
  }
  EXPECT_EQ(refused, wrong);
}

TEST_F(Conformance, TheCheckerSaysWhenItDoesNotKnowAProfile) {
  std::ofstream(folder_ / "x.ndjson")
      << R"({"resourceType":"Condition","id":"a","meta":{"profile":["http://example.org/x"]},)"
      << R"("subject":{"reference":"Patient/1"}})"
      << "\n";
  bool said = false;
  for (const Json& finding : check("'" + (folder_ / "x.ndjson").string() + "'")) {
    said |= finding.text("text").find("not loaded") != std::string::npos;
  }
  EXPECT_TRUE(said);
}

// What each case and each guideline file gives, as it would be stored.
std::size_t write_resources(const fs::path& file) {
  Pack pack = Pack::base();
  std::ofstream out(file, std::ios::binary);
  std::size_t count = 0;
  auto map = [&](const fs::path& path, const std::string& data_type,
                 connectors::hl7v2::Encoding encoding) {
    std::string text = read(path);
    if (text.starts_with('@')) {
      text.erase(0, text.find('\n') + 1);
    }
    connectors::hl7v2::Parsed parsed = connectors::hl7v2::parse(text, encoding);
    for (const connectors::hl7v2::Message& message : parsed.messages) {
      const Profile* profile = pack.find(message.type(), data_type);
      if (profile == nullptr) {
        continue;
      }
      // A key of its own for each message keeps the ids of all cases apart.
      Settings settings =
          settings_for(fhir::IdKey(path.string() + std::string(32, 'k'), "1318814790"),
                       "1318814790", "例病院", {{"uninformedCodes", "1,2"}}, "test");
      Result result = profile->run({message, data_type, nullptr, "", "x"}, settings);
      for (MappedResource& made : result.resources) {
        if (!made.deleted) {
          made.body.find("meta")->set("versionId", "1");
          made.body.find("meta")->set("lastUpdated", "2026-11-20T10:00:00.000+09:00");
          out << fhir::write_json(made.body) << "\n";
          ++count;
        }
      }
    }
  };
  for (const auto& entry :
       fs::recursive_directory_iterator(SEKISHO_SOURCE_DIR "/mappings/testdata")) {
    if (entry.path().extension() == ".in") {
      std::string data_type = entry.path().parent_path().filename().string();
      for (char& c : data_type) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
      map(entry.path(), data_type, connectors::hl7v2::Encoding::kUtf8);
    }
  }
  for (const auto& entry :
       fs::recursive_directory_iterator(shared() / "data/ssmix2/nho_tool/sampleData")) {
    if (entry.is_regular_file()) {
      map(entry.path(), entry.path().parent_path().filename().string(),
          connectors::hl7v2::Encoding::kAuto);
    }
  }
  return count;
}

TEST_F(Conformance, EveryResourceMeetsTheProfileThatItClaims) {
  ASSERT_GT(write_resources(folder_ / "mapped.ndjson"), 100u);
  for (const Json& finding : check("'" + (folder_ / "mapped.ndjson").string() + "'")) {
    bool unknown = finding.text("text").find("not loaded") != std::string::npos;
    EXPECT_FALSE(unknown || finding.text("severity") == "error") << fhir::write_json(finding);
  }
}

// The reference validator, where its jar is to be had; it finds the packages in its own cache.
TEST_F(Conformance, TheReferenceValidatorAgrees) {
  const char* jar = std::getenv("SEKISHO_VALIDATOR_JAR");
  if (jar == nullptr || !fs::exists(jar)) {
    GTEST_SKIP() << "SEKISHO_VALIDATOR_JAR names no jar of org.hl7.fhir.validation.cli";
  }
  write_resources(folder_ / "mapped.ndjson");
  std::string files;
  std::size_t number = 0;
  fhir::for_each_ndjson(read(folder_ / "mapped.ndjson"), [&](std::size_t, Json resource) {
    fs::path file = folder_ / ("r" + std::to_string(++number) + ".json");
    std::ofstream(file, std::ios::binary) << fhir::write_json(resource);
  });
  std::string tools = (cache() / "conformance").string();
  Output out = run_command(std::string("java -jar '") + jar + "' '" + folder_.string() +
                           "'/r*.json -version 4.0 -tx n/a -ig '" + tools + "/clins' -ig '" +
                           tools + "/core' -output '" + (folder_ / "outcome.json").string() + "'");
  Json outcome = fhir::parse_json(read(folder_ / "outcome.json"));
  ASSERT_FALSE(outcome.is_null()) << out.text;
  for (const Json& entry : outcome.items("entry")) {
    for (const Json& issue : entry.find("resource")->items("issue")) {
      bool bad = issue.text("severity") == "error" || issue.text("severity") == "fatal";
      EXPECT_FALSE(bad) << fhir::write_json(issue);
    }
  }
}

}  // namespace
}  // namespace sekisho::mappings
