#include "fhir/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/exact_bytes.h"

namespace sekisho::fhir {
namespace {

using tests::ExactBytes;

TEST(Sha256, GivesTheKnownAnswers) {  // FIPS 180-4 examples
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(ExactBytes("abc").view())),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256 pieces;
  pieces.update("a");
  pieces.update("");
  Sha256 moved = std::move(pieces);
  moved.update("bc");
  EXPECT_EQ(moved.finish(), sha256("abc"));
}

struct Known {
  const char* name;
  std::string key;
  std::string data;
  const char* digest;
};
class HmacSha256 : public testing::TestWithParam<Known> {};
TEST_P(HmacSha256, GivesTheAnswersOfRfc4231) {
  EXPECT_EQ(
      to_hex(hmac_sha256(ExactBytes(GetParam().key).view(), ExactBytes(GetParam().data).view())),
      GetParam().digest);
}
std::string counting(int from, int to) {
  std::string bytes;
  for (int i = from; i <= to; ++i) {
    bytes += static_cast<char>(i);
  }
  return bytes;
}
INSTANTIATE_TEST_SUITE_P(
    All, HmacSha256,
    testing::Values(
        Known{"Case1", std::string(20, '\x0b'), "Hi There",
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        Known{"Case2", "Jefe", "what do ya want for nothing?",
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Known{"Case3", std::string(20, '\xaa'), std::string(50, '\xdd'),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        Known{"Case4", counting(1, 25), std::string(50, '\xcd'),
              "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        Known{"Case6", std::string(131, '\xaa'),
              "Test Using Larger Than Block-Size Key - Hash Key First",
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        Known{
            "Case7", std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. "
            "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Hex, ReadsBackWhatItWroteAndRefusesTheRest) {
  const std::string bytes("\x00\x7f\x80\xff", 4);
  EXPECT_EQ(to_hex(std::string_view(bytes)), "007f80ff");
  EXPECT_EQ(from_hex("007f80ff"), bytes);
  EXPECT_EQ(from_hex(""), "");
  for (const char* const wrong : {"0", "0g", "AB", "00 11", "0x00"}) {
    EXPECT_EQ(from_hex(wrong), std::nullopt) << wrong;
  }
}

TEST(Base32, GivesTheAnswersOfRfc4648InSmallLettersWithoutPadding) {
  const std::pair<const char*, const char*> kRows[] = {{"", ""},
                                                       {"f", "my"},
                                                       {"fo", "mzxq"},
                                                       {"foo", "mzxw6"},
                                                       {"foob", "mzxw6yq"},
                                                       {"fooba", "mzxw6ytb"},
                                                       {"foobar", "mzxw6ytboi"}};
  for (const auto& [bytes, text] : kRows) {
    EXPECT_EQ(base32(ExactBytes(bytes).view()), text);
  }
}

IdKey key() { return IdKey(std::string(32, 'k'), "1318814790"); }

TEST(IdKey, MakesTheFirst26CharactersOfTheKeyedHash) {
  const Digest digest = hmac_sha256(std::string(32, 'k'),
                                    "1318814790\x1FPatient\x1F"
                                    "123");
  const std::string whole = base32({reinterpret_cast<const char*>(digest.data()), digest.size()});
  EXPECT_EQ(key().logical_id("Patient", {"123"}), whole.substr(0, 26));
}

// Persisted: a change would give every stored resource a new id. Computed with Python's hmac
// module.
TEST(IdKey, NeverChanges) {
  EXPECT_EQ(key().logical_id("Patient", {"123"}), "yfnxiodmigatdvaygdodsxxj5l");
}

TEST(IdKey, TellsApartFacilityTypePartsAndKeys) {
  const std::string parts[] = {"a", "b"};
  const std::set<std::string> ids = {
      key().logical_id("Patient", {"ab"}),
      key().logical_id("Patient", {"a", "b"}),
      key().logical_id("Patient", {"b", "a"}),
      key().logical_id("Patient", {"a", "b", ""}),
      key().logical_id("Coverage", {"a", "b"}),
      key().opaque("Patient", "ab"),
      IdKey(std::string(32, 'l'), "1318814790").logical_id("Patient", {"a", "b"}),
      IdKey(std::string(32, 'k'), "1318814791").logical_id("Patient", {"a", "b"})};
  EXPECT_EQ(ids.size(), 8u);
  EXPECT_EQ(key().logical_id("Patient", parts, 2), key().logical_id("Patient", {"a", "b"}));
}

TEST(IdKeyDeathTest, RefusesAShortKey) { EXPECT_DEATH(IdKey("short", "1"), "at least 32 bytes"); }

}  // namespace
}  // namespace sekisho::fhir
