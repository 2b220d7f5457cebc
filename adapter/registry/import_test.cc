#include "adapter/registry/import.h"

#include <gtest/gtest.h>

#include "adapter/registry/registry_fixture.h"

namespace sekisho::registry {
namespace {

class ImportTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    create();
    append("client", kClient);
  }
  ImportReport refusals(const std::string& csv, const std::string& list = "paper-2025") {
    return import_refusals(*registry_, csv, list, one_, now_);
  }
  ImportReport document(const std::string& text) {
    return import_document(*registry_, text, two_, now_);
  }
  static std::string first_code(const ImportReport& report) {
    return report.ok() ? "ok" : report.issues[0].expression + " " + report.issues[0].code;
  }
  std::size_t with_status(RefusalStatus status) {
    const auto view = registry_->view();
    std::size_t count = 0;
    for (std::size_t i = 0; i < view->refusals(); ++i) {
      count += view->refusal(i).status == status ? 1u : 0u;
    }
    return count;
  }
};

TEST_F(ImportTest, X10OneMalformedLineOfAThousandBecomesUnresolved) {
  std::vector<PatientRecord> people;
  std::string csv = "card,kana,birth\n";
  for (int i = 1; i <= 1000; ++i) {
    people.push_back(person("p" + std::to_string(i), std::to_string(i), "ア", "1950-01-01"));
    csv += i == 500 ? "500,\"ア,1950-01-01\n" : std::to_string(i) + ",ア,1950-01-01\n";
  }
  index(people);
  const ImportReport report = refusals(csv);
  EXPECT_TRUE(report.ok());
  EXPECT_TRUE(report.partial());
  EXPECT_EQ(report.unresolved_lines, std::vector<std::size_t>{501});
  EXPECT_EQ(report.counts.at("refusal"), 1000u);
  EXPECT_EQ(with_status(RefusalStatus::kActive), 999u);
  EXPECT_EQ(with_status(RefusalStatus::kUnresolved), 1u);
  EXPECT_EQ(registry_->view()->refusals_of("p500").size(), 1u)
      << "the card number of the broken line blocks its patient all the same";
}

TEST_F(ImportTest, ALinkCodeAloneNamesItsPerson) {
  auto hana = person("hana", "1", "ヤマダ ハナ", "1965-03-02");
  hana.link_code = "AB1234";
  index({hana});
  const ImportReport report = refusals("link_code\nAB1234\n");
  EXPECT_TRUE(report.ok());
  EXPECT_FALSE(report.partial());
  EXPECT_EQ(with_status(RefusalStatus::kActive), 1u);
  EXPECT_EQ(registry_->view()->refusals_of("hana").size(), 1u);
}

TEST_F(ImportTest, X11AListWithoutLinesReplacesNothing) {
  std::string csv = "card\n";
  for (int i = 1; i <= 55; ++i) {
    csv += std::to_string(i) + "\n";
  }
  ASSERT_TRUE(refusals(csv).ok());
  EXPECT_EQ(first_code(refusals("card\n")), "file decrease");
  EXPECT_EQ(first_code(refusals("")), "file structure");
  EXPECT_EQ(first_code(refusals(csv.substr(0, csv.size() - 3))), "file decrease") << "54 lines";
  EXPECT_EQ(registry_->lines_of_list("paper-2025").size(), 55u);
  const ImportReport again = refusals(csv);
  EXPECT_TRUE(again.ok());
  EXPECT_EQ(again.unchanged, 55u);
  EXPECT_EQ(again.sequence, 0u) << "nothing new, nothing written";
}

TEST_F(ImportTest, X12AListInAnotherEncodingIsRefusedWhole) {
  EXPECT_EQ(first_code(refusals("card,kana\n1,\x83\x84\x83\x7D\x83\x5F\n")), "file encoding");
  EXPECT_EQ(first_code(refusals("card,kana\n1,\xEF\xBF\xBD\n")), "file encoding");
  EXPECT_EQ(registry_->view()->refusals(), 0u);
}

TEST_F(ImportTest, AListMayGrowAndWhatLeftItStaysInForce) {
  ASSERT_TRUE(refusals("card\n1\n2\n").ok());
  const ImportReport grown = refusals("card\n1\n3\n4\n");
  EXPECT_TRUE(grown.ok());
  EXPECT_EQ(grown.counts.at("refusal"), 2u);
  EXPECT_EQ(grown.unchanged, 1u);
  ASSERT_EQ(grown.warnings.size(), 1u);
  EXPECT_EQ(grown.warnings[0].code, "decrease");
  EXPECT_EQ(registry_->lines_of_list("paper-2025").size(), 4u);
  EXPECT_TRUE(refusals("card\n9\n", "another-list").ok()) << "lists are counted apart";
}

