#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapter/release/desk.h"

namespace sekisho::release {

struct ReleaseView::Inner {
  Inner(Desk& d, Asker a) : desk(d), asker(std::move(a)) {}

  Desk& desk;
  Asker asker;
};

// An answer before it is recorded: what it would say and whom it is about.
struct Draft {
  Answer answer;
  std::optional<std::string> body;
  std::string type;
  std::vector<query::Shown> shown;
};

using Make = std::function<Draft(const query::Visibility&, const Entrance&)>;

// Decide, make, record, compare; then give. Between the comparison and the return nothing is read
// any more, so an answer that leaves was right at an instant after its record was on the disk.
struct PendingAnswer::Inner {
  Inner(Desk& d, Asker a, Make m, bool of_view);

  // Decides, makes and sends the record on its way. What fails stands until the answer is asked
  // for.
  void begin() noexcept;
  Answer finish();

  bool may_leave();
  Answer refused();
  Answer closed();

  Desk& desk;
  Asker asker;
  Make make;
  bool opened;  // for a view that the gates had let through
  Entrance entrance;
  std::shared_ptr<const query::Visibility> visibility;
  Draft draft;
  std::optional<ledger::Ledger::Appending> record;
  bool failed = false;
};

Make read_of(Desk& desk, const ReadRequest& request);

}  // namespace sekisho::release
