// Notices and where they come from: leaflets that two people judged, campaigns, and taking either
// back. Receipts of who refused stand here too, the other paper of the counter.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "adapter/registry/book.h"
#include "adapter/registry/campaign.h"
#include "adapter/registry/registry_fixture.h"

namespace sekisho::registry {
namespace {

const std::string kHash(64, 'a');
const std::string kVersion = R"({"id": "leaflet-1", "text_hash": ")" + kHash +
                             R"(", "wait_rule": "1m", "covers": [{"client": "hub",
                             "track": "anon", "filing_version": 1, "items": ["I1"]}]})";
const char* const kCampaign = R"({"id": "autumn", "notice_version": "leaflet-1",
    "from": "2026-10-01", "to": "2026-12-31", "method": "paper_at_visit", "exclusions": ["yuki"]})";
const char* const kRun = R"({"campaign": "autumn", "notices": [
    {"date": "2026-10-02", "patients": "hana", "visits": "f7"},
    {"date": "2026-11-20", "patients": "taro ken", "visits": "f8 f9"}]})";

class NoticeTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    create();
    index({person("hana", "1", "ア", "1965-03-02"), person("taro", "2", "イ", "1965-03-02"),
           person("ken", "3", "ウ", "1965-03-02"), person("yuki", "4", "エ", "1965-03-02")});
    append("client", kClient);
    append("filing", kFiling);
  }
  void run_campaign() {
    ASSERT_EQ(verdict(append("notice-version", kVersion)), "ok");
    ASSERT_EQ(verdict(append("campaign", kCampaign)), "ok");
    ASSERT_EQ(verdict(by_one("campaign-run", kRun)), "ok");
  }
  Registry::Appended by_one(std::string_view type, std::string_view body) {
    return registry_->append(type, json(body), one_, now_);
  }
  // The notices of a patient that count, as "id date items".
  std::string counting(const std::string& patient) {
    const auto view = registry_->view();
    std::string text;
    for (const std::size_t index : view->notices_of(patient)) {
      const Notice& notice = view->notice(index);
      if (!notice.revoked) {
        text += notice.id + " " + fhir::to_text(*notice.date) + ";";
      }
    }
    return text;
  }
};

TEST_F(NoticeTest, ALeafletIsTheJudgementOfTwoPeopleAndDoesNotChange) {
  EXPECT_EQ(verdict(by_one("notice-version", kVersion)), "notice-version.by two-people");
  EXPECT_EQ(verdict(append("notice-version", kVersion)), "ok");
  EXPECT_EQ(verdict(append("notice-version", kVersion)), "notice-version.id conflict");
  reopen();
  const auto view = registry_->view();
  const NoticeVersion& version = view->papers().versions.at("leaflet-1");
  EXPECT_EQ(version.wait_rule, WaitRule::k1Month);
  EXPECT_EQ(version.approved_by, two_.by);
  ASSERT_NE(version.cover("hub", Track::kAnon), nullptr);
  EXPECT_EQ(version.cover("hub", Track::kPseudo), nullptr);
}

struct Row {
  const char* name;
  const char* type;
  std::string body;
  const char* verdict;
};

class NoticeIsNotTaken : public NoticeTest, public testing::WithParamInterface<Row> {};

TEST_P(NoticeIsNotTaken, AndNothingIsWritten) {
  run_campaign();
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(append(GetParam().type, GetParam().body)), GetParam().verdict);
  EXPECT_EQ(registry_->epoch(), epoch);
}

std::string version_covering(const std::string& cover) {
  return R"({"id": "v", "text_hash": ")" + kHash + R"(", "covers": [)" + cover + "]}";
}
std::string notice_with(const std::string& members) {
  return R"({"patients": ["hana"], "date": "2026-11-01", "party": "self", )" + members + "}";
}
std::string run_with(const std::string& notice) {
  return R"({"campaign": "autumn", "notices": [)" + notice + "]}";
}

