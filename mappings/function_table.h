#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sekisho::mappings {

enum class Function : std::uint8_t {
  kTrim,
  kNfkc,
  kKana,
  kUpper,
  kLower,
  kSubstr,
  kBefore,
  kAfter,
  kSplit,
  kJoin,
  kReplace,
  kExtract,
  kDefault,
  kCoalesce,
  kSwitch,
  kRequire,
  kLength,
  kDate,
  kDateTime,
  kInstant,
  kTime,
  kDecimal,
  kInteger,
  kBool,
  kCode,
  kText,
  kBase64,
  kConcept,
  kCoding,
  kQuantity,
  kHumanName,
  kDoctorName,
  kAddress,
  kTelecom,
  kLookup,
  kSystem,
  kAddCoding,
  kDisplay,
  kClinsLab,
  kRef,
  kRefKey,
  kHash,
  kFirst,
  kLast,
  kCount,
  kDistinct,
  kNth,
  kIsNull,
  kListed,
};

// What a function takes, the piped value included.
struct FunctionInfo {
  std::string_view name;
  Function function;
  std::size_t least;
  std::size_t most;
};

const FunctionInfo* find_function(std::string_view name);

}  // namespace sekisho::mappings
