#pragma once

#include <string>
#include <string_view>

#include "adapter/ledger/ledger.h"

namespace sekisho::ledger {

// The members of a line of kind "request", the patients sealed with the key and bound to the
// request id. Called by the thread that asks, so that the one that writes only chains and writes.
std::string request_members(const Record& record, std::string_view seal_key);
std::string genesis_members(const std::string& public_pem);
// Why a ledger that begins with this line is none of this program's, empty where it is one.
std::string foreign_format(std::string_view genesis);
std::string start_members(const Ledger::Options& options, std::uint64_t bytes_cut_off);

}  // namespace sekisho::ledger
