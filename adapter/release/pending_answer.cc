#include <utility>

#include "adapter/release/door.h"
#include "adapter/release/evidence.h"
#include "adapter/release/view_inner.h"

namespace sekisho::release {

namespace {

// A registry that changes faster than this many answers can be made is not being used normally.
constexpr int kAttempts = 8;

Answer with_status(int status) {
  Answer answer;
  answer.status = status;
  return answer;
}

}  // namespace

PendingAnswer::Inner::Inner(Desk& d, Asker a, Make m, bool of_view)
    : desk(d), asker(std::move(a)), make(std::move(m)), opened(of_view) {
  begin();
}

void PendingAnswer::Inner::begin() noexcept {
  try {
    entrance = desk.enter(asker);
    // The permit may have changed since the view was opened; then it is no longer this one.
    if (opened && entrance.refusal == Refusal::kBadRequest) {
      entrance.refusal = Refusal::kForbidden;
    }
    if (entrance.refusal) {
      record.emplace(desk.begin_append(refusal_of(desk, asker, entrance)));
      return;
    }
    visibility = desk.masks().of(entrance.permit, entrance.purpose, desk.now());
    draft = make(*visibility, entrance);
    ledger::Record made = record_of(asker, entrance, draft.answer.status);
    made.epoch = visibility->epoch();
    if (draft.body) {
      add_released(made, draft.type, draft.shown, *draft.body, desk.options().vocabulary,
                   desk.registry());
    }
    record.emplace(desk.begin_append(made));
  } catch (const std::exception&) {
    failed = true;
  }
}

Answer PendingAnswer::Inner::finish() {
  try {
    for (int attempt = 1; !failed; ++attempt) {
      record->wait();
      if (entrance.refusal) {
        return refused();
      }
      if (may_leave()) {
        if (draft.body) {
          draft.answer.body = Released(std::move(*draft.body));
        }
        return std::move(draft.answer);
      }
      if (attempt == kAttempts) {
        return closed();
      }
      begin();
    }
  } catch (const std::exception&) {  // not recorded because it cannot be
  }
  entrance.reason = decision::Reason::kSysInternal;
  return closed();
}

bool PendingAnswer::Inner::may_leave() {
  const fhir::Instant now = desk.now();
  return desk.registry().epoch() == visibility->epoch() && now < visibility->valid_until() &&
         now < entrance.until;
}

Answer PendingAnswer::Inner::refused() {
  Answer answer = with_status(status_of(*entrance.refusal));
  if (!opened) {
    answer.refusal = entrance.refusal;
  }
  return answer;
}

Answer PendingAnswer::Inner::closed() {
  entrance.refusal = Refusal::kClosed;
  try {
    desk.append(refusal_of(desk, asker, entrance));
  } catch (const std::exception&) {  // the ledger cannot be written: nothing left, nothing said
  }
  return with_status(status_of(Refusal::kClosed));
}

PendingAnswer::PendingAnswer(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
PendingAnswer::PendingAnswer(PendingAnswer&&) noexcept = default;
PendingAnswer::~PendingAnswer() = default;

Answer PendingAnswer::finish() { return inner_->finish(); }

}  // namespace sekisho::release
