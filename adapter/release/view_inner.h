#pragma once

#include <string>
#include <utility>

#include "adapter/release/desk.h"

namespace sekisho::release {

struct ReleaseView::Inner {
  Inner(Desk& d, Asker a) : desk(d), asker(std::move(a)) {}

  Desk& desk;
  Asker asker;
};

// An answer before it is recorded: what it would say and whom it is about.
struct ReleaseView::Draft {
  Answer answer;
  std::optional<std::string> body;
  std::string type;
  std::vector<query::Shown> shown;
};

}  // namespace sekisho::release
