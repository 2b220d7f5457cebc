#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "adapter/registry/csv.h"
#include "adapter/registry/import.h"
#include "adapter/registry/person_key.h"
#include "fhir/json.h"
#include "fhir/text.h"

namespace sekisho::registry {

using fhir::Issue;
using fhir::Json;

namespace {

void add(fhir::Issues& issues, Issue::Severity severity, std::size_t line, std::string code,
         std::string diagnostics) {
  Issue issue;
  issue.severity = severity;
  issue.code = std::move(code);
  issue.expression = line == 0 ? "file" : "line " + std::to_string(line);
  issue.diagnostics = std::move(diagnostics);
  issues.push_back(std::move(issue));
}

// Never match on garbled text: a list in another encoding is refused whole.
bool readable(std::string_view csv, ImportReport& report) {
  if (!fhir::is_valid_utf8(csv) || csv.find("\xEF\xBF\xBD") != std::string_view::npos) {
    add(report.issues, Issue::Severity::kError, 0, "encoding",
        "it is not UTF-8 (Shift_JIS?); save it as UTF-8 and import it again");
    return false;
  }
  return true;
}

using Columns = std::vector<std::string>;

// The names of the first line, each known and given once.
bool read_header(const std::vector<CsvLine>& lines, const std::set<std::string>& known,
                 Columns& columns, ImportReport& report) {
  if (lines.empty()) {
    add(report.issues, Issue::Severity::kError, 0, "structure", "it has no line of column names");
    return false;
  }
  std::string names;
  for (const std::string& name : known) {
    names += (names.empty() ? "" : ", ") + name;
  }
  for (const std::string& field : lines[0].fields) {
    const std::string name = fhir::trim(field);
    if (known.count(name) == 0 ||
        std::find(columns.begin(), columns.end(), name) != columns.end()) {
      add(report.issues, Issue::Severity::kError, lines[0].number, "unknown-key",
          "column " + std::to_string(columns.size() + 1) +
              " is unknown or given twice (known: " + names + ")");
      return false;
    }
    columns.push_back(name);
  }
  return true;
}

using Row = std::map<std::string, std::string, std::less<>>;

Row row_of(const CsvLine& line, const Columns& columns) {
  Row row;
  for (std::size_t i = 0; i < std::min(columns.size(), line.fields.size()); ++i) {
    row[columns[i]] = fhir::trim(line.fields[i]);
  }
  return row;
}

std::string_view at(const Row& row, std::string_view name) {
  const auto found = row.find(name);
  return found == row.end() ? std::string_view() : std::string_view(found->second);
}

// "I1 I5" or "I1;I5".
Json words(std::string_view text) {
  Json list = Json::Array{};
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (c != ' ' && c != ';') {
      word += c;
    } else if (!word.empty()) {
      list.push(std::exchange(word, {}));
    }
  }
  return list;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

bool yes(std::string_view text) { return one_of(text, {"1", "true", "yes", "はい"}); }

// One line of a list of refusals as an event, and what of it could not be read. What narrows a
// refusal is taken only where it can be read; what identifies is taken as far as it goes.
class RefusalLine {
 public:
  RefusalLine(const Registry& registry, const fhir::CategoryVocabulary& vocabulary, Row row)
      : registry_(registry), vocabulary_(vocabulary), row_(std::move(row)) {}

  Json body();
  const std::string& problem() const { return problem_; }
  void spoil(const std::string& problem) {
    if (problem_.empty()) {
      problem_ = problem;
    }
  }

 private:
  Json keys();
  void scope(Json& body, const char* key);
  bool known_scope(std::string_view key, std::string_view word) const;
  void word(Json& body, const char* key, std::initializer_list<std::string_view> known);

