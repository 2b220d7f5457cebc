#include "adapter/registry/registry.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "adapter/registry/policy.h"
#include "adapter/registry/registry_fixture.h"
#include "fhir/error.h"

namespace sekisho::registry {
namespace {

using fhir::Error;
using fhir::ErrorCode;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class RegistryTest : public RegistryFixture {};

TEST_F(RegistryTest, IsEmptyAndSoundWhenMade) {
  create();
  EXPECT_TRUE(registry_->loaded());
  EXPECT_TRUE(registry_->chain_ok());
  EXPECT_TRUE(registry_->policy_ok());
  EXPECT_EQ(registry_->policy_hash(), built_in_policy_hash());
  EXPECT_EQ(registry_->epoch(), 1u);
  EXPECT_EQ(registry_->last_time(), now_);
  EXPECT_EQ(registry_->locked_because(), "");
  EXPECT_FALSE(registry_->verify());
  ASSERT_EQ(registry_->view()->sources().size(), 1u);
  EXPECT_EQ(registry_->view()->sources()[0].name, "local");
}

TEST_F(RegistryTest, IsNeverMadeTwice) {
  create();
  registry_.reset();
  try {
    Registry::create(options_, now_);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kConflict);
  }
}

TEST_F(RegistryTest, HoldsEverythingAgainAfterAReopen) {
  create();
  index({person("pa", "0001", "ヤマダ ハナコ", "1965-03-02")});
  ASSERT_EQ(verdict(append("client", kClient)), "ok");
  ASSERT_EQ(verdict(append("permit", kPermit)), "ok");
  ASSERT_EQ(verdict(append("filing", kFiling)), "ok");
  ASSERT_EQ(verdict(append("notice", R"({"card": "0001", "client": "hub", "track": "anon",
      "date": "2026-08-22", "party": "self", "method": "mail", "items": ["I1"]})")),
            "ok");
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["pa"], "tracks": ["pseudo"],
      "requester": "self", "channel": "counter", "received_on": "2026-11-19"})")),
            "ok");
  ASSERT_EQ(verdict(append("optin", R"({"card": "1", "purpose": "HRESCH",
      "recipients": ["hub"], "to": "2027-03-31"})")),
            "ok");
  ASSERT_EQ(verdict(append("link", R"({"a": "pa", "b": "old", "certain": true})")), "ok");
  ASSERT_EQ(verdict(append("patient-status", R"({"patient": "pa", "incapacity": true})")), "ok");
  ASSERT_EQ(verdict(append("baseline", R"({"client": "hub", "none_known": true,
      "as_of": "2026-11-20"})")),
            "ok");
  const std::uint64_t epoch = registry_->epoch();
  for (const auto access : {Registry::Access::kWriter, Registry::Access::kReadOnly}) {
    reopen(access);
    EXPECT_EQ(registry_->epoch(), epoch);
    const auto view = registry_->view();
    ASSERT_NE(view->client_by_subject("urn:test:hub"), nullptr);
    ASSERT_NE(view->permit("P1"), nullptr);
    EXPECT_TRUE(view->permit("P1")->signature_ok);
    EXPECT_EQ(view->permit("P1")->mode, Mode::kM0);
    EXPECT_EQ(view->filings("hub", Track::kAnon).size(), 1u);
    ASSERT_EQ(view->notices_of("pa").size(), 1u);
    EXPECT_EQ(view->notice(view->notices_of("pa")[0]).party, Party::kSelf);
    ASSERT_EQ(view->refusals_of("pa").size(), 1u);
    EXPECT_EQ(view->refusal(view->refusals_of("pa")[0]).tracks, std::vector{Track::kPseudo});
    EXPECT_EQ(view->optins_of(*view->person("pa")).size(), 1u);
    EXPECT_EQ(view->certain_closure("pa"), (std::vector<std::string>{"pa", "old"}));
    EXPECT_TRUE(view->patient("pa")->incapacity);
    EXPECT_EQ(view->patient("pa")->birth, fhir::parse_civil_date("1965-03-02"));
    EXPECT_TRUE(view->baseline_attested("hub"));
  }
}

