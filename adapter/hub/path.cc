#include "adapter/hub/path.h"

#include <algorithm>
#include <vector>

#include "fhir/resource.h"
#include "fhir/search_parameter.h"

namespace sekisho::hub {
namespace {

bool looks_like_type(std::string_view text) {
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

bool looks_like_operation(std::string_view text) {
  return !text.empty() && (text.front() == '$' || text == "_history" || text == "_search");
}

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> found;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    found.push_back(path.substr(0, end));
    if (end == path.size()) {
      return found;
    }
    path.remove_prefix(end + 1);
  }
}

Path::Kind kind_below_type(const std::vector<std::string_view>& parts) {
  const std::string_view second = parts[1];
  if (parts.size() == 2) {
    if (second == "_search") {
      return Path::Kind::kSearchByPost;
    }
    return looks_like_operation(second) ? Path::Kind::kUnbuilt : Path::Kind::kInstance;
  }
  if (parts[2] == "_history" && parts.size() == 4) {
    return Path::Kind::kVersion;
  }
  const bool unbuilt =
      parts.size() == 3 && (looks_like_operation(parts[2]) || looks_like_type(parts[2]));
  return unbuilt ? Path::Kind::kUnbuilt : Path::Kind::kUnknown;
}

}  // namespace

Path parse_path(std::string_view path, std::string_view base_path) {
  Path found;
  if (path.substr(0, base_path.size()) != base_path) {
    return found;
  }
  path.remove_prefix(base_path.size());
  if (path.empty() || path == "/") {
    found.kind = Path::Kind::kBase;
    return found;
  }
  if (path.front() != '/') {
    return found;
  }
  const std::vector<std::string_view> parts = segments(path.substr(1));
  if (std::find(parts.begin(), parts.end(), std::string_view()) != parts.end()) {
    return found;  // "//" or a slash at the end
  }
  if (parts.size() == 1 && parts[0] == "metadata") {
    found.kind = Path::Kind::kMetadata;
  } else if (parts.size() == 1 && parts[0] == "status") {
    found.kind = Path::Kind::kStatus;
  } else if (parts.size() == 1 && looks_like_operation(parts[0])) {
    found.kind = Path::Kind::kUnbuilt;
  } else if (looks_like_type(parts[0])) {
    found.type = parts[0];
    found.kind = parts.size() == 1 ? Path::Kind::kType : kind_below_type(parts);
    if (found.kind == Path::Kind::kInstance || found.kind == Path::Kind::kVersion) {
      found.id = parts[1];
      found.version = parts.size() == 4 ? parts[3] : std::string_view();
    }
  }
  return found;
}

std::string interaction_of(const Path& path, std::string_view method) {
  const bool reads = method == "GET" || method == "HEAD";
  switch (path.kind) {
    case Path::Kind::kMetadata:
      return "capabilities";
    case Path::Kind::kStatus:
      return "status";
    case Path::Kind::kSearchByPost:
      return "search-type";
    case Path::Kind::kBase:
      return reads ? "search-system" : "transaction";
    case Path::Kind::kVersion:
      return "vread";
    case Path::Kind::kUnbuilt:
      return "operation";
    case Path::Kind::kUnknown:
      return "unknown";
    case Path::Kind::kType:
    case Path::Kind::kInstance:
      break;
  }
  if (reads) {
    return path.kind == Path::Kind::kType ? "search-type" : "read";
  }
  return method == "POST"     ? "create"
         : method == "PUT"    ? "update"
         : method == "PATCH"  ? "patch"
         : method == "DELETE" ? "delete"
                              : "unknown";
}

std::string target_of(const Path& path) {
  const auto served = fhir::served_types();
  if (std::find(served.begin(), served.end(), path.type) == served.end()) {
    return {};
  }
  return fhir::is_logical_id(path.id) ? path.type + '/' + path.id : path.type;
}

const char* allowed_methods(const Path& path) {
  switch (path.kind) {
    case Path::Kind::kSearchByPost:
      return "POST";
    case Path::Kind::kBase:
    case Path::Kind::kMetadata:
    case Path::Kind::kStatus:
    case Path::Kind::kType:
    case Path::Kind::kInstance:
    case Path::Kind::kVersion:
      return "GET, HEAD";
    case Path::Kind::kUnbuilt:
    case Path::Kind::kUnknown:
      break;
  }
  return "";
}

}  // namespace sekisho::hub
