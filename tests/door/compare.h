#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/door/requests.h"
#include "tests/door/twin.h"

namespace sekisho::door_bench {

// What a twin says to a question, pages included, as one text without request id and Date.
std::string said(const Twin& twin, const Question& question);

// Where the twins differ: the first line of each side that is another; nothing where they are
// equal byte for byte.
std::optional<std::string> difference(const Twin& a, const Twin& b, const Question& question);

// The smallest question found for which `differs` still holds.
Question shrink(Question question, const std::function<bool(const Question&)>& differs);

}  // namespace sekisho::door_bench