INSTANTIATE_TEST_SUITE_P(
    All, NoticeIsNotTaken,
    testing::Values(
        Row{"ALeafletForItemsThatWereNotFiled", "notice-version",
            version_covering(R"({"client": "hub", "track": "anon", "filing_version": 1,
                                 "items": ["I4"]})"),
            "notice-version.items value"},
        Row{"ALeafletForAFilingThatThereIsNot", "notice-version",
            version_covering(R"({"client": "hub", "track": "anon", "filing_version": 2,
                                 "items": ["I1"]})"),
            "notice-version.filing_version not-found"},
        Row{"ALeafletWithoutAHash", "notice-version",
            R"({"id": "v", "text_hash": "abc", "covers": [{"client": "hub", "track": "anon",
                "filing_version": 1, "items": ["I1"]}]})",
            "notice-version.text_hash value"},
        Row{"ALeafletThatCoversNothing", "notice-version", version_covering(""),
            "notice-version.covers required"},
        Row{"ANoticeOfAnUnknownLeaflet", "notice",
            notice_with(R"("client": "hub", "track": "anon", "notice_version": "v9")"),
            "notice.notice_version not-found"},
        Row{"ANoticeThatSaysMoreThanItsLeaflet", "notice",
            notice_with(R"("client": "hub", "track": "anon", "notice_version": "leaflet-1",
                           "items": ["I1", "I5"])"),
            "notice.items value"},
        Row{"ANoticeWithATextHashThatIsNone", "notice",
            notice_with(R"("client": "hub", "track": "anon", "items": ["I1"], "text_hash": "x")"),
            "notice.text_hash value"},
        Row{"ACampaignOfAnUnknownLeaflet", "campaign",
            R"({"id": "c", "notice_version": "v9", "from": "2026-10-01", "to": "2026-10-02",
                "method": "mail"})",
            "campaign.notice_version not-found"},
        Row{"ACampaignThatEndsBeforeItBegins", "campaign",
            R"({"id": "c", "notice_version": "leaflet-1", "from": "2026-10-02",
                "to": "2026-10-01", "method": "mail"})",
            "campaign.to value"},
        Row{"ACampaignTwice", "campaign", kCampaign, "campaign.id conflict"},
        Row{"ACampaignOfOtherRecords", "campaign",
            R"({"id": "c", "notice_version": "leaflet-1", "from": "2026-10-01",
                "to": "2026-10-02", "method": "mail", "visit_types": ["OML-11"]})",
            "campaign.visit_types value"},
        Row{"ACampaignThatExcludesSomeoneUnknown", "campaign",
            R"({"id": "c", "notice_version": "leaflet-1", "from": "2026-10-01",
                "to": "2026-10-02", "method": "mail", "exclusions": ["yuki", "0009999"]})",
            "campaign.exclusions not-found"},
        Row{"ANoticeOfTomorrow", "campaign-run",
            run_with(R"({"date": "2026-11-21", "patients": "hana", "visits": "f1"})"),
            "campaign-run.notices.date value"},
        Row{"ANoticeBeforeTheCampaign", "campaign-run",
            run_with(R"({"date": "2026-09-30", "patients": "hana", "visits": "f1"})"),
            "campaign-run.notices.date value"},
        Row{"ANoticeWithoutItsVisit", "campaign-run",
            run_with(R"({"date": "2026-10-30", "patients": "hana taro", "visits": "f1"})"),
            "campaign-run.notices.visits value"},
        Row{"ANoticeForNobodyKnown", "campaign-run",
            run_with(R"({"date": "2026-10-30", "patients": "nobody", "visits": "f1"})"),
            "campaign-run.notices.patients not-found"},
        Row{"ARunOfNoCampaign", "campaign-run", R"({"campaign": "spring", "notices": []})",
            "campaign-run.campaign not-found"},
        Row{"TakingBackWhatWasNotGiven", "notice-revoke", R"({"id": "n99"})",
            "notice-revoke.id not-found"},
        Row{"TakingANoticeFromNobody", "notice-revoke", R"({"id": "n6-1", "patients": []})",
            "notice-revoke.patients value"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(NoticeTest, ANoticeOfALeafletSaysWhatTheLeafletSays) {
  ASSERT_EQ(verdict(append("notice-version", kVersion)), "ok");
  ASSERT_EQ(verdict(by_one("notice", notice_with(R"("client": "hub", "track": "anon",
                                                    "notice_version": "leaflet-1")"))),
            "ok");
  reopen();
  const auto view = registry_->view();
  const Notice& notice = view->notice(view->notices_of("hana").at(0));
  EXPECT_EQ(notice.items, fhir::category::I1);
  EXPECT_EQ(notice.filing_version, 1);
  EXPECT_EQ(notice.wait_rule, WaitRule::k1Month);
  EXPECT_EQ(notice.version, "leaflet-1");
}

TEST_F(NoticeTest, ACampaignTakesTwoPeopleAndItsRunOne) {
  append("notice-version", kVersion);
  EXPECT_EQ(verdict(by_one("campaign", kCampaign)), "campaign.by two-people");
  EXPECT_EQ(verdict(append("campaign", kCampaign)), "ok");
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(by_one("campaign-run", kRun)), "ok");
  EXPECT_EQ(registry_->changed_since(epoch), (std::vector<PatientNumber>{0, 1, 2}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(counting("hana"), "n6-1 2026-10-02;");
    EXPECT_EQ(counting("ken"), "n6-2 2026-11-20;");
    EXPECT_EQ(counting("yuki"), "");
    const auto view = registry_->view();
    const Notice& notice = *view->notice("n6-2");
    EXPECT_EQ(notice.party, Party::kSelf);
    EXPECT_EQ(notice.campaign + " " + notice.version + " " + notice.method,
              "autumn leaflet-1 paper_at_visit");
    EXPECT_EQ(notice.wait_rule, WaitRule::k1Month);
    reopen();
  }
}

TEST_F(NoticeTest, ARevokedCampaignTakesItsNoticesWithItForEver) {
  run_campaign();
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(by_one("campaign-revoke", R"({"id": "autumn"})")), "ok");
  EXPECT_GT(registry_->epoch(), epoch);
  EXPECT_EQ(registry_->changed_since(epoch), std::nullopt) << "everyone is asked again";
  EXPECT_EQ(counting("hana") + counting("taro") + counting("ken"), "");
  EXPECT_EQ(verdict(by_one("campaign-run", kRun)), "campaign-run.campaign conflict");
  EXPECT_EQ(verdict(by_one("campaign-revoke", R"({"id": "autumn"})")),
            "campaign-revoke.id conflict");
  reopen();
  EXPECT_EQ(counting("hana") + counting("taro") + counting("ken"), "");
  EXPECT_TRUE(registry_->view()->papers().campaigns.at("autumn").revoked);
}

TEST_F(NoticeTest, ANoticeIsRevokedForOneOrForAll) {
  run_campaign();
  EXPECT_EQ(verdict(by_one("notice-revoke", R"({"id": "n6-2", "patients": ["taro"]})")), "ok");
  EXPECT_EQ(counting("taro"), "");
  EXPECT_EQ(counting("ken"), "n6-2 2026-11-20;");
  EXPECT_EQ(verdict(by_one("notice-revoke", R"({"id": "n6-2"})")), "ok");
  EXPECT_EQ(counting("ken"), "");
  EXPECT_EQ(verdict(by_one("notice-revoke", R"({"id": "n6-2"})")), "notice-revoke.id conflict");
  EXPECT_EQ(verdict(append("notice", R"({"id": "n6-2", "patients": ["ken"], "client": "hub",
      "track": "anon", "date": "2026-11-01", "party": "self", "items": ["I1"]})")),
            "notice.id conflict")
      << "what is revoked does not come back under its id";
  reopen();
  EXPECT_EQ(counting("hana") + counting("taro") + counting("ken"), "n6-1 2026-10-02;");
}

TEST_F(NoticeTest, ANoticeIsNotRevokedForWhoDoesNotHoldIt) {
  run_campaign();
  const auto epoch = registry_->epoch();
  for (const char* patients : {R"(["hana"])", R"(["taro", "hana"])", R"(["0009999"])"}) {
    const auto appended =
        by_one("notice-revoke", R"({"id": "n6-2", "patients": )" + std::string(patients) + "}");
    EXPECT_EQ(verdict(appended), "notice-revoke.patients not-found");
    for (const fhir::Issue& issue : appended.issues) {
      EXPECT_EQ(issue.diagnostics.find("0009999"), std::string::npos);
    }
  }
  EXPECT_EQ(registry_->epoch(), epoch) << "nothing is acknowledged that does nothing";
  EXPECT_EQ(verdict(by_one("notice-revoke", R"({"id": "n6-2", "patients": ["taro"]})")), "ok");
  EXPECT_EQ(verdict(by_one("notice-revoke", R"({"id": "n6-2", "patients": ["taro"]})")),
            "notice-revoke.patients not-found");
}

TEST_F(NoticeTest, ANoticeIsRecordedOnceUnderItsId) {
  const auto body = [](const char* patient) {
    return R"({"id": "N", "patients": [")" + std::string(patient) +
           R"("], "client": "hub", "track": "anon", "date": "2026-11-01", "party": "self",
               "items": ["I1"]})";
  };
  std::vector<Event> twice;
  for (const char* patient : {"taro", "ken"}) {
    twice.push_back({"notice", json(body(patient)), "", false});
  }
  EXPECT_EQ(verdict(registry_->append_all(twice, one_, now_)), "notice.id conflict");
  EXPECT_EQ(counting("taro") + counting("ken"), "");
  EXPECT_EQ(verdict(by_one("notice", body("hana"))), "ok");
  EXPECT_EQ(verdict(by_one("notice", body("taro"))), "notice.id conflict");
  EXPECT_EQ(counting("hana") + counting("taro"), "N 2026-11-01;");
}