TEST_F(RegistryTest, SaysWhatItSaidAtAnEarlierInstant) {
  create();
  index({person("pa", "0001", "ヤマダ ハナコ", "1965-03-02")});
  ASSERT_EQ(verdict(append("client", kClient)), "ok");
  const fhir::Instant before = now_;
  now_.ms += 1000;
  ASSERT_EQ(verdict(append("refusal", R"({"patients": ["pa"], "tracks": ["pseudo"],
      "requester": "self", "channel": "counter", "received_on": "2026-11-19"})")),
            "ok");
  const fhir::Instant after = now_;
  for (const auto& [at, refusals] : {std::pair(before, 0u), std::pair(after, 1u)}) {
    Registry::Options options = options_;
    options.as_of = at;
    const auto then = Registry::open(options, Registry::Access::kReadOnly, at);
    EXPECT_TRUE(then->loaded() && then->chain_ok() && then->policy_ok());
    EXPECT_NE(then->view()->client_by_subject("urn:test:hub"), nullptr);
    EXPECT_EQ(then->view()->refusals_of("pa").size(), refusals);
  }
}

TEST_F(RegistryTest, HasOneWriterAndAnyReaders) {
  create();
  try {
    Registry::open(options_, Registry::Access::kWriter, now_);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kConflict);
  }
  const auto reader = Registry::open(options_, Registry::Access::kReadOnly, now_);
  EXPECT_TRUE(reader->loaded() && reader->chain_ok());
  try {
    reader->append("client", json(kClient), one_, now_);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kConflict);
  }
}

TEST_F(RegistryTest, NumbersPatientsDenselyAndForEver) {
  create();
  EXPECT_EQ(index({person("a", "1", "ア", "1950-01-01"), person("b", "2", "イ", "1950-01-01"),
                   person("a", "1", "ア", "1950-01-01")}),
            (std::vector<PatientNumber>{0, 1, 0}));
  reopen();
  EXPECT_EQ(index({person("c", "3", "ウ", "1950-01-01"), person("b", "2", "イ", "1951-01-01")}),
            (std::vector<PatientNumber>{2, 1}));
  EXPECT_EQ(registry_->view()->patient(PatientNumber{1})->birth,
            fhir::parse_civil_date("1951-01-01"));
  EXPECT_EQ(registry_->view()->patients(), 3u);
  reopen();
  EXPECT_EQ(registry_->view()->number_of("c"), 2u);
  EXPECT_EQ(registry_->view()->patient("b")->birth, fhir::parse_civil_date("1951-01-01"));
}

TEST_F(RegistryTest, RaisesTheEpochOnlyWhereAnAnswerMayChange) {
  create();
  const auto epoch = registry_->epoch();
  index({person("a", "1", "ア", "1950-01-01"), person("b", "2", "イ", "1950-01-01")});
  EXPECT_EQ(registry_->epoch(), epoch) << "nobody's answer can change by someone new";
  index({person("a", "1", "ア", "1950-01-01")});
  EXPECT_EQ(registry_->epoch(), epoch) << "nothing changed";
  index({person("b", "2", "イ", "1999-01-01")});
  EXPECT_EQ(registry_->epoch(), epoch + 1);
  EXPECT_EQ(registry_->changed_since(epoch), std::vector<PatientNumber>{1});
  append("link", R"({"a": "a", "b": "b", "certain": false})");
  append("refusal", R"({"patients": ["b"]})");
  EXPECT_EQ(registry_->epoch(), epoch + 3);
  EXPECT_EQ(registry_->changed_since(epoch + 2), (std::vector<PatientNumber>{0, 1}))
      << "the closure of whom the refusal names";
  EXPECT_EQ(registry_->changed_since(epoch + 3), std::vector<PatientNumber>{});
  append("client", kClient);
  EXPECT_EQ(registry_->changed_since(epoch), std::nullopt) << "everyone";
  const auto last = registry_->epoch();
  reopen();
  EXPECT_EQ(registry_->epoch(), last) << "an epoch never goes back";
  EXPECT_EQ(registry_->changed_since(last - 1), std::nullopt) << "longer ago than is remembered";
}

