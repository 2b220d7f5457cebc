// Refusals: who is meant, what changes their status, and that blocking only ever grows while a line
// is unresolved (release-decision 4.6 and 4.8).

#include <gtest/gtest.h>

#include "adapter/registry/registry_fixture.h"

namespace sekisho::registry {
namespace {

class RefusalTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    create();
  }
  std::string record(const std::string& members) {
    return verdict(append("refusal", R"({"id": "R", )" + members + "}"));
  }
  std::string status(const std::string& members) {
    return verdict(append("refusal-status", R"({"id": "R", )" + members + "}"));
  }
  PatientRecord hana_ = person("hana", "0012345", "ヤマダ ハナ", "1965-03-02");
  PatientRecord yuki_ = person("yuki", "0012346", "ヤマダ ハナ", "1965-03-02");
};

TEST_F(RefusalTest, OneCardIsOnePerson) {
  index({hana_, yuki_});
  EXPECT_EQ(record(R"("keys": {"card": "12345"})"), "ok");
  EXPECT_EQ(shape("R"), "active: hana;");
}

TEST_F(RefusalTest, ACardThatTheRestContradictsStaysBlockedAndOthersJoinIt) {
  const auto taro = person("taro", "777", "スズキ タロウ", "1971-12-03");
  index({hana_, taro});
  EXPECT_EQ(record(R"("keys": {"card": "12345", "kana": "スズキ タロウ", "birth": "S46.12.3"})"),
            "ok");
  EXPECT_EQ(shape("R"), "unresolved:; hana taro");
}

TEST_F(RefusalTest, NameAndBirthDateBlockEveryoneOfThem) {
  index({hana_, yuki_});
  EXPECT_EQ(record(R"("keys": {"kana": "やまだ はな", "birth": "1965-03-02"})"), "ok");
  EXPECT_EQ(shape("R"), "unresolved:; hana yuki");
}

TEST_F(RefusalTest, ANameAloneIsNoKeyButIsKept) {
  index({hana_});
  EXPECT_EQ(record(R"("keys": {"kana": "ヤマダ ハナ"})"), "ok");
  EXPECT_EQ(shape("R"), "unresolved:;");
}

TEST_F(RefusalTest, AnInsuredNumberWithoutBranchBlocksTheFamily) {
  auto family =
      std::vector{hana_, person("b", "2", "ヤマダ イチ", "1990-01-01"),
                  person("c", "3", "ヤマダ ニ", "1992-01-01"), person("d", "4", "ヤマダ サン", "")};
  const char* branches[] = {"00", "01", "02", ""};
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i].insurance_ids = {std::string("06130012:12:345:") + branches[i]};
  }
  index(family);
  EXPECT_EQ(record(R"("keys": {"insurer": "06130012", "symbol": "１２", "number": "０３４５"})"),
            "ok");
  EXPECT_EQ(shape("R"), "unresolved:; b c d hana");
  append("refusal", R"({"id": "B", "keys": {"insurer": "06130012", "symbol": "12",
                        "number": "345", "birth": "1990-01-01"}})");
  EXPECT_EQ(shape("B"), "unresolved:; b d") << "who has no birth date on record may be meant";
}

TEST_F(RefusalTest, APatientWhoComesLaterIsBlockedFromFirstSight) {
  EXPECT_EQ(record(R"("keys": {"kana": "ヤマダ ハナ", "birth": "1965-03-02"})"), "ok");
  EXPECT_EQ(shape("R"), "unresolved:;");
  index({person("x", "9", "ヤマダ ハナ", "1965-03-03"), hana_});
  EXPECT_EQ(shape("R"), "unresolved:; hana");
  index({yuki_});
  EXPECT_EQ(shape("R"), "unresolved:; hana yuki");
  reopen();
  EXPECT_EQ(shape("R"), "unresolved:; hana yuki");
  EXPECT_EQ(registry_->view()->refusals_of("hana").size(), 1u);
}

TEST_F(RefusalTest, ACardThatComesLaterNamesItsPersonAndKeepsTheCandidates) {
  EXPECT_EQ(record(R"("keys": {"card": "12345", "kana": "ヤマダ ハナ", "birth": "1965-03-02"})"),
            "ok");
  index({yuki_});
  EXPECT_EQ(shape("R"), "unresolved:; yuki");
  index({hana_});
  EXPECT_EQ(shape("R"), "active: hana; yuki");
  reopen();
  EXPECT_EQ(shape("R"), "active: hana; yuki");
}

