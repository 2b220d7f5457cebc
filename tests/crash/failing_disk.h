#pragma once

#include <cstdint>
#include <string>

namespace sekisho::tests {

// What becomes of one operation on a file: of a write, a sync, a change of size, a rename, a
// removal.
enum class Fault {
  kNone,      // nothing; operations are counted
  kKill,      // the process is gone before the operation
  kTear,      // a write is done half, and the process is gone
  kPowerCut,  // the process is gone, and of what was not synced each sector is there or is not
  kShort,     // a write takes half of its bytes, and says so
  kIoError,   // the operation fails
  kFull,      // this and every later one that needs room fails: the disk is full
  kGone,      // this and every later one fails: the disk is gone
};

struct Plan {
  std::string folder;  // absolute; other files are left alone
  Fault fault = Fault::kNone;
  std::uint64_t at = 0;  // the operation, from 1
  std::uint32_t seed = 0;
};

// From here on the plan holds for all threads of this process. A program that links failing_disk.cc
// has its own write, pwrite, fsync, fdatasync, ftruncate, rename and unlink, and the shared
// libraries (SQLite, the standard library) call them too: a program's symbols come before the C
// library's.
void begin_plan(const Plan& plan);
std::uint64_t operations_of_plan();  // so far

}  // namespace sekisho::tests
