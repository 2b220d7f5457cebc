#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>

#include "adapter/ingest/file_reader.h"

namespace sekisho::ingest {

// The way of the files from the scanner through the workers to the writer. The writer gets them in
// the order of the scan, whatever order the workers end in: so results do not depend on timing, and
// a checkpoint is one path. What is under way is bounded in bytes; the scanner waits for room.
class Flow {
 public:
  explicit Flow(std::size_t budget) : budget_(budget) {}

  // Scanner. False: the flow was stopped.
  bool offer(Candidate candidate);  // to be read
  bool pass(Outcome outcome);       // nothing to be read
  void end();

  // Workers. Nothing: no more work.
  struct Work {
    std::uint64_t sequence = 0;
    std::size_t charge = 0;
    Candidate candidate;
  };
  std::optional<Work> take();
  void finish(const Work& work, Outcome outcome);

  // Writer. Nothing: the end. Throws what another thread failed with.
  std::optional<Outcome> next();

  void fail(std::exception_ptr error);  // any thread; the first failure counts
  void stop();                          // everyone returns at the next call

 private:
  bool admit(std::unique_lock<std::mutex>& lock, std::size_t charge);

  const std::size_t budget_;
  std::mutex mutex_;
  std::condition_variable room_, work_, done_;
  std::size_t under_way_ = 0;  // bytes
  std::uint64_t given_ = 0;    // sequence numbers
  std::uint64_t taken_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
  std::exception_ptr error_;
  std::deque<Work> queue_;
  std::map<std::uint64_t, Outcome> finished_;
};

}  // namespace sekisho::ingest
