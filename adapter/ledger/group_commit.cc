#include "adapter/ledger/group_commit.h"

#include <chrono>
#include <utility>

namespace sekisho::ledger {
namespace {

constexpr std::size_t kCompany = 8;
constexpr std::chrono::microseconds kPatience{1000};

}  // namespace

GroupCommit::GroupCommit(Commit commit)
    : commit_(std::move(commit)), open_(std::make_shared<Batch>()) {}

void GroupCommit::submit(Waiting& line) {
  std::unique_lock guard(mutex_);
  const std::shared_ptr<Batch> mine = open_;
  mine->lines.push_back(&line);
  if (!leading_) {
    leading_ = true;
    lead(guard);
    return;
  }
  if (mine->lines.size() == awaited_) {
    company_.notify_one();
  }
  guard.unlock();
  for (;;) {
    int state = mine->state.load();
    if (state == kDone) {
      return;
    }
    if (state != kWantsLeader) {
      mine->state.wait(state);
    } else if (mine->state.compare_exchange_strong(state, kLed)) {
      guard.lock();
      lead(guard);
      return;
    }  // else another leads, and may even be done: look again before waiting
  }
}

// Takes the open batch, which holds the caller's own line.
void GroupCommit::lead(std::unique_lock<std::mutex>& guard) {
  wait_for_company(guard);
  const std::shared_ptr<Batch> batch = std::exchange(open_, std::make_shared<Batch>());
  guard.unlock();
  commit_(batch->lines);
  guard.lock();
  around_ = batch->lines.size() + open_->lines.size();
  leading_ = !open_->lines.empty();
  if (leading_) {
    open_->state = kWantsLeader;
    open_->state.notify_one();
  }
  guard.unlock();
  batch->state = kDone;
  batch->state.notify_all();
}

// A sync costs the same for one line as for many. Where many asked at once a moment ago, most of
// them come back with their next request soon, so the leader waits for them a little; where few did
// it never waits.
void GroupCommit::wait_for_company(std::unique_lock<std::mutex>& guard) {
  if (around_ < kCompany) {
    return;
  }
  awaited_ = around_ - around_ / 4;
  company_.wait_for(guard, kPatience, [this] { return open_->lines.size() >= awaited_; });
  awaited_ = 0;
}

}  // namespace sekisho::ledger
