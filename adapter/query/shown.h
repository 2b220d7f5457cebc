#pragma once

#include "adapter/query/query.h"
#include "adapter/query/sight.h"

namespace sekisho::query {

// What a read or a search gives of a row that the Sight shows.
Shown shown(Sight& sight, const Row& row);
// The same without text, categories and patients: the caller holds this version already.
Shown held_back(const Row& row);

}  // namespace sekisho::query
