// Acknowledged means kept: a job that was killed goes on, and its store is that of an undisturbed
// one.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "adapter/ingest/test_storage.h"

namespace sekisho::ingest {
namespace {

class Kill : public StorageTest {
 protected:
  void fill() {
    for (int p = 0; p < 6; ++p) {
      const std::string patient = "100000" + std::to_string(p);
      write(adt_place(patient), adt(patient));
      for (int i = 0; i < 6; ++i) {
        const std::string order = "00000000000000" + std::to_string(i);
        write(lab_place(patient, order),
              lab(patient, order, {"1A990000000190153=1.5", "1A990000000190154=5.1"}));
      }
    }
    write(adt_place("2000000"), adt("1000000"));
  }
  // What happens to the storage between two passes.
  void change() {
    for (int p = 0; p < 6; ++p) {
      const std::string patient = "100000" + std::to_string(p);
      const std::string order = "000000000000001";
      rename(lab_place(patient, order), lab_place(patient, order, '2'));
      write(lab_place(patient, order, '1', "20240502090000000"),
            lab(patient, order, {"1A990000000190153=2.5"}));
      rename(lab_place(patient, "000000000000002"), lab_place(patient, "000000000000002", '0'));
      fs::remove(root() / lab_place(patient, "000000000000003"));
    }
  }
  void forget_state() {
    registry_.reset();
    fs::remove_all(dir_ / "state");
    fs::create_directories(dir_ / "state" / "registry");
    registry::Registry::create(registry_options(), kNow);
  }
  // A process of its own that ingests until it ends (true) or is killed after `microseconds`.
  bool run_in_child(useconds_t microseconds) {
    registry_.reset();
    const pid_t child = fork();
    if (child == 0) {
      open_registry();
      try {
        run();
      } catch (...) {
        _exit(2);
      }
      _exit(testing::Test::HasFailure() ? 1 : 0);
    }
    usleep(microseconds);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      return true;
    }
    return false;
  }
};

TEST_F(Kill, AJobThatWasKilledAtAnyPointEndsLikeAnUndisturbedOne) {
  fill();
  run();
  change();
  const Report expected = run();
  const std::string expected_dump = dump();
  std::mt19937 random(20261120);
  int killed = 0;
  for (int round = 0; round < 12; ++round) {
    for (int p = 0; p < 6; ++p) {  // the storage as it was at first
      fs::remove_all(root() / "100");
    }
    fill();
    forget_state();
    for (int step = 0; step < 2; ++step) {
      if (step == 1) {
        change();
      }
      while (!run_in_child(static_cast<useconds_t>(random() % 40'000))) {
        ++killed;
        if (killed % 4 == 3) {
          break;
        }
      }
      open_registry();
      const Report report = run();
      if (step == 1) {
        EXPECT_EQ(report.read, expected.read);
      }
    }
    EXPECT_EQ(dump(), expected_dump) << "round " << round;
  }
  EXPECT_GT(killed, 0) << "no job was killed; the test shows nothing";
}

TEST_F(Kill, ACancelledJobGoesOnWhereItWas) {
  fill();
  run();
  const std::string expected = dump();
  forget_state();
  open_registry();
  cancel_ = true;
  EXPECT_TRUE(run().cancelled);
  cancel_ = false;
  const Report report = run();
  EXPECT_FALSE(report.cancelled);
  EXPECT_EQ(report.read, 43u);
  EXPECT_EQ(dump(), expected);
}

// What was read before the break is not younger than that.
TEST_F(Kill, AJobThatGoesOnDatesItsDataByItsBegin) {
  fill();
  cancel_ = true;
  EXPECT_TRUE(run().cancelled);
  cancel_ = false;
  EXPECT_FALSE(run(options(), fhir::Instant{kNow.ms + 3'600'000}).cancelled);
  EXPECT_EQ(one("SELECT count(*) FROM meta WHERE key = 'data_as_of' AND value = '" +
                fhir::to_text(kNow) + "'"),
            1);
}

}  // namespace
}  // namespace sekisho::ingest