  const Registry& registry_;
  const fhir::CategoryVocabulary& vocabulary_;
  Row row_;
  std::string problem_;
};

Json RefusalLine::keys() {
  Json keys = Json::object({});
  for (const char* name :
       {"card", "kana", "name", "insurer", "symbol", "number", "branch", "link_code"}) {
    if (!at(row_, name).empty()) {
      keys.set(name, at(row_, name));
    }
  }
  const std::string_view birth = at(row_, "birth");
  if (const auto day = read_birth_date(birth)) {
    keys.set("birth", fhir::to_text(*day));
  } else if (!birth.empty()) {
    spoil("its birth date cannot be read");
  }
  const bool findable = keys.find("card") != nullptr || keys.find("number") != nullptr ||
                        keys.find("link_code") != nullptr ||
                        ((keys.find("kana") != nullptr || keys.find("name") != nullptr) &&
                         keys.find("birth") != nullptr);
  if (!findable) {
    spoil(
        "it names nobody: a card number, an insured person's number, a link code, or name and "
        "birth date");
  }
  return keys;
}

bool RefusalLine::known_scope(std::string_view key, std::string_view word) const {
  if (key == "tracks") {
    return one_of(word, {"anon", "pseudo"});
  }
  if (key == "categories") {
    return vocabulary_.of(word).has_value();
  }
  return registry_.view()->client(word) != nullptr;
}

void RefusalLine::scope(Json& body, const char* key) {
  Json list = words(at(row_, key));
  const auto& items = *list.get<Json::Array>();
  const bool all_known = std::all_of(items.begin(), items.end(), [&](const Json& item) {
    return known_scope(key, *item.get<std::string>());
  });
  if (!all_known) {
    spoil(std::string("its ") + key + " name something unknown: it covers everything");
  } else if (!items.empty()) {
    body.set(key, std::move(list));
  }
}

void RefusalLine::word(Json& body, const char* key, std::initializer_list<std::string_view> known) {
  const std::string_view value = at(row_, key);
  if (one_of(value, known)) {
    body.set(key, value);
  } else if (!value.empty()) {
    spoil(std::string("its ") + key + " is none that is known");
    body.set(key, known.end()[-1]);
  }
}

Json RefusalLine::body() {
  Json body = Json::object({});
  Json identity = keys();
  if (!identity.get<Json::Object>()->empty()) {
    body.set("keys", std::move(identity));
  }
  for (const char* key : {"recipients", "tracks", "categories"}) {
    scope(body, key);
  }
  word(body, "requester",
       {"self", "guardian", "legal_rep", "spouse", "child", "parent", "grandchild", "grandparent",
        "sibling", "supporter", "registry", "other"});
  word(body, "channel", {"counter", "verbal", "mail", "portal", "registry"});
  const std::string_view received = at(row_, "received_on");
  if (const auto day = read_birth_date(received)) {
    body.set("received_on", fhir::to_text(*day));
  } else if (!received.empty()) {
    spoil("its received_on cannot be read");
  }
  body.set("deletion_requested", yes(at(row_, "deletion")));
  return body;
}

// A list may grow and change; it never shrinks by itself. What left it stays in force.
bool list_is_whole(const Registry& registry, std::string_view list,
                   const std::set<std::string>& lines, ImportReport& report) {
  const auto before = registry.lines_of_list(list);
  if (lines.size() < before.size()) {
    add(report.issues, Issue::Severity::kError, 0, "decrease",
        "it has " + std::to_string(lines.size()) + " lines where the registry has " +
            std::to_string(before.size()) +
            " refusals of this list in force; withdraw refusals one by one, and look whether the "
            "file was cut");
    return false;
  }
  const auto gone = std::count_if(before.begin(), before.end(),
                                  [&](const auto& line) { return lines.count(line.first) == 0; });
  if (gone > 0) {
    add(report.warnings, Issue::Severity::kWarning, 0, "decrease",
        std::to_string(gone) +
            " lines are no longer in the list; their refusals stay in force "
            "until they are withdrawn");
  }
  return true;
}

Event refusal_event(const Registry& registry, const CsvLine& line, const Columns& columns,
                    std::string_view list, const std::string& digest, ImportReport& report) {
  const fhir::CategoryVocabulary vocabulary = registry.view()->vocabulary();
  RefusalLine reader(registry, vocabulary, row_of(line, columns));
  if (!line.error.empty()) {
    reader.spoil(line.error);
  } else if (line.fields.size() != columns.size()) {
    reader.spoil("it has " + std::to_string(line.fields.size()) + " fields where there are " +
                 std::to_string(columns.size()) + " columns");
  }
  Event event;
  event.type = "refusal";
  event.place = "line " + std::to_string(line.number);
  event.from_list = true;
  const bool shapeless = !reader.problem().empty();
  event.body = reader.body();
  if (!reader.problem().empty()) {
    event.body.set("status", "unresolved");
    if (shapeless) {  // fields may have moved: nothing narrows
      for (const char* key : {"recipients", "tracks", "categories"}) {
        event.body.erase(key);
      }
    }
    report.unresolved_lines.push_back(line.number);
    add(report.warnings, Issue::Severity::kWarning, line.number, "unresolved", reader.problem());
  }
  event.body.set("source", list);
  event.body.set("source_line", digest);
  return event;
}

// A line of notices: its patient by card number or id of the resource, and all else that it says.
struct NoticeLine {
  std::string card, patient, rest;
};

NoticeLine notice_line(const CsvLine& line, const Columns& columns) {
  NoticeLine result;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == "card" || columns[i] == "patient") {
      (columns[i] == "card" ? result.card : result.patient) = fhir::trim(line.fields[i]);
    } else {
      result.rest += fhir::trim(line.fields[i]) + '\x1f';
    }
  }
  return result;
}

