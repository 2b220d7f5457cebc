#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sekisho::mappings {

// In the order of their families: the evaluator tells them apart by the first of each.
// clang-format off
enum class Function : std::uint8_t {
  kTrim, kNfkc, kKana, kUpper, kLower, kSubstr, kBefore, kAfter, kSplit, kJoin, kReplace, kExtract,
  kLength,
  kDefault, kCoalesce, kSwitch, kRequire,
  kDate, kDateTime, kInstant, kTime, kDecimal, kInteger, kBool, kCode, kText, kBase64, kQuantity,
  kHumanName, kDoctorName, kAddress, kTelecom,
  kConcept, kCoding, kLookup, kSystem, kAddCoding, kDisplay, kClinsLab, kRef, kRefKey, kHash,
  kFirst, kLast, kCount, kDistinct, kNth, kWhere, kOrdinal, kIsNull, kListed,
};
// clang-format on

// What a function takes, the piped value included.
struct FunctionInfo {
  std::string_view name;
  Function function;
  std::size_t least;
  std::size_t most;
};

const FunctionInfo* find_function(std::string_view name);

}  // namespace sekisho::mappings