TEST_F(ImportTest, AWithdrawnRefusalExplainsADecrease) {
  ASSERT_TRUE(refusals("card\n1\n2\n").ok());
  const std::string id = registry_->lines_of_list("paper-2025")[0].second;
  ASSERT_EQ(verdict(append("refusal-status", R"({"id": ")" + id + R"(", "status": "rejected"})")),
            "ok");
  const auto left = registry_->lines_of_list("paper-2025");
  ASSERT_EQ(left.size(), 1u);
  const bool first = left[0].first == registry_->line_digest("paper-2025", "1");
  EXPECT_TRUE(refusals(first ? "card\n1\n" : "card\n2\n").ok());
}

struct Line {
  const char* name;
  const char* line;
  bool unresolved;
  const char* shape;  // of the one refusal
};

class RefusalLineTest : public ImportTest, public testing::WithParamInterface<Line> {};

TEST_P(RefusalLineTest, BlocksWithWhateverItSays) {
  index({person("hana", "12345", "ヤマダ ハナ", "1965-03-02")});
  const ImportReport report =
      refusals(std::string("card,kana,birth,requester,channel,received_on,recipients,tracks,"
                           "categories,deletion\n") +
               GetParam().line + "\n");
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.partial(), GetParam().unresolved);
  const auto view = registry_->view();
  ASSERT_EQ(view->refusals(), 1u);
  const Refusal& refusal = view->refusal(std::size_t{0});
  std::string shape = refusal.status == RefusalStatus::kActive       ? "active"
                      : refusal.status == RefusalStatus::kUnverified ? "unverified"
                                                                     : "unresolved";
  for (const std::string& patient : refusal.patients) {
    shape += " " + patient;
  }
  shape += refusal.recipients.empty() && refusal.tracks.empty() && refusal.categories.empty()
               ? " all"
               : " limited";
  shape += refusal.deletion_requested ? " delete" : "";
  EXPECT_EQ(shape, GetParam().shape);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusalLineTest,
    testing::Values(
        Line{"Whole", "12345,ヤマダ ハナ,S40.3.2,self,counter,2026-11-01,hub,anon pseudo,I1;I5,1",
             false, "active hana limited delete"},
        Line{"CardAlone", "12345,,,,,,,,,", false, "active hana all"},
        Line{"OutsideTheFamily", "12345,,,supporter,,,,,,", false, "unverified hana all"},
        Line{"UnknownRequester", "12345,,,nephew,,,,,,", true, "unresolved hana all"},
        Line{"UnreadableBirth", "12345,,1965-13-01,,,,,,,", true, "unresolved hana all"},
        Line{"UnknownTrack", "12345,,,,,,hub,both,I1,", true, "unresolved hana limited"},
        Line{"UnknownRecipient", "12345,,,,,,nobody,,,", true, "unresolved hana all"},
        Line{"UnknownCategory", "12345,,,,,,,,Z9,", true, "unresolved hana all"},
        Line{"TooFewFields", "12345,ヤマダ ハナ", true, "unresolved hana all"},
        Line{"TooManyFields", "12345,,,,,,hub,anon,I1,,,", true, "unresolved hana all"},
        Line{"NoKeyAtAll", ",,,self,,,,,,", true, "unresolved all"},
        Line{"AnUnknownCard", "999,,,,,,,,,", false, "unresolved all"}),
    [](const auto& row) { return std::string(row.param.name); });

struct Header {
  const char* name;
  const char* text;
  const char* verdict;
};

class RefusalHeader : public ImportTest, public testing::WithParamInterface<Header> {};

