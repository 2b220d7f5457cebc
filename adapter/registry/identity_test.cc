// Whom a refusal line means (release-decision 4.6): everyone whom it may mean
// is blocked, whatever comes first, the line or what the hospital learns of a
// person.

#include <gtest/gtest.h>

#include "adapter/registry/registry_fixture.h"

namespace sekisho::registry {
namespace {

class IdentityTest : public RegistryFixture {
protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    create();
  }
  std::string record(const std::string &keys) {
    return verdict(append("refusal", R"({"id": "R", "keys": )" + keys + "}"));
  }
  // The refusal as "status: patients; candidates".
  std::string shape(const std::string &id = "R") {
    const auto view = registry_->view();
    const Refusal *refusal = view->refusal(id);
    static constexpr const char *kNames[] = {
        "active", "unverified", "unresolved", "withdrawn", "rejected"};
    std::string text =
        std::string(kNames[static_cast<int>(refusal->status)]) + ":";
    for (const std::string &each : refusal->patients) {
      text += " " + each;
    }
    text += ";";
    for (const std::string &each : refusal->candidates) {
      text += " " + each;
    }
    return text;
  }
  static PatientRecord card_only(std::string id, std::string card) {
    return person(std::move(id), std::move(card), "", "");
  }

  PatientRecord hana_ = person("hana", "12345", "ヤマダ ハナ", "1965-03-02");
  PatientRecord taro_ = person("taro", "777", "スズキ タロウ", "1971-12-03");
};

// Ingest often sees a card number before it sees the patient's own record.
TEST_F(IdentityTest, AContradictionThatShowsLaterOpensTheLineAgain) {
  index({card_only("hana", "12345"), taro_});
  EXPECT_EQ(
      record(
          R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})"),
      "ok");
  EXPECT_EQ(shape(), "active: hana;") << "nothing speaks against the card yet";
  index({hana_});
  EXPECT_EQ(shape(), "unresolved:; hana taro")
      << "the card's owner is somebody else";
  reopen();
  EXPECT_EQ(shape(), "unresolved:; hana taro");
  EXPECT_FALSE(registry_->view()->refusals_of("taro").empty());
  index({person("later", "9", "スズキ タロウ", "1971-12-03")});
  EXPECT_EQ(shape(), "unresolved:; hana taro later") << "it waits again";
}

TEST_F(IdentityTest, AContradictionIsSeenAfterARestartToo) {
  index({card_only("hana", "12345"), taro_});
  record(
      R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})");
  reopen();
  const auto epoch = registry_->epoch();
  index({hana_});
  EXPECT_EQ(shape(), "unresolved:; hana taro");
  EXPECT_EQ(registry_->changed_since(epoch),
            (std::vector<PatientNumber>{0, 1, 0}));
}

TEST_F(IdentityTest, ARefusalThatWaitsForACheckIsOpenedAgainToo) {
  index({card_only("hana", "12345"), taro_});
  append("refusal", R"({"id": "R", "requester": "supporter", "keys":
                        {"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"}})");
  EXPECT_EQ(shape(), "unverified: hana;");
  index({hana_});
  EXPECT_EQ(shape(), "unresolved:; hana taro");
}

TEST_F(IdentityTest, ARecordThatAgreesOpensNothing) {
  index({card_only("hana", "12345")});
  record(R"({"card": "12345", "kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  index({hana_});
  EXPECT_EQ(shape(), "active: hana;");
}

// The folded numbers are alike, the ids of the two are not: the line meant one
// of them.
TEST_F(IdentityTest, ASecondPatientWithTheCardOpensTheLineAgain) {
  index({hana_});
  record(R"({"card": "12345"})");
  EXPECT_EQ(shape(), "active: hana;");
  index({person("other", "0012-345", "サトウ イチ", "1980-01-01")});
  EXPECT_EQ(shape(), "unresolved:; hana other");
}

TEST_F(IdentityTest, WhatPeopleSettledStaysSettled) {
  index({card_only("hana", "12345"), taro_});
  record(
      R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})");
  index({hana_});
  EXPECT_EQ(verdict(append("refusal-status", R"({"id": "R", "status": "active",
                            "patients": ["taro"], "release": ["hana"]})")),
            "ok");
  EXPECT_EQ(shape(), "active: taro;");
  auto renamed = hana_;
  renamed.name_kana = "サトウ ハナ";
  index({renamed});
  EXPECT_EQ(shape(), "active: taro;");
}

// Whoever recorded it named the patient; the keys found others, who are blocked
// beside.
TEST_F(IdentityTest, ANamedPatientStaysNamedWithoutACard) {
  index({hana_, taro_});
  append("refusal", R"({"id": "R", "patients": ["hana"],
                        "keys": {"kana": "スズキ タロウ", "birth": "1971-12-03"}})");
  EXPECT_EQ(shape(), "active: hana; taro");
  auto moved = hana_;
  moved.insurance_ids = {"06130012:12:345:00"};
  index({moved});
  EXPECT_EQ(shape(), "active: hana; taro");
}

} // namespace
} // namespace sekisho::registry
