#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/hl7v2/groups.h"
#include "fhir/data_category.h"
#include "fhir/json.h"
#include "fhir/regex.h"
#include "mappings/expression.h"
#include "mappings/inherit.h"
#include "mappings/lookup.h"
#include "mappings/value.h"

namespace sekisho::mappings {

// A compiled profile: flat arrays that refer to each other by index. Immutable after compiling.

// Where a segment comes from: the level of the scope chain, then single groups down from it.
struct Slot {
  std::uint32_t depth = 0;
  std::vector<const connectors::hl7v2::GroupSchema*> down;
  std::string segment;
};

enum class TemplateKind : std::uint8_t {
  kLiteral,
  kExpression,
  kObject,
  kArray,
  kEach,
  kIf,
  kSwitch,
  kFirst
};

struct TemplateMember {
  std::string name;  // empty: the value's members are merged in ("value[x]", $merge, $use)
  std::uint32_t node = 0;
  std::string choice = {};  // "value[x]" for that, else empty
};

struct Template {
  TemplateKind kind = TemplateKind::kLiteral;
  fhir::Json literal;
  std::uint32_t expression = kNone;  // the expression, the list of $each, the value of $if, $switch
  std::uint32_t when = kNone;        // $when
  std::vector<TemplateMember> members;
  std::vector<std::uint32_t> items;  // array items, $first's choices, [then, else], the $do
  std::vector<std::string> cases;    // $switch: texts for items; the last item may be $default
  bool has_default = false;
  std::uint32_t alias = kNone;  // of $each
  // $each over groups: the levels that it adds; the last may be a segment.
  std::vector<const connectors::hl7v2::GroupSchema*> each_groups;
  std::uint32_t each_depth = 0;
  std::string each_segment;
  std::string issue;               // $issue: reported whenever this object is made
  std::uint32_t issue_at = kNone;  // the field that it is about
  std::string element;             // "Observation.valueQuantity.value", for Issues
};

// One element that a profile of profile[] needs: "identifier[system='http://x'].value".
struct NeedStep {
  std::string name;
  std::string where_name;   // the member compared, empty for none
  std::string where_value;  // what it has to be
};
struct Need {
  std::string path;
  std::string source;  // the field it comes from, for the Issue
  std::vector<NeedStep> steps;
  std::size_t max = 0;  // 0: any number of items
};
struct ProfileClaim {
  std::string url;
  std::vector<Need> needs;
  std::uint32_t when = kNone;
};

enum class DeleteAction : std::uint8_t { kDelete, kEnteredInError };

struct Rule {
  std::string name;
  std::string type;            // create
  std::uint32_t into = kNone;  // or the rule whose resource it completes
  std::vector<const connectors::hl7v2::GroupSchema*> groups;  // scope chain, root first
  std::string segment;                                        // forEach ends in a segment
  std::uint32_t when = kNone;
  std::vector<std::uint32_t> key;
  bool shows_key = false;  // $key is used
  std::uint32_t body = kNone;
  std::uint32_t delete_when = kNone;
  DeleteAction delete_action = DeleteAction::kDelete;
  std::vector<ProfileClaim> profiles;
  std::vector<fhir::CategorySet> categories;  // dataCategory: empty or one set
  bool merges = false;                        // "updates": "merge"
  std::vector<std::uint32_t> variables;       // templates, evaluated once an instance
  std::vector<Slot> slots;
  std::uint32_t aliases = 0;  // how many alias places an instance needs
};

// Fields that need not be read: bit per field number up to 127.
struct FieldSet {
  std::uint64_t bits[2] = {0, 0};
  void add(std::size_t field) {
    if (field < 128) {
      bits[field / 64] |= std::uint64_t{1} << (field % 64);
    }
  }
  bool has(std::size_t field) const {
    return field < 128 && (bits[field / 64] >> (field % 64) & 1) != 0;
  }
  void add_all() { bits[0] = bits[1] = ~std::uint64_t{0}; }
};

struct Accepts {
  std::string message_type, data_type;  // either may be empty
};

struct NamedLookup {
  std::string name;
  ConceptMap map;
};

struct Program {
  std::string id;
  std::string version;
  std::string digest;
  std::vector<std::string> files;    // that it was compiled from, for the trace
  std::vector<std::string> parents;  // ids of what it extends, nearest first
  std::vector<Accepts> accepts;
  std::unique_ptr<connectors::hl7v2::GroupSchema> groups;
  bool strays_are_issues = true;
  std::vector<Expression> expressions;
  std::vector<Template> templates;
  std::vector<Origin> written;  // of each template: where, for the trace
  std::vector<std::string> literals;
  std::vector<Predicate> predicates;
  std::vector<fhir::Regex> regexes;
  std::vector<std::string> config_names;
  std::vector<NamedLookup> lookups;
  std::vector<Rule> rules;
  std::vector<std::pair<std::string, FieldSet>> ignored;  // by segment name
};

}  // namespace sekisho::mappings
