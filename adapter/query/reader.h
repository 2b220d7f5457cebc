#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fhir/instant.h"

namespace sekisho::query {

class Sight;

// One read-only connection to the store with its prepared statements. Used by one thread at a time.
// It hands out nothing by itself: reading needs a Sight, and that a Visibility.
class Reader {
 public:
  // Throws Error where the store cannot be opened or has another format.
  explicit Reader(const std::string& store_file);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // When the last finished ingest began; nothing before the first. Says nothing of any patient.
  std::optional<fhir::Instant> data_as_of();

  // SQLite VM steps of every statement but searches since the last call. For the test that a denied
  // and an unknown id cost the same.
  std::uint64_t take_look_up_steps();
  std::uint64_t take_search_steps();  // the same of searches

 private:
  friend class Sight;
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sekisho::query
