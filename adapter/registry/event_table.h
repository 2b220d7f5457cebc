#pragma once

#include <string>
#include <string_view>

#include "adapter/registry/book.h"
#include "adapter/registry/prepare.h"

namespace sekisho::registry {

// One type of event: how it gets into the journal and what it means there. Everything that the
// journal may hold stands in one table in event_table.cc; a type that is not in it locks the
// registry, so that an older program never passes over what a newer one wrote.
struct EventKind {
  std::string_view type;
  // Checks the body that people gave and completes it for the journal. `id` names what the event
  // makes. Null: only the program itself writes such lines.
  void (*prepare)(Preparing& preparing, fhir::Json& body, const std::string& id);
  Changed (*apply)(Book& book, const Recorded& event);
};

const EventKind* event_kind(std::string_view type);  // null: unknown

}  // namespace sekisho::registry
