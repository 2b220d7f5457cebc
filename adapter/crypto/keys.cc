#include "adapter/crypto/keys.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "fhir/check.h"
#include "fhir/digest.h"
#include "fhir/error.h"

namespace sekisho::crypto {
namespace {

using fhir::Error;
using fhir::ErrorCode;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kSignatureBytes = 64;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using SignContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;

// Empties OpenSSL's error queue into one Error; its reasons name no data.
[[noreturn]] void fail(const std::string& what) {
  std::string text = what;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    text += ": ";
    text += reason == nullptr ? "unknown OpenSSL error" : reason;
  }
  throw Error(ErrorCode::kCrypto, text);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

EVP_PKEY* key_of(const std::shared_ptr<void>& key) {
  fhir::check(key != nullptr, "a key is used that was never made");
  return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> own(EVP_PKEY* key, const char* what) {
  if (key == nullptr) {
    fail(what);
  }
  std::shared_ptr<void> owned(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
    throw Error(ErrorCode::kCrypto, std::string(what) + ": it is no Ed25519 key");
  }
  return owned;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

int no_password(char*, int, int, void*) { return 0; }

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_priv_bytes(bytes_of(bytes), static_cast<int>(count)) != 1) {
    fail("the random source does not answer");
  }
  return bytes;
}

SigningKey SigningKey::generate() {
  SigningKey made;
  made.key_ = own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), "no signing key could be made");
  return made;
}

SigningKey SigningKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  SigningKey read;
  read.key_ = own(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr),
                  "the signing key cannot be read");
  return read;
}

std::string SigningKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_of(key_), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    fail("the signing key cannot be written");
  }
  return text_of(bio);
}

std::string SigningKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(bio.get(), key_of(key_)) != 1) {
    fail("the public key cannot be written");
  }
  return text_of(bio);
}

std::string SigningKey::sign(std::string_view bytes) const {
  const SignContext context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_of(key_)) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(bytes), bytes.size()) !=
          1 ||
      length != kSignatureBytes) {
    fail("signing failed");
  }
  return signature;
}

VerifyKey SigningKey::verify_key() const {
  VerifyKey key;
  key.key_ = key_;
  return key;
}

VerifyKey VerifyKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  VerifyKey read;
  read.key_ = own(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr),
                  "the public key cannot be read");
  return read;
}

bool VerifyKey::verify(std::string_view bytes, std::string_view signature) const {
  const SignContext context(EVP_MD_CTX_new());
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_of(key_)) != 1) {
    fail("verifying cannot start");
  }
  const int verdict = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(bytes), bytes.size());
  ERR_clear_error();  // a wrong signature is an answer
  return verdict == 1;
}

namespace {

// Fetched once: with EVP_aes_256_gcm() OpenSSL 3 looks the algorithm up again each time, which
// costs more than sealing a short text.
const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const kCipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  fhir::check(kCipher != nullptr, "OpenSSL has no AES-256-GCM");
  return kCipher;
}

}  // namespace

std::string seal(std::string_view key32, std::string_view text, std::string_view bound) {
  fhir::check(key32.size() == kKeyBytes, "a sealing key has 32 bytes");
  std::string sealed = random_bytes(kNonceBytes);
  sealed.resize(kNonceBytes + text.size() + kTagBytes);
  unsigned char* out = bytes_of(sealed);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (EVP_EncryptInit_ex(context.get(), cipher(), nullptr, bytes_of(key32), out) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(bound),
                        static_cast<int>(bound.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), out + kNonceBytes, &length, bytes_of(text),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out + kNonceBytes + text.size(), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          out + kNonceBytes + text.size()) != 1) {
    fail("sealing failed");
  }
  return sealed;
}

std::string unseal(std::string_view key32, std::string_view sealed, std::string_view bound) {
  fhir::check(key32.size() == kKeyBytes, "a sealing key has 32 bytes");
  if (sealed.size() < kNonceBytes + kTagBytes) {
    throw Error(ErrorCode::kCorrupt, "a sealed value is too short");
  }
  const std::size_t size = sealed.size() - kNonceBytes - kTagBytes;
  std::string text(size, '\0');
  std::string tag(sealed.substr(kNonceBytes + size));
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (EVP_DecryptInit_ex(context.get(), cipher(), nullptr, bytes_of(key32), bytes_of(sealed)) !=
          1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(bound),
                        static_cast<int>(bound.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(text), &length, bytes_of(sealed) + kNonceBytes,
                        static_cast<int>(size)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                          bytes_of(tag)) != 1 ||
      EVP_DecryptFinal_ex(context.get(), bytes_of(text) + size, &length) != 1) {
    ERR_clear_error();
    throw Error(ErrorCode::kCorrupt, "a sealed value was altered or belongs to another key");
  }
  return text;
}

namespace {

constexpr const char* kIdKey = "id.key";
constexpr const char* kRegistryKey = "registry.key";
constexpr const char* kLedgerKey = "ledger.pem";

std::string path_in(const std::string& dir, const char* name) { return dir + "/" + name; }

std::string hex_line(std::string_view bytes) { return fhir::to_hex(bytes) + "\n"; }

std::optional<std::string> from_hex_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  auto bytes = fhir::from_hex(text);
  return bytes && bytes->size() == kKeyBytes ? bytes : std::nullopt;
}

std::string read_text(const std::string& path) {
  std::ifstream file(std::filesystem::u8path(path), std::ios::binary);
  if (!file) {
    throw Error(ErrorCode::kIo, path +
                                    ": cannot be read; restore the keys from the backup, or run "
                                    "`sekisho init` for a new installation");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string read_secret(const std::string& path) {
  auto bytes = from_hex_line(read_text(path));
  if (!bytes) {
    throw Error(ErrorCode::kCorrupt,
                path + ": is no key (64 hexadecimal digits); restore it from the backup");
  }
  return *std::move(bytes);
}

}  // namespace

InstallationKeys InstallationKeys::create(const std::string& dir, const WriteFile& write) {
  for (const char* name : {kIdKey, kRegistryKey, kLedgerKey}) {
    if (std::filesystem::exists(std::filesystem::u8path(path_in(dir, name)))) {
      throw Error(ErrorCode::kConflict,
                  path_in(dir, name) +
                      ": exists; without it every id and seal is lost, so it is "
                      "never replaced");
    }
  }
  InstallationKeys keys;
  keys.id_key = random_bytes(kKeyBytes);
  keys.registry_key = random_bytes(kKeyBytes);
  keys.ledger_key = SigningKey::generate();
  write(path_in(dir, kIdKey), hex_line(keys.id_key));
  write(path_in(dir, kRegistryKey), hex_line(keys.registry_key));
  write(path_in(dir, kLedgerKey), keys.ledger_key.to_pem());
  return keys;
}

InstallationKeys InstallationKeys::load(const std::string& dir) {
  InstallationKeys keys;
  keys.id_key = read_secret(path_in(dir, kIdKey));
  keys.registry_key = read_secret(path_in(dir, kRegistryKey));
  const std::string path = path_in(dir, kLedgerKey);
  const std::string pem = read_text(path);
  try {
    keys.ledger_key = SigningKey::from_pem(pem);
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, path + ": " + e.text() + "; restore it from the backup");
  }
  return keys;
}

}  // namespace sekisho::crypto