TEST_F(RefusalTest, BlockingIsMonotoneWhileUnresolved) {
  index({hana_});
  EXPECT_EQ(record(R"("keys": {"kana": "ヤマダ ハナ", "birth": "1965-03-02"})"), "ok");
  auto renamed = hana_;
  renamed.name_kana = "サトウ ハナ";
  renamed.birth = fhir::parse_civil_date("1966-03-02");
  index({renamed});
  EXPECT_EQ(shape("R"), "unresolved:; hana");
  reopen();
  EXPECT_EQ(shape("R"), "unresolved:; hana");
}

TEST_F(RefusalTest, AFormerNameStillNamesThePerson) {
  index({hana_});
  auto married = hana_;
  married.name_kana = "サトウ ハナ";
  index({married});
  EXPECT_EQ(record(R"("keys": {"kana": "ヤマダ ハナ", "birth": "1965-03-02"})"), "ok");
  EXPECT_EQ(shape("R"), "unresolved:; hana");
}

TEST_F(RefusalTest, AResolutionTakesTwoPeopleWhereItReleases) {
  index({hana_, yuki_});
  record(R"("keys": {"kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  const auto by_one = [&](const char* body) {
    return verdict(registry_->append("refusal-status", json(body), one_, now_));
  };
  EXPECT_EQ(by_one(R"({"id": "R", "status": "active", "patients": ["hana"]})"), "ok");
  EXPECT_EQ(shape("R"), "active: hana; yuki") << "who was not released stays blocked";
  EXPECT_EQ(by_one(R"({"id": "R", "status": "active", "release": ["yuki"]})"),
            "refusal-status.by two-people");
  EXPECT_EQ(status(R"("status": "active", "release": ["hana"])"), "refusal-status.release value");
  EXPECT_EQ(status(R"("status": "active", "release": ["yuki"])"), "ok");
  EXPECT_EQ(shape("R"), "active: hana;");
  index({person("late", "55", "ヤマダ ハナ", "1965-03-02")});
  EXPECT_EQ(shape("R"), "active: hana;") << "a resolved line is not matched again";
}

TEST_F(RefusalTest, ALineThatNamesNobodyYetIsNotResolvedByAnyone) {
  record(R"("keys": {"card": "999"})");
  EXPECT_EQ(status(R"("status": "active")"), "refusal-status.patients required");
  index({hana_});
  EXPECT_EQ(status(R"("status": "active", "patients": ["hana"])"), "ok");
  EXPECT_EQ(shape("R"), "active: hana;");
}

TEST_F(RefusalTest, ALineIsNotSettledWithSomeoneWhomNoIndexKnows) {
  index({hana_});
  record(R"("keys": {"kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  const auto epoch = registry_->epoch();
  const auto by_mistake = registry_->append(
      "refusal-status", json(R"({"id": "R", "status": "active", "patients": ["hana", "9912346"]})"),
      one_, now_);
  EXPECT_EQ(verdict(by_mistake), "refusal-status.patients not-found");
  ASSERT_EQ(by_mistake.issues.size(), 1u);
  EXPECT_EQ(by_mistake.issues[0].diagnostics.find("9912346"), std::string::npos);
  EXPECT_EQ(registry_->epoch(), epoch) << "a mistyped card stands in no journal";
  index({yuki_});
  EXPECT_EQ(shape("R"), "unresolved:; hana yuki") << "the line still waits for its person";
}

struct Withdrawal {
  const char* name;
  const char* members;
  const char* verdict;
};

class WithdrawalOf : public RefusalTest, public testing::WithParamInterface<Withdrawal> {
 protected:
  void SetUp() override {
    RefusalTest::SetUp();
    auto dead = person("dead", "4", "オ", "1940-01-01");
    dead.deceased = true;
    index({person("adult", "1", "ア", "1980-01-01"), person("child", "2", "イ", "2010-11-21"),
           person("sixteen", "3", "ウ", "2010-11-20"), dead,
           person("ward", "5", "エ", "1930-01-01"), person("unknown", "6", "カ", ""),
           person("mourned", "7", "キ", "1950-01-01"), person("later", "8", "ク", "1950-01-01")});
    append("patient-status", R"({"patient": "ward", "incapacity": true})");
    append("patient-status", R"({"patient": "mourned", "deceased_on": "2026-11-20"})");
    append("patient-status", R"({"patient": "later", "deceased_on": "2026-11-21"})");
    for (const char* late : {"mourned", "later"}) {
      append("refusal", R"({"id": ")" + std::string(late) + R"(", "patients": [")" + late +
                            R"("], "requester": "spouse"})");
    }
    for (const auto& [id, received] :
         {std::pair{"inlife", "2026-11-19"}, std::pair{"onthatday", "2026-11-20"},
          std::pair{"notyet", "2026-11-21"}}) {
      append("refusal", R"({"id": ")" + std::string(id) +
                            R"(", "patients": ["mourned"], "requester": "spouse",
                                "received_on": ")" +
                            received + R"("})");
    }
    for (const char* id : {"adult", "child", "sixteen", "dead", "ward", "unknown"}) {
      append("refusal", R"({"id": ")" + std::string(id) + R"(", "patients": [")" + id + R"("]})");
    }
  }
};