TEST_F(NoticeTest, ARunThatMeetsTheIdOfANoticeChangesWhoHadThat) {
  append("notice-version", kVersion);
  append("campaign", kCampaign);
  const std::string next =
      std::to_string(registry_->append("client", json(kClient), one_, now_).sequence + 2);
  EXPECT_EQ(verdict(by_one("notice", R"({"id": "n)" + next + R"(-1", "patients": ["yuki"],
      "client": "hub", "track": "anon", "date": "2026-11-01", "party": "self",
      "items": ["I1"]})")),
            "ok");
  const auto epoch = registry_->epoch();
  EXPECT_EQ(verdict(by_one("campaign-run", kRun)), "ok");
  EXPECT_EQ(counting("yuki"), "");
  EXPECT_EQ(registry_->changed_since(epoch), std::nullopt) << "everyone is asked again";
}

// Older programs took a notice under a known id, in place of the one before.
TEST(JournalOfAnOlderProgram, ANoticeRecordedAgainReturnsToNobodyAndChangesAll) {
  Book book({}, {std::string(32, 'k'), std::nullopt});
  JournalLine line;
  const auto apply = [&](const char* type, const std::string& body) {
    ++line.sequence;
    line.type = type;
    line.body = fhir::parse_json(body);
    return book.apply(line);
  };
  const auto notice = [](const std::string& patients) {
    return R"({"id": "N", "client": "hub", "track": "anon", "date": "2026-11-01", "party": "self",
               "items": ["I1"], "patients": )" +
           patients + "}";
  };
  EXPECT_FALSE(apply("notice", notice(R"(["hana", "taro"])")).all);
  apply("notice-revoke", R"({"id": "N", "patients": ["taro"]})");
  EXPECT_TRUE(apply("notice", notice(R"(["taro", "ken"])")).all) << "hana does not have it now";
  EXPECT_EQ(book.state.notices_of("hana").size(), 0u);
  EXPECT_EQ(book.state.notices_of("taro").size(), 0u) << "it was taken back";
  EXPECT_EQ(book.state.notices_of("ken").size(), 1u);
}

