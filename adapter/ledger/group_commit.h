#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fhir/instant.h"

namespace sekisho::ledger {

// A line that waits for the disk, on the stack of the thread that asked for it.
struct Waiting {
  std::string members;  // empty: a checkpoint is asked for
  fhir::Instant now;
  std::uint64_t sequence = 0;
  std::exception_ptr error;
};

// Lets threads that come at the same time share one write, without a thread of its own: the first
// that comes leads and commits for all who came meanwhile, then one of those who came after leads.
class GroupCommit {
 public:
  // Called for one batch at a time, from whichever thread leads. Throws nothing: what fails stands
  // in the lines.
  using Commit = std::function<void(const std::vector<Waiting*>& batch)>;
  explicit GroupCommit(Commit commit);

  void submit(Waiting& line);  // returns when its batch was committed

 private:
  enum State : int { kGathering, kWantsLeader, kLed, kDone };
  struct Batch {
    std::vector<Waiting*> lines;
    std::atomic<int> state{kGathering};
  };

  void lead(std::unique_lock<std::mutex>& guard);
  void wait_for_company(std::unique_lock<std::mutex>& guard);

  Commit commit_;
  std::mutex mutex_;
  std::shared_ptr<Batch> open_;  // takes the lines that come
  bool leading_ = false;
  std::size_t around_ = 0;   // lines of the last batch and those that came meanwhile
  std::size_t awaited_ = 0;  // so many lines the leader waits for
  std::condition_variable company_;
};

}  // namespace sekisho::ledger
