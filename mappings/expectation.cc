#include "mappings/expectation.h"

#include <algorithm>

namespace sekisho::mappings {
namespace {

using fhir::Json;

constexpr std::string_view kAbsent = "$absent";

using Difference = std::optional<std::string>;

Difference differs(const std::string& pointer, const std::string& what) {
  return (pointer.empty() ? "/" : pointer) + ": " + what;
}

bool is_absent(const Json& expected) {
  const auto* text = expected.get<std::string>();
  return text != nullptr && *text == kAbsent;
}

Difference compare(const Json& expected, const Json& made, Match match, const std::string& pointer);

Difference compare_objects(const Json& expected, const Json& made, Match match,
                           const std::string& pointer) {
  for (const Json::Member& m : *expected.get<Json::Object>()) {
    const Json* found = made.find(m.name);
    std::string at = pointer + "/" + m.name;
    if (is_absent(m.value)) {
      if (found != nullptr) {
        return differs(at, "is there and should not be");
      }
    } else if (found == nullptr) {
      return differs(at, "is missing");
    } else if (Difference inner = compare(m.value, *found, match, at)) {
      return inner;
    }
  }
  for (const Json::Member& m : *made.get<Json::Object>()) {
    if (match == Match::kExact && expected.find(m.name) == nullptr) {
      return differs(pointer + "/" + m.name, "is there and is not expected");
    }
  }
  return std::nullopt;
}

Difference compare_arrays(const Json::Array& expected, const Json::Array& made, Match match,
                          const std::string& pointer) {
  if (match == Match::kExact) {
    for (std::size_t i = 0; i < std::min(expected.size(), made.size()); ++i) {
      if (Difference inner =
              compare(expected[i], made[i], match, pointer + "/" + std::to_string(i))) {
        return inner;
      }
    }
    return expected.size() == made.size()
               ? std::nullopt
               : differs(pointer, "has " + std::to_string(made.size()) + " items, expected " +
                                      std::to_string(expected.size()));
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::string here = pointer + "/" + std::to_string(i);
    Difference last;
    while (at < made.size() && (last = compare(expected[i], made[at], match, here))) {
      ++at;
    }
    if (at == made.size()) {
      return last ? last : differs(here, "no such item");
    }
    ++at;
  }
  return std::nullopt;
}

Difference compare(const Json& expected, const Json& made, Match match,
                   const std::string& pointer) {
  if (expected.get<Json::Object>() != nullptr && made.get<Json::Object>() != nullptr) {
    return compare_objects(expected, made, match, pointer);
  }
  const auto* items = expected.get<Json::Array>();
  const auto* made_items = made.get<Json::Array>();
  if (items != nullptr && made_items != nullptr) {
    return compare_arrays(*items, *made_items, match, pointer);
  }
  return expected == made ? std::nullopt
                          : differs(pointer, "is " + fhir::write_json(made) + ", expected " +
                                                 fhir::write_json(expected));
}

// {"rule", "count", "match", "body"}
void expect_rule(const Json& expected, const Result& result, std::vector<std::string>& out) {
  std::string rule(expected.text("rule"));
  std::vector<const MappedResource*> made;
  for (const MappedResource& one : result.resources) {
    if (one.rule == rule) {
      made.push_back(&one);
    }
  }
  const Json* count = expected.find("count");
  const auto* number = count == nullptr ? nullptr : count->get<fhir::Number>();
  if (number != nullptr && number->text != std::to_string(made.size())) {
    out.push_back("rule " + rule + ": made " + std::to_string(made.size()) + ", expected " +
                  number->text);
  }
  const Json* body = expected.find("body");
  if (body == nullptr) {
    return;
  }
  Match match = expected.text("match") == "exact" ? Match::kExact : Match::kSubset;
  Difference best = "made none";
  for (const MappedResource* one : made) {
    Json shown = one->body;
    for (const char* own : {"id", "meta"}) {
      if (match == Match::kExact && body->find(own) == nullptr) {
        shown.erase(own);
      }
    }
    best = first_difference(*body, shown, match);
    if (!best) {
      return;
    }
  }
  out.push_back("rule " + rule + ": " + *best);
}

bool fits(const Json& expected, const fhir::Issue& issue) {
  auto same = [&](const char* name, std::string_view value) {
    return expected.find(name) == nullptr || expected.text(name) == value;
  };
  return same("severity", fhir::name_of(issue.severity)) && same("code", issue.code) &&
         (expected.find("at") == nullptr || issue.source.ends_with(expected.text("at")));
}

// Those that are listed and no others; what is only information need not be listed.
void expect_issues(const Json::Array& expected, const Result& result,
                   std::vector<std::string>& out) {
  fhir::Issues found = result.issues;
  for (const RejectedResource& rejected : result.rejected) {
    found.push_back(rejected.issue);
  }
  for (const Json& one : expected) {
    auto at = std::find_if(found.begin(), found.end(),
                           [&](const fhir::Issue& issue) { return fits(one, issue); });
    if (at == found.end()) {
      out.push_back("issues: none is " + fhir::write_json(one));
    } else {
      found.erase(at);
    }
  }
  for (const fhir::Issue& issue : found) {
    if (issue.severity != fhir::Issue::Severity::kInformation) {
      out.push_back("issues: " + issue.code + " at " + issue.source + " is not expected");
    }
  }
}

void expect_unmapped(const Json::Array& expected, const Result& result,
                     std::vector<std::string>& out) {
  std::vector<std::string> found, wanted;
  for (const UnmappedCode& code : result.unmapped) {
    found.push_back(code.lookup + " " + code.code);
  }
  for (const Json& one : expected) {
    const auto* text = one.get<std::string>();
    wanted.push_back(text == nullptr ? "" : *text);
  }
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  for (const std::string& code : found) {
    if (!std::binary_search(wanted.begin(), wanted.end(), code)) {
      out.push_back("unmapped: \"" + code + "\" is not expected");
    }
  }
  for (const std::string& code : wanted) {
    if (!std::binary_search(found.begin(), found.end(), code)) {
      out.push_back("unmapped: \"" + code + "\" is mapped or was not met");
    }
  }
}

void erase_pointer(Json& json, std::string_view pointer) {
  std::size_t end = pointer.find('/', 1);
  std::string_view step = pointer.substr(1, end == std::string_view::npos ? end : end - 1);
  if (auto* items = json.get<Json::Array>()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (step == std::to_string(i) && end != std::string_view::npos) {
        erase_pointer((*items)[i], pointer.substr(end));
      }
    }
  } else if (end == std::string_view::npos) {
    json.erase(step);
  } else if (Json* inner = json.find(step)) {
    erase_pointer(*inner, pointer.substr(end));
  }
}

}  // namespace

std::optional<std::string> first_difference(const Json& expected, const Json& made, Match match) {
  return compare(expected, made, match, "");
}

std::vector<std::string> unmet_expectations(const Json& test, const Result& result) {
  std::vector<std::string> out;
  for (const Json& expected : test.items("expect")) {
    expect_rule(expected, result, out);
  }
  if (test.find("issues") != nullptr) {
    expect_issues(test.items("issues"), result, out);
  }
  if (test.find("unmapped") != nullptr) {
    expect_unmapped(test.items("unmapped"), result, out);
  }
  return out;
}

Json bodies(const Result& result, const Json::Array& ignored) {
  Json::Array out;
  for (const MappedResource& made : result.resources) {
    Json body = made.deleted ? Json::object({{"deleted", made.type + "/" + made.id}}) : made.body;
    for (const Json& pointer : ignored) {
      const auto* text = pointer.get<std::string>();
      if (text != nullptr && text->starts_with('/')) {
        erase_pointer(body, *text);
      }
    }
    out.push_back(std::move(body));
  }
  return Json(std::move(out));
}

}  // namespace sekisho::mappings
