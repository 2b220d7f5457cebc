#include "mappings/golden.h"

#include <vector>

#include "fhir/data_category.h"

namespace sekisho::mappings {
namespace {

using fhir::Json;

Json texts(const std::vector<std::string>& list) {
  Json::Array out;
  for (const std::string& text : list) {
    out.push_back(Json(text));
  }
  return Json(std::move(out));
}

Json sets_json(const fhir::ReleaseSets& sets) {
  static constexpr const char* kRules[] = {"needs",    "carried-by-patient", "carried-by-referrers",
                                           "union-of", "no-subject-needed",  "never-released"};
  fhir::CategoryVocabulary vocabulary;
  Json::Array needs;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (sets.needs.contains(fhir::CategorySet::one(bit))) {
      needs.push_back(Json(vocabulary.code_of(bit)));
    }
  }
  Json out;
  out.set("rule", kRules[static_cast<std::size_t>(sets.rule)]);
  out.set("needs", Json(std::move(needs)));
  out.set("subjects", texts(sets.subjects));
  out.set("flags", Json::integer(sets.flags));
  out.set("date", sets.data_date ? Json(fhir::to_text(*sets.data_date)) : Json());
  return out;
}

Json issue_json(const fhir::Issue& issue) {
  return Json::object({{"severity", fhir::name_of(issue.severity)},
                       {"code", issue.code},
                       {"expression", issue.expression},
                       {"source", issue.source},
                       {"diagnostics", issue.diagnostics}});
}

}  // namespace

Json golden_resources(const Result& result) {
  Json::Array out;
  for (const MappedResource& made : result.resources) {
    Json one = Json::object({{"rule", made.rule}});
    if (made.deleted) {
      one.set("deleted", made.type + "/" + made.id);
    } else {
      one.set("body", made.body);
      one.set("sets", sets_json(made.sets));
    }
    out.push_back(std::move(one));
  }
  return Json(std::move(out));
}

Json golden_findings(const Result& result) {
  Json::Array rejected, issues, unmapped;
  for (const RejectedResource& one : result.rejected) {
    rejected.push_back(Json::object({{"rule", one.rule}, {"issue", issue_json(one.issue)}}));
  }
  for (const fhir::Issue& issue : result.issues) {
    issues.push_back(issue_json(issue));
  }
  for (const UnmappedCode& code : result.unmapped) {
    unmapped.push_back(Json(code.lookup + " " + code.code));
  }
  return Json::object({{"rejected", Json(std::move(rejected))},
                       {"issues", Json(std::move(issues))},
                       {"unread", texts(result.unread)},
                       {"unmapped", Json(std::move(unmapped))}});
}

}  // namespace sekisho::mappings
