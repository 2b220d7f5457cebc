#pragma once

#include <string>

#include "adapter/hub/routes.h"

namespace sekisho::hub {

// The CapabilityStatement, from the tables that serve; equal options give equal bytes.
std::string capability_statement(const HubOptions& options);

}  // namespace sekisho::hub