TEST_P(RefusalHeader, IsKnownOrTheFileIsRefused) {
  EXPECT_EQ(first_code(refusals(GetParam().text)), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusalHeader,
    testing::Values(Header{"AReasonIsNeverStored", "card,reason\n1,x\n", "line 1 unknown-key"},
                    Header{"GivenTwice", "card,card\n1,1\n", "line 1 unknown-key"},
                    Header{"NoHeader", "12345,ヤマダ\n", "line 1 unknown-key"},
                    Header{"SpacesAround", "card , kana\n1,x\n", "ok"},
                    Header{"ByteOrderMark",
                           "\xEF\xBB\xBF"
                           "card\n1\n",
                           "ok"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ImportTest, ADocumentBringsEverythingOrNothing) {
  index({person("hana", "12345", "ヤマダ ハナ", "1965-03-02")});
  const std::string text = R"({
    "refusals": [{"keys": {"card": "12345"}}],
    "permits": [{"id": "P2", "basis": "jisedai57", "client": "op", "track": "pseudo", "mode": "M1",
                 "class": "rehearsal", "purposes": ["HRESCH"], "categories": ["I1"],
                 "from": "2026-01-01T00:00:00+09:00", "to": "2027-01-01T00:00:00+09:00"}],
    "clients": [{"id": "op", "cert_subject": "urn:test:op", "certified": ["pseudo"]}],
    "filings": [{"client": "op", "track": "pseudo", "accepted": true, "start": "2026-12-01",
                 "filing_no": "1", "accepted_on": "2026-11-01", "items": ["I1"]}],
    "notices": [{"cards": ["12345"], "client": "op", "track": "pseudo", "date": "2026-08-22",
                 "party": "self", "items": ["I1"]}],
    "optins": [{"card": "12345", "purpose": "HRESCH"}],
    "links": [{"a": "hana", "b": "old"}],
    "patient_status": [{"patient": "hana", "incapacity": true}]
  })";
  const ImportReport report = document(text);
  ASSERT_EQ(first_code(report), "ok");
  EXPECT_EQ(report.counts.size(), 8u);
  ASSERT_EQ(report.warnings.size(), 2u) << "mode M1, class rehearsal";
  EXPECT_EQ(report.warnings[0].expression, "permits[0].mode");
  const auto view = registry_->view();
  EXPECT_NE(view->permit("P2"), nullptr);
  EXPECT_EQ(view->notices_of("hana").size(), 1u);
  EXPECT_EQ(view->refusals_of("hana").size(), 1u);
}

struct Wrong {
  const char* name;
  const char* text;
  const char* verdict;
};

class DocumentIsRefused : public ImportTest, public testing::WithParamInterface<Wrong> {};

TEST_P(DocumentIsRefused, Whole) {
  const auto epoch = registry_->epoch();
  EXPECT_EQ(first_code(document(GetParam().text)), GetParam().verdict);
  EXPECT_EQ(registry_->epoch(), epoch);
}

INSTANTIATE_TEST_SUITE_P(
    All, DocumentIsRefused,
    testing::Values(
        Wrong{"NoJson", "{", "file structure"}, Wrong{"NoObject", "[]", "file structure"},
        Wrong{"UnknownKey", R"({"refusal": []})", "refusal unknown-key"},
        Wrong{"NoList", R"({"refusals": {}})", "refusals structure"},
        Wrong{"Encoding", "{\"refusals\": [{\"id\": \"\x83\x84\"}]}", "file structure"},
        Wrong{"OneOfThem",
              R"({"refusals": [{"patients": ["a"]}, {"patients": ["b"], "reason": "x"}]})",
              "refusals[1].reason unknown-key"},
        Wrong{"UnknownCard",
              R"({"notices": [{"card": "1", "client": "hub", "track": "anon",
                  "date": "2026-08-22", "party": "self", "items": ["I1"]}]})",
              "notices[0].card not-found"},
        Wrong{"SubjectOfAnother", R"({"clients": [{"id": "b", "cert_subject": "urn:test:hub"}]})",
              "clients[0].cert_subject conflict"},
        Wrong{"SubjectTwice",
              R"({"clients": [{"id": "b", "cert_subject": "urn:b"},
                              {"id": "c", "cert_subject": "urn:b"}]})",
              "clients[1].cert_subject conflict"},
        Wrong{"BasisAndTrackDisagree",
              R"({"permits": [{"id": "P", "basis": "jisedai57", "client": "hub", "track": "anon",
                  "mode": "M0", "purposes": ["HRESCH"], "categories": ["I1"],
                  "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}]})",
              "permits[0].basis value"},
        Wrong{"NoneIsNoCategory",
              R"({"permits": [{"id": "P", "basis": "jisedai52", "client": "hub", "track": "anon",
                  "mode": "M0", "purposes": ["HRESCH"], "categories": ["none"],
                  "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}]})",
              "permits[0].categories value"},
        Wrong{"TreatmentIsNoPurposeHere",
              R"({"permits": [{"id": "P", "basis": "jisedai52", "client": "hub", "track": "anon",
                  "mode": "M0", "purposes": ["TREAT"], "categories": ["I1"],
                  "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}]})",
              "permits[0].purposes value"},
        Wrong{"EndsBeforeItBegins",
              R"({"permits": [{"id": "P", "basis": "jisedai52", "client": "hub", "track": "anon",
                  "mode": "M0", "purposes": ["HRESCH"], "categories": ["I1"],
                  "from": "2027-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}]})",
              "permits[0].to value"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ImportTest, NoticesAreTakenWholeOrNotAtAll) {
  index({person("hana", "12345", "ヤマダ ハナ", "1965-03-02"),
         person("yuki", "12346", "ヤマダ ユキ", "1965-03-02")});
  for (const char* version : {"1", "7"}) {
    append("filing", R"({"client": "hub", "track": "anon", "start": "2026-12-01",
                         "items": ["I1", "I5"], "version": )" +
                         std::string(version) + "}");
  }
  const std::string header = "card,client,track,date,party,items,filing_version\n";
  const std::string good = "12345,hub,anon,2026-08-22,self,I1 I5,007\n";
  EXPECT_EQ(first_code(import_notices(*registry_, header + good + "12346,hub,anon\n", one_, now_)),
            "line 3 structure");
  EXPECT_EQ(first_code(import_notices(
                *registry_, header + good + "12346,hub,anon,2026-08-32,self,I1,1\n", one_, now_)),
            "line 3.date value");
  EXPECT_EQ(first_code(import_notices(
                *registry_, header + good + "99,hub,anon,2026-08-22,self,I1,1\n", one_, now_)),
            "line 3 not-found");
  EXPECT_EQ(first_code(import_notices(
                *registry_, header + good + "12346,hub,anon,2026-08-22,self,I1,2\n", one_, now_)),
            "line 3.filing_version not-found");
  EXPECT_EQ(first_code(import_notices(
                *registry_, header + good + "12346,hub,anon,2026-08-22,self,I4,1\n", one_, now_)),
            "line 3.items value");
  EXPECT_EQ(registry_->view()->notices(), 0u);
  const ImportReport report =
      import_notices(*registry_,
                     header + good +
                         "12346,hub,anon,2026-08-22,both,I1,1\n12346,hub,anon,2026-08-22,self,I1 "
                         "I5,7\n",
                     one_, now_);
  ASSERT_EQ(first_code(report), "ok");
  EXPECT_EQ(report.counts.at("notice"), 3u);
  EXPECT_EQ(registry_->view()->notices(), 2u) << "lines that differ in the patient alone are one";
  reopen();
  const auto view = registry_->view();
  ASSERT_EQ(view->notices_of("hana").size(), 1u);
  EXPECT_TRUE(view->notice(view->notices_of("hana")[0])
                  .items.contains(fhir::category::I1 | fhir::category::I5));
  EXPECT_EQ(view->notice(view->notices_of("yuki").back()).party, Party::kBoth);
}

