#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sekisho::registry {

// Names as refusal lines and records write them. All results are folded for identity.

// The name with its parts in every order that it may be written in: a foreign person's stands the
// other way round as often as not. As written comes first; more than three parts only turn
// around, and more than eight stand as written and the other way round alone.
std::vector<std::string> orders_of(std::string_view name);

// The parts of a name, as blanks, commas and middle dots divide them.
std::vector<std::string> parts_of(std::string_view name);

// A newborn's until it is named: "ヤマダ ベビー", "ハナコベビー", "Baby Smith", "女児".
bool is_temporary_name(std::string_view folded);
// The parts that may be a family name, without what makes the name a temporary one.
std::vector<std::string> families_in_temporary(std::string_view name);

bool is_in_letters(std::string_view folded);  // Latin alone; not empty

}  // namespace sekisho::registry
