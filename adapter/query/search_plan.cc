#include "adapter/query/search_plan.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "adapter/query/search_values.h"
#include "fhir/search_parameter.h"

namespace sekisho::query {

namespace {

constexpr std::size_t kMaxParameters = 64;
constexpr std::size_t kMaxValues = 256;

using Parameter = std::pair<std::string, std::string>;

fhir::Issue issue(std::string code, std::string diagnostics) {
  fhir::Issue found;
  found.code = std::move(code);
  found.diagnostics = std::move(diagnostics);
  return found;
}

// A parameter's name as it may be said back: never more than a name.
std::string quoted(std::string_view name) {
  const bool sane = name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':';
                    });
  return sane ? "\"" + std::string(name) + "\"" : "with such a name";
}

std::string known_names(std::string_view type) {
  std::string names = "_id, _lastUpdated, _count, _total";
  for (const fhir::SearchParameter& parameter : fhir::search_parameters(type)) {
    names += ", ";
    names += parameter.name;
  }
  return names;
}

class PlanReader {
 public:
  PlanReader(std::string_view type, const SearchSettings& settings) : settings_(settings) {
    plan_.type = type;
    plan_.count = settings.page_size;
  }

  void read(const Parameter& parameter) {
    const auto& [name, value] = parameter;
    if (value.empty() && is_known(name)) {
      return;
    }
    const std::size_t issues = issues_.size();
    if (name == "_cursor") {
      read_once(name, plan_.cursor, value);
      return;
    }
    if (name == "_count") {
      read_count(value);
    } else if (name == "_total") {
      read_total(value);
    } else if (name == "_id") {
      read_ids(value);
    } else if (name == "_lastUpdated") {
      read_dates(name, std::nullopt, value);
    } else {
      read_of_type(name, value);
    }
    if (issues_.size() == issues && name != "_count") {
      use(name, value);
    }
  }

  std::variant<SearchPlan, fhir::Issues> finish() && {
    if (count_given_) {
      use("_count", std::to_string(plan_.count_only ? 0 : plan_.count));
    }
    if (issues_.empty() && plan_.query.size() > settings_.max_query) {
      refuse("too-costly", "the parameters are longer than " + std::to_string(settings_.max_query) +
                               " bytes when encoded: the link to a next page could not hold them");
    }
    if (!issues_.empty()) {
      return std::move(issues_);
    }
    return std::move(plan_);
  }

  void refuse(std::string code, std::string diagnostics) {
    issues_.push_back(issue(std::move(code), std::move(diagnostics)));
  }

 private:
  bool is_known(std::string_view name) const {
    constexpr std::array<std::string_view, 5> kCommon = {"_cursor", "_count", "_total", "_id",
                                                         "_lastUpdated"};
    return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end() ||
           find(name) != nullptr;
  }

  // `subject:Patient` is `subject` said longer; every other modifier is none of ours.
  const fhir::SearchParameter* find(std::string_view name) const {
    return fhir::find_search_parameter(plan_.type, name == "subject:Patient" ? "subject" : name);
  }

  void use(std::string_view name, std::string_view value) {
    plan_.query += plan_.query.empty() ? "" : "&";
    plan_.query += url_encode(name) + "=" + url_encode(value);
  }

  void read_once(std::string_view name, std::string& into, const std::string& value) {
    if (!into.empty()) {
      refuse("value", quoted(name) + " is given twice");
    }
    into = value;
  }

