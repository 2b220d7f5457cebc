#include "fhir/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "fhir/check.h"

namespace sekisho::fhir {

namespace {

// Fetched once: EVP_sha256() makes OpenSSL 3 look the algorithm up again for every digest, which
// costs more than the digest of a short text.
const EVP_MD* method() {
  static const EVP_MD* const kMethod = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  check(kMethod != nullptr, "OpenSSL has no SHA-256");
  return kMethod;
}

struct Context {
  EVP_MD_CTX* held = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(held); }

  void start() {
    check(held != nullptr && EVP_DigestInit_ex(held, method(), nullptr) == 1,
          "SHA-256 cannot be started");
  }
  void update(std::string_view bytes) {
    check(EVP_DigestUpdate(held, bytes.data(), bytes.size()) == 1, "SHA-256 failed");
  }
  Digest finish() {
    Digest digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(held, digest.data(), &size) == 1 && size == digest.size(),
          "SHA-256 failed");
    return digest;
  }
};

}  // namespace

struct Sha256::State : Context {};

Sha256::Sha256() : state_(std::make_unique<State>()) { state_->start(); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { state_->update(bytes); }
Digest Sha256::finish() { return state_->finish(); }

// One context a thread: making one costs as much as the digest of a short text.
Digest sha256(std::string_view bytes) {
  thread_local Context context;
  context.start();
  context.update(bytes);
  return context.finish();
}

// RFC 2104 over two digests: HMAC() takes four times as long for the length of an id's parts.
Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t kBlock = 64;
  std::array<char, kBlock> block{};
  if (key.size() > kBlock) {
    const Digest hashed = sha256(key);
    std::copy(hashed.begin(), hashed.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  std::string message(kBlock, '\0');
  message.reserve(kBlock + std::max(bytes.size(), sizeof(Digest)));
  const auto begin_with = [&](unsigned pad) {
    message.resize(kBlock);
    std::transform(block.begin(), block.end(), message.begin(),
                   [&](char c) { return static_cast<char>(static_cast<unsigned char>(c) ^ pad); });
  };
  begin_with(0x36);
  message += bytes;
  const Digest inner = sha256(message);
  begin_with(0x5C);
  message.append(inner.begin(), inner.end());
  const Digest digest = sha256(message);
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(message.data(), kBlock);
  return digest;
}

std::string to_hex(const Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits(2 * bytes.size(), '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    digits[2 * i] = kDigits[byte >> 4];
    digits[2 * i + 1] = kDigits[byte & 15];
  }
  return digits;
}

std::optional<std::string> from_hex(std::string_view digits) {
  const auto value = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (digits.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = value(digits[i]);
    const int low = value(digits[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
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
