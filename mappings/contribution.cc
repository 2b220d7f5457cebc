#include <algorithm>

#include "fhir/instant.h"
#include "mappings/patient.h"
#include "mappings/run.h"

namespace sekisho::mappings {
namespace {

using fhir::Json;

constexpr std::size_t kDigitsOfDay = 8, kDigitsOfSecond = 14, kDigits = 17;

// The digits of a time stamp, a point before the fraction left out, and its zone if it has one.
struct Stamp {
  std::string digits;
  std::string zone;
};

Stamp stamp_of(std::string_view text) {
  Stamp out;
  text = trimmed(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      out.digits += text[i];
    } else if (text[i] == '+' || text[i] == '-') {
      if (text.size() - i == 5) {
        out.zone = std::string(text.substr(i, 3)) + ":" + std::string(text.substr(i + 3));
      }
      break;
    } else if (text[i] != '.') {
      return {};
    }
  }
  return out;
}

// As UTC, so that texts sort as times do; empty for what is no time.
std::string utc(Stamp stamp, std::string_view zone) {
  if (stamp.digits.size() < kDigitsOfDay) {
    return {};
  }
  stamp.digits.resize(kDigits, '0');
  const auto part = [&](std::size_t from, std::size_t count) {
    return stamp.digits.substr(from, count);
  };
  const auto at =
      fhir::parse_instant(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) +
                          ":" + part(10, 2) + ":" + part(12, 2) + "." + part(14, 3) +
                          (stamp.zone.empty() ? std::string(zone) : stamp.zone));
  return at ? fhir::to_text(*at) : std::string();
}

// MSH-7 or, where that is not exact to the second, what the file name has of it.
std::string written_at(const Input& input, std::string_view zone) {
  const connectors::hl7v2::Segment* msh = input.message.first("MSH");
  const Stamp stamp = stamp_of(msh == nullptr ? std::string_view() : msh->raw(7, 1, 1));
  std::string at = utc(stamp, zone);
  if (input.name != nullptr && (at.empty() || stamp.digits.size() < kDigitsOfSecond)) {
    const std::string named = utc(stamp_of(input.name->datetime), zone);
    at = named.empty() ? at : named;
  }
  return at;
}

}  // namespace

// What this message says of a resource that others speak of too. Whether it is complete, and which
// profile it claims, is asked of what they make together.
MappedResource Run::contribute(std::size_t index, const SourceKind& source) {
  Pending& pending = pending_[index];
  const Rule& rule = program_.rules[pending.rule];
  MappedResource made;
  made.rule = rule.name;
  made.type = rule.type;
  made.id = pending.id;
  made.deleted = pending.deleted;
  Json what;
  what.set("kind", pending.deleted ? "delete" : rule.merges ? "merge" : "whole");
  what.set("profile", program_.id);
  what.set("rule", rule.name);
  what.set("type", input_.data_type);
  if (const auto number = patient_of(input_.message)) {
    what.set("patient", settings_.ids.logical_id("Patient", {*number}));
  }
  if (!rule.categories.empty()) {
    what.set("needs", Json(fhir::Number{std::to_string(rule.categories.front().bits)}));
  }
  if (!pending.deleted) {
    std::string holds;
    for (const bool one : pending.claims) {
      holds += one ? '1' : '0';
    }
    what.set("holds", holds);
    Json::Array clears;
    for (std::string& name : pending.clears) {
      clears.push_back(Json(std::move(name)));
    }
    what.set("clears", Json(std::move(clears)));
    add_meta(index);
    Json body(std::move(pending.body));
    made.sets = release_sets(body, source);
    if (made.sets.rule != fhir::SetRule::kNoSubjectNeeded && what.find("patient") != nullptr) {
      std::string patient(what.text("patient"));
      auto& subjects = made.sets.subjects;
      if (std::find(subjects.begin(), subjects.end(), patient) == subjects.end()) {
        subjects.push_back(std::move(patient));
      }
    }
    what.set("body", std::move(body));
  }
  if (const connectors::hl7v2::Segment* msh = input_.message.first("MSH")) {
    coverage_.read(*msh, 7);
  }
  std::string order = written_at(input_, zone_) + " " + settings_.feed + "#" + input_.opaque;
  made.part.push_back({std::move(order), std::move(what)});
  return made;
}

}  // namespace sekisho::mappings
