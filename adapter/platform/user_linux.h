#pragma once

#include <string>

namespace sekisho::platform {

std::string user_name(unsigned int id);  // "uid 4711" where the system knows no name

}  // namespace sekisho::platform
