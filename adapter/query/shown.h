#pragma once

#include "adapter/query/query.h"
#include "adapter/query/sight.h"

namespace sekisho::query {

Shown shown(Sight& sight, const Row& row);

}  // namespace sekisho::query