  void read_count(const std::string& value) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (count_given_ || value.size() > 9 || error != std::errc() ||
        end != value.data() + value.size()) {
      refuse("value", "_count takes one whole number of 0 or more");
      return;
    }
    count_given_ = true;
    plan_.count_only = count == 0;
    plan_.count = std::clamp<std::size_t>(count, 1, settings_.max_page_size);
  }

  void read_total(const std::string& value) {
    const bool accurate = value == "accurate" || value == "estimate";
    if (plan_.total != SearchPlan::Total::kWhenCheap || (!accurate && value != "none")) {
      refuse("value", "_total takes one of none, estimate, accurate");
      return;
    }
    plan_.total = accurate ? SearchPlan::Total::kAccurate : SearchPlan::Total::kNone;
  }

  // The values of a parameter, or nothing and an Issue.
  std::optional<std::vector<std::string>> values(std::string_view name, const std::string& value) {
    std::optional<std::vector<std::string>> all = split_values(value);
    if (!all || all->size() > kMaxValues) {
      refuse(all ? "too-costly" : "value",
             all ? quoted(name) + " has more than " + std::to_string(kMaxValues) + " values"
                 : quoted(name) + " has an empty value in a list or a broken escape");
      return std::nullopt;
    }
    return all;
  }

  void read_ids(const std::string& value) {
    if (auto all = values("_id", value)) {
      for (std::string& id : *all) {
        id = unescape(id);
      }
      plan_.ids.push_back(std::move(*all));
    }
  }

  void read_of_type(std::string_view name, const std::string& value) {
    const fhir::SearchParameter* parameter = find(name);
    if (parameter == nullptr) {
      refuse_name(name);
      return;
    }
    switch (parameter->kind) {
      case fhir::SearchKind::kToken:
        read_tokens(name, parameter->number, value);
        return;
      case fhir::SearchKind::kDate:
        read_dates(name, parameter->number, value);
        return;
      case fhir::SearchKind::kReference:
        read_patients(name, value);
        return;
    }
  }

  void refuse_name(std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos && find(name.substr(0, colon)) != nullptr) {
      refuse("not-supported", "the modifier in " + quoted(name) + " is not supported");
      return;
    }
    refuse("not-supported", plan_.type + " has no search parameter " + quoted(name) +
                                "; supported: " + known_names(plan_.type));
  }

  void read_tokens(std::string_view name, std::uint16_t number, const std::string& value) {
    auto all = values(name, value);
    if (!all) {
      return;
    }
    SearchPlan::Tokens tokens;
    tokens.parameter = number;
    for (const std::string& text : *all) {
      std::optional<SearchPlan::Token> token = read_token(text);
      if (!token) {
        refuse("value", quoted(name) + " takes code, system|code, |code or system|");
        return;
      }
      tokens.any.push_back(std::move(*token));
    }
    plan_.tokens.push_back(std::move(tokens));
  }

  void read_dates(std::string_view name, std::optional<std::uint16_t> number,
                  const std::string& value) {
    auto all = values(name, value);
    if (!all) {
      return;
    }
    SearchPlan::Dates dates;
    dates.parameter = number;
    for (const std::string& text : *all) {
      const std::optional<SearchPlan::Date> date = read_date(text);
      if (!date) {
        refuse("value", quoted(name) +
                            " takes a date, dateTime or instant, with one of the prefixes eq, ne, "
                            "gt, lt, ge, le, sa, eb or none");
        return;
      }
      dates.any.push_back(*date);
    }
    plan_.dates.push_back(std::move(dates));
  }

  // `patient` and `subject` name a Patient: what names anything else is found nowhere.
  void read_patients(std::string_view name, const std::string& value) {
    auto all = values(name, value);
    if (!all) {
      return;
    }
    for (std::string& text : *all) {
      const std::optional<std::string> id = read_patient(unescape(text), settings_.base_url);
      if (!id) {
        refuse("value", quoted(name) + " takes an id, Patient/id or an absolute URL of one");
        return;
      }
      text = *id;
    }
    plan_.patients.push_back(std::move(*all));
  }

  const SearchSettings& settings_;
  SearchPlan plan_;
  bool count_given_ = false;
  fhir::Issues issues_;
};

}  // namespace

std::string url_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::variant<SearchPlan, fhir::Issues> search_plan(std::string_view type,
                                                   const std::vector<Parameter>& parameters,
                                                   const SearchSettings& settings) {
  PlanReader reader(type, settings);
  if (parameters.size() > kMaxParameters) {
    reader.refuse("too-costly",
                  "a search takes at most " + std::to_string(kMaxParameters) + " parameters");
    return std::move(reader).finish();
  }
  for (const Parameter& parameter : parameters) {
    reader.read(parameter);
  }
  return std::move(reader).finish();
}

}  // namespace sekisho::query
