#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sekisho::crypto {

std::string random_bytes(std::size_t count);  // from the operating system; throws Error(kCrypto)

// Ed25519 signatures. Copyable; thread-safe. One that was made by nothing below is no key: checked.
class SigningKey {
 public:
  static SigningKey generate();
  static SigningKey from_pem(std::string_view pem);  // throws Error(kCrypto)
  std::string to_pem() const;
  std::string public_pem() const;
  std::string sign(std::string_view bytes) const;  // 64 bytes
  class VerifyKey verify_key() const;

 private:
  std::shared_ptr<void> key_;
};

class VerifyKey {
 public:
  static VerifyKey from_pem(std::string_view pem);  // throws Error(kCrypto)
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  friend class SigningKey;
  std::shared_ptr<void> key_;
};

// AES-256-GCM with a random nonce; `bound` is authenticated, not secret, and not in what comes out:
// nonce, text, tag. Checked: the key has 32 bytes.
std::string seal(std::string_view key32, std::string_view text, std::string_view bound);
// Throws Error(kCorrupt) where the text was altered or the key is another.
std::string unseal(std::string_view key32, std::string_view sealed, std::string_view bound);

// The secrets of one installation, made by `sekisho init`, read at start; files 0600 below
// <state>/keys, in every backup. Throws Error(kIo, kCorrupt) naming the file.
struct InstallationKeys {
  std::string id_key;        // 32 bytes: logical ids
  std::string registry_key;  // 32 bytes: sealed columns
  SigningKey ledger_key;     // checkpoints and local permits

  // How a file is written: whole, durable, 0600 (platform::write_file; this room knows no disk).
  using WriteFile = std::function<void(const std::string& path, std::string_view bytes)>;
  // Error(kConflict) where they exist. The folder is there already.
  static InstallationKeys create(const std::string& dir, const WriteFile& write);
  static InstallationKeys load(const std::string& dir);
};

}  // namespace sekisho::crypto