// What a campaign makes of visits, as "no-visit 2, ..., notices n".
class DerivationTest : public NoticeTest {
 protected:
  void SetUp() override {
    NoticeTest::SetUp();
    auto dead = person("dead", "5", "オ", "1940-01-01");
    dead.deceased = true;
    dead.deceased_on = fhir::parse_civil_date("2026-10-10");
    index({dead, person("minor", "6", "カ", "2010-11-05"), person("unborn", "7", "キ", ""),
           person("ward", "8", "ク", "1930-01-01"), person("mixed", "9", "ケ", "1950-01-01")});
    append("patient-status", R"({"patient": "ward", "incapacity": true})");
    append("patient-status", R"({"patient": "mixed", "identity_conflict": true})");
    append("notice-version", kVersion);
    append("campaign", kCampaign);
  }
  Derivation derivation(std::string_view through = "2026-11-20") {
    const auto view = registry_->view();
    return Derivation(*view, view->papers().campaigns.at("autumn"),
                      *fhir::parse_civil_date(through));
  }
  void visit(Derivation& derivation, const char* patient, std::string_view day,
             std::string_view desk = "01", std::int64_t file = 1,
             std::string_view type = "ADT-12") {
    derivation.visit(*registry_->view()->number_of(patient),
                     {*fhir::parse_civil_date(day), type, desk, file});
  }
  static std::string shape(const Derivation& derivation) {
    const Derivation::Counts counts = derivation.counts();
    std::string text;
    std::uint64_t sum = counts.notices;
    for (std::size_t i = 0; i < kSkippedReasons; ++i) {
      sum += counts.skipped[i];
      if (counts.skipped[i] > 0) {
        text += std::string(name_of(static_cast<Skipped>(i))) + " " +
                std::to_string(counts.skipped[i]) + ", ";
      }
    }
    EXPECT_EQ(sum, counts.people) << "everyone is counted once";
    return text + "notices " + std::to_string(counts.notices);
  }
};

