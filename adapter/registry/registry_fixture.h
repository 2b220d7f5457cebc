#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapter/registry/registry.h"

namespace sekisho::registry {

// A registry in a folder of its own, for the tests of this room. All people are invented.
class RegistryFixture : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    for (char& c : name) {
      c = c == '/' ? '_' : c;
    }
    options_.dir = testing::TempDir() + "sekisho_" + name;
    std::filesystem::remove_all(options_.dir);
    options_.key = std::string(32, 'k');
    options_.signing_key = crypto::SigningKey::generate();
  }
  void TearDown() override {
    registry_.reset();
    std::filesystem::remove_all(options_.dir);
  }

  void create() {
    Registry::create(options_, now_);
    reopen();
  }
  void reopen(Registry::Access access = Registry::Access::kWriter) {
    registry_.reset();
    registry_ = Registry::open(options_, access, now_);
  }
  std::string file(const std::string& name) const { return options_.dir + "/" + name; }

  static fhir::Json json(std::string_view text) { return fhir::parse_json(text); }
  Registry::Appended append(std::string_view type, std::string_view body) {
    return registry_->append(type, json(body), two_, now_);
  }
  // The first Issue's place and code, or "ok".
  static std::string verdict(const Registry::Appended& appended) {
    return appended.ok() ? "ok" : appended.issues[0].expression + " " + appended.issues[0].code;
  }
  // The refusal as "status: patients; candidates".
  std::string shape(const std::string& id = "R") const {
    const auto view = registry_->view();
    const Refusal* refusal = view->refusal(id);
    if (refusal == nullptr) {
      return "none";
    }
    static constexpr const char* kNames[] = {"active", "unverified", "unresolved", "withdrawn",
                                             "rejected"};
    std::string text = std::string(kNames[static_cast<int>(refusal->status)]) + ":";
    for (const std::string& each : refusal->patients) {
      text += " " + each;
    }
    text += ";";
    for (const std::string& each : refusal->candidates) {
      text += " " + each;
    }
    return text;
  }
  static PatientRecord person(std::string id, std::string card, std::string kana,
                              std::string_view birth) {
    PatientRecord record;
    record.id = std::move(id);
    record.local_id = std::move(card);
    record.name_kana = std::move(kana);
    record.birth = fhir::parse_civil_date(birth);
    return record;
  }
  std::vector<PatientNumber> index(std::vector<PatientRecord> records) {
    return registry_->index_patients(records, now_);
  }

  Registry::Options options_;
  std::unique_ptr<Registry> registry_;
  fhir::Instant now_ = *fhir::parse_instant("2026-11-20T10:00:00+09:00");
  Actor one_{{"窓口 一子"}, "clerk"};
  Actor two_{{"窓口 一子", "保護 二郎"}, "clerk"};
};

inline const char* const kClient =
    R"({"id": "hub", "cert_subject": "urn:test:hub", "certified": ["anon"]})";
inline const char* const kPermit =
    R"({"id": "P1", "basis": "jisedai52", "client": "hub", "track": "anon", "mode": "M0",
        "purposes": ["HRESCH"], "categories": ["I1", "I5"],
        "from": "2026-01-01T00:00:00+09:00", "to": "2027-01-01T00:00:00+09:00"})";
inline const char* const kFiling =
    R"({"client": "hub", "track": "anon", "filing_no": "1", "version": 1, "accepted": true,
        "accepted_on": "2026-11-01", "start": "2026-12-01", "items": ["I1", "I5"]})";

}  // namespace sekisho::registry
