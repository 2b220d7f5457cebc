#include "adapter/crypto/keys.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fhir/error.h"

namespace sekisho::crypto {
namespace {

using fhir::Error;
using fhir::ErrorCode;

const std::string kKey(32, 'k');

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kUsage;
}

TEST(SigningKey, VerifiesItsOwnSignatureAndNoOther) {
  const SigningKey key = SigningKey::generate();
  const std::string signature = key.sign("checkpoint 1");
  const VerifyKey reader = VerifyKey::from_pem(key.public_pem());
  EXPECT_EQ(signature.size(), 64u);
  EXPECT_TRUE(reader.verify("checkpoint 1", signature));
  EXPECT_TRUE(key.verify_key().verify("checkpoint 1", signature));
  EXPECT_FALSE(reader.verify("checkpoint 2", signature));
  EXPECT_FALSE(SigningKey::generate().verify_key().verify("checkpoint 1", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string altered = signature;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(reader.verify("checkpoint 1", altered)) << i;
  }
  EXPECT_FALSE(reader.verify("checkpoint 1", signature.substr(1)));
  EXPECT_FALSE(reader.verify("checkpoint 1", ""));
}

TEST(SigningKey, SurvivesItsPem) {
  const SigningKey key = SigningKey::generate();
  const SigningKey again = SigningKey::from_pem(key.to_pem());
  EXPECT_EQ(again.public_pem(), key.public_pem());
  EXPECT_TRUE(key.verify_key().verify("x", again.sign("x")));
}

TEST(SigningKey, RefusesWhatIsNoEd25519Key) {
  EXPECT_EQ(code_of([] { SigningKey::from_pem("no key"); }), ErrorCode::kCrypto);
  EXPECT_EQ(code_of([] { VerifyKey::from_pem(""); }), ErrorCode::kCrypto);
  const std::string p256 =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
      "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
      "-----END PUBLIC KEY-----\n";
  EXPECT_EQ(code_of([&] { VerifyKey::from_pem(p256); }), ErrorCode::kCrypto);
}

TEST(Seal, OpensWithTheSameKeyAndBindingOnly) {
  const std::string sealed = seal(kKey, "card 0012345", "refusal r1");
  EXPECT_EQ(unseal(kKey, sealed, "refusal r1"), "card 0012345");
  EXPECT_EQ(code_of([&] { unseal(std::string(32, 'x'), sealed, "refusal r1"); }),
            ErrorCode::kCorrupt);
  EXPECT_EQ(code_of([&] { unseal(kKey, sealed, "refusal r2"); }), ErrorCode::kCorrupt);
  EXPECT_EQ(unseal(kKey, seal(kKey, "", ""), ""), "");
}

TEST(Seal, EveryAlteredByteIsFound) {
  const std::string sealed = seal(kKey, "card", "b");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 0x20);
    EXPECT_EQ(code_of([&] { unseal(kKey, altered, "b"); }), ErrorCode::kCorrupt) << i;
    EXPECT_EQ(code_of([&] { unseal(kKey, sealed.substr(0, i), "b"); }), ErrorCode::kCorrupt) << i;
  }
}

TEST(Seal, HidesEqualTextsAndTheTextItself) {
  const std::string a = seal(kKey, "card 0012345", "b");
  EXPECT_NE(a, seal(kKey, "card 0012345", "b"));
  EXPECT_EQ(a.find("0012345"), std::string::npos);
}

class InstallationKeysTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  static void write(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  std::string dir_ = testing::TempDir() + "sekisho_installation_keys";
};

TEST_F(InstallationKeysTest, AreReadBackAsMade) {
  const auto made = InstallationKeys::create(dir_, write);
  const auto read = InstallationKeys::load(dir_);
  EXPECT_EQ(read.id_key, made.id_key);
  EXPECT_EQ(read.registry_key, made.registry_key);
  EXPECT_EQ(read.ledger_key.public_pem(), made.ledger_key.public_pem());
  EXPECT_EQ(made.id_key.size(), 32u);
  EXPECT_NE(made.id_key, made.registry_key);
}

TEST_F(InstallationKeysTest, AreNeverReplaced) {
  InstallationKeys::create(dir_, write);
  std::filesystem::remove(dir_ + "/id.key");
  EXPECT_EQ(code_of([&] { InstallationKeys::create(dir_, write); }), ErrorCode::kConflict);
}

TEST_F(InstallationKeysTest, NameTheFileThatIsMissingOrDamaged) {
  InstallationKeys::create(dir_, write);
  write(dir_ + "/registry.key", "12ab\n");
  try {
    InstallationKeys::load(dir_);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kCorrupt);
    EXPECT_NE(e.text().find("registry.key"), std::string::npos);
    EXPECT_EQ(e.text().find("12ab"), std::string::npos) << "a key's text is shown";
  }
  std::filesystem::remove(dir_ + "/ledger.pem");
  write(dir_ + "/registry.key", std::string(64, 'a') + "\n");
  EXPECT_EQ(code_of([&] { InstallationKeys::load(dir_); }), ErrorCode::kIo);
}

}  // namespace
}  // namespace sekisho::crypto
