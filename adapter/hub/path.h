#pragma once

#include <string>
#include <string_view>

namespace sekisho::hub {

// Where a path points, below the base.
struct Path {
  enum class Kind {
    kUnknown,       // 404 whatever the method
    kBase,          // [base]: system search, batch and transaction
    kMetadata,      // [base]/metadata
    kStatus,        // [base]/status
    kType,          // [base]/[type]: search by GET, create
    kSearchByPost,  // [base]/[type]/_search
    kInstance,      // [base]/[type]/[id]
    kVersion,       // [base]/[type]/[id]/_history/[vid]
    kUnbuilt,       // a FHIR interaction that is not served: history, operations, compartments
  };
  Kind kind = Kind::kUnknown;
  std::string type, id, version;
};

Path parse_path(std::string_view path, std::string_view base_path);

// R4's name of what a method does there: "read", "search-type", "create", ...
std::string interaction_of(const Path& path, std::string_view method);
// "Observation", "Observation/id", or nothing: a served type and a well-formed id only, so that
// what a hub typed by mistake does not reach the ledger.
std::string target_of(const Path& path);
// The methods that are served there, as in Allow; empty: none.
const char* allowed_methods(const Path& path);

}  // namespace sekisho::hub
