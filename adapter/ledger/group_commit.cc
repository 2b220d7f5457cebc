#include "adapter/ledger/group_commit.h"

#include <utility>

namespace sekisho::ledger {
namespace {

enum State : int {
  kGathering,    // the batch before it is not done
  kWantsLeader,  // who waits first leads
  kLed,
  kDone
};

}  // namespace

struct Batch {
  std::vector<Waiting*> lines;
  std::atomic<int> state{kGathering};
};

GroupCommit::GroupCommit(Commit commit)
    : commit_(std::move(commit)), open_(std::make_shared<Batch>()) {
  open_->state = kWantsLeader;
}

void GroupCommit::join(Waiting& line) {
  const std::lock_guard guard(mutex_);
  line.batch = open_;
  open_->lines.push_back(&line);
}

void GroupCommit::wait(Waiting& line) {
  const std::shared_ptr<Batch> mine = std::move(line.batch);
  for (;;) {
    int state = mine->state.load();
    if (state == kDone) {
      return;
    }
    if (state != kWantsLeader) {
      mine->state.wait(state);
    } else if (mine->state.compare_exchange_strong(state, kLed)) {
      std::unique_lock guard(mutex_);
      lead(guard);
      return;
    }  // else another leads, and may even be done: look again before waiting
  }
}

// Takes the open batch, which holds the caller's own line.
void GroupCommit::lead(std::unique_lock<std::mutex>& guard) {
  const std::shared_ptr<Batch> batch = std::exchange(open_, std::make_shared<Batch>());
  guard.unlock();
  commit_(batch->lines);
  guard.lock();
  open_->state = kWantsLeader;
  open_->state.notify_one();
  guard.unlock();
  batch->state = kDone;
  batch->state.notify_all();
}

}  // namespace sekisho::ledger
