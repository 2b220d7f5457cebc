#include "adapter/release/door.h"

#include <gtest/gtest.h>

#include "adapter/release/test_hospital.h"

namespace sekisho::release {
namespace {

class DoorTest : public testing::Test {
 protected:
  DoorTest() : hospital_(testing::UnitTest::GetInstance()->current_test_info()->name()) {
    hospital_.open_for_business();
    for (const char* id : {"p1", "p2", "p3", "p8"}) {
      hospital_.put_patient(id);
      hospital_.put_condition(std::string("c-") + id, id);
      hospital_.put_observation(std::string("o-") + id, id);
    }
    hospital_.notify({"p1", "p2"});
    hospital_.notify({"p3"}, "2026-11-19");  // still waiting; p8 was never notified
    hospital_.refuse("p2");
    door_ = hospital_.door();
  }

  ReleaseView view() {
    auto opened = door_->open(hospital_.asker());
    EXPECT_TRUE(std::holds_alternative<ReleaseView>(opened));
    return std::move(std::get<ReleaseView>(opened));
  }
  Answer read(const std::string& type, const std::string& id) {
    ReadRequest request;
    request.type = type;
    request.id = id;
    return view().read(request);
  }
  Answer search(const std::string& type,
                const std::vector<std::pair<std::string, std::string>>& parameters = {}) {
    SearchRequest request;
    request.type = type;
    request.parameters = parameters;
    return view().search(request);
  }
  static fhir::Json bundle(const Answer& answer) {
    EXPECT_EQ(answer.status, 200);
    return answer.body ? fhir::parse_json(answer.body->text()) : fhir::Json();
  }
  static std::vector<std::string> ids(const fhir::Json& bundle) {
    std::vector<std::string> ids;
    for (const fhir::Json& entry : bundle.items("entry")) {
      ids.emplace_back(entry.find("resource")->text("id"));
    }
    return ids;
  }
  static std::string total(const fhir::Json& bundle) {
    const fhir::Json* total = bundle.find("total");
    return total == nullptr ? "none" : fhir::write_json(*total);
  }
  static std::string link(const fhir::Json& bundle, std::string_view relation) {
    for (const fhir::Json& link : bundle.items("link")) {
      if (link.text("relation") == relation) {
        return std::string(link.text("url"));
      }
    }
    return "";
  }
  std::vector<fhir::Json> ledger() {
    std::vector<fhir::Json> lines;
    ledger::list(hospital_.ledger_dir(), [&](std::string_view line) {
      lines.push_back(fhir::parse_json(line));
      return true;
    });
    return lines;
  }

  TestHospital hospital_;
  std::unique_ptr<Door> door_;
};

void expect_same(const Answer& a, const Answer& b) {
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.body.has_value(), b.body.has_value());
  EXPECT_EQ(a.issues, b.issues);
  EXPECT_EQ(a.etag, b.etag);
  EXPECT_EQ(a.last_modified, b.last_modified);
}

TEST_F(DoorTest, ReadGivesThePermittedAsStored) {
  const Answer answer = read("Condition", "c-p1");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.etag, "W/\"1\"");
  EXPECT_EQ(answer.last_modified, hospital_.now());
  const fhir::Json resource = fhir::parse_json(answer.body->text());
  EXPECT_EQ(resource.text("id"), "c-p1");
  EXPECT_EQ(resource.find("meta")->text("versionId"), "1");
}

// X01
TEST_F(DoorTest, DeniedAndUnknownAreTheSame) {
  const Answer unknown = read("Patient", "does-not-exist");
  EXPECT_EQ(unknown.status, 404);
  for (const auto& [type, id] : {std::pair{"Patient", "p2"},
                                 {"Patient", "p3"},
                                 {"Patient", "p8"},
                                 {"Condition", "c-p2"},
                                 {"Observation", "o-p2"},
                                 {"Nothing", "p1"},
                                 {"Condition", "p1"}}) {
    expect_same(read(type, id), unknown);
  }
}

