#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/crash/failing_disk.h"

namespace sekisho::tests {

// Says a line to the test that started this process: an acknowledgement, which has to hold whatever
// becomes of the process. Written whole or not at all.
using Say = std::function<void(const std::string& line)>;

struct Ended {
  bool killed = false;
  int status = 0;  // of the exit where it was not killed
  std::vector<std::string> said;
};

// Runs `work` in a process of its own under a plan. An exception of it ends the process with 3, and
// is said as "error: ...".
Ended run_under(const Plan& plan, const std::function<void(const Say&)>& work);

// A job that is broken off at each of its operations on the disk in turn, in each way that a Fault
// names. Each time it begins with a copy of the folder that prepare() made.
class CrashTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::filesystem::path folder() const { return base_ / "state"; }  // what the disk fails under

  // What is there before the job. Writes below folder(), and leaves nothing open.
  virtual void prepare() = 0;
  virtual void work(const Say& say) = 0;       // the job
  virtual void check(const Ended& ended) = 0;  // opens the folder on a sound disk

  // Every operation where SEKISHO_CRASH_POINTS=all, so many of each fault where it is a number,
  // else a few: `few`.
  void break_at_each_point(std::uint64_t few);

 private:
  void break_once(const Plan& plan);

  std::filesystem::path base_;
};

}  // namespace sekisho::tests