std::optional<std::string> patient_of(const Registry& registry, NoticeLine line) {
  if (!line.card.empty()) {
    return registry.patient_of_card(line.card);
  }
  return line.patient.empty() ? std::nullopt : std::optional(std::move(line.patient));
}

Event notice_event(const Row& row, std::string place) {
  Event event;
  event.type = "notice";
  event.place = std::move(place);
  event.body = Json::object({});
  for (const auto& [name, value] : row) {
    if (value.empty() || name == "card" || name == "patient") {
      continue;
    }
    if (name == "items") {
      event.body.set(name, words(value));
    } else if (name == "filing_version") {
      const bool digits =
          value.size() < 10 && value.find_first_not_of("0123456789") == std::string::npos;
      event.body.set(name, digits ? Json::integer(std::stol(value)) : Json(value));
    } else {
      event.body.set(name, value);
    }
  }
  return event;
}

}  // namespace

ImportReport import_refusals(Registry& registry, std::string_view csv, std::string_view list,
                             const Actor& actor, fhir::Instant now) {
  ImportReport report;
  Columns columns;
  const auto lines = read_csv(csv);
  if (!readable(csv, report) ||
      !read_header(
          lines,
          {"card", "kana", "name", "birth", "insurer", "symbol", "number", "branch", "link_code",
           "requester", "channel", "received_on", "recipients", "tracks", "categories", "deletion"},
          columns, report)) {
    return report;
  }
  if (list.empty()) {
    add(report.issues, Issue::Severity::kError, 0, "required", "name the list");
    return report;
  }
  std::set<std::string> known;
  for (auto& [digest, id] : registry.lines_of_list(list)) {
    known.insert(digest);
  }
  std::set<std::string> digests;
  std::vector<Event> events;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string digest = registry.line_digest(list, lines[i].raw);
    if (!digests.insert(digest).second || known.count(digest) != 0) {
      ++report.unchanged;
    } else {
      events.push_back(refusal_event(registry, lines[i], columns, list, digest, report));
    }
  }
  if (!list_is_whole(registry, list, digests, report) || events.empty()) {
    return report;
  }
  const Registry::Appended appended = registry.append_all(events, actor, now);
  report.issues = appended.issues;
  report.sequence = appended.sequence;
  if (report.ok()) {
    report.counts["refusal"] = events.size();
  }
  return report;
}

ImportReport import_notices(Registry& registry, std::string_view csv, const Actor& actor,
                            fhir::Instant now) {
  ImportReport report;
  Columns columns;
  const auto lines = read_csv(csv);
  if (!readable(csv, report) ||
      !read_header(lines,
                   {"card", "patient", "client", "track", "date", "party", "method", "items",
                    "filing_version", "notice_version"},
                   columns, report)) {
    return report;
  }
  std::vector<Event> events;
  // What a line says besides its patient -> its event: as it stands there, and as it is read.
  std::unordered_map<std::string, std::size_t> alike;
  std::map<std::string, std::size_t> same;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const CsvLine& line = lines[i];
    if (!line.error.empty() || line.fields.size() != columns.size()) {
      add(report.issues, Issue::Severity::kError, line.number, "structure",
          line.error.empty() ? "it has another number of fields than there are columns"
                             : line.error);
      continue;
    }
    const NoticeLine said = notice_line(line, columns);
    auto patient = patient_of(registry, said);
    if (!patient) {
      add(report.issues, Issue::Severity::kError, line.number, "not-found",
          "it names no patient of the index; ingest first");
      continue;
    }
    auto known = alike.find(said.rest);
    if (known == alike.end()) {
      Event event = notice_event(row_of(line, columns), "line " + std::to_string(line.number));
      const auto [event_of, first] = same.try_emplace(fhir::write_json(event.body), events.size());
      known = alike.emplace(said.rest, event_of->second).first;
      if (first) {
        event.body.set("patients", Json::Array{});
        events.push_back(std::move(event));
      }
    }
    events[known->second].body.find("patients")->push(*std::move(patient));
  }
  if (!report.ok() || events.empty()) {
    return report;
  }
  const Registry::Appended appended = registry.append_all(events, actor, now);
  report.issues = appended.issues;
  report.sequence = appended.sequence;
  if (report.ok()) {
    report.counts["notice"] = lines.size() - 1;
  }
  return report;
}

}  // namespace sekisho::registry
