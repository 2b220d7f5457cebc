#include "adapter/ledger/bundle.h"

#include "adapter/ledger/segments.h"
#include "adapter/platform/durable_file.h"
#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::ledger {

namespace {

constexpr const char* kKeyFile = "/public_key.pem";
constexpr const char* kLedgerFolder = "/ledger";
constexpr std::uint64_t kLargestHead = 1u << 20, kLargestKey = 1u << 16;
constexpr std::size_t kWriteBytes = 1u << 20;

constexpr std::string_view kReadMe =
    R"(A disclosure ledger: who was given what, by whose permit, and who was refused.

ledger/ledger-<number>.jsonl   the records, one JSON object a line, files in the order of their numbers
ledger/head.json               the newest signed record, again
public_key.pem                 the Ed25519 key of the signatures; compare it with the hospital's

The patients stand in sealed lists that only the hospital can open.

To verify it with Sekisho:   sekisho ledger verify --bundle <this folder>
To verify it with common tools, for each line (bytes without the line feed):
1. "seq" counts 1, 2, 3, ... over all files.
2. "prev" is the SHA-256, in hex, of the line before; 64 zeros in the first line.
3. "sum" is the first 16 hex digits of the SHA-256 of what stands before ,"sum":
4. Where "kind" is "checkpoint": "signature" is in hex the Ed25519 signature, by public_key.pem, of
   what stands before ,"signature":
5. The line of ledger/head.json is a line of the files. Lines behind it are chained, not yet signed.
)";

// The file up to its last whole line.
void copy_lines(const Segment& segment, const std::string& to) {
  platform::AppendFile file = platform::AppendFile::open(to);
  LineReader reader(segment.path);
  std::string bytes;
  for (std::string_view line; reader.next(line);) {
    bytes.append(line).push_back('\n');
    if (bytes.size() >= kWriteBytes) {
      file.append(bytes);
      bytes.clear();
    }
  }
  if (!bytes.empty()) {
    file.append(bytes);
  }
  file.sync();
}

}  // namespace

// The head is read before the files: what an agent writes meanwhile comes after it.
Verified export_bundle(const std::string& ledger_dir, std::string_view public_pem,
                       const std::string& bundle) {
  if (platform::file_exists(bundle)) {
    throw fhir::Error(fhir::ErrorCode::kConflict,
                      "ledger bundle: there is something of that name; name a folder that does not "
                      "exist");
  }
  const std::string head = platform::read_file(ledger_dir + '/' + kHeadFile, kLargestHead);
  const std::string to = bundle + kLedgerFolder + '/';
  platform::create_folder(bundle + kLedgerFolder);
  for (const Segment& segment : segments_of(ledger_dir)) {
    copy_lines(segment, to + segment.name);
  }
  platform::write_file(to + kHeadFile, head);
  platform::write_file(bundle + kKeyFile, public_pem);
  platform::write_file(bundle + "/READ_ME.txt", kReadMe);
  return verify_bundle(bundle, std::nullopt);
}

Verified verify_bundle(const std::string& bundle, const std::optional<crypto::VerifyKey>& key) {
  if (key) {
    return verify(bundle + kLedgerFolder, *key);
  }
  const std::string pem = platform::read_file(bundle + kKeyFile, kLargestKey);
  return verify(bundle + kLedgerFolder, crypto::VerifyKey::from_pem(pem));
}

std::string bundle_key_digest(const std::string& bundle) {
  return fhir::to_hex(fhir::sha256(platform::read_file(bundle + kKeyFile, kLargestKey)));
}

}  // namespace sekisho::ledger
