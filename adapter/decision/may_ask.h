#pragma once

#include "adapter/decision/decision.h"

namespace sekisho::decision {

// The pieces of G0 to G2, so that decide() can ask the category between them (4.4a's order).

// G0, G1 and G2 up to the purpose of the permit. kOk: the permit is there.
Reason gates_before_category(const registry::State& state, const registry::Environment& environment,
                             const Asking& asking);
// G2 after the category. Only where the first said kOk.
Reason gates_after_category(const registry::State& state, const Asking& asking);

}  // namespace sekisho::decision
