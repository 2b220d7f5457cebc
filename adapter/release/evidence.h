#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapter/ledger/ledger.h"
#include "adapter/query/query.h"
#include "adapter/registry/registry.h"
#include "adapter/release/desk.h"
#include "adapter/release/entrance.h"

namespace sekisho::release {

// What the ledger says of an answer (release-decision 4.10).
ledger::Record record_of(const Asker& asker, const Entrance& entrance, int status);

ledger::Record refusal_of(const Desk& desk, const Asker& asker, const Entrance& entrance);

// Adds what an answer with data discloses: category sets ("I5", "I4+I5"), counts and patients.
void add_released(ledger::Record& record, std::string_view type,
                  const std::vector<query::Shown>& shown, std::string_view body,
                  const fhir::CategoryVocabulary& vocabulary, const registry::Registry& registry);

}  // namespace sekisho::release
