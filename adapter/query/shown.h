#pragma once

#include "adapter/query/query.h"
#include "adapter/query/sight.h"

namespace sekisho::query {

Shown held_back(const Row& row);  // what is said of it without its text
Shown shown(Sight& sight, const Row& row);

}  // namespace sekisho::query
