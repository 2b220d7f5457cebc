#include "config/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "fhir/error.h"
#include "fhir/json.h"
#include "tests/support/exact_bytes.h"

namespace sekisho::config {
namespace {

using fhir::Error;
using fhir::ErrorCode;
using fhir::Json;

const Places kPlaces{"/etc/sekisho/sekisho.json", "/var/lib/sekisho", "/run/sekisho/agent.sock"};

Config parsed(std::string_view text) {
  return parse_config(tests::ExactBytes(text).view(), "/etc/sekisho/sekisho.json", kPlaces);
}

// Every setting as a text, so that two configurations can be compared.
std::string shown(const Config& c) {
  Json json;
  json.set("language", c.language).set("number", c.facility.institution_number);
  json.set("name", c.facility.name).set("storages", Json::integer(std::ssize(c.storages)));
  json.set("packs", Json::integer(std::ssize(c.mapping_packs)));
  json.set("values", Json::integer(std::ssize(c.mapping_values)));
  json.set("categories", Json::integer(std::ssize(c.site_categories)));
  json.set("hub", c.hub.address + c.hub.certificate + c.hub.private_key + c.hub.client_ca +
                      c.hub.client_crl + c.hub.base_url);
  for (const std::uint32_t n :
       {std::uint32_t{c.hub.port}, std::uint32_t{c.hub.allow_tls12}, c.hub.max_connections,
        c.hub.max_connections_per_address, c.hub.threads, c.hub.page_size, c.hub.max_page_size,
        std::uint32_t{c.health.port}, c.ingest.threads, c.ingest.batch_files, c.log.keep_days,
        c.log.max_megabytes}) {
    json.set("n" + std::to_string(json.get<Json::Object>()->size()), Json::integer(n));
  }
  json.set("health", c.health.address);
  json.set("sources", Json::integer(std::ssize(c.registry.sources)));
  json.set("wait", c.registry.wait_rule).set("renotify", c.registry.renotify_at_16);
  json.set("bytes", Json::integer(static_cast<long long>(c.ingest.max_file_bytes)));
  json.set("loss", std::to_string(c.ingest.loss_threshold));
  json.set("state", c.state_dir).set("socket", c.command_socket);
  return write_json_pretty(json);
}

TEST(SampleConfig, SaysTheDefaults) {
  EXPECT_EQ(shown(parsed(sample_config(kPlaces))), shown(parsed("{}")));
  Config defaults;
  defaults.state_dir = kPlaces.state_dir;
  defaults.command_socket = kPlaces.command_socket;
  EXPECT_EQ(shown(parsed("{}")), shown(defaults));
}

TEST(SampleConfig, TakesTheInstitutionNumber) {
  EXPECT_EQ(parsed(sample_config(kPlaces, "1318814790")).facility.institution_number, "1318814790");
}

TEST(SampleConfig, QuotesThePathsOfWindows) {
  const Places places{"c", "C:\\ProgramData\\Sekisho\\state",
                      "C:\\ProgramData\\Sekisho\\agent.sock"};
  fhir::JsonLimits limits;
  limits.comments = true;
  EXPECT_EQ(fhir::parse_json(sample_config(places), limits).text("state_dir"), places.state_dir);
}

std::string error_of(std::string_view text) {
  try {
    parsed(text);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kConfig) << e.text();
    return e.text();
  }
  ADD_FAILURE() << "accepted " << text;
  return "";
}

// The keys that an object knows, as its error lists them.
std::vector<std::string> known_keys(const std::string& error) {
  const std::size_t begin = error.find("(known: ") + 8;
  std::vector<std::string> keys;
  std::string key;
  for (const char c : error.substr(begin, error.size() - begin - 1) + ",") {
    if (c == ',') {
      keys.push_back(std::exchange(key, ""));
    } else if (c != ' ') {
      key += c;
    }
  }
  return keys;
}

TEST(SampleConfig, ShowsEveryKey) {
  fhir::JsonLimits limits;
  limits.comments = true;
  const Json sample = fhir::parse_json(sample_config(kPlaces), limits);
  const std::pair<const char*, const char*> kSections[] = {
      {"", R"({"zzzzzz":1})"},
      {"facility", R"({"facility":{"zzzzzz":1}})"},
      {"hub", R"({"hub":{"zzzzzz":1}})"},
      {"health", R"({"health":{"zzzzzz":1}})"},
      {"registry", R"({"registry":{"zzzzzz":1}})"},
      {"ingest", R"({"ingest":{"zzzzzz":1}})"},
      {"log", R"({"log":{"zzzzzz":1}})"}};
  for (const auto& [section, text] : kSections) {
    const Json* object = *section == '\0' ? &sample : sample.find(section);
    ASSERT_NE(object, nullptr) << section;
    const std::vector<std::string> keys = known_keys(error_of(text));
    EXPECT_EQ(keys.size(), object->get<Json::Object>()->size()) << section;
    for (const std::string& key : keys) {
      EXPECT_NE(object->find(key), nullptr) << section << "." << key;
    }
  }
}

TEST(ParseConfig, ReadsEverything) {
  const Config config = parsed(R"({
    "language": "en",
    "facility": {"institution_number": "1318814790", "name": "見本病院"},
    "storages": [
      {"name": "main", "path": "/mnt/a"},
      {"name": "dx-2", "path": "../data/b/", "encoding": "cp932"}],
    "mapping_packs": ["packs/own", "/opt/pack"],
    "mapping_values": {"localCodeSystem": "urn:oid:1.2", "a.b/c": ""},
    "site_categories": ["X-a", "X-b"],
    "hub": {"address": "::", "port": 0, "certificate": "tls/hub.pem", "private_key": "/k.pem",
            "client_ca": "ca.pem", "client_crl": "crl.pem", "base_url": "https://h:1/fhir",
            "allow_tls12": true, "max_connections": 1, "max_connections_per_address": 2,
            "threads": 3, "page_size": 4, "max_page_size": 5},
    "health": {"address": "127.0.0.2", "port": 1},
    "registry": {"sources": [{"name": "counter", "required": false, "max_age_s": 60}],
                 "wait_rule": "30d", "renotify_at_16": "off"},
    "ingest": {"threads": 4, "batch_files": 10, "max_file_bytes": 2048, "loss_threshold": 0.05},
    "log": {"keep_days": 7, "max_megabytes": 3},
    "state_dir": "state", "command_socket": "s.sock"
  })");
  EXPECT_EQ(config.language, "en");
  EXPECT_EQ(config.facility.name, "見本病院");
  ASSERT_EQ(config.storages.size(), 2u);
  EXPECT_EQ(config.storages[0].encoding, "auto");
  EXPECT_EQ(config.storages[1].path, "/etc/data/b/");
  EXPECT_EQ(config.mapping_packs,
            (std::vector<std::string>{"/etc/sekisho/packs/own", "/opt/pack"}));
  EXPECT_EQ(config.mapping_values.at("localCodeSystem"), "urn:oid:1.2");
  EXPECT_EQ(config.mapping_values.at("a.b/c"), "");
  EXPECT_EQ(config.site_categories, (std::vector<std::string>{"X-a", "X-b"}));
  EXPECT_EQ(config.hub.certificate, "/etc/sekisho/tls/hub.pem");
  EXPECT_EQ(config.hub.private_key, "/k.pem");
  EXPECT_EQ(config.hub.port, 0);
  EXPECT_TRUE(config.hub.allow_tls12);
  EXPECT_EQ(config.hub.max_page_size, 5u);
  ASSERT_EQ(config.registry.sources.size(), 1u);
  EXPECT_FALSE(config.registry.sources[0].required);
  EXPECT_EQ(config.registry.sources[0].max_age_s, 60);
  EXPECT_EQ(config.ingest.loss_threshold, 0.05);
  EXPECT_EQ(config.ingest.max_file_bytes, 2048u);
  EXPECT_EQ(config.log.keep_days, 7u);
  EXPECT_EQ(config.log.max_megabytes, 3u);
  EXPECT_EQ(config.state_dir, "/etc/sekisho/state");
  EXPECT_EQ(config.command_socket, "/etc/sekisho/s.sock");
}

