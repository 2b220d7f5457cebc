#include "mappings/function_table.h"

#include <algorithm>
#include <array>

namespace sekisho::mappings {
namespace {

constexpr std::size_t kMany = 32;

constexpr std::array kFunctions = {
    FunctionInfo{"addCoding", Function::kAddCoding, 2, 2},
    FunctionInfo{"address", Function::kAddress, 1, 1},
    FunctionInfo{"after", Function::kAfter, 2, 2},
    FunctionInfo{"base64", Function::kBase64, 1, 1},
    FunctionInfo{"before", Function::kBefore, 2, 2},
    FunctionInfo{"bool", Function::kBool, 1, 1},
    FunctionInfo{"coalesce", Function::kCoalesce, 1, kMany},
    FunctionInfo{"clinsLab", Function::kClinsLab, 1, 1},
    FunctionInfo{"code", Function::kCode, 1, 1},
    FunctionInfo{"coding", Function::kCoding, 1, 2},
    FunctionInfo{"concept", Function::kConcept, 1, 1},
    FunctionInfo{"count", Function::kCount, 1, 1},
    FunctionInfo{"date", Function::kDate, 1, 2},
    FunctionInfo{"dateTime", Function::kDateTime, 1, 2},
    FunctionInfo{"decimal", Function::kDecimal, 1, 1},
    FunctionInfo{"default", Function::kDefault, 2, 2},
    FunctionInfo{"display", Function::kDisplay, 1, 1},
    FunctionInfo{"distinct", Function::kDistinct, 1, 1},
    FunctionInfo{"doctorName", Function::kDoctorName, 1, 1},
    FunctionInfo{"extract", Function::kExtract, 2, 2},
    FunctionInfo{"first", Function::kFirst, 1, 1},
    FunctionInfo{"hash", Function::kHash, 1, kMany},
    FunctionInfo{"humanName", Function::kHumanName, 1, 1},
    FunctionInfo{"instant", Function::kInstant, 1, 1},
    FunctionInfo{"integer", Function::kInteger, 1, 1},
    FunctionInfo{"isNull", Function::kIsNull, 1, 1},
    FunctionInfo{"join", Function::kJoin, 2, kMany},
    FunctionInfo{"kana", Function::kKana, 1, 1},
    FunctionInfo{"last", Function::kLast, 1, 1},
    FunctionInfo{"length", Function::kLength, 1, 1},
    FunctionInfo{"listed", Function::kListed, 2, 2},
    FunctionInfo{"lookup", Function::kLookup, 2, 2},
    FunctionInfo{"lower", Function::kLower, 1, 1},
    FunctionInfo{"nfkc", Function::kNfkc, 1, 1},
    FunctionInfo{"nth", Function::kNth, 2, 2},
    FunctionInfo{"ordinal", Function::kOrdinal, 1, kMany},
    FunctionInfo{"quantity", Function::kQuantity, 1, 2},
    FunctionInfo{"ref", Function::kRef, 1, 1},
    FunctionInfo{"refKey", Function::kRefKey, 2, kMany},
    FunctionInfo{"replace", Function::kReplace, 3, 3},
    FunctionInfo{"require", Function::kRequire, 1, 1},
    FunctionInfo{"split", Function::kSplit, 2, 2},
    FunctionInfo{"substr", Function::kSubstr, 2, 3},
    FunctionInfo{"switch", Function::kSwitch, 3, kMany},
    FunctionInfo{"system", Function::kSystem, 1, 1},
    FunctionInfo{"telecom", Function::kTelecom, 1, 1},
    FunctionInfo{"text", Function::kText, 1, 1},
    FunctionInfo{"time", Function::kTime, 1, 1},
    FunctionInfo{"trim", Function::kTrim, 1, 1},
    FunctionInfo{"upper", Function::kUpper, 1, 1},
    FunctionInfo{"where", Function::kWhere, 1, 1},
};

}  // namespace

const FunctionInfo* find_function(std::string_view name) {
  auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                            [&](const FunctionInfo& info) { return info.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

}  // namespace sekisho::mappings
