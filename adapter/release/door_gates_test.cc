// The gates before any resource, as the door keeps and records them.

#include <gtest/gtest.h>

#include <fstream>

#include "adapter/release/test_hospital.h"

namespace sekisho::release {
namespace {

class DoorGates : public testing::Test {
 protected:
  DoorGates() : hospital_(testing::UnitTest::GetInstance()->current_test_info()->name()) {
    hospital_.open_for_business();
    hospital_.put_patient("p1");
    hospital_.put_condition("c1", "p1");
    hospital_.notify({"p1"});
    door_ = hospital_.door();
  }

  std::optional<Refusal> refusal(const Asker& asker) {
    auto opened = door_->open(asker);
    const auto* refusal = std::get_if<Refusal>(&opened);
    return refusal == nullptr ? std::nullopt : std::optional(*refusal);
  }
  int read_status() {
    auto opened = door_->open(hospital_.asker());
    if (const auto* refusal = std::get_if<Refusal>(&opened)) {
      return *refusal == Refusal::kClosed ? 503 : 403;
    }
    ReadRequest request;
    request.type = "Condition";
    request.id = "c1";
    return std::get<ReleaseView>(opened).read(request).status;
  }
  std::vector<std::string> ledger() {
    std::vector<std::string> lines;
    ledger::list(hospital_.ledger_dir(), [&](std::string_view line) {
      lines.emplace_back(line);
      return true;
    });
    return lines;
  }