TEST_F(ImportTest, ANoticeOfALeafletTakesItsItemsFromTheLeaflet) {
  index({person("hana", "12345", "ヤマダ ハナ", "1965-03-02")});
  append("filing", kFiling);
  append("notice-version", R"({"id": "v", "text_hash": ")" + std::string(64, '0') +
                               R"(", "covers": [{"client": "hub", "track": "anon",
                                   "filing_version": 1, "items": ["I1"]}]})");
  const std::string header = "card,client,track,date,party,notice_version\n";
  EXPECT_EQ(first_code(import_notices(
                *registry_, header + "12345,hub,anon,2026-08-22,guardian,none\n", one_, now_)),
            "line 2.notice_version not-found");
  ASSERT_EQ(first_code(import_notices(*registry_, header + "12345,hub,anon,2026-08-22,guardian,v\n",
                                      one_, now_)),
            "ok");
  const auto view = registry_->view();
  const Notice& notice = view->notice(view->notices_of("hana").at(0));
  EXPECT_EQ(notice.items, fhir::category::I1);
  EXPECT_EQ(notice.version, "v");
}

TEST_F(ImportTest, NoIssueRepeatsWhatALineSays) {
  const ImportReport report = refusals("card,kana,birth\nSECRETCARD,\"SECRETNAME,SECRETBIRTH\n");
  const ImportReport wrong = document(R"({"refusals": [{"keys": {"birth": "SECRETBIRTH"}}],
      "notices": [{"card": "SECRETCARD", "client": "hub", "track": "anon", "party": "self",
                   "date": "2026-08-22", "items": ["I1"]}]})");
  EXPECT_FALSE(wrong.ok());
  fhir::Issues all = report.warnings;
  all.insert(all.end(), wrong.issues.begin(), wrong.issues.end());
  EXPECT_GE(all.size(), 3u);
  for (const fhir::Issue& issue : all) {
    EXPECT_EQ((issue.expression + issue.diagnostics).find("SECRET"), std::string::npos)
        << issue.diagnostics;
  }
}

}  // namespace
}  // namespace sekisho::registry
