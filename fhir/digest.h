#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::fhir {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string to_hex(const Digest& digest);  // 64 lower-case characters

// Lower-case hexadecimal digits, two a byte. from_hex takes no others: nullopt.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view digits);

// SHA-256 over bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  Digest finish();  // once, and nothing after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Lower-case, unpadded base32 (RFC 4648) of the bytes.
std::string base32(std::string_view bytes);

// Logical ids (mapping-format 6.5): the first 26 characters of base32(HMAC-SHA-256(key, facility
// 0x1F type 0x1F parts joined by 0x1F)). Opaque without the key, stable with it.
class IdKey {
 public:
  IdKey(std::string key, std::string facility);  // checked: the key has at least 32 bytes
  std::string logical_id(std::string_view type,
                         std::initializer_list<std::string_view> parts) const;
  std::string logical_id(std::string_view type, const std::string* parts, std::size_t count) const;
  // A keyed name for something that must not be shown (a file path, a message control id).
  std::string opaque(std::string_view domain, std::string_view value) const;

 private:
  std::string key_;
  std::string facility_;
};

}  // namespace sekisho::fhir
