#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapter/agent/command.h"
#include "adapter/registry/registry.h"

namespace sekisho::agent {

// The registry for writing; becomes the writer of the installation where no agent runs.
registry::Registry& writable_registry(Session& session);

// Appends one event and shows what was wrong with it; its number if it was taken.
std::optional<std::uint64_t> append_event(Session& session, const char* type,
                                          const fhir::Json& body, const registry::Actor& actor);

// Sets a member of an event to a list of texts; no member where there is none.
void set_list(fhir::Json& body, const char* key, const std::vector<std::string>& values);

// Shows the Issues of an event, one a line, on standard error.
void show_issues(Session& session, const fhir::Issues& issues);

}  // namespace sekisho::agent
