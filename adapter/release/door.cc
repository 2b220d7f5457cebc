#include "adapter/release/door.h"

#include <utility>

#include "adapter/release/desk.h"
#include "adapter/release/evidence.h"
#include "adapter/release/view_inner.h"

namespace sekisho::release {

struct Door::Inner {
  Desk desk;
};

Door::Door(Options options, registry::Registry& registry, ledger::Ledger& ledger, fhir::Clock clock,
           std::function<std::int64_t()> skew_s)
    : inner_(new Inner{
          Desk(std::move(options), registry, ledger, std::move(clock), std::move(skew_s))}) {}
Door::~Door() = default;

std::variant<ReleaseView, Refusal> Door::open(const Asker& asker) {
  Desk& desk = inner_->desk;
  try {
    const Entrance entrance = desk.enter(asker);
    if (!entrance.refusal) {
      return ReleaseView(std::make_unique<ReleaseView::Inner>(desk, asker));
    }
    desk.append(refusal_of(desk, asker, entrance));
    return *entrance.refusal;
  } catch (const std::exception&) {
    // Not recorded because it cannot be; or the decision itself failed. Nothing leaves.
    return Refusal::kClosed;
  }
}

PendingAnswer Door::begin_read(const Asker& asker, const ReadRequest& request) {
  Desk& desk = inner_->desk;
  return PendingAnswer(
      std::make_unique<PendingAnswer::Inner>(desk, asker, read_of(desk, request), false));
}

void Door::record(const Asker& asker, int status) {
  ledger::Record record = record_of(asker, Entrance(), status);
  record.epoch = inner_->desk.registry().epoch();
  inner_->desk.append(record);
}

Door::Status Door::status(std::string_view client) {
  Status status;
  Desk& desk = inner_->desk;
  try {
    status.open = desk.system_state(client) == decision::Reason::kOk;
    status.data_as_of = desk.with_reader([](query::Reader& reader) { return reader.data_as_of(); });
  } catch (const std::exception&) {
    status.open = false;  // a store that cannot be read serves nobody
  }
  if (status.data_as_of) {
    const std::int64_t hour = 3'600'000;
    status.data_as_of->ms -= status.data_as_of->ms % hour;
  }
  return status;
}

}  // namespace sekisho::release
