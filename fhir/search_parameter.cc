#include "fhir/search_parameter.h"

#include <algorithm>
#include <array>

#include "fhir/date_time.h"
#include "fhir/resource.h"
#include "fhir/search_parameter_table.h"

namespace sekisho::fhir {

namespace {

// An open end of a Period: the first instant of the year 1 and the last of 9999.
constexpr Instant kEarliest{-62'135'596'800'000};
constexpr Instant kLatest{253'402'300'800'000};

struct Range {
  Instant begin, end;
};

std::optional<Range> range_of_text(const Json* value) {
  const std::string* text = value == nullptr ? nullptr : value->get<std::string>();
  const std::optional<DateTime> parsed = text == nullptr ? std::nullopt : parse_date_time(*text);
  if (!parsed) {
    return std::nullopt;
  }
  return Range{parsed->begin, parsed->end};
}

std::optional<Range> range_of_period(const Json& period) {
  const Json* start = period.find("start");
  const Json* end = period.find("end");
  const std::optional<Range> first = range_of_text(start);
  const std::optional<Range> last = range_of_text(end);
  if ((start != nullptr && !first) || (end != nullptr && !last) || (!first && !last)) {
    return std::nullopt;
  }
  const Range range{first ? first->begin : kEarliest, last ? last->end : kLatest};
  return range.begin < range.end ? std::optional<Range>(range) : std::nullopt;
}

// A Timing counts by its outer limits (R4 search.html#date).
std::optional<Range> range_of_timing(const Json& timing) {
  std::optional<Range> limits;
  const auto widen = [&](const std::optional<Range>& range) {
    if (range && limits) {
      limits = Range{std::min(limits->begin, range->begin), std::max(limits->end, range->end)};
    } else if (range) {
      limits = range;
    }
  };
  for (const Json& event : timing.items("event")) {
    widen(range_of_text(&event));
  }
  if (const Json* repeat = timing.find("repeat")) {
    if (const Json* bounds = repeat->find("boundsPeriod")) {
      widen(range_of_period(*bounds));
    }
  }
  return limits;
}

std::optional<Range> range_of(const Json& value) {
  if (value.get<std::string>() != nullptr) {
    return range_of_text(&value);
  }
  if (value.find("start") != nullptr || value.find("end") != nullptr) {
    return range_of_period(value);
  }
  return range_of_timing(value);
}

// Collects the entries of one parameter.
class Collector {
 public:
  Collector(const SearchParameter& parameter, std::vector<IndexEntry>& entries)
      : parameter_(parameter), entries_(entries) {}

  // The values at the path below `value`; each item of an array on the way counts.
  void walk(const Json& value, std::string_view path) {
    if (const auto* items = value.get<Json::Array>()) {
      for (const Json& item : *items) {
        walk(item, path);
      }
      return;
    }
    if (path.empty()) {
      take(value);
      return;
    }
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (const Json* below = value.find(path.substr(0, dot))) {
      walk(*below, path.substr(std::min(dot + 1, path.size())));
    }
  }

 private:
  IndexEntry& add() {
    IndexEntry& entry = entries_.emplace_back();
    entry.parameter = parameter_.number;
    entry.kind = parameter_.kind;
    return entry;
  }

  void take(const Json& value) {
    switch (parameter_.kind) {
      case SearchKind::kToken:
        return take_token(value);
      case SearchKind::kReference:
        return take_reference(value);
      case SearchKind::kDate:
        return take_date(value);
    }
  }

  // A code, a CodeableConcept, a Coding or an Identifier.
  void take_token(const Json& value) {
    if (const auto* code = value.get<std::string>()) {
      return add_token(parameter_.code_system, *code);
    }
    if (const Json* coding = value.find("coding")) {
      return walk(*coding, {});
    }
    const std::string_view code = value.text("code");
    add_token(value.text("system"), code.empty() ? value.text("value") : code);
  }

  void add_token(std::string_view system, std::string_view code) {
    if (code.empty()) {
      return;
    }
    IndexEntry& entry = add();
    entry.system = system;
    entry.code = code;
  }

  // `patient` means Patients only (R4: resolve() is Patient).
  void take_reference(const Json& value) {
    const std::optional<Reference> reference = parse_reference(value.text("reference"));
    if (!reference || (parameter_.name == "patient" && reference->type != "Patient")) {
      return;
    }
    add().target = reference->type + "/" + reference->id;
  }

  void take_date(const Json& value) {
    if (const std::optional<Range> range = range_of(value)) {
      IndexEntry& entry = add();
      entry.begin = range->begin;
      entry.end = range->end;
    }
  }

  const SearchParameter& parameter_;
  std::vector<IndexEntry>& entries_;
};

}  // namespace

std::span<const SearchParameter> search_parameters(std::string_view type) {
  const std::span<const SearchParameter> table = search_parameter_table();
  const auto of_type = [&](const SearchParameter& row) { return row.type == type; };
  const auto first = std::find_if(table.begin(), table.end(), of_type);
  const auto last = std::find_if_not(first, table.end(), of_type);
  return {first, last};
}

const SearchParameter* find_search_parameter(std::string_view type, std::string_view name) {
  for (const SearchParameter& row : search_parameters(type)) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

std::span<const std::string_view> served_types() {
  static constexpr std::array<std::string_view, 14> kTypes = {"AllergyIntolerance",
                                                              "Condition",
                                                              "Coverage",
                                                              "DiagnosticReport",
                                                              "Encounter",
                                                              "FamilyMemberHistory",
                                                              "Immunization",
                                                              "MedicationAdministration",
                                                              "MedicationRequest",
                                                              "Observation",
                                                              "Patient",
                                                              "Procedure",
                                                              "ServiceRequest",
                                                              "Specimen"};
  return kTypes;
}

std::vector<IndexEntry> index_entries(const Json& resource) {
  std::vector<IndexEntry> entries;
  const std::span<const SearchParameter> parameters =
      search_parameters(resource.text("resourceType"));
  entries.reserve(parameters.size() + 4);
  for (const SearchParameter& parameter : parameters) {
    Collector collector(parameter, entries);
    for (const std::string_view path : parameter.paths) {
      collector.walk(resource, path);
    }
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

}  // namespace sekisho::fhir
