#pragma once

#include <cstddef>
#include <string_view>

namespace sekisho::mappings {

// The files of the base pack, built into the program by packaging/cmake/embed.cmake. Empty for a
// path that the pack does not have.
std::string_view embedded_file(std::string_view path);
// The n-th path in byte order; empty past the last.
std::string_view embedded_path(std::size_t index);

}  // namespace sekisho::mappings