TEST_F(RegistryTest, KeepsNoPlainKeysOnTheDisk) {
  create();
  index({person("pa", "44556677", "ヤマダ ハナコ", "1965-03-02")});
  ASSERT_EQ(verdict(append("refusal", R"({"keys": {"card": "99887766", "kana": "スズキ イチロウ",
      "name": "鈴木 一郎", "birth": "1971-12-03", "insurer": "06139999", "symbol": "記号",
      "number": "7654321", "branch": "01"}})")),
            "ok");
  registry_.reset();
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(options_.dir)) {
    bytes += slurp(entry.path().string());
  }
  EXPECT_NE(bytes.find("sealed"), std::string::npos);
  for (const char* secret : {"44556677", "99887766", "ヤマダ", "ハナコ", "スズキ", "鈴木",
                             "1971-12-03", "7654321", "06139999", "記号"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
}

TEST_F(RegistryTest, APermitIsValidOnlyAsTwoPeopleSignedIt) {
  create();
  append("client", kClient);
  EXPECT_EQ(verdict(registry_->append("permit", json(kPermit), one_, now_)),
            "permit.by two-people");
  const Actor same{{"窓口 一子", "窓口　一子"}, "clerk"};
  EXPECT_EQ(verdict(registry_->append("permit", json(kPermit), same, now_)),
            "permit.by two-people");
  EXPECT_EQ(verdict(append("permit", kPermit)), "ok");
  options_.signing_key = crypto::SigningKey::generate();
  reopen();
  EXPECT_FALSE(registry_->view()->permit("P1")->signature_ok) << "signed with another key";
  options_.signing_key.reset();
  reopen();
  EXPECT_FALSE(registry_->view()->permit("P1")->signature_ok) << "nothing to verify it with";
  EXPECT_EQ(verdict(append("permit", kPermit)), "permit.signature processing");
}

TEST_F(RegistryTest, APermitIsRevokedByOnePerson) {
  create();
  append("client", kClient);
  append("permit", kPermit);
  EXPECT_EQ(verdict(registry_->append("permit-revoke", json(R"({"id": "P2"})"), one_, now_)),
            "permit-revoke.id not-found");
  EXPECT_EQ(verdict(registry_->append("permit-revoke", json(R"({"id": "P1"})"), one_, now_)), "ok");
  EXPECT_TRUE(registry_->view()->permit("P1")->revoked);
  reopen();
  EXPECT_TRUE(registry_->view()->permit("P1")->revoked);
}

TEST_F(RegistryTest, RecordsWhoDidWhatInWhichName) {
  create();
  append("client", kClient);
  const std::string journal = slurp(file("journal.jsonl"));
  EXPECT_NE(journal.find(R"("by":["窓口 一子","保護 二郎"],"os_user":"clerk")"), std::string::npos);
  EXPECT_EQ(verdict(registry_->append("client", json(kClient), Actor{{"  "}, "clerk"}, now_)),
            "client.by required");
}

TEST_F(RegistryTest, AnImportIsAllOrNothing) {
  create();
  const std::vector<Event> good = {Event{"client", json(kClient), "clients[0]", false},
                                   Event{"permit", json(kPermit), "permits[0]", false},
                                   Event{"refusal", json(R"({"patients": ["x"]})"), "refusals[0]"}};
  std::vector<Event> bad = good;
  bad.push_back({"filing", json(R"({"client": "nobody", "track": "anon", "start": "2026-01-01",
                                    "items": ["I1"]})"),
                 "filings[0]", false});
  const auto refused = registry_->append_all(bad, two_, now_);
  EXPECT_EQ(verdict(refused), "filings[0].client not-found");
  EXPECT_EQ(registry_->epoch(), 1u);
  EXPECT_EQ(registry_->view()->client("hub"), nullptr);
  EXPECT_TRUE(registry_->append_all(good, two_, now_).ok());
  EXPECT_EQ(registry_->epoch(), 2u) << "one line";
  reopen();
  EXPECT_NE(registry_->view()->permit("P1"), nullptr);
  EXPECT_NE(registry_->view()->refusal("r2-3"), nullptr);
}

TEST_F(RegistryTest, AClockThatStepsBackStopsNoRefusalAndIsSeen) {
  create();
  const auto earlier = fhir::Instant{now_.ms - 3'600'000};
  EXPECT_TRUE(registry_->append("refusal", json(R"({"patients": ["a"]})"), one_, earlier).ok());
  EXPECT_EQ(registry_->last_time(), now_);
  reopen();
  EXPECT_EQ(registry_->last_time(), now_);
}