// X02
TEST_F(DoorTest, SearchSeesOnlyThePermitted) {
  const fhir::Json all = bundle(search("Condition"));
  EXPECT_EQ(ids(all), std::vector<std::string>{"c-p1"});
  EXPECT_EQ(total(all), "1");
  EXPECT_EQ(link(all, "next"), "");
  EXPECT_EQ(ids(bundle(search("Patient"))), std::vector<std::string>{"p1"});
  EXPECT_EQ(total(bundle(search("Patient", {{"_count", "0"}}))), "1");
  for (const char* patient : {"p2", "p3", "p8", "nobody"}) {
    EXPECT_EQ(total(bundle(search("Condition", {{"patient", patient}}))), "0") << patient;
  }
}

TEST_F(DoorTest, SearchSaysWhatItUsed) {
  const fhir::Json page = bundle(search("Condition", {{"code", "J45"}, {"patient", ""}}));
  EXPECT_EQ(link(page, "self"), "https://hospital.example:8443/fhir/Condition?code=J45");
  EXPECT_EQ(page.items("entry").at(0).text("fullUrl"),
            "https://hospital.example:8443/fhir/Condition/c-p1");
}

TEST_F(DoorTest, SearchRefusesWhatItDoesNotKnow) {
  const Answer answer = search("Condition", {{"colour", "red"}});
  EXPECT_EQ(answer.status, 400);
  ASSERT_EQ(answer.issues.size(), 1u);
  EXPECT_FALSE(answer.body);
  EXPECT_EQ(search("Consent").status, 404);
}

// X07
TEST_F(DoorTest, PagesAreDecidedAnew) {
  for (const char* id : {"q1", "q2", "q3"}) {
    hospital_.put_patient(id);
    hospital_.put_condition(std::string("d-") + id, id);
  }
  hospital_.notify({"q1", "q2", "q3"});
  const fhir::Json first = bundle(search("Condition", {{"_count", "2"}}));
  EXPECT_EQ(ids(first), (std::vector<std::string>{"c-p1", "d-q1"}));
  EXPECT_EQ(total(first), "4");
  const std::string next = link(first, "next");
  const std::string cursor = next.substr(next.find("_cursor=") + 8);
  hospital_.refuse("q2");
  const fhir::Json second = bundle(search("Condition", {{"_count", "2"}, {"_cursor", cursor}}));
  EXPECT_EQ(ids(second), std::vector<std::string>{"d-q3"});
  EXPECT_EQ(total(second), "3");
  EXPECT_EQ(link(second, "next"), "");
}

TEST_F(DoorTest, ACursorIsGoodForItsAskerAlone) {
  hospital_.put_condition("c-more", "p1");
  const fhir::Json first = bundle(search("Condition", {{"_count", "1"}}));
  const std::string next = link(first, "next");
  const std::string cursor = next.substr(next.find("_cursor=") + 8);
  EXPECT_EQ(search("Condition", {{"_count", "1"}, {"_cursor", cursor}}).status, 200);
  EXPECT_EQ(search("Condition", {{"_count", "2"}, {"_cursor", cursor}}).status, 400);
  EXPECT_EQ(search("Condition", {{"_count", "1"}, {"_cursor", cursor + "x"}}).status, 400);
  hospital_.permit("PM9", "{}");
  Asker other = hospital_.asker();
  other.permits = {"PM9"};
  SearchRequest request;
  request.type = "Condition";
  request.parameters = {{"_count", "1"}, {"_cursor", cursor}};
  EXPECT_EQ(std::get<ReleaseView>(door_->open(other)).search(request).status, 400);
}

