// X14: what was acknowledged at the counter is true for every answer that is made after it.

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "adapter/release/test_hospital.h"

namespace sekisho::release {
namespace {

int read(Door& door, const TestHospital& hospital, const std::string& type, const std::string& id) {
  auto opened = door.open(hospital.asker());
  if (!std::holds_alternative<ReleaseView>(opened)) {
    return 0;
  }
  ReadRequest request;
  request.type = type;
  request.id = id;
  return std::get<ReleaseView>(opened).read(request).status;
}

// The refusal arrives exactly between the ledger record and the last look at the registry.
TEST(DoorRace, ARefusalAfterTheRecordStartsTheAnswerOver) {
  TestHospital hospital("race_between");
  hospital.open_for_business();
  hospital.put_patient("p");
  hospital.put_condition("c", "p");
  hospital.notify({"p"});
  for (int at = 1; at <= 8; ++at) {
    const std::string patient = "p" + std::to_string(at);
    hospital.put_patient(patient);
    hospital.put_condition("c" + std::to_string(at), patient);
    hospital.notify({patient});
    std::atomic<int> calls{0};
    Door door(
        hospital.door_options(), hospital.registry(), hospital.ledger(),
        [&] {
          if (++calls == at) {
            hospital.refuse(patient);
          }
          return hospital.now();
        },
        [] { return 0; });
    const int status = read(door, hospital, "Condition", "c" + std::to_string(at));
    EXPECT_EQ(status, calls >= at ? 404 : 200) << "refused at look " << at << " at the clock";
  }
  std::size_t released = 0;
  ledger::list(hospital.ledger_dir(), [&](std::string_view line) {
    released += line.find("\"released\"") == std::string_view::npos ? 0u : 1u;
    return true;
  });
  EXPECT_GT(released, 0u) << "one of the refusals came after a record";
}

int finish_read(Door& door, const TestHospital& hospital, const std::string& id,
                const std::function<void()>& between) {
  PendingAnswer begun = door.begin_read(hospital.asker(), {"Condition", id, "", "", ""});
  between();
  const Answer answer = begun.finish();
  EXPECT_EQ(answer.body.has_value(), answer.status == 200);
  return answer.status;
}

// Several are begun before the first is finished: what changes meanwhile holds for each of them.
TEST(DoorRace, WhatChangesBetweenBeginningAndFinishingHolds) {
  TestHospital hospital("race_begun");
  hospital.open_for_business();
  for (const char* patient : {"p1", "p2"}) {
    hospital.put_patient(patient);
    hospital.put_condition(std::string("c-") + patient, patient);
  }
  hospital.notify({"p1", "p2"});
  const std::unique_ptr<Door> door = hospital.door();
  PendingAnswer first = door->begin_read(hospital.asker(), {"Condition", "c-p1", "", "", ""});
  PendingAnswer second = door->begin_read(hospital.asker(), {"Condition", "c-p2", "", "", ""});
  {
    const PendingAnswer never_asked =
        door->begin_read(hospital.asker(), {"Condition", "c-p1", "", "", ""});
  }
  hospital.refuse("p2");
  EXPECT_EQ(first.finish().status, 200);
  EXPECT_EQ(second.finish().status, 404);

  EXPECT_EQ(finish_read(*door, hospital, "c-p1", [] {}), 200);
  EXPECT_EQ(finish_read(*door, hospital, "c-p1", [&] { hospital.ledger_disk_full = true; }), 503);
  hospital.ledger_disk_full = false;
  EXPECT_EQ(finish_read(*door, hospital, "c-p1", [] {}), 503);  // its record could be written
  EXPECT_EQ(finish_read(*door, hospital, "c-p1", [] {}), 200);
  const auto revoke = [&] { hospital.event("permit-revoke", R"({"id":"PM0"})"); };
  EXPECT_EQ(finish_read(*door, hospital, "c-p1", revoke), 403);
}

TEST(DoorRace, WhatIsRefusedAtTheGatesIsBegunAndRecordedToo) {
  TestHospital hospital("race_gates");
  hospital.open_for_business();
  const std::unique_ptr<Door> door = hospital.door();
  Asker asker = hospital.asker();
  asker.permits.clear();
  const std::uint64_t before = hospital.ledger().last_sequence();
  const Answer unnamed = door->begin_read(asker, {"Condition", "c", "", "", ""}).finish();
  EXPECT_EQ(unnamed.refusal, Refusal::kBadRequest);
  asker.permits = {"another"};
  const Answer foreign = door->begin_read(asker, {"Condition", "c", "", "", ""}).finish();
  EXPECT_EQ(foreign.refusal, Refusal::kForbidden);
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(hospital.ledger().last_sequence(), before + 2);
}

TEST(DoorRace, NoAnswerAfterTheAcknowledgementHoldsThePatient) {
  constexpr int kPatients = 12;
  constexpr int kReaders = 200;
  TestHospital hospital("race_readers");
  hospital.open_for_business();
  std::vector<std::string> names;
  for (int i = 0; i < kPatients; ++i) {
    names.push_back("p" + std::to_string(i));
    hospital.put_patient(names.back());
    hospital.put_condition("c-" + names.back(), names.back());
  }
  hospital.notify(names);
  const std::unique_ptr<Door> door = hospital.door();

  std::atomic<int> acknowledged{0};  // the patients before it are refused
  std::atomic<int> leaked{0};
  std::atomic<int> wrong{0};
  std::atomic<int> answers{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&, reader] {
      for (int turn = reader; !done || turn < reader + 2; ++turn) {
        const int patient = turn % kPatients;
        const int refused = acknowledged;
        const int status = read(*door, hospital, turn % 2 == 0 ? "Condition" : "Patient",
                                (turn % 2 == 0 ? "c-p" : "p") + std::to_string(patient));
        leaked += patient < refused && status == 200 ? 1 : 0;
        // 503: the registry changed faster than an answer could be made.
        wrong += status != 200 && status != 404 && status != 503 ? 1 : 0;
        ++answers;
      }
    });
  }
  for (int i = 0; i < kPatients; ++i) {
    hospital.refuse(names[static_cast<std::size_t>(i)]);
    acknowledged = i + 1;
  }
  done = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(leaked, 0);
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(answers, kReaders);
}

}  // namespace
}  // namespace sekisho::release
