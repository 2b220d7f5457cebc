#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapter/crypto/keys.h"
#include "adapter/ledger/ledger.h"

namespace sekisho::ledger {

// What a stranger needs to verify the ledger far from the installation: a folder with ledger/ (the
// lines as they stand and the newest signed head), public_key.pem, and READ_ME.txt, which says how
// to verify with common tools instead of this program. The patients of its records stay sealed:
// the folder may leave the hospital.

// Makes the folder, mode 0700, and verifies the copy; works while an agent writes. The copy ends
// with a whole line. What does not verify is said as by verify() and the folder stays, as evidence.
// Throws Error(kConflict) where `bundle` exists, Error(kNotFound, kIo, kNoSpace).
Verified export_bundle(const std::string& ledger_dir, std::string_view public_pem,
                       const std::string& bundle);

// As verify(), with the key that the bundle holds where none is given. A bundle says with its own
// key only that nobody changed it who lacks that key: compare the key with what the hospital
// published.
Verified verify_bundle(const std::string& bundle, const std::optional<crypto::VerifyKey>& key);

// SHA-256, hex, of the bundle's public_key.pem, for that comparison. Throws Error(kNotFound).
std::string bundle_key_digest(const std::string& bundle);

}  // namespace sekisho::ledger
