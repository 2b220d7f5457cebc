#include "adapter/agent/readiness.h"

#include <gtest/gtest.h>

namespace sekisho::agent {
namespace {

using decision::Reason;
using fhir::category::I1;
using fhir::category::I5;

// 2026-11-20T10:00 in Japan.
constexpr fhir::Instant kNow{1'795'136'400'000};
fhir::CivilDate day(int year, unsigned month, unsigned of_month) {
  return fhir::civil_date(year, month, of_month);
}

registry::Environment working() {
  registry::Environment environment;
  environment.registry_loaded = environment.chain_ok = environment.policy_ok = true;
  environment.audit_writable = true;
  return environment;
}

class ReadinessTest : public testing::Test {
 protected:
  ReadinessTest() {
    registry::Source source;
    source.name = "local";
    source.always_fresh = true;
    state_.put(source);
    registry::Client client;
    client.id = "hub";
    client.certified = {registry::Track::kAnon};
    state_.put(client);
    state_.attest_baseline("hub");
    registry::Permit permit;
    permit.id = "p";
    permit.client = "hub";
    permit.track = registry::Track::kAnon;
    permit.mode = registry::Mode::kM0;
    permit.purposes = {"HRESCH"};
    permit.categories = I1 | I5;
    permit.valid_from = fhir::japan_midnight(day(2026, 1, 1));
    permit.valid_to = fhir::japan_midnight(day(2027, 3, 1));
    state_.put(permit);
    registry::Filing filing;
    filing.client = "hub";
    filing.track = registry::Track::kAnon;
    filing.accepted = true;
    filing.start = day(2026, 1, 1);
    filing.items = I1 | I5;
    state_.put(filing);
  }

  void patient(const std::string& id, std::optional<fhir::CivilDate> notified,
               fhir::CategorySet carried = I5, bool indexed = true) {
    if (indexed) {
      registry::Patient person;
      person.id = id;
      person.birth = day(1960, 1, 1);
      state_.put(person);
    }
    if (notified) {
      registry::Notice notice;
      notice.id = "n-" + id;
      notice.patient = id;
      notice.client = "hub";
      notice.track = registry::Track::kAnon;
      notice.date = notified;
      notice.party = registry::Party::kSelf;
      notice.items = I1 | I5;
      state_.put(notice);
    }
    patients_.push_back({id, carried, 0});
  }

  Readiness readiness() const {
    decision::Asking asking;
    asking.now = kNow;
    asking.client = asking.token_client = "hub";
    asking.permit = "p";
    asking.purpose = "HRESCH";
    return readiness_of(state_, working(), asking, patients_);
  }

  registry::State state_;
  std::vector<StoredPatient> patients_;
};

TEST_F(ReadinessTest, TheGatesAddUpToThePatients) {
  patient("ok", day(2026, 6, 1));
  patient("waiting", day(2026, 11, 10));
  patient("not-notified", std::nullopt);
  patient("nothing-permitted", day(2026, 6, 1), fhir::category::E1);
  patient("nothing-at-all", day(2026, 6, 1), {});
  patient("not-indexed", day(2026, 6, 1), I5, false);
  patient("refused", day(2026, 6, 1));
  registry::Refusal refusal;
  refusal.id = "r";
  refusal.patients = {"refused"};
  state_.put(refusal);

  const Readiness result = readiness();
  EXPECT_EQ(result.patients, 7u);
  const std::map<Reason, std::uint64_t> expected{
      {Reason::kOk, 1},     {Reason::kWaitingPeriod, 1},  {Reason::kNotNotified, 1},
      {Reason::kOptout, 1}, {Reason::kPermitCategory, 2}, {Reason::kSubjectUnresolved, 1},
  };
  EXPECT_EQ(result.by_reason, expected);
}

TEST_F(ReadinessTest, TellsTheDaysOnWhichTheNumberChanges) {
  patient("ok", day(2026, 6, 1));
  patient("waiting", day(2026, 10, 20));  // eligible 2026-11-21 (release-decision 4.7)
  patient("later", day(2026, 11, 20));    // 2026-12-21
  const std::vector<std::pair<fhir::CivilDate, std::uint64_t>> expected{
      {day(2026, 11, 21), 2}, {day(2026, 12, 21), 3}, {day(2027, 3, 1), 0}};  // the permit's end
  EXPECT_EQ(readiness().by_date, expected);
}

TEST_F(ReadinessTest, OfNobodyIsEmpty) {
  const Readiness result = readiness();
  EXPECT_EQ(result.patients, 0u);
  EXPECT_TRUE(result.by_reason.empty());
  EXPECT_TRUE(result.by_date.empty());
}

}  // namespace
}  // namespace sekisho::agent
