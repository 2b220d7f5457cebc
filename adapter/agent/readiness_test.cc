#include "adapter/agent/readiness.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "adapter/agent/visit_source.h"
#include "adapter/store/store.h"
#include "mappings/patient.h"

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

TEST_F(ReadinessTest, ARevokedNoticeIsNoneAndALeafletMayAskForLonger) {
  patient("revoked", day(2026, 6, 1));
  state_.revoke_notice("n-revoked");
  patient("longer", day(2026, 10, 20));
  registry::Notice notice = *state_.notice("n-longer");
  notice.wait_rule = registry::WaitRule::kLater;
  state_.put(notice);
  EXPECT_EQ(readiness().by_reason.at(Reason::kNotNotified), 1u);
  EXPECT_EQ(readiness().by_reason.at(Reason::kWaitingPeriod), 1u);
}

// What a storage's file names say of visits, in a folder of its own.
class VisitsTest : public testing::Test {
 protected:
  VisitsTest() : store_file_((dir_ / "store.db").string()) {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    options_.dir = (dir_ / "registry").string();
    options_.key = std::string(32, 'k');
    registry::Registry::create(options_, kNow);
    registry_ = registry::Registry::open(options_, registry::Registry::Access::kWriter, kNow);
    for (const char* card : {"11", "12", "13", "14", "15"}) {
      registry::PatientRecord record;
      record.local_id = mappings::normal_patient_number(card);
      record.id = ids_.logical_id("Patient", {record.local_id});
      record.birth = day(1960, 1, 1);
      registry_->index_patients({record}, kNow);
    }
    campaign_.from = day(2026, 10, 1);
    campaign_.to = day(2026, 12, 31);
    campaign_.visit_types = {"ADT-12", "ADT-22"};
  }
  ~VisitsTest() override { std::filesystem::remove_all(dir_); }

  // A row of source_file as ingest leaves it.
  void file(const std::string& card, const std::string& date, const std::string& type, char flag,
            int status = 4, const std::string& at = "12", int root = 0) {
    if (!store_) {
      store_.emplace(store::Store::open(store_file_, {}));
    }
    const std::string key = card + "_" + date + "_" + type + "_000000000000001";
    const std::string datetime = "202610200900" + at + "000";
    sqlite::Statement insert = store_->database().prepare(
        "INSERT INTO source_file (root, path, size, modified, type, match_key, at, flag, status,"
        " reason, mapping, resources, rejected, generation)"
        " VALUES (?, ?, 1, 1, ?, ?, ?, ?, ?, ?, 0, 0, 0, 1)");
    insert.bind(1, std::int64_t{root});
    insert.bind(2, "000/011/" + card + "/" + date + "/" + type + "/" + key + "_" + datetime +
                       "_01_" + flag);
    insert.bind(3, type);
    insert.bind(4, key);
    insert.bind(5, datetime);
    insert.bind(6, std::int64_t{flag - '0'});
    insert.bind(7, std::int64_t{status});
    insert.bind(8, status == 4 ? "no mapping profile" : "");
    insert.run();
  }
  // Which patients (by number) get a notice on which day.
  std::string notices() {
    store_.reset();
    registry::Derivation derivation = [&] {
      return registry::Derivation(*registry_->view(), campaign_, fhir::japan_date(kNow));
    }();
    const std::atomic<bool> never{false};
    read_ = read_visits(store_file_, ids_, *registry_, never, derivation);
    unknown_ =
        derivation.counts().skipped[static_cast<std::size_t>(registry::Skipped::kNotIndexed)];
    std::string text;
    for (const auto& [on, count] : derivation.counts().by_day) {
      text += fhir::to_text(on) + " " + std::to_string(count) + ";";
    }
    return text;
  }

  const std::filesystem::path dir_ =
      std::filesystem::path(testing::TempDir()) /
      ("visits_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  const std::string store_file_;
  const fhir::IdKey ids_{std::string(32, 'i'), "1319999999"};
  registry::Registry::Options options_;
  std::unique_ptr<registry::Registry> registry_;
  std::optional<store::Store> store_;
  registry::Campaign campaign_;
  VisitsRead read_;
  std::uint64_t unknown_ = 0;
};

TEST_F(VisitsTest, AreTheReceptionsAndAdmissionsThatIngestTookForTrue) {
  file("11", "20261020", "ADT-12", '1');
  file("12", "20261021", "ADT-22", '1', 1);
  file("13", "20261022", "OML-11", '1');
  file("14", "20261022", "ADT-12", '1', 5);  // quarantined: perhaps somebody else's
  file("15", "20261022", "ADT-12", '2', 2);  // history
  file("15", "-", "ADT-12", '1');
  file("99", "20261022", "ADT-12", '1');
  file("99", "20261023", "ADT-12", '1');
  EXPECT_EQ(notices(), "2026-10-20 1;2026-10-21 1;");
  EXPECT_EQ(read_.visits, 4u);
  EXPECT_EQ(read_.undated, 1u) << "nothing is left out uncounted";
  EXPECT_EQ(unknown_, 1u) << "a card number that nobody has is counted once";
}

TEST_F(VisitsTest, AreNotWhatWasCancelledAfterwards) {
  file("11", "20261020", "ADT-12", '1', 4, "12");
  file("11", "20261020", "ADT-12", '0', 4, "13");
  file("12", "20261020", "ADT-12", '0', 4, "11");
  file("12", "20261020", "ADT-12", '1', 4, "12");
  file("13", "20261021", "ADT-12", '1', 4, "12");
  file("13", "20261021", "ADT-12", '0', 4, "13", 1);  // of another storage
  EXPECT_EQ(notices(), "2026-10-20 1;2026-10-21 1;");
}

TEST_F(ReadinessTest, OfNobodyIsEmpty) {
  const Readiness result = readiness();
  EXPECT_EQ(result.patients, 0u);
  EXPECT_TRUE(result.by_reason.empty());
  EXPECT_TRUE(result.by_date.empty());
}

}  // namespace
}  // namespace sekisho::agent
