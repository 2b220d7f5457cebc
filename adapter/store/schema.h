#pragma once

#include <cstdint>
#include <string_view>

namespace sekisho::store {

extern const std::string_view kSchema;   // schema.sql: format 1
extern const std::string_view kSchema2;  // format2.sql: the step from 1 to 2

inline constexpr std::int64_t kFormat = 2;  // user_version

inline constexpr std::int64_t kApplicationId = 0x53454B49;  // "SEKI"

}  // namespace sekisho::store
