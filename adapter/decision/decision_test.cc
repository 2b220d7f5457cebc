// What the cases of the specification leave open: closures, the order of reasons, boundaries,
// several filings, and that nothing that happens inside becomes a PERMIT.

#include "adapter/decision/decision.h"

#include <gtest/gtest.h>

#include <limits>

#include "fhir/release_sets.h"

namespace sekisho::decision {
namespace {

using fhir::CategorySet;
using fhir::Instant;
using fhir::parse_civil_date;
using registry::Environment;
using registry::Filing;
using registry::Notice;
using registry::Patient;
using registry::Permit;
using registry::Refusal;
using registry::State;
using registry::Track;

// One patient "a" for whom everything is in order.
class DecisionTest : public testing::Test {
 protected:
  void SetUp() override {
    environment_.registry_loaded = environment_.chain_ok = environment_.policy_ok = true;
    environment_.audit_writable = true;
    registry::Source local;
    local.name = "local";
    local.always_fresh = true;
    state_.put(local);
    registry::Client client;
    client.id = "hub";
    client.certified = {Track::kAnon};
    state_.put(client);
    state_.attest_baseline("hub");
    permit_.id = "P";
    permit_.client = "hub";
    permit_.track = Track::kAnon;
    permit_.mode = registry::Mode::kM0;
    permit_.purposes = {"HRESCH"};
    permit_.categories = fhir::category::I1 | fhir::category::I5 | fhir::category::E1;
    permit_.valid_from = *fhir::parse_instant("2026-01-01T00:00:00+09:00");
    permit_.valid_to = *fhir::parse_instant("2027-01-01T00:00:00+09:00");
    state_.put(permit_);
    filing(1, "2026-04-01", permit_.categories);
    patient("a");
    notice("a", "2026-05-01");
    subject_.needs = fhir::category::I1;
    subject_.subjects = {"a"};
  }
  void filing(std::int64_t version, const char* start, CategorySet items) {
    Filing filing;
    filing.client = "hub";
    filing.track = Track::kAnon;
    filing.version = version;
    filing.accepted = true;
    filing.start = parse_civil_date(start);
    filing.items = items;
    state_.put(filing);
  }
  Patient patient(const char* id) {
    Patient patient;
    patient.id = id;
    patient.birth = fhir::civil_date(1970, 1, 1);
    state_.put(patient);
    return patient;
  }
  void notice(const char* id, const char* date, registry::Party party = registry::Party::kSelf) {
    Notice notice;
    notice.patient = id;
    notice.client = "hub";
    notice.track = Track::kAnon;
    notice.date = parse_civil_date(date);
    notice.party = party;
    notice.items = permit_.categories;
    state_.put(notice);
  }
  void refusal(const char* id, std::vector<std::string> patients,
               registry::RefusalStatus status = registry::RefusalStatus::kActive) {
    Refusal refusal;
    refusal.id = id;
    refusal.status = status;
    refusal.patients = std::move(patients);
    state_.put(refusal);
  }
  std::string_view reason() {
    return name_of(decide(state_, environment_, asking_, subject_).reason);
  }
  std::string_view may() { return name_of(may_ask(state_, environment_, asking_)); }