// X08
TEST_F(DoorTest, ConditionalReadsDecideFirst) {
  const auto conditional = [&](const char* id, const char* tag, const char* since) {
    ReadRequest request;
    request.type = "Condition";
    request.id = id;
    request.if_none_match = tag;
    request.if_modified_since = since;
    return view().read(request);
  };
  const Answer held = conditional("c-p1", "W/\"1\"", "");
  EXPECT_EQ(held.status, 304);
  EXPECT_FALSE(held.body);
  EXPECT_EQ(held.etag, "W/\"1\"");
  EXPECT_EQ(conditional("c-p1", "W/\"0\"", "").status, 200);
  const char* later = "Sun, 20 Dec 2026 00:00:00 GMT";
  EXPECT_EQ(conditional("c-p1", "", later).status, 304);
  const Answer unknown = conditional("none", "W/\"1\"", later);
  for (const char* tag : {"W/\"1\"", "*", ""}) {
    expect_same(conditional("c-p2", tag, later), unknown);
  }
}

TEST_F(DoorTest, VersionsOfDeniedAreUnknown) {
  hospital_.put_condition("c-p1", "p1", "J46");
  hospital_.put_condition("c-p2", "p2", "J46");
  const auto version = [&](const char* id, const char* number) {
    ReadRequest request;
    request.type = "Condition";
    request.id = id;
    request.version = number;
    return view().read(request);
  };
  EXPECT_EQ(version("c-p1", "1").status, 200);
  EXPECT_EQ(version("c-p1", "1").etag, "W/\"1\"");
  EXPECT_EQ(version("c-p1", "2").status, 200);
  EXPECT_EQ(version("c-p1", "3").status, 404);
  for (const char* number : {"1", "2", "3", "x"}) {
    expect_same(version("c-p2", number), version("none", "1"));
  }
}

TEST_F(DoorTest, TombstonesAreGoneOnlyForWhoCouldSeeThem) {
  hospital_.remove("Condition", "c-p1");
  hospital_.remove("Condition", "c-p2");
  EXPECT_EQ(read("Condition", "c-p1").status, 410);
  expect_same(read("Condition", "c-p2"), read("Condition", "none"));
  EXPECT_EQ(total(bundle(search("Condition"))), "0");
}

TEST_F(DoorTest, EverySubjectOfAResourceIsAsked) {
  TestHospital::Resource newborn;
  newborn.body = R"({"resourceType":"Observation","id":"birth","status":"final",)"
                 R"("subject":{"reference":"Patient/p1"},"focus":[{"reference":"Patient/p2"}]})";
  newborn.needs = fhir::category::I5;
  newborn.subjects = {"p1", "p2"};
  hospital_.store(newborn);
  EXPECT_EQ(read("Observation", "birth").status, 404);
  EXPECT_EQ(ids(bundle(search("Observation"))), std::vector<std::string>{"o-p1"});
}

TEST_F(DoorTest, ReferencesToTheDeniedAreRemoved) {
  hospital_.put_observation("o-refers", "p1", R"(,"hasMember":[{"reference":"Observation/o-p2"}])");
  const Answer answer = read("Observation", "o-refers");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body->text().find("o-p2"), std::string_view::npos);
  EXPECT_EQ(answer.body->text().find("hasMember"), std::string_view::npos);
  EXPECT_NE(answer.body->text().find("Patient/p1"), std::string_view::npos);
}

TEST_F(DoorTest, ASpecimenComesWithWhatRefersToIt) {
  for (const char* patient : {"p1", "p2"}) {
    TestHospital::Resource specimen;
    specimen.body = std::string(R"({"resourceType":"Specimen","id":"s-)") + patient +
                    R"(","subject":{"reference":"Patient/)" + patient + R"("}})";
    specimen.rule = fhir::SetRule::kCarriedByReferrers;
    specimen.subjects = {patient};
    hospital_.store(specimen);
    EXPECT_EQ(read("Specimen", std::string("s-") + patient).status, 404) << "nothing refers to it";
    hospital_.put_observation(
        std::string("o2-") + patient, patient,
        std::string(R"(,"specimen":{"reference":"Specimen/s-)") + patient + R"("})");
  }
  EXPECT_EQ(read("Specimen", "s-p1").status, 200);
  EXPECT_EQ(read("Specimen", "s-p2").status, 404);
}

