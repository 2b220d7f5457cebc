#include "adapter/agent/log.h"

#include <cstdio>

#include "fhir/json.h"

namespace sekisho::agent {
namespace {

std::string_view name_of(Log::Level level) {
  switch (level) {
    case Log::Level::kInfo:
      return "info";
    case Log::Level::kWarning:
      return "warning";
    case Log::Level::kAlarm:
      return "alarm";
  }
  return "alarm";
}

fhir::Json json_of(const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    return fhir::Json(*text);
  }
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    return fhir::Json::integer(*number);
  }
  return fhir::Json(std::get<bool>(field.value));
}

}  // namespace

void Log::write(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  fhir::Json line;
  line.set("time", fhir::to_text(clock_()));
  line.set("level", name_of(level));
  line.set("event", event);
  for (const LogField& field : fields) {
    line.set(field.name, json_of(field));
  }
  const std::string text = fhir::write_json(line);
  const std::lock_guard lock(mutex_);
  sink_(text);
}

Log::Sink to_standard_error() {
  return [](const std::string& line) {
    const std::string whole = line + '\n';
    std::fwrite(whole.data(), 1, whole.size(), stderr);
  };
}

}  // namespace sekisho::agent
