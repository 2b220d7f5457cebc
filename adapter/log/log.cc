#include "adapter/log/log.h"

#include <cstdio>
#include <string>

#include "fhir/error.h"
#include "fhir/json.h"

namespace sekisho::log {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

void add(std::string& line, std::string_view name, const Value& value) {
  line += line.empty() ? '{' : ',';
  fhir::write_json_string(name, line);
  line += ':';
  value.write(line);
}

std::string line_of(const EventText& event, std::initializer_list<Field> fields,
                    fhir::Instant now) {
  std::string line;
  add(line, "time", now);
  add(line, "level", name_of(event.level));
  add(line, "event", event.name);
  for (const Field& field : fields) {
    add(line, field.name.text(), field.value);
  }
  return line + '}';
}

}  // namespace

Log::Log(fhir::Clock clock, std::vector<Sink> sinks)
    : clock_(std::move(clock)), sinks_(std::move(sinks)), minutes_(events().size()) {}

void Log::write(Event event, std::initializer_list<Field> fields) {
  const fhir::Instant now = clock_();
  const std::lock_guard lock(mutex_);
  if (admit(event, now)) {
    put(text_of(event), fields, now);
  }
}

void Log::flush() {
  const fhir::Instant now = clock_();
  const std::lock_guard lock(mutex_);
  for (const EventText& event : events()) {
    Minute& minute = minutes_[static_cast<std::size_t>(event.event)];
    if (minute.left_out > 0 &&
        (now.ms - minute.begin_ms >= kMinuteMs || now.ms < minute.begin_ms)) {
      close(event.event, minute, now);
    }
  }
}

// A clock that steps back begins a new minute as one that went on does.
bool Log::admit(Event event, fhir::Instant now) {
  Minute& minute = minutes_[static_cast<std::size_t>(event)];
  if (minute.lines == 0 || now.ms - minute.begin_ms >= kMinuteMs || now.ms < minute.begin_ms) {
    close(event, minute, now);
  }
  if (minute.lines == kLinesPerMinute) {
    ++minute.left_out;
    return false;
  }
  ++minute.lines;
  return true;
}

void Log::close(Event event, Minute& minute, fhir::Instant now) {
  if (minute.left_out > 0) {
    put(text_of(Event::kSuppressed), {{"of", text_of(event).name}, {"lines", minute.left_out}},
        now);
  }
  minute = {now.ms, 0, 0};
}

void Log::put(const EventText& event, std::initializer_list<Field> fields, fhir::Instant now) {
  const std::string line = line_of(event, fields, now);
  ++written_[static_cast<std::size_t>(event.level)];
  for (const Sink& sink : sinks_) {
    try {
      sink(line, now);
    } catch (const fhir::Error&) {
      ++lost_;
    }
  }
}

std::uint64_t Log::written(Level level) const {
  return written_[static_cast<std::size_t>(level)].load();
}

Log::Sink to_standard_error() {
  return [](std::string_view line, fhir::Instant) {
    const std::string whole = std::string(line) + '\n';
    std::fwrite(whole.data(), 1, whole.size(), stderr);
  };
}

}  // namespace sekisho::log
