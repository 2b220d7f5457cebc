#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sekisho::connectors {

// How the bytes of a hospital's file spell text. kLatin1 is read only where a label says so.
enum class Encoding { kAuto, kIso2022Jp, kCp932, kEucJp, kUtf8, kLatin1 };

std::string_view name_of(Encoding encoding);

// What a decoding met besides text.
struct DecodeFindings {
  std::vector<std::size_t> undecodable;  // byte offsets in the input; U+FFFD stands there
  std::size_t count = 0;                 // of all; only the first thousand have their offset kept
  bool left_open = false;  // ISO-2022-JP: the run of two-byte characters was never closed
};

// Appends `bytes` as UTF-8 to `out`. Strict: what the encoding does not define becomes U+FFFD and a
// finding, never a guess. Begins in ASCII, and a line feed returns to ASCII. The readings are those
// of CP932 and CP50221 (README.md). `encoding` must not be kAuto.
void decode(std::string_view bytes, Encoding encoding, std::string& out, DecodeFindings& findings);

// False where the bytes are the same text in every encoding: no escape, no shift, no high byte.
bool needs_decoding(std::string_view bytes);
bool has_high_byte(std::string_view bytes);
bool has_designation(std::string_view bytes);  // ESC $ or ESC (, which only ISO-2022-JP writes

// How well the bytes fit: characters of more than one byte that decode, and undecodable places.
struct Fit {
  std::size_t good = 0;
  std::size_t bad = 0;
};
Fit fit(std::string_view bytes, Encoding encoding);

// The encoding that the bytes speak for when no label helps.
Encoding detect(std::string_view bytes);
// MSH-18 as it stands ("~ISO IR87"): the encoding it asks for; nothing if empty or not known.
std::optional<Encoding> encoding_of_label(std::string_view msh18, char repetition);

}  // namespace sekisho::connectors
