#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fhir/instant.h"

namespace sekisho::ledger {

struct Batch;

// A line that waits for the disk. It stays where it is until its batch was committed.
struct Waiting {
  std::string members;  // empty: a checkpoint is asked for
  fhir::Instant now;
  std::uint64_t sequence = 0;
  std::exception_ptr error;
  std::shared_ptr<Batch> batch;  // that it joined
};

// Lets lines that come at the same time share one write, without a thread of its own: the first
// thread that waits leads and commits for all who came meanwhile, then one of those who came after
// leads. A thread may bring several lines before it waits for them.
class GroupCommit {
 public:
  // Called for one batch at a time, from whichever thread leads. Throws nothing: what fails stands
  // in the lines.
  using Commit = std::function<void(const std::vector<Waiting*>& batch)>;
  explicit GroupCommit(Commit commit);

  void join(Waiting& line);  // does not wait; `wait` must follow
  void wait(Waiting& line);  // returns when its batch was committed

 private:
  void lead(std::unique_lock<std::mutex>& guard);

  Commit commit_;
  std::mutex mutex_;
  std::shared_ptr<Batch> open_;  // takes the lines that come
};

}  // namespace sekisho::ledger