TEST_F(DoorTest, APatientComesWithWhatThePermitCarries) {
  hospital_.permit("PM0", R"({"categories":["I4"]})");
  EXPECT_EQ(read("Patient", "p1").status, 404) << "nothing of I4 is stored of p1";
  hospital_.permit("PM0", R"({"categories":["I5"]})");
  EXPECT_EQ(read("Patient", "p1").status, 200);
  EXPECT_EQ(read("Condition", "c-p1").status, 404) << "I1 is not in the permit";
  EXPECT_EQ(read("Observation", "o-p1").status, 200);
  hospital_.refuse("p1", R"(,"categories":["I5"])");
  EXPECT_EQ(read("Patient", "p1").status, 404);
}

TEST_F(DoorTest, ACoverageComesAsItsPatient) {
  for (const char* patient : {"p1", "p2"}) {
    TestHospital::Resource coverage;
    coverage.body = std::string(R"({"resourceType":"Coverage","id":"k-)") + patient +
                    R"(","status":"active","beneficiary":{"reference":"Patient/)" + patient +
                    R"("},"payor":[{"display":"x"}]})";
    coverage.rule = fhir::SetRule::kCarriedByPatient;
    coverage.subjects = {patient};
    hospital_.store(coverage);
  }
  EXPECT_EQ(read("Coverage", "k-p1").status, 200);
  EXPECT_EQ(read("Coverage", "k-p2").status, 404);
  EXPECT_EQ(ids(bundle(search("Coverage"))), std::vector<std::string>{"k-p1"});
}

TEST_F(DoorTest, IdentifiersAreServedAfterTheMask) {
  EXPECT_EQ(ids(bundle(search("Patient", {{"identifier", "urn:card|card-p1"}}))),
            std::vector<std::string>{"p1"});
  EXPECT_EQ(total(bundle(search("Patient", {{"identifier", "urn:card|card-p2"}}))), "0");
}

TEST_F(DoorTest, FlagsDenyWhateverThePatientAllows) {
  for (const unsigned flag :
       {fhir::data_flag::kUndelivered, fhir::data_flag::kTest, fhir::data_flag::kIpProtected}) {
    TestHospital::Resource sealed;
    sealed.body = R"({"resourceType":"Condition","id":"sealed","subject":)"
                  R"({"reference":"Patient/p1"}})";
    sealed.needs = fhir::category::I1;
    sealed.subjects = {"p1"};
    sealed.flags = flag;
    hospital_.store(sealed);
    EXPECT_EQ(read("Condition", "sealed").status, 404) << flag;
  }
  hospital_.permit("PM0", R"({"ip_ok":true})");
  EXPECT_EQ(read("Condition", "sealed").status, 200) << "IP, and a permit with ip_ok";
}

