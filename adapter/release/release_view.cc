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

void record_refused(Desk& desk, const Asker& asker, const Entrance& entrance, int status) {
  ledger::Record record = record_of(asker, entrance, status);
  record.epoch = desk.registry().epoch();
  desk.append(record);
}

void record_closed(Desk& desk, const Asker& asker, Entrance entrance) {
  entrance.refusal = Refusal::kClosed;
  try {
    record_refused(desk, asker, entrance, status_of(Refusal::kClosed));
  } catch (const std::exception&) {  // the ledger cannot be written: nothing left, nothing said
  }
}

}  // namespace

ReleaseView::ReleaseView(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ReleaseView::ReleaseView(ReleaseView&&) noexcept = default;
ReleaseView::~ReleaseView() = default;

// Decide, make, record, compare; then give. Between the comparison and the return nothing is read
// any more, so an answer that leaves was right at an instant after its record was on the disk.
Answer ReleaseView::decide(
    const std::function<Draft(const query::Visibility&, const Entrance&)>& make) {
  Desk& desk = inner_->desk;
  Entrance entrance;
  try {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      entrance = desk.enter(inner_->asker);
      if (entrance.refusal) {
        // The permit may have changed since the view was opened; then it is no longer this one.
        const int status = *entrance.refusal == Refusal::kBadRequest
                               ? status_of(Refusal::kForbidden)
                               : status_of(*entrance.refusal);
        record_refused(desk, inner_->asker, entrance, status);
        return with_status(status);
      }
      const auto visibility = desk.masks().of(entrance.permit, entrance.purpose, desk.now());
      Draft draft = make(*visibility, entrance);
      ledger::Record record = record_of(inner_->asker, entrance, draft.answer.status);
      record.epoch = visibility->epoch();
      if (draft.body) {
        add_released(record, draft.type, draft.shown, *draft.body, desk.options().vocabulary,
                     desk.registry());
      }
      desk.append(record);
      const fhir::Instant now = desk.now();
      if (desk.registry().epoch() == visibility->epoch() && now < visibility->valid_until() &&
          now < entrance.until) {
        if (draft.body) {
          draft.answer.body = Released(std::move(*draft.body));
        }
        return std::move(draft.answer);
      }
    }
  } catch (const std::exception&) {
    entrance.reason = decision::Reason::kSysInternal;
  }
  record_closed(desk, inner_->asker, entrance);
  return with_status(503);
}

}  // namespace sekisho::release
