#include "mappings/patient.h"

#include <algorithm>

#include "fhir/text.h"
#include "mappings/value.h"

namespace sekisho::mappings {
namespace {

std::string number_of(const connectors::hl7v2::Message& message,
                      const connectors::hl7v2::Segment& pid) {
  return normal_patient_number(connectors::hl7v2::unescape(pid.raw(3, 1, 1), message.separators));
}

}  // namespace

std::string normal_patient_number(std::string_view text) {
  text = trimmed(text);
  bool ascii = std::all_of(text.begin(), text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? std::string(text) : std::string(trimmed(fhir::nfkc(text)));
}

std::optional<std::string> patient_of(const connectors::hl7v2::Message& message) {
  const connectors::hl7v2::Segment* pid = message.first("PID");
  if (pid == nullptr) {
    return std::nullopt;
  }
  std::string number = number_of(message, *pid);
  if (number.empty() || connectors::hl7v2::is_null(number)) {
    return std::nullopt;
  }
  return number;
}

bool has_two_patients(const connectors::hl7v2::Message& message) {
  std::optional<std::string> first;
  for (const connectors::hl7v2::Segment& segment : message.segments) {
    if (segment.name() != "PID") {
      continue;
    }
    std::string number = number_of(message, segment);
    if (first && *first != number) {
      return true;
    }
    first = std::move(number);
  }
  return false;
}

}  // namespace sekisho::mappings
