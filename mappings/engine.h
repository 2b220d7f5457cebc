#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/hl7v2/message.h"
#include "connectors/ssmix2/name.h"
#include "fhir/digest.h"
#include "fhir/instant.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/release_sets.h"
#include "mappings/limits.h"
#include "mappings/part.h"
#include "mappings/trace.h"

namespace sekisho::mappings {

// What one installation gives to every mapping run.
struct Settings {
  fhir::IdKey ids;
  std::map<std::string, std::string> config;  // "config.patientIdSystem" and the like, by last name
  std::string feed;                           // names the source in meta.source: "ssmix2-main"
  bool pad_hour_only = false;                 // mapping-format 6.4
  Limits limits = {};
  std::set<std::string> merged_types = {};  // that a rule of any pack merges: see merge.h
};

// One message to map, with what the storage said of it. `name` is null for a single message from
// outside a storage; `data_type` then comes from the caller ("OML-11").
struct Input {
  const connectors::hl7v2::Message& message;
  std::string data_type;
  const connectors::ssmix2::Name* name = nullptr;
  std::string label;                        // "OML-11 #4411": how Issues name the input
  std::string opaque;                       // keyed hash of path or MSH-10 for meta.source
  std::vector<TraceLine>* trace = nullptr;  // filled where it is given
};

// A finished resource, without meta.versionId and meta.lastUpdated (the store sets them).
struct MappedResource {
  std::string rule;
  std::string type;
  std::string id;
  fhir::Json body;       // null when `deleted`
  bool deleted = false;  // the source deleted it: a tombstone
  fhir::ReleaseSets sets;
  std::vector<Part> part;  // of a type that is merged: one, and `body` is null
};

// One that could not be produced: missing by base R4, a key part empty, two with one key.
struct RejectedResource {
  std::string rule;
  std::string type;
  fhir::Issue issue;
};

struct UnmappedCode {
  std::string lookup;  // or the coding-system name
  std::string code;    // a code of a code system, never a patient's value
  auto operator<=>(const UnmappedCode&) const = default;
};

struct Result {
  std::vector<MappedResource> resources;
  std::vector<RejectedResource> rejected;
  fhir::Issues issues;              // profile.downgraded, date.invalid, ...
  std::vector<std::string> unread;  // "OBX-23", valued, neither read nor ignored
  std::vector<UnmappedCode> unmapped;
};

// The text of a mapping profile. `file` names it in errors; `open` gives the text of another file
// of its pack ("concept_maps/x.json") or throws.
struct ProfileText {
  using Open = std::function<std::string(const std::string& path)>;
  std::string text;
  std::string file;
  Open open;
};
// The profile that another extends, by its id; none if there is none.
using FindParent = std::function<std::optional<ProfileText>(const std::string& id)>;

// A compiled mapping profile. Immutable; run() may be called from several threads at once.
class Profile {
 public:
  // Throws Error(kConfig) "file:line:column /json/pointer: what". The first form finds parents in
  // the base pack.
  using Open = ProfileText::Open;
  static Profile compile(std::string_view text, const std::string& file, const Open& open);
  static Profile compile(ProfileText text, const FindParent& find);
  ~Profile();
  Profile(Profile&&) noexcept;
  Profile& operator=(Profile&&) noexcept;

  const std::string& id() const;
  const std::string& version() const;
  const std::string& file() const;
  // The ids of what it extends, nearest first.
  const std::vector<std::string>& parents() const;
  // SHA-256, hex, of the profile, its ConceptMaps and the laboratory table: a change of any
  // of them changes it, and what was mapped before is worth mapping again.
  const std::string& digest() const;
  std::vector<std::string> rule_names() const;
  // Does the profile accept this message type ("OUL^R22") of this SS-MIX2 data type ("OML-11")?
  bool accepts(std::string_view message_type, std::string_view data_type) const;
  // The SS-MIX2 type under which it accepts such a message (maybe empty), or none.
  std::optional<std::string> data_type_of(std::string_view message_type) const;
  // The types of which a rule says "updates": "merge".
  std::set<std::string> merged_types() const;
  // The profile URL that a resource of the rule claims, if any; each better one passed over is an
  // Issue. `holds`: of which the condition holds.
  std::string claim(std::string_view rule, const fhir::Json& body, const std::vector<bool>& holds,
                    const std::string& place, fhir::Issues& issues) const;
  // Is there a message that both accept?
  bool overlaps(const Profile& other) const;

  // Never throws for data. Throws Error(kConfig) for a config name that is missing.
  Result run(const Input& input, const Settings& settings) const;

 private:
  struct Compiled;
  explicit Profile(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

// The profiles of a pack folder (profiles/*.map.json); the base pack is built into the binary.
class Pack {
 public:
  static Pack base();
  // Throws Error(kConfig) if any profile does not compile: all or nothing.
  static Pack load(const std::string& folder);
  // One profile of a pack folder by its path; its parents are found as in a pack.
  static Profile compile_file(const std::string& file);
  // The profile for a message, null if none: the file is `ignored (no mapping profile)`.
  const Profile* find(std::string_view message_type, std::string_view data_type) const;
  const std::vector<Profile>& profiles() const { return profiles_; }

 private:
  std::vector<Profile> profiles_;
};

}  // namespace sekisho::mappings
