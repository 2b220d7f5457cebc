#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string_view>
#include <vector>

#include "adapter/log/event.h"
#include "adapter/log/field.h"
#include "fhir/instant.h"

namespace sekisho::log {

// Writes events as JSON lines: time, level, event, then the fields. More than kLinesPerMinute lines
// of one event within a minute are left out and counted in a line of their own. A sink that fails
// loses its line and nothing else: a full disk must not stop what is logged. Thread-safe.
class Log {
 public:
  using Sink = std::function<void(std::string_view line, fhir::Instant now)>;  // may throw Error

  static constexpr std::uint32_t kLinesPerMinute = 30;

  Log(fhir::Clock clock, std::vector<Sink> sinks);
  void write(Event event, std::initializer_list<Field> fields = {});
  // Says what was left out in minutes that are over; to be called now and then.
  void flush();

  std::uint64_t written(Level level) const;
  std::uint64_t lost() const { return lost_.load(); }  // lines that a sink did not take

 private:
  struct Minute {
    std::int64_t begin_ms = INT64_MIN;
    std::uint32_t lines = 0;
    std::uint64_t left_out = 0;
  };
  bool admit(Event event, fhir::Instant now);
  void close(Event event, Minute& minute, fhir::Instant now);
  void put(const EventText& event, std::initializer_list<Field> fields, fhir::Instant now);

  fhir::Clock clock_;
  std::vector<Sink> sinks_;
  std::mutex mutex_;
  std::vector<Minute> minutes_;  // by event
  std::array<std::atomic<std::uint64_t>, 3> written_{};
  std::atomic<std::uint64_t> lost_{0};
};

Log::Sink to_standard_error();

}  // namespace sekisho::log