TEST_F(RegistryTest, ListsOfOtherSourcesMustFollowOneAnother) {
  Source national;
  national.name = "national";
  options_.sources = {national};
  create();
  const auto sync = [&](const char* body) { return verdict(append("source-sync", body)); };
  EXPECT_EQ(sync(R"({"name": "other", "at": "2026-11-20T09:00:00+09:00"})"),
            "source-sync.name not-found");
  EXPECT_EQ(sync(R"({"name": "national", "at": "2026-11-20T10:01:01+09:00"})"),
            "source-sync.at value");
  EXPECT_EQ(sync(R"({"name": "national", "at": "2026-11-20T09:00:00+09:00", "sequence": 7})"),
            "ok");
  for (const char* sequence : {"7", "6", "9"}) {
    EXPECT_EQ(sync((R"({"name": "national", "at": "2026-11-20T09:30:00+09:00", "sequence": )" +
                    std::string(sequence) + "}")
                       .c_str()),
              "source-sync.sequence value");
  }
  EXPECT_EQ(sync(R"({"name": "national", "at": "2026-11-20T09:30:00+09:00", "sequence": 8})"),
            "ok");
  reopen();
  const auto view = registry_->view();
  ASSERT_EQ(view->sources().size(), 2u);
  EXPECT_EQ(view->sources()[0].last_sync, fhir::parse_instant("2026-11-20T09:30:00+09:00"));
  EXPECT_EQ(view->sources()[1].name, "local");
}

TEST_F(RegistryTest, AListIsFreshUntilItsNextUpdateButNoLongerThanAllowed) {
  Source national;
  national.name = "national";
  national.max_age_s = 3600;
  options_.sources = {national};
  create();
  const auto fresh_until = [&](const char* next_update) {
    const std::string body = R"({"name": "national", "at": "2026-11-20T10:00:00+09:00",
        "issued": "2026-11-20T09:30:00+09:00", "next_update": ")" +
                             std::string(next_update) + R"("})";
    return verdict(append("source-sync", body)) == "ok"
               ? fhir::to_japan_text(*registry_->view()->sources()[0].fresh_until)
               : "refused";
  };
  EXPECT_EQ(fresh_until("2026-11-20T10:15:00+09:00"), "2026-11-20T10:15:00.000+09:00");
  EXPECT_EQ(fresh_until("2026-11-21T09:30:00+09:00"), "2026-11-20T10:30:00.000+09:00");
  EXPECT_EQ(fresh_until("2026-11-20T09:30:00+09:00"), "refused");
  EXPECT_EQ(verdict(append("source-sync", R"({"name": "national",
      "at": "2026-11-20T10:00:00+09:00", "issued": "2026-11-20T10:01:01+09:00",
      "next_update": "2026-11-21T10:00:00+09:00"})")),
            "source-sync.issued value");
}

TEST_F(RegistryTest, NothingKnownNeedsAReasonWhereDataWasProvidedBefore) {
  create();
  append("client", kClient);
  EXPECT_EQ(verdict(append("filing", R"({"client": "hub", "track": "anon", "accepted": true,
      "filing_no": "1", "accepted_on": "2026-03-01", "start": "2026-04-01", "items": ["I1"]})")),
            "ok");
  EXPECT_EQ(verdict(append("baseline", R"({"client": "hub", "none_known": true,
      "as_of": "2026-11-20"})")),
            "baseline.reason required");
  EXPECT_EQ(verdict(append("baseline", R"({"client": "hub", "none_known": true,
      "as_of": "2026-11-20", "reason": "nothing was provided under it yet"})")),
            "ok");
  EXPECT_EQ(verdict(registry_->append("baseline", json(R"({"client": "hub", "list": "paper",
      "line_count": 3, "as_of": "2026-11-20",
      "file_hash": "0000000000000000000000000000000000000000000000000000000000000000"})"),
                                      one_, now_)),
            "baseline.by two-people");
}

TEST_F(RegistryTest, AnAttestedListIsOneThatWasImported) {
  create();
  append("client", kClient);
  const auto attest = [&](const char* lines, const char* more) {
    return verdict(
        append("baseline", R"({"client": "hub", "list": "paper", "as_of": "2026-11-20", "file_hash":
        "0000000000000000000000000000000000000000000000000000000000000000", "line_count": )" +
                               std::string(lines) + more + "}"));
  };
  EXPECT_EQ(attest("1", ""), "baseline.line_count value") << "nothing was imported";
  append("refusal", R"({"patients": ["a"], "source": "paper", "source_line": "d1"})");
  append("refusal", R"({"id": "b", "patients": ["b"], "source": "paper", "source_line": "d2"})");
  append("refusal", R"({"patients": ["c"], "source": "other", "source_line": "d3"})");
  append("refusal-status", R"({"id": "b", "status": "rejected"})");
  EXPECT_EQ(attest("3", ""), "baseline.line_count value");
  EXPECT_EQ(attest("2", ""), "ok") << "what was settled since was still on the list";
  EXPECT_EQ(attest("3", R"(, "reason": "one person stands on it twice")"), "ok");
}

