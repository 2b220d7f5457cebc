#include "fhir/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "fhir/check.h"

namespace sekisho::fhir {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(
      state_->context != nullptr && EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1,
      "SHA-256 cannot be started");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  check(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "SHA-256 failed");
}

Digest Sha256::finish() {
  Digest digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(state_->context, digest.data(), &size) == 1 && size == digest.size(),
        "SHA-256 failed");
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest{};
  unsigned size = 0;
  check(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1 &&
            size == digest.size(),
        "SHA-256 failed");
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned size = 0;
  const unsigned char* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   bytes.size(), digest.data(), &size);
  check(done != nullptr && size == digest.size(), "HMAC-SHA-256 failed");
  return digest;
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string base32(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += kAlphabet[(held >> bits) & 31];
    }
    held &= (1u << bits) - 1;
  }
  if (bits > 0) {
    text += kAlphabet[(held << (5 - bits)) & 31];
  }
  return text;
}

namespace {

constexpr char kUnitSeparator = '\x1F';

std::string id_of(std::string_view key, std::string_view bytes) {
  const Digest digest = hmac_sha256(key, bytes);
  // 17 bytes are 28 characters of base32; an id takes 26.
  std::string id = base32({reinterpret_cast<const char*>(digest.data()), 17});
  id.resize(26);
  return id;
}

}  // namespace

IdKey::IdKey(std::string key, std::string facility)
    : key_(std::move(key)), facility_(std::move(facility)) {
  check(key_.size() >= 32, "an id key has at least 32 bytes");
}

std::string IdKey::logical_id(std::string_view type,
                              std::initializer_list<std::string_view> parts) const {
  std::string bytes = facility_;
  bytes += kUnitSeparator;
  bytes += type;
  for (const std::string_view part : parts) {
    bytes += kUnitSeparator;
    bytes += part;
  }
  return id_of(key_, bytes);
}

std::string IdKey::logical_id(std::string_view type, const std::string* parts,
                              std::size_t count) const {
  std::string bytes = facility_;
  bytes += kUnitSeparator;
  bytes += type;
  for (std::size_t i = 0; i < count; ++i) {
    bytes += kUnitSeparator;
    bytes += parts[i];
  }
  return id_of(key_, bytes);
}

// The domain begins with a separator that no type begins with: a keyed name is never an id.
std::string IdKey::opaque(std::string_view domain, std::string_view value) const {
  std::string bytes = facility_;
  bytes += kUnitSeparator;
  bytes += kUnitSeparator;
  bytes += domain;
  bytes += kUnitSeparator;
  bytes += value;
  return id_of(key_, bytes);
}

}  // namespace sekisho::fhir
