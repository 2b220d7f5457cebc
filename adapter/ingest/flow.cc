#include "adapter/ingest/flow.h"

#include <algorithm>
#include <utility>

namespace sekisho::ingest {

namespace {

// A file becomes a message tree, resources, their texts and index entries: measured at 12 to 20
// times its size (tests/bench/bench_ingest.cc), with something for each file besides.
constexpr std::size_t kGrowth = 24;
constexpr std::size_t kPerFile = 16 * 1024;
constexpr std::size_t kPerPassed = 512;

}  // namespace

bool Flow::admit(std::unique_lock<std::mutex>& lock, std::size_t charge) {
  // What is over the budget alone goes alone.
  room_.wait(lock, [&] { return stopped_ || under_way_ == 0 || under_way_ + charge <= budget_; });
  under_way_ += charge;
  return !stopped_;
}

bool Flow::offer(Candidate candidate) {
  const std::size_t size = static_cast<std::size_t>(candidate.found.size);
  const std::size_t charge = kPerFile + std::min(size, budget_) * kGrowth;
  std::unique_lock lock(mutex_);
  if (!admit(lock, charge)) {
    return false;
  }
  queue_.push_back({given_++, charge, std::move(candidate)});
  work_.notify_one();
  return true;
}

bool Flow::pass(Outcome outcome) {
  outcome.charge = kPerPassed;
  std::unique_lock lock(mutex_);
  if (!admit(lock, outcome.charge)) {
    return false;
  }
  finished_.emplace(given_++, std::move(outcome));
  done_.notify_one();
  return true;
}

void Flow::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  work_.notify_all();
  done_.notify_all();
}

std::optional<Flow::Work> Flow::take() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return stopped_ || ended_ || !queue_.empty(); });
  if (stopped_ || queue_.empty()) {
    return std::nullopt;
  }
  Work work = std::move(queue_.front());
  queue_.pop_front();
  return work;
}

void Flow::finish(const Work& work, Outcome outcome) {
  outcome.charge = work.charge;
  const std::lock_guard lock(mutex_);
  finished_.emplace(work.sequence, std::move(outcome));
  if (work.sequence == taken_) {
    done_.notify_one();
  }
}

std::optional<Outcome> Flow::next() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] {
    return stopped_ || (!finished_.empty() && finished_.begin()->first == taken_) ||
           (ended_ && taken_ == given_);
  });
  if (error_) {
    std::rethrow_exception(error_);
  }
  if (stopped_ || finished_.empty()) {
    return std::nullopt;
  }
  Outcome outcome = std::move(finished_.begin()->second);
  finished_.erase(finished_.begin());
  ++taken_;
  under_way_ -= outcome.charge;
  room_.notify_one();
  return outcome;
}

void Flow::fail(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    if (!error_) {
      error_ = std::move(error);
    }
  }
  stop();
}

void Flow::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  room_.notify_all();
  work_.notify_all();
  done_.notify_all();
}

}  // namespace sekisho::ingest