TEST_F(DerivationTest, CountsEveryoneOnceByTheReason) {
  Derivation derived = derivation();
  for (const char* who : {"hana", "dead", "minor", "unborn", "ward", "mixed", "yuki"}) {
    visit(derived, who, "2026-10-20");
  }
  visit(derived, "taro", "2026-09-30");
  derived.unknown_card();
  EXPECT_EQ(shape(derived),
            "no-visit 1, before-from 1, minor 1, deceased-before 1, birth-unknown 1, no-capacity "
            "1, conflict 1, excluded 1, not-indexed 1, notices 1");
  const auto minors = derived.without_notice(Skipped::kMinor);
  ASSERT_EQ(minors.size(), 1u);
  EXPECT_EQ(registry_->view()->patient(minors[0])->id, "minor");
  EXPECT_TRUE(derived.without_notice(Skipped::kHasNotice).empty());
}

TEST_F(DerivationTest, WhoIsExcludedIsSoUnderEveryNumberOfThePerson) {
  append("link", R"({"a": "taro", "b": "yuki", "certain": true})");
  append("link", R"({"a": "hana", "b": "yuki"})");
  Derivation derived = derivation();
  visit(derived, "taro", "2026-10-20");
  visit(derived, "hana", "2026-10-20");
  EXPECT_NE(shape(derived).find("excluded 2"), std::string::npos) << shape(derived);
  EXPECT_EQ(derived.counts().notices, 1u) << "a suspicion is no merge";
}

struct VisitRow {
  const char* name;
  const char* patient;
  const char* day;
  const char* verdict;
};