  State state_;
  Environment environment_;
  Permit permit_;
  Asking asking_{
      *fhir::parse_instant("2026-11-20T10:00:00+09:00"), "hub", "hub", "P", "HRESCH", "M0"};
  Subject subject_;
};

TEST_F(DecisionTest, PermitsWhereEverythingIsInOrder) {
  EXPECT_EQ(reason(), "OK");
  EXPECT_EQ(may(), "OK");
  const Answer answer = decide(state_, environment_, asking_, subject_);
  EXPECT_EQ(answer.filing_version, 1);
}

TEST_F(DecisionTest, ARevokedNoticeCountsForNobody) {
  Notice notice = state_.notice(0);
  notice.id = "n";
  notice.patient = "b";
  patient("b");
  state_.put(notice);
  subject_.subjects = {"b"};
  EXPECT_EQ(reason(), "OK");
  state_.revoke_notice("n");
  EXPECT_EQ(reason(), "NOT_NOTIFIED");
  state_.put(notice);
  EXPECT_EQ(reason(), "NOT_NOTIFIED") << "putting it again does not bring it back";
}

TEST_F(DecisionTest, TheLaterOfTheLeafletsAndTheHospitalsWaitingPeriodCounts) {
  patient("b");
  Notice notice = state_.notice(0);
  notice.patient = "b";
  notice.date = parse_civil_date("2026-10-20");  // 30 days: over on 11-20; later: on 11-21
  notice.id = "n";
  subject_.subjects = {"b"};
  const auto with = [&](registry::WaitRule hospital, std::optional<registry::WaitRule> leaflet) {
    environment_.wait_rule = hospital;
    notice.wait_rule = leaflet;
    state_.put(notice);
    return reason();
  };
  EXPECT_EQ(with(registry::WaitRule::k30Days, std::nullopt), "OK");
  EXPECT_EQ(with(registry::WaitRule::k30Days, registry::WaitRule::kLater), "WAITING_PERIOD");
  EXPECT_EQ(with(registry::WaitRule::kLater, registry::WaitRule::k30Days), "WAITING_PERIOD");
}

TEST_F(DecisionTest, AnEnvironmentThatNobodyFilledDenies) {
  environment_ = Environment();
  EXPECT_EQ(reason(), "SYS_REGISTRY_UNAVAILABLE");
  EXPECT_EQ(name_of(decide(State(), Environment(), Asking(), Subject()).reason),
            "SYS_REGISTRY_UNAVAILABLE");
  EXPECT_FALSE(Answer().permitted());
}

TEST_F(DecisionTest, AClosureGoesThroughIdsThatAreInNoIndex) {
  // a - x - y - b, and nobody but a and b is in the index.
  state_.link("a", "x", true);
  state_.link("y", "x", false);
  state_.link("y", "b", true);
  patient("b");
  EXPECT_EQ(reason(), "OK");
  refusal("R", {"b"});
  EXPECT_EQ(reason(), "OPTOUT");
  EXPECT_EQ(decide(state_, environment_, asking_, subject_).refusal_id, "R");
  subject_.subjects = {"b"};
  refusal("R", {"a"});
  EXPECT_EQ(reason(), "OPTOUT") << "symmetric";
  refusal("R", {"x"});
  EXPECT_EQ(reason(), "OPTOUT") << "of an id that is in no index";
  refusal("R", {"x"}, registry::RefusalStatus::kWithdrawn);
  EXPECT_EQ(reason(), "NOT_NOTIFIED") << "a notice does not cross an uncertain link";
  state_.link("y", "x", true);
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, ALinkThatIsTakenBackNoLongerBlocks) {
  patient("b");
  refusal("R", {"b"});
  state_.link("a", "b", false);
  EXPECT_EQ(reason(), "OPTOUT");
  state_.unlink("b", "a");
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, APatientRecordTakesItsOwnLinksBack) {
  Patient record = patient("a");
  refusal("R", {"old"});
  record.maybe = {"old"};
  state_.put(record);
  EXPECT_EQ(reason(), "OPTOUT");
  record.maybe.clear();
  state_.put(record);
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, ARefusalThatIsReplacedLeavesTheOldPatient) {
  refusal("R", {"a"});
  EXPECT_EQ(reason(), "OPTOUT");
  refusal("R", {"b"});
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, AGuardianOnceReachedIsNotWhatIsLacking) {
  environment_.renotify = registry::Renotify::kOff;
  // One notice as a minor to the person alone, one as an adult to a guardian alone.
  Patient record = patient("a");
  record.birth = fhir::civil_date(2010, 6, 1);
  state_.put(record);
  EXPECT_EQ(reason(), "GUARDIAN_NOT_NOTIFIED");
  notice("a", "2026-07-01", registry::Party::kGuardian);
  EXPECT_EQ(reason(), "SELF_NOT_NOTIFIED");
  notice("a", "2026-05-02", registry::Party::kGuardian);
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, ANoticeOfTheFutureIsWaiting) {
  patient("b");
  notice("b", "2026-12-24");
  subject_.subjects = {"b"};
  EXPECT_EQ(reason(), "WAITING_PERIOD");
}

TEST_F(DecisionTest, ANoticeWithoutAReadableDayIsNone) {
  patient("b");
  notice("b", "2026");
  subject_.subjects = {"b"};
  EXPECT_EQ(reason(), "NOT_NOTIFIED");
}

TEST_F(DecisionTest, TheEarliestDayOfDeathCountsAndAnUnreadableOneComesBeforeAll) {
  Patient record = patient("a");
  record.deceased = true;
  record.deceased_on = parse_civil_date("2026-08-01");
  record.links = {"old"};
  state_.put(record);
  EXPECT_EQ(reason(), "OK");
  Patient old = patient("old");
  old.deceased = true;
  old.deceased_on = parse_civil_date("2026-04-30");
  state_.put(old);
  EXPECT_EQ(reason(), "DECEASED_NOT_NOTIFIED");
  old.deceased_on.reset();
  state_.put(old);
  EXPECT_EQ(reason(), "DECEASED_NOT_NOTIFIED");
}

TEST_F(DecisionTest, UnderNotifyHoldADeathOnTheBirthdayCountsAsReached) {
  environment_.renotify = registry::Renotify::kHold;
  Patient record = patient("a");
  record.birth = fhir::civil_date(2010, 8, 1);
  record.deceased = true;
  record.deceased_on = parse_civil_date("2026-08-01");
  state_.put(record);
  notice("a", "2026-05-01", registry::Party::kGuardian);
  EXPECT_EQ(reason(), "RENOTIFY_16_PENDING");
  record.deceased_on = parse_civil_date("2026-07-31");
  state_.put(record);
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, FilingsOfOneVersionMustBothNameTheItem) {
  Filing other;
  other.client = "hub";
  other.track = Track::kAnon;
  other.accepted = true;
  other.start = parse_civil_date("2026-04-02");
  other.items = fhir::category::I5;
  state_.append(other);
  EXPECT_EQ(reason(), "ITEM_NOT_FILED");
}

TEST_F(DecisionTest, AFilingThatHasStartedToday) {
  filing(2, "2026-11-20", fhir::category::I5);
  EXPECT_EQ(reason(), "ITEM_NOT_FILED");
  filing(2, "2026-11-21", fhir::category::I5);
  EXPECT_EQ(reason(), "OK");
}

TEST_F(DecisionTest, AnOptInMayBeLimited) {
  permit_.requires_optin = true;
  state_.put(permit_);
  EXPECT_EQ(reason(), "OPTIN_REQUIRED");
  registry::OptIn optin;
  optin.patient = "a";
  optin.purpose = "HRESCH";
  optin.given = true;
  optin.recipients = {"other"};
  state_.put(optin);
  EXPECT_EQ(reason(), "OPTIN_REQUIRED");
  optin.recipients = {"hub"};
  optin.to = parse_civil_date("2026-11-20");
  state_.put(optin);
  EXPECT_EQ(reason(), "OK");
  asking_.now = *fhir::parse_instant("2026-11-21T00:00:00+09:00");
  EXPECT_EQ(reason(), "OPTIN_REQUIRED");
}

TEST_F(DecisionTest, ThePermitHoldsFromItsFirstInstantUntilBeforeItsLast) {
  asking_.now = permit_.valid_from;
  EXPECT_EQ(may(), "OK");
  asking_.now = {permit_.valid_from.ms - 1};
  EXPECT_EQ(may(), "PERMIT_NOT_VALID");
  asking_.now = {permit_.valid_to.ms - 1};
  EXPECT_EQ(may(), "OK");
  asking_.now = permit_.valid_to;
  EXPECT_EQ(may(), "PERMIT_NOT_VALID");
}

TEST_F(DecisionTest, AnUnverifiedSignatureIsNoPermit) {
  permit_.signature_ok = false;
  state_.put(permit_);
  EXPECT_EQ(may(), "PERMIT_NOT_VALID");
}

TEST_F(DecisionTest, APermitOfNoKnownTrackDenies) {
  permit_.track.reset();
  state_.put(permit_);
  EXPECT_EQ(reason(), "CLIENT_NOT_CERTIFIED");
}

TEST_F(DecisionTest, NoneIsNeverPermittedEvenIfAPermitListsIt) {
  permit_.categories |= CategorySet::none();
  state_.put(permit_);
  filing(1, "2026-04-01", CategorySet{~std::uint64_t{0}});
  subject_.needs = CategorySet::none();
  EXPECT_EQ(reason(), "PERMIT_CATEGORY");
  subject_.needs = fhir::category::I1 | CategorySet::none();
  EXPECT_EQ(reason(), "PERMIT_CATEGORY");
  subject_.carried_by = CategorySet::none();
  EXPECT_EQ(reason(), "PERMIT_CATEGORY");
  EXPECT_FALSE(
      patient_mask(state_, environment_, permit_, "HRESCH", 0, asking_.now).permitted.has_none());
}

TEST_F(DecisionTest, GivesTheReasonOfTheFirstCarriedCodeInTheOrderOf2_1) {
  state_.use(fhir::CategoryVocabulary({"X-b", "X-a"}));
  const CategorySet b = *state_.vocabulary().of("X-b");
  const CategorySet a = *state_.vocabulary().of("X-a");
  permit_.categories = a | b;
  state_.put(permit_);
  filing(1, "2026-04-01", b);
  subject_.carried_by = a | b;
  EXPECT_EQ(reason(), "ITEM_NOT_FILED") << "X-a stands before X-b, whatever the configuration";
  subject_.carried_by = b;
  EXPECT_EQ(reason(), "NOT_NOTIFIED");
  filing(1, "2026-04-01", a);
  subject_.carried_by = a | b;
  EXPECT_EQ(reason(), "NOT_NOTIFIED");
}

TEST_F(DecisionTest, ABitThatTheVocabularyLostDenies) {
  subject_.needs = CategorySet::one(40);
  EXPECT_EQ(reason(), "PERMIT_CATEGORY");
  permit_.categories |= CategorySet::one(40);
  state_.put(permit_);
  EXPECT_EQ(reason(), "ITEM_NOT_FILED");
}

// One fault after the other is added to those before it, from the last gate to the first: the gate
// that comes earlier in 4.4a must give the reason each time.
class OrderOfReasons : public DecisionTest {
 protected:
  void faults_of_the_registry() {
    add([&] { permit_.requires_optin = true; }, "OPTIN_REQUIRED");
    add([&] { ask_of("b"), notice("b", "2026-11-19"); }, "WAITING_PERIOD");
    add([&] { ask_of("c"), notice("c", "2026-05-01", registry::Party::kNobody); },
        "SELF_NOT_NOTIFIED");
    add([&] { ask_of("d"); }, "NOT_NOTIFIED");
    add([&] { filing(1, "2026-04-01", fhir::category::I5); }, "ITEM_NOT_FILED");
    add([&] { filing(1, "2027-04-01", fhir::category::I5); }, "BEFORE_START_DATE");
    add(
        [&] {
          Patient conflict = patient("d");
          conflict.identity_conflict = true;
          state_.put(conflict);
        },
        "IDENTITY_CONFLICT");
    add([&] { refusal("R1", {"d"}, registry::RefusalStatus::kUnresolved); }, "OPTOUT_AMBIGUOUS");
    add([&] { refusal("R2", {"d"}, registry::RefusalStatus::kUnverified); }, "OPTOUT_UNVERIFIED");
    add([&] { refusal("R3", {"d"}); }, "OPTOUT");
  }
  void faults_of_data_and_permit() {
    add([&] { permit_.has_period = true; }, "PERMIT_PERIOD");
    add([&] { permit_.cohort.emplace(); }, "PERMIT_COHORT");
    add([&] { subject_.subjects.push_back("nobody"); }, "SUBJECT_UNRESOLVED");
    add([&] { subject_.flags |= fhir::data_flag::kIpProtected; }, "DATA_IP");
    add([&] { subject_.flags |= fhir::data_flag::kTest; }, "DATA_TEST");
    add([&] { subject_.flags |= fhir::data_flag::kUndelivered; }, "DATA_UNDELIVERED");
    add([&] { permit_.track.reset(); }, "CLIENT_NOT_CERTIFIED");
    add([&] { asking_.mode = "M1"; }, "PERMIT_MODE");
    add([&] { subject_.needs = {}; }, "PERMIT_CATEGORY");
    add([&] { permit_.purposes = {"TRAIN"}; }, "PERMIT_PURPOSE");
    add([&] { permit_.revoked = true; }, "PERMIT_NOT_VALID");
    add([&] { asking_.permit = "Q"; }, "PERMIT_MISSING");
    add([&] { asking_.purpose = "TREAT"; }, "PURPOSE_NOT_SERVED");
    add([&] { asking_.purpose = "CREDIT"; }, "PURPOSE_PROHIBITED");
    add([&] { asking_.token_client = "other"; }, "CLIENT_BINDING");
  }
  void faults_of_the_system() {
    add([&] { environment_.audit_writable = false; }, "SYS_AUDIT_UNAVAILABLE");
    add([&] { source_never_read(); }, "SYS_REGISTRY_STALE");
    add([&] { client_without_baseline(); }, "SYS_NO_BASELINE");
    add([&] { environment_.clock_skew_s = std::numeric_limits<std::int64_t>::min(); }, "SYS_CLOCK");
    add([&] { environment_.policy_ok = false; }, "SYS_POLICY");
    add([&] { environment_.chain_ok = false; }, "SYS_REGISTRY_INTEGRITY");
    add([&] { environment_.registry_loaded = false; }, "SYS_REGISTRY_UNAVAILABLE");
  }

