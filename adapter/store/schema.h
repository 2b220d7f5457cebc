#pragma once

#include <cstdint>
#include <string_view>

namespace sekisho::store {

extern const std::string_view kSchema;  // schema.sql

inline constexpr std::int64_t kFormat = 1;  // user_version

inline constexpr std::int64_t kApplicationId = 0x53454B49;  // "SEKI"

}  // namespace sekisho::store
