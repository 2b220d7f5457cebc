#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapter/ingest/ingest.h"
#include "connectors/hl7v2/message.h"

namespace sekisho::ingest {

// Reasons to keep a file out whole. The closed list, with remedies, is docs/operations.md.
QuarantineEntry quarantine_for(std::string_view reason);

// Is there a message in these bytes that can be trusted to be whole? Else why not.
std::optional<QuarantineEntry> check_content(std::string_view bytes,
                                             const connectors::hl7v2::Parsed& parsed);

// Folder, file name and every PID-3 of the file have to name the same patient: a file under another
// patient's folder is a danger to both, and no parse warning (sources 1.10).
std::optional<QuarantineEntry> check_identity(std::string_view folder_patient,
                                              std::string_view name_patient,
                                              const connectors::hl7v2::Parsed& parsed);

}  // namespace sekisho::ingest