 private:
  template <class F>
  void add(F&& fault, const char* expected) {
    fault();
    state_.put(permit_);
    EXPECT_EQ(reason(), expected);
  }
  void ask_of(const char* id) {
    patient(id);
    subject_.subjects = {id};
  }
  void source_never_read() {
    registry::Source source;
    source.name = "national";
    state_.put(source);
  }
  void client_without_baseline() {
    registry::Client client;
    client.id = asking_.client = "new";
    state_.put(client);
  }
};

TEST_F(OrderOfReasons, TheEarlierGateAlwaysGivesTheReason) {
  faults_of_the_registry();
  faults_of_data_and_permit();
  faults_of_the_system();
}

TEST_F(DecisionTest, MayAskTurnsOnlyAtTheInstantItNames) {
  registry::Source national;
  national.name = "national";
  national.last_sync = Instant{asking_.now.ms + 90'000};
  national.max_age_s = 3600;
  state_.put(national);
  std::vector<std::string> seen;
  for (int i = 0; i < 8; ++i) {
    const Instant until = may_ask_until(state_, asking_);
    const std::string_view answer = may();
    seen.emplace_back(answer);
    if (until.ms == std::numeric_limits<std::int64_t>::max()) {
      break;
    }
    asking_.now = {until.ms - 1};
    EXPECT_EQ(may(), answer);
    asking_.now = until;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"SYS_REGISTRY_STALE", "OK", "SYS_REGISTRY_STALE",
                                            "SYS_REGISTRY_STALE"}));
}

TEST_F(DecisionTest, AListThatSaysWhenItEndsIsStaleThen) {
  registry::Source national;
  national.name = "national";
  national.last_sync = asking_.now;
  national.fresh_until = asking_.now;
  state_.put(national);
  EXPECT_EQ(may(), "OK");
  EXPECT_EQ(may_ask_until(state_, asking_).ms, asking_.now.ms + 1);
  asking_.now.ms += 1;
  EXPECT_EQ(may(), "SYS_REGISTRY_STALE");
}

TEST_F(DecisionTest, AnEndlessMaximumAgeIsNeverStale) {
  registry::Source national;
  national.name = "national";
  national.last_sync = asking_.now;
  national.max_age_s = std::numeric_limits<std::int64_t>::max();
  state_.put(national);
  EXPECT_EQ(may(), "OK");
}

}  // namespace
}  // namespace sekisho::decision