TEST_F(DoorTest, ADataPeriodAsksForTheDate) {
  for (const auto& [id, day] : {std::pair{"early", "2026-03-31"},
                                {"first", "2026-04-01"},
                                {"last", "2026-04-30"},
                                {"late", "2026-05-01"},
                                {"none", ""}}) {
    TestHospital::Resource dated;
    dated.body =
        std::string(R"({"resourceType":"Observation","id":")") + id + R"(","status":"final"})";
    dated.needs = fhir::category::I5;
    dated.subjects = {"p1"};
    dated.data_date = fhir::parse_civil_date(day);
    hospital_.store(dated);
  }
  hospital_.permit("PM0", R"({"data_period":["2026-04-01","2026-04-30"]})");
  EXPECT_EQ(ids(bundle(search("Observation"))), (std::vector<std::string>{"first", "last"}));
}

TEST_F(DoorTest, ACohortHoldsWhomItNames) {
  hospital_.permit("PM0", R"({"cohort":["p3"]})");
  EXPECT_EQ(read("Patient", "p1").status, 404);
  hospital_.permit("PM0", R"({"cohort":["p1"]})");
  EXPECT_EQ(read("Patient", "p1").status, 200);
}

// X17: the registry is authoritative, whatever a Consent says.
TEST_F(DoorTest, AnInactiveConsentChangesNothing) {
  TestHospital::Resource consent;
  consent.body = R"({"resourceType":"Consent","id":"k","status":"inactive",)"
                 R"("patient":{"reference":"Patient/p2"}})";
  consent.rule = fhir::SetRule::kNeverReleased;
  consent.subjects = {"p2"};
  hospital_.store(consent);
  EXPECT_EQ(read("Patient", "p2").status, 404);
  EXPECT_EQ(read("Consent", "k").status, 404);
}

TEST_F(DoorTest, AWithdrawnRefusalLetsThePatientBack) {
  hospital_.put_patient("w");
  hospital_.put_condition("c-w", "w");
  hospital_.notify({"w"});
  EXPECT_EQ(read("Condition", "c-w").status, 200);
  hospital_.refuse("w", R"(,"id":"r-w")");
  EXPECT_EQ(read("Condition", "c-w").status, 404);
  hospital_.event("refusal-status", R"({"id":"r-w","status":"withdrawn","requester":"self",)"
                                    R"("identity_checked":true})");
  EXPECT_EQ(read("Condition", "c-w").status, 200);
}

// 4.10: one record for each request, with what left and about whom.
TEST_F(DoorTest, RecordsWhatLeft) {
  read("Condition", "c-p1");
  const fhir::Json record = ledger().back();
  const std::string text = fhir::write_json(record);
  for (const char* said :
       {"\"RP\"", "\"PM0\"", "\"HRESCH\"", "\"M0\"", "\"released\"", "\"I1\"", "\"Condition\":1"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << " in " << text;
  }
  EXPECT_EQ(ledger::patients_of(text, std::string(32, 's')),
            (std::vector<ledger::Disclosed>{{"p1", "I1"}}));
}

TEST_F(DoorTest, RecordsWhatDidNotLeaveWithoutAReason) {
  const std::size_t before = ledger().size();
  read("Condition", "c-p2");
  search("Condition", {{"colour", "red"}});
  door_->record(hospital_.asker(), 405);
  const std::vector<fhir::Json> lines = ledger();
  ASSERT_EQ(lines.size(), before + 3);
  for (std::size_t i = before; i < lines.size(); ++i) {
    const std::string text = fhir::write_json(lines[i]);
    EXPECT_NE(text.find("\"none\""), std::string::npos) << text;
    EXPECT_EQ(text.find("OPTOUT"), std::string::npos) << text;
    EXPECT_TRUE(ledger::patients_of(text, std::string(32, 's')).empty());
  }
}

TEST_F(DoorTest, ClosesWhereAResourceCannotBeRead) {
  hospital_.put_observation("o-refers", "p1", R"(,"hasMember":[{"reference":"Observation/x"}])");
  hospital_.store().database().execute("UPDATE resource SET text = '{' WHERE id = 'o-refers'");
  const std::size_t before = ledger().size();
  const Answer answer = read("Observation", "o-refers");
  EXPECT_EQ(answer.status, 503);
  EXPECT_FALSE(answer.body);
  const std::vector<fhir::Json> lines = ledger();
  ASSERT_EQ(lines.size(), before + 1);
  EXPECT_NE(fhir::write_json(lines.back()).find("SYS_INTERNAL"), std::string::npos);
  EXPECT_EQ(read("Condition", "c-p1").status, 200) << "the door goes on";
}

}  // namespace
}  // namespace sekisho::release
