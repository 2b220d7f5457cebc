// Whom a refusal line means (release-decision 4.6): everyone whom it may mean
// is blocked, whatever comes first, the line or what the hospital learns of a
// person.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <sstream>

#include "adapter/registry/patient_index.h"
#include "adapter/registry/person_name.h"
#include "adapter/registry/registry_fixture.h"
#include "adapter/sqlite/database.h"
#include "tests/fakes/people.h"

namespace sekisho::registry {
namespace {

class IdentityTest : public RegistryFixture {
 protected:
  void SetUp() override {
    RegistryFixture::SetUp();
    create();
  }
  std::string record(const std::string& keys) {
    return verdict(append("refusal", R"({"id": "R", "keys": )" + keys + "}"));
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
  EXPECT_EQ(record(R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})"), "ok");
  EXPECT_EQ(shape(), "active: hana;") << "nothing speaks against the card yet";
  index({hana_});
  EXPECT_EQ(shape(), "unresolved:; hana taro") << "the card's owner is somebody else";
  reopen();
  EXPECT_EQ(shape(), "unresolved:; hana taro");
  EXPECT_FALSE(registry_->view()->refusals_of("taro").empty());
  index({person("later", "9", "スズキ タロウ", "1971-12-03")});
  EXPECT_EQ(shape(), "unresolved:; hana taro later") << "it waits again";
}

TEST_F(IdentityTest, AContradictionIsSeenAfterARestartToo) {
  index({card_only("hana", "12345"), taro_});
  record(R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})");
  reopen();
  const auto epoch = registry_->epoch();
  index({hana_});
  EXPECT_EQ(shape(), "unresolved:; hana taro");
  EXPECT_EQ(registry_->changed_since(epoch), (std::vector<PatientNumber>{0, 1, 0}));
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
  record(R"({"card": "12345", "kana": "スズキ タロウ", "birth": "1971-12-03"})");
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

// X18
TEST_F(IdentityTest, AFamilyWithoutBranchNumberIsBlockedAndTheBirthDateNarrows) {
  std::vector<PatientRecord> family;
  for (int i = 1; i <= 4; ++i) {
    const std::string n = std::to_string(i);
    family.push_back(person("f" + n, "50" + n, "スズキ " + n, "199" + n + "-01-01"));
    family.back().insurance_ids = {"06130012:12:345:0" + n};
  }
  index(family);
  record(R"({"insurer": "06130012", "symbol": "12", "number": "345"})");
  EXPECT_EQ(shape(), "unresolved:; f1 f2 f3 f4");
  append("refusal", R"({"id": "B", "keys": {"insurer": "06130012", "symbol": "12",
                        "number": "345", "birth": "1992-01-01"}})");
  EXPECT_EQ(shape("B"), "unresolved:; f2");
}

// X19
TEST_F(IdentityTest, TwinsAreBothBlockedWhereTheGivenNameIsMissing) {
  index({person("twin1", "61", "タナカ ミキ", "2015-05-05"),
         person("twin2", "62", "タナカ ユキ", "2015-05-05"),
         person("cousin", "63", "タナカ ミキ", "2015-05-06")});
  record(R"({"kana": "タナカ", "birth": "2015-05-05"})");
  EXPECT_EQ(shape(), "unresolved:; twin1 twin2");
  index({person("third", "64", "タナカ アキ", "2015-05-05")});
  EXPECT_EQ(shape(), "unresolved:; twin1 twin2 third");
}

// X20
TEST_F(IdentityTest, FullAndHalfWidthNumbersMatch) {
  auto hana = hana_;
  hana.insurance_ids = {"06130012:12-3:345:01"};
  index({hana});
  record(R"({"insurer": "０６１３００１２", "symbol": "１２３", "number": "０３４５",
             "branch": "０１"})");
  EXPECT_EQ(shape(), "unresolved:; hana");
}

