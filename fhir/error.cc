#include "fhir/error.h"

namespace sekisho::fhir {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kConfig:
      return "config";
    case ErrorCode::kInput:
      return "input";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kNoSpace:
      return "no-space";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kDatabase:
      return "database";
    case ErrorCode::kCrypto:
      return "crypto";
    case ErrorCode::kNetwork:
      return "network";
    case ErrorCode::kUnsupported:
      return "unsupported";
  }
  return "unknown";
}

}  // namespace sekisho::fhir