TEST_P(WithdrawalOf, FollowsWhoMayWithdraw) {
  EXPECT_EQ(verdict(append("refusal-status",
                           std::string(R"({"status": "withdrawn", )") + GetParam().members + "}")),
            GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    All, WithdrawalOf,
    testing::Values(
        Withdrawal{"TheAdult", R"("id": "adult", "requester": "self", "identity_checked": true)",
                   "ok"},
        Withdrawal{"WithoutIdentityCheck", R"("id": "adult", "requester": "self")",
                   "refusal-status.identity_checked required"},
        Withdrawal{"TheAdultsSpouse",
                   R"("id": "adult", "requester": "spouse", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheAdultsGuardian",
                   R"("id": "adult", "requester": "guardian", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheChildsGuardianTheDayBefore16",
                   R"("id": "child", "requester": "guardian", "identity_checked": true)", "ok"},
        Withdrawal{"TheGuardianFrom16On",
                   R"("id": "sixteen", "requester": "guardian", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"ThePersonFrom16On",
                   R"("id": "sixteen", "requester": "self", "identity_checked": true)", "ok"},
        Withdrawal{"TheWardsRepresentative",
                   R"("id": "ward", "requester": "legal_rep", "identity_checked": true)", "ok"},
        Withdrawal{"TheGuardianOfSomeoneOfUnknownAge",
                   R"("id": "unknown", "requester": "guardian", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheFamilyOfTheDead",
                   R"("id": "dead", "requester": "guardian", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheBereavedWhoRefused",
                   R"("id": "mourned", "requester": "spouse", "identity_checked": true)", "ok"},
        Withdrawal{"AnotherOfTheBereaved",
                   R"("id": "mourned", "requester": "child", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"NobodyInTheNameOfTheDead",
                   R"("id": "mourned", "requester": "self", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheFamilyOfWhomItStoodForInLife",
                   R"("id": "later", "requester": "spouse", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheFamilyWhatItAskedInLifeAndWasRecordedAfter",
                   R"("id": "inlife", "requester": "spouse", "identity_checked": true)",
                   "refusal-status.requester value"},
        Withdrawal{"TheBereavedWhatTheyAskedOnTheDay",
                   R"("id": "onthatday", "requester": "spouse", "identity_checked": true)", "ok"},
        Withdrawal{"TheBereavedWhoseLetterIsDatedAhead",
                   R"("id": "notyet", "requester": "spouse", "identity_checked": true)", "ok"},
        Withdrawal{"Nobody", R"("id": "none", "requester": "self", "identity_checked": true)",
                   "refusal-status.id not-found"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RefusalTest, WithdrawingAndRejectingTakeTwoPeopleAndAreFinal) {
  record(R"("patients": ["a"], "requester": "supporter")");
  EXPECT_EQ(shape("R"), "unverified: a;") << "someone outside the family waits for a check";
  EXPECT_EQ(verdict(registry_->append("refusal-status",
                                      json(R"({"id": "R", "status": "rejected"})"), one_, now_)),
            "refusal-status.by two-people");
  EXPECT_EQ(status(R"("status": "rejected")"), "ok");
  EXPECT_EQ(shape("R"), "rejected: a;");
  EXPECT_EQ(status(R"("status": "active")"), "refusal-status.id conflict");
  EXPECT_EQ(status(R"("status": "unresolved")"), "refusal-status.id conflict");
}

TEST_F(RefusalTest, AVerifiedRefusalIsActive) {
  record(R"("patients": ["a"], "requester": "other")");
  EXPECT_EQ(verdict(registry_->append("refusal-status", json(R"({"id": "R", "status": "active"})"),
                                      one_, now_)),
            "ok");
  EXPECT_EQ(shape("R"), "active: a;");
}

struct Requesting {
  const char* name;
  const char* patient;
  const char* requester;
  const char* status;
};

class RefusalBy : public RefusalTest, public testing::WithParamInterface<Requesting> {};

TEST_P(RefusalBy, WaitsForACheckUnlessWhoAskedMayRefuse) {
  auto dead = person("dead", "4", "オ", "1940-01-01");
  dead.deceased = true;
  index({person("adult", "1", "ア", "1980-01-01"), person("child", "2", "イ", "2010-11-21"),
         person("sixteen", "3", "ウ", "2010-11-20"), dead, person("ward", "5", "エ", "1930-01-01"),
         person("unknown", "6", "カ", "")});
  append("patient-status", R"({"patient": "ward", "incapacity": true})");
  const std::string id = GetParam().patient;
  EXPECT_EQ(
      record(R"("patients": [")" + id + R"("], "requester": ")" + GetParam().requester + R"(")"),
      "ok");
  EXPECT_EQ(shape("R"), GetParam().status + (": " + id + ";"));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusalBy,
    testing::Values(Requesting{"ThePerson", "adult", "self", "active"},
                    Requesting{"TheRegistry", "adult", "registry", "active"},
                    Requesting{"ASupporter", "adult", "supporter", "unverified"},
                    Requesting{"TheSpouseOfTheLiving", "adult", "spouse", "unverified"},
                    Requesting{"TheSpouseOfTheDead", "dead", "spouse", "active"},
                    Requesting{"TheSiblingOfSomeoneUnknown", "nobody", "sibling", "unverified"},
                    Requesting{"TheChildsGuardian", "child", "guardian", "active"},
                    Requesting{"TheGuardianOnThe16thBirthday", "sixteen", "guardian", "unverified"},
                    Requesting{"TheGuardianOfAnAdult", "adult", "legal_rep", "unverified"},
                    Requesting{"TheWardsRepresentative", "ward", "legal_rep", "active"},
                    Requesting{"TheGuardianOfSomeoneOfUnknownAge", "unknown", "guardian", "active"},
                    Requesting{"TheGuardianOfTheDead", "dead", "guardian", "unverified"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RefusalTest, ALineOfAListWaitsForACheckOnceItsPersonIsKnown) {
  EXPECT_EQ(record(R"("keys": {"card": "12345"}, "requester": "child")"), "ok");
  index({hana_});
  EXPECT_EQ(shape("R"), "unverified: hana;");
}

struct Refused {
  const char* name;
  const char* members;
  const char* verdict;
};

class RefusalIsNotTaken : public RefusalTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusalIsNotTaken, AndNothingIsWritten) {
  append("refusal", R"({"id": "known", "patients": ["a"]})");
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(append("refusal", GetParam().members)), GetParam().verdict);
  EXPECT_EQ(registry_->epoch(), epoch);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusalIsNotTaken,
    testing::Values(
        Refused{"WithAReason", R"({"patients": ["a"], "reason": "x"})",
                "refusal.reason unknown-key"},
        Refused{"ThatNamesNobody", R"({"requester": "self"})", "refusal.patients required"},
        Refused{"WithEmptyKeys", R"({"keys": {}})", "refusal.patients required"},
        Refused{"UnderAKnownId", R"({"id": "known", "patients": ["a"]})", "refusal.id conflict"},
        Refused{"WithdrawnFromTheStart", R"({"patients": ["a"], "status": "withdrawn"})",
                "refusal.status value"},
        Refused{"OfAnUnknownTrack", R"({"patients": ["a"], "tracks": ["x"]})",
                "refusal.tracks value"},
        Refused{"OfAnUnknownCategory", R"({"patients": ["a"], "categories": ["Z9"]})",
                "refusal.categories value"},
        Refused{"OfAnUnknownRecipient", R"({"patients": ["a"], "recipients": ["x"]})",
                "refusal.recipients not-found"},
        Refused{"WithAnUnreadableBirth", R"({"keys": {"card": "1", "birth": "1965"}})",
                "refusal.keys.birth value"},
        Refused{"WithAnElectronicReceiptWithoutConsent",
                R"({"patients": ["a"], "receipt": {"form": "electronic"}})",
                "refusal.receipt.econsent value"},
        Refused{"WithAReceiptInside", R"({"patients": ["a"], "receipt": {"form": "paper"}})",
                "refusal.receipt value"},
        Refused{"WithASealOfItsOwn", R"({"patients": ["a"], "sealed": "00"})",
                "refusal.sealed value"},
        Refused{"ThatIsNoObject", R"([])", "refusal structure"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RefusalTest, IsEffectiveAtOnceWhateverDayItWasReceived) {
  EXPECT_EQ(record(R"("patients": ["a"], "received_on": "2027-01-01")"), "ok");
  const auto view = registry_->view();
  EXPECT_EQ(view->refusal("R")->recorded_at, now_);
  EXPECT_EQ(view->refusals_of("a").size(), 1u);
}

TEST_F(RefusalTest, WhatTheHospitalSaysOfAPersonSurvivesEveryIngest) {
  append("patient-status", R"({"patient": "hana", "identity_conflict": true,
                               "deceased_on": "2026-05-01"})");
  index({hana_});
  EXPECT_TRUE(registry_->view()->patient("hana")->identity_conflict);
  EXPECT_EQ(registry_->view()->patient("hana")->deceased_on, fhir::parse_civil_date("2026-05-01"));
  auto record = hana_;
  record.deceased = true;
  record.deceased_on = fhir::parse_civil_date("2026-04-01");
  index({record});
  EXPECT_EQ(registry_->view()->patient("hana")->deceased_on, fhir::parse_civil_date("2026-04-01"))
      << "the earlier day";
  EXPECT_EQ(verdict(registry_->append("patient-status",
                                      json(R"({"patient": "hana", "identity_conflict": false})"),
                                      one_, now_)),
            "patient-status.by two-people");
  append("patient-status", R"({"patient": "hana", "identity_conflict": false})");
  reopen();
  EXPECT_FALSE(registry_->view()->patient("hana")->identity_conflict);
  EXPECT_EQ(registry_->view()->patient("hana")->deceased_on, fhir::parse_civil_date("2026-04-01"));
}

const char* const kUnlink = R"({"a": "yuki", "b": "hana", "remove": true})";

TEST_F(RefusalTest, MergingForCertainTakesTwoPeopleAndSuspectingOne) {
  index({hana_, yuki_});
  const auto by_one = [&](const char* body) {
    return verdict(registry_->append("link", json(body), one_, now_));
  };
  EXPECT_EQ(by_one(R"({"a": "hana", "b": "yuki", "certain": true})"), "link.by two-people");
  EXPECT_EQ(registry_->view()->full_closure("hana"), std::vector<std::string>{"hana"});
  EXPECT_EQ(by_one(R"({"a": "hana", "b": "yuki"})"), "ok");
  EXPECT_EQ(registry_->view()->full_closure("hana").size(), 2u);
  EXPECT_EQ(registry_->view()->certain_closure("hana").size(), 1u);
}

TEST_F(RefusalTest, TakingRecordsApartTakesTwoPeopleAndAsksBothSidesAgain) {
  index({hana_, yuki_});
  append("link", R"({"a": "hana", "b": "yuki", "certain": true})");
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(registry_->append("link", json(kUnlink), one_, now_)), "link.by two-people");
  EXPECT_EQ(verdict(append("link", kUnlink)), "ok");
  EXPECT_EQ(registry_->view()->full_closure("hana"), std::vector<std::string>{"hana"});
  EXPECT_EQ(registry_->changed_since(epoch), (std::vector<PatientNumber>{0, 1}));
}

TEST_F(RefusalTest, WhoRefusedWhileTwoWereOneBlocksBothUntilPeopleSettleIt) {
  index({hana_, yuki_});
  append("refusal", R"({"id": "before", "patients": ["yuki"]})");
  append("link", R"({"a": "hana", "b": "yuki", "certain": true})");
  append("refusal", R"({"id": "R", "patients": ["yuki"]})");
  append("refusal", R"({"id": "gone", "patients": ["yuki"]})");
  append("refusal-status", R"({"id": "gone", "status": "rejected"})");
  EXPECT_EQ(verdict(append("link", kUnlink)), "ok");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(shape("before"), "active: yuki;") << "it named one of two people";
    EXPECT_EQ(shape("R"), "active: yuki; hana");
    EXPECT_EQ(shape("gone"), "rejected: yuki;");
    reopen();
  }
  EXPECT_EQ(status(R"("status": "active", "release": ["hana"])"), "ok");
  EXPECT_EQ(shape("R"), "active: yuki;");
}

TEST_F(RefusalTest, WhoRefusedWhileTwoWereOnlySuspectedNamedOneOfThem) {
  index({hana_, yuki_});
  append("link", R"({"a": "hana", "b": "yuki"})");
  record(R"("patients": ["yuki"])");
  EXPECT_EQ(verdict(append("link", kUnlink)), "ok");
  EXPECT_EQ(shape("R"), "active: yuki;");
}

}  // namespace
}  // namespace sekisho::registry