struct FilingRow {
  const char* name;
  const char* members;
  const char* verdict;
};

class FilingIs : public RegistryFixture, public testing::WithParamInterface<FilingRow> {};

TEST_P(FilingIs, CheckedBeforeItIsKept) {
  create();
  append("client", kClient);
  append("filing", kFiling);
  EXPECT_EQ(
      verdict(append("filing", R"({"client": "hub", "track": "anon", "start": "2026-12-01",)" +
                                   std::string(GetParam().members) + "}")),
      GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    All, FilingIs,
    testing::Values(
        FilingRow{"ANewVersion", R"("version": 2, "items": ["I1", "I4"])", "ok"},
        FilingRow{"TheAcceptedOneWithOtherItems", R"("version": 1, "items": ["I1", "I4"])",
                  "filing.items conflict"},
        FilingRow{"AcceptedWithoutItsDay",
                  R"("version": 2, "items": ["I1"], "accepted": true, "filing_no": "2")",
                  "filing.accepted_on required"},
        FilingRow{"AcceptedTomorrow",
                  R"("version": 2, "items": ["I1"], "accepted": true, "filing_no": "2",
                     "accepted_on": "2026-11-21")",
                  "filing.accepted_on value"},
        FilingRow{"WithATextThatIsNone", R"("version": 2, "items": ["I1"], "purpose": 1)",
                  "filing.purpose structure"},
        FilingRow{"WithAHolderWithoutAddress",
                  R"("version": 2, "items": ["I1"], "holder": {"name": "架空病院"})",
                  "filing.holder.address required"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(RegistryTest, KeepsWhatAFilingSaysInWords) {
  create();
  append("client", kClient);
  ASSERT_EQ(verdict(append("filing", R"({"client": "hub", "track": "anon", "start": "2026-12-01",
      "items": ["I1"], "holder": {"name": "架空病院", "address": "架空市", "representative": "長"},
      "purpose": "研究", "acquisition_method": "診療", "provision_method": "通信",
      "stop_method": "申出", "reception_method": "窓口", "update_method": "毎日",
      "contact_point": "相談室", "published_on": "2026-11-10"})")),
            "ok");
  reopen();
  const auto view = registry_->view();
  const FilingText& text = view->papers().filing_texts.at({"hub", Track::kAnon, 1});
  EXPECT_EQ(text.holder_name + text.purpose + text.stop_method + text.contact_point,
            "架空病院研究申出相談室");
  EXPECT_EQ(text.published_on, fhir::parse_civil_date("2026-11-10"));
}

TEST_F(RegistryTest, ReadersNeverSeeAnAcknowledgedRefusalMissing) {
  create();
  constexpr int kPatients = 40;
  std::vector<PatientRecord> people;
  for (int i = 0; i < kPatients; ++i) {
    people.push_back(person("p" + std::to_string(i), std::to_string(i + 1), "ア", "1950-01-01"));
  }
  index(people);
  std::atomic<int> acknowledged{0};
  std::atomic<int> missing{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&] {
      while (acknowledged < kPatients) {
        const int known = acknowledged;
        const auto view = registry_->view();
        for (int i = 0; i < known; ++i) {
          missing += view->refusals_of("p" + std::to_string(i)).empty() ? 1 : 0;
        }
        missing += view.epoch() < static_cast<std::uint64_t>(known) + 1 ? 1 : 0;
      }
    });
  }
  for (int i = 0; i < kPatients; ++i) {
    const std::string body = R"({"patients": ["p)" + std::to_string(i) + R"("]})";
    ASSERT_TRUE(registry_->append("refusal", json(body), one_, now_).ok());
    acknowledged = i + 1;
  }
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(missing, 0);
}

TEST_F(RegistryTest, AReaderSeesWhatAWriterOfAnotherProcessAppended) {
  create();
  append("refusal", R"({"patients": ["a"]})");
  const auto reader = Registry::open(options_, Registry::Access::kReadOnly, now_);
  EXPECT_EQ(reader->view()->refusals(), 1u);
  EXPECT_EQ(reader->epoch(), registry_->epoch());
}

}  // namespace
}  // namespace sekisho::registry
