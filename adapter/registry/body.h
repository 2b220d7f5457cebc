#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/registry/model.h"
#include "fhir/data_category.h"
#include "fhir/issue.h"
#include "fhir/json.h"

namespace sekisho::registry {

// Reads the body of an event member by member and collects what is wrong with it. Every reader
// gives the denying value where the member is missing or cannot be read, so that a journal that was
// written under other rules is read in the denying direction too (release-decision 4.4 note 3).
class Body {
 public:
  Body(const fhir::Json& body, std::string place, std::initializer_list<std::string_view> keys,
       fhir::Issues& issues);

  bool has(std::string_view key) const { return body_.find(key) != nullptr; }
  const fhir::Json* find(std::string_view key) const { return body_.find(key); }
  void refuse(std::string_view key, std::string code, std::string diagnostics) const;

  std::string text(std::string_view key) const;         // "" where absent
  std::string needed_text(std::string_view key) const;  // an Issue where absent or empty
  std::string needed_name(std::string_view key) const;  // [A-Za-z0-9._-]{1,64}
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<std::string> logical_ids(std::string_view key) const;
  // `denying` where the member is missing or cannot be read.
  bool flag(std::string_view key, bool denying) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<fhir::CivilDate> date(std::string_view key) const;
  std::optional<fhir::Instant> instant(std::string_view key) const;
  std::optional<Track> track(std::string_view key) const;            // an Issue where it is neither
  bool tracks(std::string_view key, std::vector<Track>& out) const;  // false: one is unknown
  // The codes that the vocabulary knows; false where one is unknown.
  bool categories(std::string_view key, const fhir::CategoryVocabulary& vocabulary,
                  fhir::CategorySet& out) const;
  // One of the words; an Issue and nothing where it is another.
  std::optional<std::size_t> word(std::string_view key,
                                  std::initializer_list<std::string_view> words) const;

 private:
  const fhir::Json& body_;
  std::string place_;
  fhir::Issues& issues_;
};

}  // namespace sekisho::registry