TEST(ParseConfig, TakesTheShareOfAWindowsServerAsItStands) {
  const Config config =
      parsed(R"({"storages": [{"name": "main", "path": "\\\\ehr\\ssmix2\\標準化"}]})");
  ASSERT_EQ(config.storages.size(), 1u);
  EXPECT_EQ(config.storages[0].path, R"(\\ehr\ssmix2\標準化)");
}

struct Wrong {
  const char* name;
  std::string_view text;
  std::string_view error;  // all of it after the file's name, or its beginning up to "..."
};
class ParseConfigRefuses : public testing::TestWithParam<Wrong> {};
TEST_P(ParseConfigRefuses, WithPlaceAndRemedy) {
  const std::string error = error_of(GetParam().text);
  std::string wanted = "/etc/sekisho/sekisho.json:" + std::string(GetParam().error);
  if (wanted.ends_with("...")) {
    wanted.resize(wanted.size() - 3);
    EXPECT_EQ(error.substr(0, wanted.size()), wanted);
  } else {
    EXPECT_EQ(error, wanted);
  }
}
INSTANTIATE_TEST_SUITE_P(
    All, ParseConfigRefuses,
    testing::Values(
        Wrong{"AMisspeltKey", "{\n  \"health\": {\n    \"prot\": 1}}",
              "3:13: health.prot: unknown key; did you mean \"port\"? (known: address, port)"},
        Wrong{"AKeyLikeNoOther", R"({"health":{"zzz":1}})",
              "1:18: health.zzz: unknown key; (known: address, port)"},
        Wrong{"AKeyThatNeedsEscapes", R"({"health":{"a/b~":1}})",
              "1:19: health.a~1b~0: unknown key..."},
        Wrong{"AMisspeltSection", R"({"storage":[]})",
              "1:12: storage: unknown key; did you mean \"storages\"?..."},
        Wrong{"AKeyInAStorage", R"({"storages":[{"name":"a","path":"/a","kind":1}]})",
              "1:45: storages[0].kind: unknown key..."},
        Wrong{"AKeyTwice", R"({"language":"ja","language":"en"})",
              "1:28: \"language\" is given twice"},
        Wrong{"BrokenJson", "// é\n{\"language\": ja}", "2:14: Invalid value."},
        Wrong{"ByteOrderMark", "\xEF\xBB\xBF{}", "1:1: byte order mark..."},
        Wrong{"NoObject", "[]", "1:1: must be an object, { ... }"},
        Wrong{"ASectionThatIsNone", R"({"hub":3})", "1:8: hub: must be an object, { ... }"},
        Wrong{"ANumberForAText", R"({"state_dir":3})",
              "1:14: state_dir: must be a text in double quotes"},
        Wrong{"ATextForANumber", R"({"hub":{"port":"8443"}})",
              "1:16: hub.port: must be a whole number from 0 to 65535"},
        Wrong{"APortTooHigh", R"({"hub":{"port":65536}})",
              "1:16: hub.port: must be a whole number from 0 to 65535"},
        Wrong{"ANegativePort", R"({"health":{"port":-1}})",
              "1:19: health.port: must be a whole number from 0 to 65535"},
        Wrong{"AFraction", R"({"hub":{"page_size":1.5}})",
              "1:21: hub.page_size: must be a whole number from 1 to 10000"},
        Wrong{"AnExponent", R"({"hub":{"page_size":1e1}})",
              "1:21: hub.page_size: must be a whole number from 1 to 10000"},
        Wrong{"ANumberBeyond64Bits", R"({"hub":{"page_size":99999999999999999999}})",
              "1:21: hub.page_size: must be a whole number from 1 to 10000"},
        Wrong{"APageAboveTheMost", R"({"hub":{"page_size":50,"max_page_size":10}})",
              "1:21: hub.page_size: must not be above max_page_size"},
        Wrong{"ATruthThatIsNone", R"({"hub":{"allow_tls12":"no"}})",
              "1:23: hub.allow_tls12: must be true or false"},
        Wrong{"AShareAboveOne", R"({"ingest":{"loss_threshold":20}})",
              "1:29: ingest.loss_threshold: must be a number from 0 to 1"},
        Wrong{"AnUnknownLanguage", R"({"language":"fr"})",
              "1:13: language: must be one of \"ja\", \"en\""},
        Wrong{"AnUnknownEncoding", R"({"storages":[{"name":"a","path":"/a","encoding":"sjis"}]})",
              "1:49: storages[0].encoding: must be one of \"auto\", \"iso-2022-jp\"..."},
        Wrong{"AShortInstitutionNumber", R"({"facility":{"institution_number":"123"}})",
              "1:35: facility.institution_number: must have 10 digits..."},
        Wrong{"AFullWidthInstitutionNumber",
              R"({"facility":{"institution_number":"１３１８８１４７９０"}})",
              "1:35: facility.institution_number: must have 10 digits..."},
        Wrong{"AStorageWithoutAName", R"({"storages":[{"path":"/a"}]})",
              "1:14: storages[0].name: must be given..."},
        Wrong{"AStorageInCapitals", R"({"storages":[{"name":"A","path":"/a"}]})",
              "1:22: storages[0].name: must be given..."},
        Wrong{"AStorageWithoutAPath", R"({"storages":[{"name":"a"}]})",
              "1:14: storages[0].path: must be given..."},
        Wrong{"TwoStoragesOfOneName",
              R"({"storages":[{"name":"a","path":"/a"},{"name":"a","path":"/b"}]})",
              "1:47: storages[1].name: another storage has this name..."},
        Wrong{"TwoStoragesOfOneFolder",
              R"({"storages":[{"name":"a","path":"/a"},{"name":"b","path":"/x/../a"}]})",
              "1:58: storages[1].path: storage \"a\" has this folder already"},
        Wrong{"ASiteCategoryWithoutX", R"({"site_categories":["X-a","Y"]})",
              "1:20: site_categories: site categories: code 2 does not begin..."},
        Wrong{"ASiteCategoryTwice", R"({"site_categories":["X-a","X-a"]})",
              "1:20: site_categories: site categories: \"X-a\" is given twice"},
        Wrong{"AListItemThatIsNoText", R"({"mapping_packs":["a",1]})",
              "1:23: mapping_packs[1]: must be a text in double quotes"},
        Wrong{"AMappingValueThatIsNoText", R"({"mapping_values":{"a":1}})",
              "1:24: mapping_values.a: must be a text in double quotes"},
        Wrong{"TheBuiltInSource", R"({"registry":{"sources":[{"name":"local"}]}})",
              "1:33: registry.sources[0].name: must be given once..."},
        Wrong{"ABaseUrlWithASlash", R"({"hub":{"base_url":"https://h/fhir/"}})",
              "1:20: hub.base_url: must begin with https:// and end without a slash"},
        Wrong{"APlainBaseUrl", R"({"hub":{"base_url":"http://h/fhir"}})",
              "1:20: hub.base_url: must begin with https:// and end without a slash"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DefaultPlaces, AreTheSystemsOrAllBelowOneFolder) {
  const Places home = default_places("/tmp/demo/../h");
  EXPECT_EQ(home.config_file, "/tmp/h/sekisho.json");
  EXPECT_EQ(home.state_dir, "/tmp/h/state");
  EXPECT_EQ(home.command_socket, "/tmp/h/agent.sock");
  const Places system = default_places("");
  EXPECT_EQ(system.config_file, kPlaces.config_file);
  EXPECT_EQ(system.state_dir, kPlaces.state_dir);
  EXPECT_EQ(system.command_socket, kPlaces.command_socket);
}

TEST(LoadConfig, ReadsAFileAndNamesTheOneThatIsNotThere) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / "sekisho_config_test.json";
  std::ofstream(file) << sample_config(kPlaces, "1318814790");
  EXPECT_EQ(load_config(file.string(), kPlaces).facility.institution_number, "1318814790");
  std::ofstream(file).close();
  EXPECT_THROW(load_config(file.string(), kPlaces), Error);  // empty
  std::filesystem::remove(file);
  try {
    load_config(file.string(), kPlaces);
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kNotFound);
    EXPECT_NE(e.text().find("sekisho_config_test.json: cannot be read"), std::string::npos);
  }
  EXPECT_THROW(load_config(testing::TempDir(), kPlaces), Error);  // a folder
}

}  // namespace
}  // namespace sekisho::config
