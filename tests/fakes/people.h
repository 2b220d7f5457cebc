#pragma once

#include <array>
#include <string_view>

namespace sekisho::fakes {

// Invented people whom refusal lines mean in every way that is hard (release-decision 4.6), and the
// lines. Several entries of one id are what the hospital wrote of the patient one after the other.

struct KnownPerson {
  std::string_view id;
  std::string_view card;
  std::string_view kana;  // with the family name first
  std::string_view name;
  std::string_view birth;
  std::string_view insurance = {};  // insurer:symbol:number:branch
  std::string_view link_code = {};
};

inline constexpr std::array<KnownPerson, 34> kKnownPeople{{
    // a family that shares symbol and number; the insurer gave the grandmother no branch number
    {"ota-father", "1000101", "オオタ ケンジ", "太田 健二", "1980-04-01", "06999001:12-3:4567:01"},
    {"ota-mother", "1000102", "オオタ ミホ", "太田 美穂", "1982-09-15", "06999001:12-3:4567:02"},
    {"ota-son", "1000103", "オオタ ショウ", "太田 翔", "2010-12-24", "06999001:12-3:4567:03"},
    {"ota-granny", "1000104", "オオタ キヨ", "太田 キヨ", "1948-01-30", "06999001:12-3:4567:"},
    // twins, and a child of the same name born the day after
    {"twin-a", "1000201", "ミナミ アオイ", "南 葵", "2015-05-05"},
    {"twin-b", "1000202", "ミナミ アカネ", "南 茜", "2015-05-05"},
    {"not-twin", "1000203", "ミナミ アオイ", "南 葵", "2015-05-06"},
    // newborns: not named yet; named since; under the mother's full name
    {"baby-new", "1000301", "キタ ベビー", "北 ベビー", "2026-11-10"},
    {"baby-named", "1000302", "ヒガシ ベビー", "", "2026-10-02"},
    {"baby-named", "1000302", "ヒガシ メイ", "東 芽衣", "2026-10-02"},
    {"baby-mother", "1000303", "ニシ ハナコベビー", "西 花子 児", "2026-11-11"},
    {"baby-mother-herself", "1000304", "ニシ ハナコ", "西 花子", "1996-02-29"},
    // insurance: changed the employer; the number went to somebody else
    {"changed-job", "1000401", "ハラ ノブオ", "原 信夫", "1975-07-07", "06999002:77:100:01"},
    {"changed-job", "1000401", "ハラ ノブオ", "原 信夫", "1975-07-07", "01999003:8:555:00"},
    {"next-owner", "1000402", "ハタ マサミ", "畑 正美", "1991-03-03", "06999002:77:100:01"},
    // a card that was given to somebody else
    {"reused-card", "1000501", "フジ タケオ", "藤 武雄", "1931-01-01"},
    {"reused-card", "1000501", "イマイ ユウ", "今井 優", "2001-12-12"},
    // the former owner of that card came back under another
    {"came-back", "1000502", "フジ タケオ", "藤 武雄", "1931-01-01"},
    // married
    {"married", "1000601", "オノ サチ", "小野 幸", "1990-06-01"},
    {"married", "1000601", "クボ サチ", "久保 幸", "1990-06-01"},
    // from abroad: in letters alone; in kana and letters; two family names
    {"letters", "1000701", "", "NGUYEN THI MAI", "1999-08-08"},
    {"both", "1000702", "スミス ジョン", "SMITH JOHN", "1988-08-18"},
    {"two-names", "1000703", "", "GARCIA LOPEZ, MARIA", "1979-11-30"},
    {"accents", "1000704", "", "MÜLLER Zoë", "1985-05-25"},
    // one person under two cards, found by name and birth
    {"twice-1", "1000801", "セキ レイ", "関 玲", "1969-09-09"},
    {"twice-2", "1000802", "セキ レイ", "関 玲", "1969-09-09"},
    // known by card alone so far, then by its own record
    {"late", "1000901", "", "", ""},
    {"late", "1000901", "マキ トオル", "牧 透", "1955-05-15"},
    // cards that fold to one
    {"card-zeros", "0001001", "ミヤ カオル", "宮 薫", "1960-10-10"},
    {"card-hyphen", "1-001", "ミヤ カズミ", "宮 和美", "1961-11-11"},
    // a national number beside the card
    {"linked", "1001101", "ツジ ナナ", "辻 奈々", "1972-02-02", "", "LK-0000-7777"},
    // the birth date is corrected after the insurance changed
    {"corrected", "1001201", "モロ ジュン", "茂呂 潤", "1964-03-02", "06999004:5:6:01"},
    {"corrected", "1001201", "モロ ジュン", "茂呂 潤", "1964-02-03", "06999005:5:6:01"},
    // without a birth date
    {"no-birth", "1001301", "ヒラ シズ", "平 静", "", "06999006:1:2:01"},
}};

struct MeaningLine {
  std::string_view name;   // of the case
  std::string_view keys;   // as in a refusal event
  std::string_view meant;  // ids in order, those blocked once all of the above is known
};

inline constexpr std::array<MeaningLine, 31> kMeaningLines{{
    {"FamilyWithoutBranch", R"({"insurer":"06999001","symbol":"12-3","number":"4567"})",
     "ota-father ota-granny ota-mother ota-son"},
    {"FamilyNarrowedByBirth",
     R"({"insurer":"06999001","symbol":"１２３","number":"０４５６７","birth":"H22.12.24"})",
     "ota-son"},
    {"MemberByBranchAndTheOneWithoutBranch",
     R"({"insurer":"06999001","symbol":"12-3","number":"4567","branch":"2"})",
     "ota-granny ota-mother"},
    {"TwinsWithoutGivenName", R"({"kana":"ミナミ","birth":"2015-05-05"})", "twin-a twin-b"},
    {"TwinsInKanji", R"({"name":"南","birth":"平成27年5月5日"})", "twin-a twin-b"},
    {"OneOfTheTwins", R"({"kana":"みなみ あかね","birth":"2015-05-05"})", "twin-b"},
    {"NewbornByItsComingName", R"({"kana":"キタ ユイ","birth":"2026-11-10"})", "baby-new"},
    {"NewbornByItsFathersName", R"({"kana":"アズマ ユイ","birth":"2026-11-10"})", "baby-new"},
    {"NewbornByItsTemporaryName", R"({"kana":"ヒガシ ベビー","birth":"2026-10-02"})", "baby-named"},
    {"NewbornUnderItsMothersName", R"({"kana":"ニシ ソラ","birth":"2026-11-11"})", "baby-mother"},
    {"TheMotherNotTheNewborn", R"({"kana":"ニシ ハナコ","birth":"1996-02-29"})",
     "baby-mother-herself"},
    {"FormerInsurance", R"({"insurer":"06999002","symbol":"77","number":"100","branch":"1"})",
     "changed-job next-owner"},
    {"FormerInsuranceWithBirth",
     R"({"insurer":"06999002","symbol":"77","number":"100","birth":"1975-07-07"})", "changed-job"},
    {"PresentInsurance", R"({"insurer":"1999003","symbol":"8","number":"555","branch":"00"})", ""},
    {"PresentInsuranceWhole", R"({"insurer":"01999003","symbol":"8","number":"555","branch":"00"})",
     "changed-job"},
    {"ReusedCardInItsFormerOwnersName",
     R"({"card":"1000501","kana":"フジ タケオ","birth":"1931-01-01"})", "came-back reused-card"},
    {"ReusedCardInItsOwnersName", R"({"card":"1000501","kana":"イマイ ユウ","birth":"2001-12-12"})",
     "reused-card"},
    {"NameBeforeTheMarriage", R"({"kana":"オノ サチ","birth":"1990-06-01"})", "married"},
    {"NameSinceTheMarriage", R"({"name":"久保 幸","birth":"1990-06-01"})", "married"},
    {"LettersInAnotherOrder", R"({"name":"Mai Nguyen Thi","birth":"1999-08-08"})", "letters"},
    {"KanaOfAPersonInLetters", R"({"kana":"グエン ティ マイ","birth":"1999-08-08"})", "letters"},
    {"KanaWhereTheRecordHasBoth", R"({"kana":"ジョン・スミス","birth":"1988-08-18"})", "both"},
    {"TwoFamilyNames", R"({"name":"Maria Garcia Lopez","birth":"1979-11-30"})", "two-names"},
    {"AccentsLeftOut", R"({"name":"MULLER ZOE","birth":"1985-05-25"})", "accents"},
    {"OnePersonTwice", R"({"kana":"ｾｷ ﾚｲ","birth":"S44.9.9"})", "twice-1 twice-2"},
    {"CardAgreesWithALateRecord", R"({"card":"1000901","kana":"マキ トオル","birth":"1955-05-15"})",
     "late"},
    {"CardOfALateRecordThatIsSomebodyElse",
     R"({"card":"1000901","kana":"クボ サチ","birth":"1990-06-01"})", "late married"},
    {"CardsThatFoldToOne", R"({"card":"１００１"})", "card-hyphen card-zeros"},
    {"NationalNumber", R"({"link_code":"lk00007777"})", "linked"},
    {"InsuranceBeforeTheBirthDateWasCorrected",
     R"({"insurer":"06999004","symbol":"5","number":"6","birth":"1964-02-03"})", "corrected"},
    {"NobodysBirthDateNarrowsWhoHasNone",
     R"({"insurer":"06999006","symbol":"1","number":"2","birth":"1930-01-01"})", "no-birth"},
}};

}  // namespace sekisho::fakes