class VisitCounts : public DerivationTest, public testing::WithParamInterface<VisitRow> {};

TEST_P(VisitCounts, WhereItMayReachThePerson) {
  Derivation derived = derivation();
  visit(derived, GetParam().patient, GetParam().day);
  EXPECT_NE(shape(derived).find(GetParam().verdict), std::string::npos) << shape(derived);
}

INSTANTIATE_TEST_SUITE_P(
    All, VisitCounts,
    testing::Values(VisitRow{"TheDayBeforeTheCampaign", "hana", "2026-09-30", "before-from 1"},
                    VisitRow{"TheFirstDay", "hana", "2026-10-01", "notices 1"},
                    VisitRow{"Today", "hana", "2026-11-20", "notices 1"},
                    VisitRow{"Tomorrow", "hana", "2026-11-21", "after-to 1"},
                    VisitRow{"TheDayBefore16", "minor", "2026-11-04", "minor 1"},
                    VisitRow{"The16thBirthday", "minor", "2026-11-05", "notices 1"},
                    VisitRow{"TheDayOfDeath", "dead", "2026-10-10", "notices 1"},
                    VisitRow{"TheDayAfterDeath", "dead", "2026-10-11", "deceased-before 1"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(DerivationTest, TheFirstVisitThatQualifiesGivesTheDay) {
  Derivation derived = derivation();
  visit(derived, "hana", "2026-11-10", "01", 3);
  visit(derived, "hana", "2026-10-05", "01", 4);
  visit(derived, "hana", "2026-09-01", "01", 5);
  visit(derived, "minor", "2026-10-05", "01", 6);
  visit(derived, "minor", "2026-11-06", "01", 7);
  const auto events = derived.events(*registry_->view());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(fhir::write_json(*events[0].find("notices")),
            R"([{"date":"2026-10-05","patients":"hana","visits":"f4"},)"
            R"({"date":"2026-11-06","patients":"minor","visits":"f7"}])");
}

TEST_F(DerivationTest, DesksAndTypesNarrowIt) {
  append("campaign", R"({"id": "desk", "notice_version": "leaflet-1", "from": "2026-10-01",
      "to": "2026-11-30", "method": "paper_at_visit", "desks": ["02"],
      "visit_types": ["ADT-22"]})");
  const auto derived_for = [&](const char* desk, const char* type) {
    Derivation derived = [&] {
      const auto view = registry_->view();
      return Derivation(*view, view->papers().campaigns.at("desk"), fhir::japan_date(now_));
    }();
    visit(derived, "hana", "2026-10-20", desk, 1, type);
    return derived.counts().notices;
  };
  EXPECT_EQ(derived_for("02", "ADT-22"), 1u);
  EXPECT_EQ(derived_for("01", "ADT-22"), 0u);
  EXPECT_EQ(derived_for("02", "ADT-12"), 0u);
}

TEST_F(DerivationTest, ADryRunCountsWhatTheRunRecordsAndASecondRunNothing) {
  const auto visits = [&](Derivation& derived) {
    visit(derived, "hana", "2026-10-20");
    visit(derived, "taro", "2026-10-20");
    visit(derived, "ken", "2026-10-21");
    visit(derived, "ward", "2026-10-21");
  };
  Derivation dry = derivation();
  visits(dry);
  Derivation run = derivation();
  visits(run);
  EXPECT_EQ(shape(dry), shape(run));
  for (const fhir::Json& event : run.events(*registry_->view())) {
    ASSERT_EQ(verdict(registry_->append("campaign-run", event, one_, now_)), "ok");
  }
  std::size_t given = 0;
  for (const char* who : {"hana", "taro", "ken", "ward", "minor", "dead", "yuki"}) {
    given += counting(who).empty() ? 0u : 1u;
  }
  EXPECT_EQ(given, dry.counts().notices);
  Derivation again = derivation();
  visits(again);
  EXPECT_EQ(again.counts().notices, 0u);
  EXPECT_NE(shape(again).find("has-notice 3"), std::string::npos);
  EXPECT_TRUE(again.events(*registry_->view()).empty());
  by_one("campaign-revoke", R"({"id": "autumn"})");
  EXPECT_NE(shape(derivation()).find("no-visit"), std::string::npos) << "a revoked notice is none";
}

TEST_F(DerivationTest, ANoticeThatWasTakenBackDoesNotComeWithTheNextRun) {
  ASSERT_EQ(verdict(by_one("campaign-run", kRun)), "ok");
  const std::string run = counting("hana").substr(0, counting("hana").find('-'));
  append("link", R"({"a": "taro", "b": "minor", "certain": true})");
  const auto revoke = [&](const std::string& members) {
    ASSERT_EQ(verdict(by_one("notice-revoke", R"({"id": ")" + run + members + "}")), "ok");
  };
  revoke(R"(-1")");
  revoke(R"(-2", "patients": ["taro"])");
  const auto again = [&] {
    Derivation derived = derivation();
    for (const char* who : {"hana", "taro", "ken", "minor"}) {
      visit(derived, who, "2026-11-19");
    }
    return shape(derived);
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_NE(again().find("taken-back 3, has-notice 1, notices 0"), std::string::npos) << again();
    reopen();
  }
  EXPECT_EQ(verdict(by_one("campaign-revoke", R"({"id": "autumn"})")), "ok");
  EXPECT_NE(again().find("notices 4"), std::string::npos)
      << "the leaflet may be handed out anew: " << again();
}

TEST_F(NoticeTest, AReceiptHoldsTheSixItemsAndWhoAskedUnderSeal) {
  ASSERT_EQ(verdict(append("refusal", R"({"id": "R", "patients": ["hana"],
                                          "received_on": "2026-11-18"})")),
            "ok");
  const auto receive = [&](const std::string& members) {
    return verdict(by_one("receipt", R"({"refusal": "R", )" + members + "}"));
  };
  const std::string who = R"("name": "秘密 花子", "facts": "昭和40年生")";
  EXPECT_EQ(receive(R"("issued_on": "2026-11-20", "form": "paper")"), "receipt.name required");
  EXPECT_EQ(receive(R"("issued_on": "2026-11-20", "form": "electronic", )" + who),
            "receipt.econsent value");
  EXPECT_EQ(receive(R"("issued_on": "2026-11-21", "form": "paper", )" + who),
            "receipt.issued_on value");
  EXPECT_EQ(receive(R"("issued_on": "2026-11-20", "form": "paper", "sealed": "00", )" + who),
            "receipt.sealed value");
  EXPECT_EQ(receive(R"("issued_on": "2026-11-20", "form": "paper", )" + who), "ok");
  EXPECT_EQ(verdict(by_one("receipt", R"({"refusal": "none", "issued_on": "2026-11-20",
                                          "form": "paper", )" +
                                          who + "}")),
            "receipt.refusal not-found");
  reopen();
  std::stringstream journal;
  journal << std::ifstream(file("journal.jsonl"), std::ios::binary).rdbuf();
  EXPECT_EQ(journal.str().find("秘密"), std::string::npos);
  EXPECT_EQ(journal.str().find("昭和40年生"), std::string::npos);
  const auto view = registry_->view();
  ASSERT_EQ(view->papers().receipts.size(), 1u);
  const Receipt& receipt = view->papers().receipts[0];
  EXPECT_EQ(receipt.stopped_at, now_) << "the instant of the refusal";
  EXPECT_EQ(receipt.issued_on, fhir::parse_civil_date("2026-11-20"));
  const auto requester = registry_->requester_of(receipt);
  ASSERT_TRUE(requester);
  EXPECT_EQ(requester->name + requester->facts, "秘密 花子昭和40年生");
}

}  // namespace
}  // namespace sekisho::registry
