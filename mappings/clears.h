#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "mappings/program.h"

namespace sekisho::mappings {

class Run;

// The elements of a rule's body that the message clears: they came out empty, and a field that they
// read is the explicit null of HL7. Asked only of rules that merge, after the body was made.
class Clears {
 public:
  explicit Clears(Run& run);
  // "gender", "value[x]", "period.end"; each once, in the order of the body.
  std::vector<std::string> of(std::uint32_t body, const fhir::Json& made);

 private:
  void members(std::uint32_t node, const fhir::Json& made);
  void member(const TemplateMember& member, const fhir::Json* made);
  void add(std::string name, std::uint32_t node);
  bool null_read(std::uint32_t node);
  bool null_read_by(std::uint32_t expression);

  Run& run_;
  std::vector<bool> seen_;  // variables, in one question
  std::vector<std::string> found_;
};

// Of "value[x]" the types that R4 has as a choice of a resource: is `name` such a member?
bool is_choice_of(std::string_view name, std::string_view base);
// The members that say one thing in two ways: valueString and valueQuantity, or _valueQuantity.
bool same_choice(std::string_view a, std::string_view b);
// Start and end of a Period come from different messages: it is merged by member.
bool is_period(const fhir::Json& value);

}  // namespace sekisho::mappings
