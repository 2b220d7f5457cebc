#include "adapter/ingest/job.h"

#include <charconv>
#include <map>

#include "fhir/json.h"

namespace sekisho::ingest {

namespace {

using fhir::Json;

struct Figure {
  const char* name;
  std::uint64_t Report::*value;
};

constexpr Figure kFigures[] = {
    {"read", &Report::read},
    {"mapped", &Report::mapped},
    {"unchanged", &Report::unchanged},
    {"superseded", &Report::superseded},
    {"deleted", &Report::deleted},
    {"produced", &Report::produced},
    {"stored", &Report::stored},
    {"resourcesUnchanged", &Report::resources_unchanged},
    {"tombstones", &Report::tombstones},
    {"issues", &Report::issues},
};

struct Reasons {
  const char* name;
  std::map<std::string, std::uint64_t> Report::*values;
};

constexpr Reasons kReasons[] = {
    {"ignored", &Report::ignored},
    {"quarantined", &Report::quarantined},
    {"rejected", &Report::rejected},
};

Json number(std::uint64_t value) { return Json(fhir::Number{std::to_string(value)}); }

std::uint64_t number_from(const Json* json) {
  std::uint64_t value = 0;
  const auto* number = json == nullptr ? nullptr : json->get<fhir::Number>();
  if (number != nullptr) {
    std::from_chars(number->text.data(), number->text.data() + number->text.size(), value);
  }
  return value;
}

std::string to_text(const std::set<std::size_t>& places) {
  std::string text;
  for (const std::size_t place : places) {
    text += std::to_string(place) + " ";
  }
  return text;
}

std::set<std::size_t> places_from(std::string_view text) {
  std::set<std::size_t> places;
  while (!text.empty()) {
    std::size_t place = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), place).ptr;
    places.insert(place);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return places;
}

std::string to_json(const Report& report) {
  Json json = Json::object({});
  for (const Figure& figure : kFigures) {
    json.set(figure.name, number(report.*figure.value));
  }
  for (const Reasons& reasons : kReasons) {
    Json counts = Json::object({});
    for (const auto& [reason, count] : report.*reasons.values) {
      counts.set(reason, number(count));
    }
    json.set(reasons.name, std::move(counts));
  }
  json.set("milliseconds", number(static_cast<std::uint64_t>(report.seconds * 1000)));
  return fhir::write_json(json);
}

Report report_from_json(std::string_view text) {
  Report report;
  const Json json = fhir::parse_json(text);
  for (const Figure& figure : kFigures) {
    report.*figure.value = number_from(json.find(figure.name));
  }
  for (const Reasons& reasons : kReasons) {
    const Json* counts = json.find(reasons.name);
    const auto* members = counts == nullptr ? nullptr : counts->get<Json::Object>();
    if (members != nullptr) {
      for (const Json::Member& member : *members) {
        (report.*reasons.values)[member.name] = number_from(&member.value);
      }
    }
  }
  report.seconds = static_cast<double>(number_from(json.find("milliseconds"))) / 1000;
  return report;
}

}  // namespace

Job resume_or_start(sqlite::Database& database, const std::string& plan, std::int64_t next_file,
                    fhir::Instant now) {
  Job job;
  sqlite::Statement select = database.prepare(
      "SELECT generation, first_file, state, plan, root, path, hidden, report, started FROM job "
      "WHERE job = 1");
  if (select.step()) {
    if (select.text(2) == "running" && select.text(3) == plan) {
      job.generation = select.integer(0);
      job.first_file = select.integer(1);
      job.plan = plan;
      job.root = static_cast<std::size_t>(select.integer(4));
      job.path = select.text(5);
      job.hidden = places_from(select.text(6));
      job.report = report_from_json(select.text(7));
      job.started.ms = select.integer(8);
      return job;
    }
    job.generation = select.integer(0) + 1;
  }
  select.reset();
  job.first_file = next_file;
  job.started = now;
  job.plan = plan;
  sqlite::Transaction transaction(database);
  save(database, job);
  transaction.commit();
  return job;
}

void save(sqlite::Database& database, const Job& job) {
  sqlite::Statement write =
      database.prepare("INSERT OR REPLACE INTO job VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  write.bind(1, job.generation).bind(2, job.started.ms).bind(3, job.first_file);
  write.bind(4, job.state).bind(5, job.plan).bind(6, static_cast<std::int64_t>(job.root));
  write.bind(7, job.path).bind(8, to_text(job.hidden)).bind(9, to_json(job.report)).run();
}

}  // namespace sekisho::ingest
