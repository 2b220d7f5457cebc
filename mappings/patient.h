#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "connectors/hl7v2/message.h"

namespace sekisho::mappings {

// A local patient number as identities are made of it: NFKC, white space gone at both ends. The
// logical id of a Patient is IdKey::logical_id("Patient", {this}).
std::string normal_patient_number(std::string_view text);

// PID-3.1 of the first PID, normalised; nothing without a PID or with a number that is empty or
// the explicit null.
std::optional<std::string> patient_of(const connectors::hl7v2::Message& message);

// Do two PID segments of the message name different patients?
bool has_two_patients(const connectors::hl7v2::Message& message);

}  // namespace sekisho::mappings