  TestHospital hospital_;
  std::unique_ptr<Door> door_;
};

TEST_F(DoorGates, RecordEachRefusalWithItsReason) {
  struct Case {
    std::function<void(Asker&)> change;
    Refusal refusal;
    const char* status;
    const char* reason;
  };
  const Case cases[] = {
      {[](Asker& a) { a.client = ""; }, Refusal::kForbidden, "403", "CLIENT_UNKNOWN"},
      {[](Asker& a) { a.permits = {"NONE"}; }, Refusal::kForbidden, "403", "PERMIT_MISSING"},
      {[](Asker& a) { a.purposes = {"HMARKT"}; }, Refusal::kForbidden, "403", "PURPOSE_PROHIBITED"},
      {[](Asker& a) { a.permits.clear(); }, Refusal::kBadRequest, "400", ""},
  };
  for (const Case& one : cases) {
    Asker asker = hospital_.asker();
    one.change(asker);
    EXPECT_EQ(refusal(asker), one.refusal);
    const std::string record = ledger().back();
    EXPECT_NE(record.find("\"refused\""), std::string::npos) << record;
    EXPECT_NE(record.find(std::string("\"status\":") + one.status), std::string::npos) << record;
    EXPECT_NE(record.find(one.reason), std::string::npos) << record;
  }
}

TEST_F(DoorGates, OtherModesAndRehearsalsAreNotSupportedYetAndRecorded) {
  hospital_.permit("PM1", R"({"mode":"M1"})");
  hospital_.permit("PR", R"({"class":"rehearsal"})");
  for (const char* id : {"PM1", "PR"}) {
    Asker asker = hospital_.asker();
    asker.permits = {id};
    EXPECT_EQ(refusal(asker), Refusal::kNotSupported) << id;
    EXPECT_NE(ledger().back().find("\"status\":501"), std::string::npos);
  }
}

TEST_F(DoorGates, TheClockClosesTheDoor) {
  EXPECT_EQ(read_status(), 200);
  hospital_.set_now("2026-11-20T09:59:55+09:00");
  EXPECT_EQ(read_status(), 200) << "5 s back is within the limit";
  hospital_.set_now("2026-11-20T09:59:54.999+09:00");
  EXPECT_EQ(read_status(), 503);
  EXPECT_FALSE(door_->status().open);
  hospital_.set_now(TestHospital::kNow);
  EXPECT_EQ(read_status(), 200);
  hospital_.skew_s = 60;
  EXPECT_EQ(read_status(), 200);
  hospital_.skew_s = -61;
  EXPECT_EQ(read_status(), 503);
  EXPECT_NE(ledger().back().find("SYS_CLOCK"), std::string::npos);
}

// Otherwise the door would stay closed until the clock has caught up, whatever the operator says.
TEST_F(DoorGates, AClockThatAnOperatorConfirmedOpensTheDoorAgain) {
  EXPECT_EQ(read_status(), 200);
  fhir::Instant confirmed;
  Door::Options options = hospital_.door_options();
  options.confirmed_up_to = [&] { return confirmed; };
  door_ = std::make_unique<Door>(options, hospital_.registry(), hospital_.ledger(),
                                 hospital_.clock(), [] { return 0; });
  hospital_.set_now("2026-11-20T08:00:00+09:00");
  EXPECT_EQ(read_status(), 503);
  confirmed = *fhir::parse_instant(TestHospital::kNow);
  EXPECT_EQ(read_status(), 200);
  hospital_.set_now("2026-11-20T11:00:00+09:00");
  EXPECT_EQ(read_status(), 200);
  hospital_.set_now("2026-11-20T10:59:00+09:00");
  EXPECT_EQ(read_status(), 503) << "only what was confirmed is confirmed";
}

TEST_F(DoorGates, ARevokedPermitClosesAnOpenView) {
  auto opened = door_->open(hospital_.asker());
  hospital_.event("permit-revoke", R"({"id":"PM0"})");
  ReadRequest request;
  request.type = "Condition";
  request.id = "c1";
  const Answer answer = std::get<ReleaseView>(opened).read(request);
  EXPECT_EQ(answer.status, 403);
  EXPECT_FALSE(answer.body);
  const std::string epoch = std::to_string(hospital_.registry().epoch());
  EXPECT_NE(ledger().back().find("\"epoch\":" + epoch), std::string::npos) << ledger().back();
}

TEST_F(DoorGates, APermitThatEndsWhileAnAnswerIsMadeEndsTheAnswer) {
  hospital_.permit("PM0", R"({"to":"2026-11-20T10:00:01+09:00"})");
  // The clock passes the permit's end between the decision and the ledger.
  std::atomic<int> calls{0};
  Door door(
      hospital_.door_options(), hospital_.registry(), hospital_.ledger(),
      [&] { return ++calls <= 3 ? hospital_.now() : fhir::Instant{hospital_.now().ms + 1000}; },
      [] { return 0; });
  auto opened = door.open(hospital_.asker());
  ASSERT_TRUE(std::holds_alternative<ReleaseView>(opened));
  ReadRequest request;
  request.type = "Condition";
  request.id = "c1";
  const Answer answer = std::get<ReleaseView>(opened).read(request);
  EXPECT_EQ(answer.status, 403);
  EXPECT_FALSE(answer.body);
}

// T44: nothing without its record.
TEST_F(DoorGates, WithoutTheLedgerNothingIsReleased) {
  EXPECT_EQ(read_status(), 200);
  const std::size_t before = ledger().size();
  hospital_.ledger_disk_full = true;
  EXPECT_EQ(read_status(), 503);
  EXPECT_EQ(read_status(), 503);
  EXPECT_FALSE(door_->status().open);
  Asker asker = hospital_.asker();
  asker.permits.clear();
  EXPECT_EQ(refusal(asker), Refusal::kClosed) << "a refusal needs its record too";
  EXPECT_THROW(door_->record(hospital_.asker(), 404), fhir::Error);
  EXPECT_EQ(ledger().size(), before);
  hospital_.ledger_disk_full = false;
  read_status();  // its record is the proof that the ledger can be written again
  EXPECT_EQ(read_status(), 200);
}

TEST_F(DoorGates, WithoutTheStoreNothingIsReleased) {
  Door::Options options = hospital_.door_options();
  options.store_file = hospital_.folder() + "/none.db";
  Door door(options, hospital_.registry(), hospital_.ledger(), hospital_.clock(), [] { return 0; });
  auto opened = door.open(hospital_.asker());
  ReadRequest request;
  request.type = "Condition";
  request.id = "c1";
  EXPECT_EQ(std::get<ReleaseView>(opened).read(request).status, 503);
  EXPECT_FALSE(door.status().open);
}

TEST_F(DoorGates, StatusTellsTheHourOfTheDataAndNoMore) {
  EXPECT_TRUE(door_->status().open);
  EXPECT_FALSE(door_->status().data_as_of);
  hospital_.store().database().execute(
      "INSERT INTO meta VALUES ('data_as_of', '2026-11-20T00:59:59.999Z')");
  EXPECT_EQ(fhir::to_text(*door_->status().data_as_of), "2026-11-20T00:00:00.000Z");
}

// Nothing is served to a client whose list of earlier refusals was not attested, so it is told so.
TEST_F(DoorGates, StatusIsTheClients) {
  hospital_.event("client", R"({"id":"RQ","cert_subject":"urn:test:rq","certified":["pseudo"]})");
  Asker asker = hospital_.asker();
  asker.client = "RQ";
  EXPECT_EQ(refusal(asker), Refusal::kClosed);
  EXPECT_NE(ledger().back().find("SYS_NO_BASELINE"), std::string::npos);
  EXPECT_FALSE(door_->status("RQ").open);
  EXPECT_TRUE(door_->status("RP").open);
  EXPECT_TRUE(door_->status().open);
}

TEST_F(DoorGates, TheWaitRuleIsTheConfiguredOne) {
  hospital_.put_patient("w");
  hospital_.put_condition("c-w", "w");
  hospital_.notify({"w"}, "2026-10-20");  // 30 days: today; later of both: tomorrow (T04, T05)
  ReadRequest request;
  request.type = "Condition";
  request.id = "c-w";
  for (const auto& [rule, status] :
       {std::pair{"30d", 200}, {"1m", 404}, {"later", 404}, {"no such rule", 404}}) {
    Door::Options options = hospital_.door_options();
    options.wait_rule = rule;
    Door door(options, hospital_.registry(), hospital_.ledger(), hospital_.clock(),
              [] { return 0; });
    auto opened = door.open(hospital_.asker());
    EXPECT_EQ(std::get<ReleaseView>(opened).read(request).status, status) << rule;
  }
}

TEST_F(DoorGates, AnAnswerTurnsAtMidnightInJapan) {
  hospital_.put_patient("w");
  hospital_.put_condition("c-w", "w");
  hospital_.notify({"w"}, "2026-10-20");
  ReadRequest request;
  request.type = "Condition";
  request.id = "c-w";
  const auto status = [&] {
    auto opened = door_->open(hospital_.asker());
    return std::get<ReleaseView>(opened).read(request).status;
  };
  EXPECT_EQ(status(), 404);
  hospital_.set_now("2026-11-20T23:59:59.999+09:00");
  EXPECT_EQ(status(), 404);
  hospital_.set_now("2026-11-21T00:00:00+09:00");
  EXPECT_EQ(status(), 200);
}

}  // namespace
}  // namespace sekisho::release
