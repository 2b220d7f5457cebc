#pragma once

#include <string>
#include <string_view>

#include "tests/fakes/messages.h"

namespace sekisho::fakes {

// Segments that several messages begin with.
void header(std::string& message, const Stamp& stamp, std::string_view type);
void event(std::string& message, const Stamp& stamp);
void patient(std::string& message, const Person& person, const Stamp& stamp, bool former_address);
std::string doctor_field(const Department& department);      // XCN
std::string department_field(const Department& department);  // CWE

}  // namespace sekisho::fakes
