#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/instant.h"

namespace sekisho::agent {

// A typed field of a log line. Texts are names of the product's own things (a client id, an error
// text); never a value of a patient's record.
struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, bool> value;
};

// One JSON object a line: time, level, event, then the fields. Thread-safe.
class Log {
 public:
  enum class Level { kInfo, kWarning, kAlarm };
  using Sink = std::function<void(const std::string& line)>;

  Log(fhir::Clock clock, Sink sink) : clock_(std::move(clock)), sink_(std::move(sink)) {}
  void write(Level level, std::string_view event, std::initializer_list<LogField> fields = {});

 private:
  fhir::Clock clock_;
  Sink sink_;
  std::mutex mutex_;
};

Log::Sink to_standard_error();

}  // namespace sekisho::agent