// X21
TEST_F(IdentityTest, APatientWhoComesAfterTheLineIsBlockedFromFirstSight) {
  record(R"({"kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  index({hana_});
  EXPECT_EQ(registry_->view()->refusals_of("hana").size(), 1u);
}

struct Called {
  const char* name;
  const char* kana;  // of the record
  const char* written;
  const char* line;
};
class IdentityOfNames : public IdentityTest, public testing::WithParamInterface<Called> {};

TEST_P(IdentityOfNames, MeetsWhoeverComesFirst) {
  auto record_of_hana = person("p", "1", GetParam().kana, "1980-07-08");
  record_of_hana.name = GetParam().written;
  const std::string keys = std::string(R"({"birth": "S55.7.8", )") + GetParam().line + "}";
  record(keys);
  index({record_of_hana});
  EXPECT_EQ(shape(), "unresolved:; p") << "the line first";
  append("refusal", R"({"id": "L", "keys": )" + keys + "}");
  EXPECT_EQ(shape("L"), "unresolved:; p") << "the record first";
}

INSTANTIATE_TEST_SUITE_P(
    All, IdentityOfNames,
    testing::Values(
        Called{"LettersInAnotherCase", "", "SMITH John", R"("name": "smith JOHN")"},
        Called{"LettersTheOtherWayRound", "", "SMITH JOHN", R"("name": "John Smith")"},
        Called{"ThreePartsInAnyOrder", "", "GARCIA MARIA LUZ", R"("name": "Maria Luz Garcia")"},
        Called{"AccentsLeftOut", "", "MÜLLER ZOË", R"("name": "Zoe Muller")"},
        Called{"KanaTheOtherWayRound", "スミス ジョン", "", R"("kana": "ジョン・スミス")"},
        Called{"KanaInTheColumnOfNames", "スミス ジョン", "SMITH JOHN",
               R"("name": "スミス ジョン")"},
        Called{"LettersInTheColumnOfKana", "", "SMITH JOHN", R"("kana": "Smith John")"},
        Called{"KanaOfSomeoneWrittenInLetters", "", "NGUYEN THI MAI",
               R"("kana": "グエン ティ マイ")"},
        Called{"SurnameInLetters", "", "SMITH JOHN", R"("name": "Smith")"},
        Called{"SurnameInKanji", "ヤマダ ハナ", "山田 花", R"("name": "山田")"},
        Called{"ANewbornByTheNameThatItGotLater", "ヤマダ ベビー", "",
               R"("kana": "ヤマダ サクラ")"},
        Called{"ANewbornByItsFathersName", "ヤマダハナコ ベビー", "", R"("kana": "スズキ サクラ")"},
        Called{"ANewbornInKanji", "", "山田 女児", R"("name": "山田 桜", "kana": "ヤマダ サクラ")"},
        Called{"ANamedChildByItsNameAsANewborn", "ヤマダ サクラ", "", R"("kana": "ヤマダ ベビー")"},
        Called{"ARecordWithoutName", "", "", R"("kana": "ヤマダ サクラ")"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(IdentityTest, ARecordWithoutGivenNameIsMeantByEveryNameOfItsDay) {
  auto hana = hana_;
  hana.name_kana = "ヤマダ";
  hana.family_kana = "ヤマダ";
  index({hana});
  record(R"({"kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  EXPECT_EQ(shape(), "unresolved:; hana");
}

TEST_F(IdentityTest, OthersOfTheSameDayAreNotMeant) {
  index({person("named", "1", "ヤマダ サクラ", "2026-11-01"),
         person("newborn", "2", "サトウ ベビー", "2026-11-01"),
         person("older", "3", "サトウ ベビー", "2026-10-31")});
  record(R"({"kana": "タナカ アオイ", "birth": "2026-11-01"})");
  EXPECT_EQ(shape(), "unresolved:; newborn") << "whose name nobody knows yet";
  index({person("newborn", "2", "サトウ ユイ", "2026-11-01")});
  EXPECT_EQ(shape(), "unresolved:; newborn") << "people release, the program never does";
  append("refusal", R"({"id": "L", "keys": {"kana": "オカ マリ", "birth": "2026-11-01"}})");
  EXPECT_EQ(shape("L"), "unresolved:;") << "by now every record of that day says another name";
}

TEST_F(IdentityTest, AFormerNameDoesNotContradictTheCard) {
  index({hana_});
  auto married = hana_;
  married.name_kana = "サトウ ハナ";
  index({married});
  record(R"({"card": "12345", "kana": "ヤマダ ハナ", "birth": "1965-03-02"})");
  EXPECT_EQ(shape(), "active: hana;");
  index({person("hana", "12345", "キムラ ハナ", "1965-03-02")});
  EXPECT_EQ(shape(), "active: hana;");
}

TEST_F(IdentityTest, ABirthDateCorrectedLaterMeetsAFormerInsurance) {
  auto hana = hana_;
  hana.birth = fhir::parse_civil_date("1965-02-03");
  hana.insurance_ids = {"06130012:12:345:01"};
  index({hana});
  record(R"({"insurer": "06130012", "symbol": "12", "number": "345", "birth": "1965-03-02"})");
  EXPECT_EQ(shape(), "unresolved:;");
  hana = hana_;
  hana.insurance_ids = {"01130012:7:8:00"};
  index({hana});
  EXPECT_EQ(shape(), "unresolved:; hana");
}

TEST_F(IdentityTest, AChangedInsuranceNumberStillNamesThePersonAndItsNextOwner) {
  auto hana = hana_;
  hana.insurance_ids = {"06130012:12:345:01"};
  index({hana});
  hana.insurance_ids = {"01130012:7:8:00"};
  auto next = taro_;
  next.insurance_ids = {"06130012:12:345:01"};
  index({hana, next});
  record(R"({"insurer": "06130012", "symbol": "12", "number": "345", "branch": "1"})");
  EXPECT_EQ(shape(), "unresolved:; hana taro");
}

TEST_F(IdentityTest, ACardThatIsGivenToSomebodyElseHoldsTheDataBack) {
  index({hana_});
  const auto conflict = [&] { return registry_->view()->patient("hana")->identity_conflict; };
  auto record_now = hana_;
  record_now.name_kana = "サトウ ハナ";
  index({record_now});
  EXPECT_FALSE(conflict()) << "a marriage";
  record_now = hana_;
  record_now.birth = fhir::parse_civil_date("1965-03-03");
  index({record_now});
  EXPECT_FALSE(conflict()) << "a correction";
  const auto epoch = registry_->epoch();
  record_now = person("hana", "12345", "モリ ケン", "2001-01-01");
  index({record_now});
  EXPECT_TRUE(conflict());
  EXPECT_EQ(registry_->changed_since(epoch)->front(), 0u);
  reopen();
  EXPECT_TRUE(conflict());
  append("patient-status", R"({"patient": "hana", "identity_conflict": false})");
  index({record_now});
  EXPECT_FALSE(conflict()) << "two people said whose it is";
  record_now.insurance_ids = {"01130012:7:8:00"};
  index({record_now});
  EXPECT_FALSE(conflict());
}

TEST_F(IdentityTest, ANewbornThatIsNamedIsNoOtherPerson) {
  index({person("baby", "1", "ヤマダ ベビー", "2026-11-01")});
  index({person("baby", "1", "スズキ サクラ", "2026-11-01")});
  EXPECT_FALSE(registry_->view()->patient("baby")->identity_conflict);
  index({person("baby", "1", "オカ マリ", "1990-01-01")});
  EXPECT_TRUE(registry_->view()->patient("baby")->identity_conflict);
}

// As an older program left them: its digests do not answer what a line of today asks.
TEST_F(IdentityTest, WhoseKeysAreOldIsHeldUntilIndexedAgainWhileALineMayMeanThem) {
  index({hana_, taro_});
  registry_.reset();
  {
    sqlite::Database database(file("patients.db"), sqlite::Open::kReadWrite,
                              sqlite::Durability::kFull);
    database.execute("UPDATE patient SET key_format = 1; DELETE FROM person_key");
  }
  reopen();
  EXPECT_EQ(registry_->older_keys(), 2u);
  const auto held = [&](const char* id) {
    return registry_->view()->patient(id)->identity_conflict;
  };
  EXPECT_FALSE(held("hana")) << "no line waits";
  const auto epoch = registry_->epoch();
  record(R"({"kana": "ヤマダ", "birth": "1965-03-02"})");
  EXPECT_EQ(shape(), "unresolved:;") << "the old keys do not find her";
  EXPECT_TRUE(held("hana"));
  EXPECT_FALSE(held("taro"));
  EXPECT_EQ(registry_->changed_since(epoch), std::vector<PatientNumber>{0});
  append("patient-status", R"({"patient": "hana", "identity_conflict": false})");
  EXPECT_TRUE(held("hana")) << "that is nothing people can settle";
  reopen();
  EXPECT_TRUE(held("hana"));
  index({hana_});
  EXPECT_FALSE(held("hana"));
  EXPECT_EQ(shape(), "unresolved:; hana");
  EXPECT_EQ(registry_->older_keys(), 1u);
}

// The corpus of tests/fakes/people.h: hard cases, in any order.
class IdentityCorpus : public IdentityTest {
 protected:
  static PatientRecord record_of(const fakes::KnownPerson& known) {
    PatientRecord record = person(std::string(known.id), std::string(known.card),
                                  std::string(known.kana), known.birth);
    record.name = known.name;
    record.link_code = known.link_code;
    if (!known.insurance.empty()) {
      record.insurance_ids = {std::string(known.insurance)};
    }
    return record;
  }
  void know(const fakes::KnownPerson& known) { index({record_of(known)}); }
  void refuse(const fakes::MeaningLine& line) {
    ASSERT_EQ(verdict(append("refusal", R"({"id": ")" + std::string(line.name) + R"(", "keys": )" +
                                            std::string(line.keys) + "}")),
              "ok")
        << line.name;
  }
  // Whom the lines block, by name of the case.
  std::map<std::string, std::set<std::string>> blocked() const {
    std::map<std::string, std::set<std::string>> all;
    const auto view = registry_->view();
    for (std::size_t i = 0; i < view->refusals(); ++i) {
      const Refusal& refusal = view->refusal(i);
      auto& ids = all[refusal.id];
      ids.insert(refusal.patients.begin(), refusal.patients.end());
      ids.insert(refusal.candidates.begin(), refusal.candidates.end());
    }
    return all;
  }
  static std::string text_of(const std::set<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) {
      text += (text.empty() ? "" : " ") + id;
    }
    return text;
  }
};

TEST_F(IdentityCorpus, EveryLineBlocksWhomItMayMean) {
  for (const fakes::KnownPerson& known : fakes::kKnownPeople) {
    know(known);
  }
  for (const fakes::MeaningLine& line : fakes::kMeaningLines) {
    refuse(line);
  }
  const auto all = blocked();
  for (const fakes::MeaningLine& line : fakes::kMeaningLines) {
    EXPECT_EQ(text_of(all.at(std::string(line.name))), line.meant) << line.name;
  }
}

TEST_F(IdentityCorpus, WhatComesLaterBlocksNobodyLess) {
  for (const fakes::MeaningLine& line : fakes::kMeaningLines) {
    refuse(line);
  }
  auto before = blocked();
  for (const fakes::KnownPerson& known : fakes::kKnownPeople) {
    know(known);
    auto now = blocked();
    for (const auto& [line, ids] : before) {
      EXPECT_TRUE(std::includes(now[line].begin(), now[line].end(), ids.begin(), ids.end()))
          << line << " released somebody for " << known.id;
    }
    before = std::move(now);
  }
  for (const fakes::MeaningLine& line : fakes::kMeaningLines) {
    std::istringstream words{std::string(line.meant)};
    for (std::string id; words >> id;) {
      EXPECT_TRUE(before[std::string(line.name)].count(id) != 0) << line.name << " missed " << id;
    }
  }
}

// Whatever comes first, a line blocks at least those whom it would find in the end.
TEST_F(IdentityCorpus, MatchingIsMonotoneInEveryOrder) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    std::vector<std::size_t> order(fakes::kKnownPeople.size() + fakes::kMeaningLines.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    const auto run = [&](bool lines_last) {
      registry_.reset();
      std::filesystem::remove_all(options_.dir);
      create();
      for (const bool lines : {false, true}) {
        for (const std::size_t i : order) {
          const bool line = i >= fakes::kKnownPeople.size();
          if (lines_last && line != lines) {
            continue;
          }
          if (line) {
            refuse(fakes::kMeaningLines.at(i - fakes::kKnownPeople.size()));
          } else {
            know(fakes::kKnownPeople.at(i));
          }
        }
        if (!lines_last) {
          break;
        }
      }
      return blocked();
    };
    const auto in_the_end = run(true);
    auto mixed = run(false);
    for (const auto& [line, ids] : in_the_end) {
      EXPECT_TRUE(std::includes(mixed[line].begin(), mixed[line].end(), ids.begin(), ids.end()))
          << line << " would block " << text_of(ids) << " and blocks " << text_of(mixed[line]);
    }
    reopen();
    EXPECT_EQ(blocked(), mixed) << "a restart changes nothing";
  }
}

// A line is kept for ever and its keys are made again at each start.
TEST(PersonName, OfManyPartsHasFewOrders) {
  std::string name;
  for (int i = 0; i < 5'000; ++i) {
    name += "ア" + std::to_string(i) + " ";
  }
  EXPECT_EQ(orders_of(name).size(), 2u);
  EXPECT_EQ(orders_of("a b c d e f g h").size(), 8u);
}

TEST(PatientIndexTest, NeverGivesOnePatientsNumberToAnother) {
  const std::string file = testing::TempDir() + "index_" + std::to_string(getpid()) + ".db";
  std::filesystem::remove(file);
  PatientIndex::create(file);
  {
    PatientIndex index(file, sqlite::Open::kReadWrite);
    PatientIndex::Row row;
    row.patient.id = "hana";
    index.put(row);
    row.patient.id = "taro";
    row.patient.deceased = true;
    EXPECT_THROW(index.put(row), fhir::Error);
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace sekisho::registry
