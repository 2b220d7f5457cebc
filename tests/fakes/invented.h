#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace sekisho::fakes {

// Lists from which the invented hospital is drawn. People, codes of diagnoses, order systems and
// insurers are made up; JLAC10 codes and ICD-10 codes are facts of public lists.

struct NamePart {
  std::string_view kanji;
  std::string_view kana;
};

inline constexpr std::array<NamePart, 40> kFamilyNames{
    {{"佐藤", "サトウ"},         {"鈴木", "スズキ"},
     {"髙橋", "タカハシ"},       {"田中", "タナカ"},
     {"伊藤", "イトウ"},         {"渡邊", "ワタナベ"},
     {"山本", "ヤマモト"},       {"中村", "ナカムラ"},
     {"小林", "コバヤシ"},       {"加藤", "カトウ"},
     {"吉田", "ヨシダ"},         {"山﨑", "ヤマザキ"},
     {"佐々木", "ササキ"},       {"山口", "ヤマグチ"},
     {"松本", "マツモト"},       {"井上", "イノウエ"},
     {"木村", "キムラ"},         {"林", "ハヤシ"},
     {"斎藤", "サイトウ"},       {"清水", "シミズ"},
     {"阿部", "アベ"},           {"森", "モリ"},
     {"池田", "イケダ"},         {"橋本", "ハシモト"},
     {"石川", "イシカワ"},       {"高瀨", "タカセ"},
     {"小笠原", "オガサワラ"},   {"濱田", "ハマダ"},
     {"德永", "トクナガ"},       {"長谷川", "ハセガワ"},
     {"藤田", "フジタ"},         {"後藤", "ゴトウ"},
     {"遠藤", "エンドウ"},       {"青木", "アオキ"},
     {"坂本", "サカモト"},       {"宮﨑", "ミヤザキ"},
     {"勅使河原", "テシガワラ"}, {"澤田", "サワダ"},
     {"龝山", "アキヤマ"},       {"東海林", "ショウジ"}}};

inline constexpr std::array<NamePart, 24> kMaleNames{
    {{"太郎", "タロウ"}, {"一郎", "イチロウ"}, {"健太", "ケンタ"}, {"大輔", "ダイスケ"},
     {"翔", "ショウ"},   {"誠", "マコト"},     {"隆", "タカシ"},   {"浩二", "コウジ"},
     {"和也", "カズヤ"}, {"直樹", "ナオキ"},   {"悠斗", "ユウト"}, {"蓮", "レン"},
     {"昭夫", "アキオ"}, {"正", "タダシ"},     {"清", "キヨシ"},   {"鷗介", "オウスケ"},
     {"拓海", "タクミ"}, {"亮", "リョウ"},     {"学", "マナブ"},   {"龍之介", "リュウノスケ"},
     {"修", "オサム"},   {"博", "ヒロシ"},     {"進", "ススム"},   {"陽向", "ヒナタ"}}};

inline constexpr std::array<NamePart, 24> kFemaleNames{
    {{"花子", "ハナコ"},   {"陽子", "ヨウコ"}, {"美咲", "ミサキ"},   {"愛", "アイ"},
     {"恵子", "ケイコ"},   {"裕子", "ユウコ"}, {"さくら", "サクラ"}, {"由美", "ユミ"},
     {"結衣", "ユイ"},     {"葵", "アオイ"},   {"幸子", "サチコ"},   {"節子", "セツコ"},
     {"千代", "チヨ"},     {"文", "フミ"},     {"真由美", "マユミ"}, {"直美", "ナオミ"},
     {"瞳", "ヒトミ"},     {"凜", "リン"},     {"桃子", "モモコ"},   {"里奈", "リナ"},
     {"久美子", "クミコ"}, {"トメ", "トメ"},   {"京香", "キョウカ"}, {"莉子", "リコ"}}};

struct Address {
  std::string_view postal_code;
  std::string_view text;
};

inline constexpr std::array<Address, 8> kAddresses{
    {{"999-0001", "架空県関所市東町１丁目２番３号"},
     {"999-0002", "架空県関所市西町４－５－６"},
     {"999-0013", "架空県関所市大字峠７８９番地"},
     {"999-0101", "架空県宿場町本陣１－２"},
     {"999-0102", "架空県宿場町脇本陣３番地①"},
     {"999-0205", "架空県川越市渡し場１０－１１"},
     {"999-0210", "架空県箱根郡湯元村２番２号髙台ハイツ２０１"},
     {"999-0300", "架空県山中市杉並木５丁目"}}};

struct Department {
  std::string_view code;  // JAMI
  std::string_view name;
  std::string_view doctor;  // number^family^given
};

inline constexpr std::array<Department, 6> kDepartments{{{"01", "内科", "110^医師^一郎"},
                                                         {"08", "循環器内科", "220^医師^春子"},
                                                         {"15", "呼吸器外科", "330^医師^三郎"},
                                                         {"20", "整形外科", "440^医師^花子"},
                                                         {"24", "産科", "550^医師^五月"},
                                                         {"09", "小児科", "660^医師^六花"}}};

// What a diagnosis does to laboratory results.
enum class Drift { kNone, kSugar, kLipid, kKidney, kLiver, kAnemia, kInflammation };

struct Diagnosis {
  std::string_view number;  // eight digits in the manner of a MEDIS number, invented
  std::string_view exchange;
  std::string_view icd10;
  std::string_view name;
  Drift drift;
  bool lasting;  // else it ends after weeks
};

inline constexpr std::array<Diagnosis, 22> kDiagnoses{
    {{"99100001", "ZA01", "E119", "２型糖尿病", Drift::kSugar, true},
     {"99100002", "ZA02", "I10", "高血圧症", Drift::kNone, true},
     {"99100003", "ZA03", "E785", "脂質異常症", Drift::kLipid, true},
     {"99100004", "ZA04", "N189", "慢性腎臓病", Drift::kKidney, true},
     {"99100005", "ZA05", "K760", "脂肪肝", Drift::kLiver, true},
     {"99100006", "ZA06", "D509", "鉄欠乏性貧血", Drift::kAnemia, false},
     {"99100007", "ZA07", "J069", "急性上気道炎", Drift::kInflammation, false},
     {"99100008", "ZA08", "K297", "胃炎", Drift::kNone, false},
     {"99100009", "ZA09", "J459", "気管支喘息", Drift::kNone, true},
     {"99100010", "ZA10", "M545", "腰痛症", Drift::kNone, false},
     {"99100011", "ZA11", "I48", "心房細動", Drift::kNone, true},
     {"99100012", "ZA12", "I500", "うっ血性心不全", Drift::kNone, true},
     {"99100013", "ZA13", "C169", "胃癌", Drift::kAnemia, true},
     {"99100014", "ZA14", "F329", "うつ病", Drift::kNone, true},
     {"99100015", "ZA15", "B181", "Ｂ型慢性肝炎", Drift::kLiver, true},
     {"99100016", "ZA16", "B182", "Ｃ型慢性肝炎", Drift::kLiver, true},
     {"99100017", "ZA17", "J189", "肺炎", Drift::kInflammation, false},
     {"99100018", "ZA18", "N390", "尿路感染症", Drift::kInflammation, false},
     {"99100019", "ZA19", "H269", "白内障", Drift::kNone, false},
     {"99100020", "ZA20", "L209", "アトピー性皮膚炎", Drift::kNone, true},
     {"99100021", "ZA21", "S525", "橈骨遠位端骨折", Drift::kNone, false},
     {"99100022", "ZA22", "G439", "片頭痛", Drift::kNone, true}}};

struct Modifier {
  std::string_view number;
  std::string_view exchange;
  std::string_view name;
};

inline constexpr std::array<Modifier, 4> kPrefixes{{{"9910", "ZP01", "急性"},
                                                    {"9911", "ZP02", "右"},
                                                    {"9912", "ZP03", "左"},
                                                    {"9913", "ZP04", "再発性"}}};
inline constexpr std::array<Modifier, 2> kSuffixes{
    {{"9950", "ZS01", "術後"}, {"9951", "ZS02", "増悪"}}};

enum class Specimen { kSerum, kBlood, kPlasma, kUrine };

struct SpecimenType {
  Specimen specimen;
  std::string_view code;  // JLAC10 material
  std::string_view name;
  std::string_view panel_code;
  std::string_view panel;
};

inline constexpr std::array<SpecimenType, 4> kSpecimens{
    {{Specimen::kSerum, "023", "血清", "E002", "生化学的検査"},
     {Specimen::kBlood, "019", "全血（添加物入り）", "E001", "血液学的検査"},
     {Specimen::kPlasma, "022", "血漿", "E003", "凝固検査"},
     {Specimen::kUrine, "001", "尿", "E004", "尿一般検査"}}};

// A measured item. `jlac10` empty: the hospital has only its local code.
struct Item {
  Specimen specimen;
  std::string_view jlac10;
  std::string_view name;
  std::string_view local;
  std::string_view local_name;
  std::string_view unit;
  double low;
  double high;
  int decimals;
  int per_mille;  // how often a panel holds it
  Drift drift;
  double shift;  // widths of the reference range that the drift adds
};

inline constexpr std::array<Item, 33> kItems{{
    {Specimen::kSerum, "3A010000002327101", "総蛋白", "10222", "ＴＰ", "g/dL", 6.6, 8.1, 1, 900,
     Drift::kNone, 0},
    {Specimen::kSerum, "3A015000002327101", "アルブミン", "10223", "ＡＬＢ", "g/dL", 4.1, 5.1, 1,
     950, Drift::kLiver, -0.8},
    {Specimen::kSerum, "3B035000002327201", "GOT(AST)", "10207", "GOT(AST)", "U/L", 13, 30, 0, 980,
     Drift::kLiver, 1.6},
    {Specimen::kSerum, "3B045000002327201", "GPT(ALT)", "10208", "GPT(ALT)", "U/L", 7, 42, 0, 980,
     Drift::kLiver, 1.4},
    {Specimen::kSerum, "3B050000002327201", "LDH", "10206", "ＬＤＨ", "U/L", 124, 222, 0, 800,
     Drift::kNone, 0},
    {Specimen::kSerum, "3B070000002327101", "ALP", "10209", "ＡＬＰ", "U/L", 38, 113, 0, 700,
     Drift::kNone, 0},
    {Specimen::kSerum, "3B090000002327101", "γ－GTP", "10210", "γ－ＧＴＰ", "U/L", 9, 64, 0, 800,
     Drift::kLiver, 1.2},
    {Specimen::kSerum, "3B010000002327201", "CK", "10211", "ＣＫ", "U/L", 41, 248, 0, 500,
     Drift::kNone, 0},
    {Specimen::kSerum, "3C015000002327101", "クレアチニン", "10220", "クレアチニン", "mg/dL", 0.46,
     1.07, 2, 980, Drift::kKidney, 1.5},
    {Specimen::kSerum, "3C020000002327101", "尿酸", "10221", "尿酸", "mg/dL", 2.6, 7.8, 1, 700,
     Drift::kKidney, 0.5},
    {Specimen::kSerum, "3C025000002327201", "尿素窒素", "10219", "尿素窒素", "mg/dL", 8, 20, 0, 950,
     Drift::kKidney, 1.2},
    {Specimen::kSerum, "3D010000002327201", "グルコース", "10230", "血糖", "mg/dL", 73, 109, 0, 700,
     Drift::kSugar, 1.6},
    {Specimen::kSerum, "3F015000002327101", "中性脂肪", "10240", "中性脂肪", "mg/dL", 30, 234, 0,
     600, Drift::kLipid, 0.6},
    {Specimen::kSerum, "3F070000002327101", "HDLコレステロール", "10241", "ＨＤＬ－Ｃ", "mg/dL", 38,
     103, 0, 600, Drift::kNone, 0},
    {Specimen::kSerum, "3F077000002327101", "LDLコレステロール", "10242", "ＬＤＬ－Ｃ", "mg/dL", 65,
     163, 0, 600, Drift::kLipid, 0.7},
    {Specimen::kSerum, "3H010000002326101", "ナトリウム", "10250", "Ｎａ", "mmol/L", 138, 145, 0,
     900, Drift::kNone, 0},
    {Specimen::kSerum, "3H015000002326101", "カリウム", "10251", "Ｋ", "mmol/L", 3.6, 4.8, 1, 900,
     Drift::kKidney, 0.5},
    {Specimen::kSerum, "3H020000002326101", "クロール", "10252", "Ｃｌ", "mmol/L", 101, 108, 0, 900,
     Drift::kNone, 0},
    {Specimen::kSerum, "3J010000002327101", "総ビリルビン", "10213", "Ｔ－Ｂｉｌ", "mg/dL", 0.4,
     1.5, 1, 600, Drift::kNone, 0},
    {Specimen::kSerum, "5C070000002306201", "CRP", "10260", "ＣＲＰ", "mg/dL", 0.00, 0.14, 2, 700,
     Drift::kInflammation, 9},
    {Specimen::kSerum, "4A055000002302301", "TSH", "10301", "ＴＳＨ", "uU/mL", 0.61, 4.23, 2, 120,
     Drift::kNone, 0},
    {Specimen::kSerum, "", "", "20301", "ﾌｪﾘﾁﾝ", "ng/mL", 5, 179, 0, 100, Drift::kAnemia, -0.6},
    {Specimen::kSerum, "", "", "20302", "院内便潜血カットオフ指数", "", 0, 1, 2, 40, Drift::kNone,
     0},
    {Specimen::kBlood, "2A990000001930952", "白血球数", "30001", "白血球数", ".10*3/uL", 3.3, 8.6,
     1, 990, Drift::kInflammation, 0.9},
    {Specimen::kBlood, "2A990000001930951", "赤血球数", "30002", "赤血球数", ".10*6/uL", 3.86, 5.55,
     2, 990, Drift::kAnemia, -0.6},
    {Specimen::kBlood, "2A030000001930901", "ヘモグロビン", "30003", "血色素量", "g/dL", 11.6, 16.8,
     1, 990, Drift::kAnemia, -0.9},
    {Specimen::kBlood, "2A050000001930901", "血小板数", "30005", "血小板数", ".10*3/uL", 158, 348,
     0, 990, Drift::kNone, 0},
    {Specimen::kBlood, "3D046000001921002", "HbA1c(NGSP)", "30050", "ＨｂＡ１ｃ", "%", 4.9, 6.0, 1,
     400, Drift::kSugar, 1.8},
    {Specimen::kPlasma, "2B030000002231157", "PT-INR", "30046", "ＰＴ－ＩＮＲ", "", 0.85, 1.15, 2,
     990, Drift::kNone, 0},
    {Specimen::kPlasma, "2B020000002231101", "APTT", "30047", "ＡＰＴＴ", "s", 24.0, 34.0, 1, 900,
     Drift::kNone, 0},
    {Specimen::kPlasma, "2B140000002206201", "Dダイマー", "30060", "Ｄダイマー", "ug/mL", 0.0, 1.0,
     1, 600, Drift::kNone, 0},
    {Specimen::kPlasma, "4Z271000002205101", "BNP", "30070", "ＢＮＰ", "pg/mL", 0.0, 18.4, 1, 300,
     Drift::kNone, 0},
    {Specimen::kUrine, "3A015000000106151", "アルブミン/クレアチニン比", "40010", "尿中Ａ／Ｃ比",
     "mg/g", 0, 30, 1, 250, Drift::kKidney, 4},
}};

struct Qualitative {
  std::string_view jlac10;
  std::string_view name;
  std::string_view local;
  std::string_view local_name;
};

inline constexpr std::array<Qualitative, 3> kUrineStrips{
    {{"1A990000000191153", "尿蛋白定性", "40001", "尿蛋白"},
     {"1A990000000191154", "尿糖定性", "40002", "尿糖"},
     {"1A990000000191159", "尿潜血定性", "40003", "尿潜血"}}};

enum class Infection { kHbs, kHcv, kHiv, kSyphilis };

struct InfectionItem {
  Infection infection;
  std::string_view jlac10;
  std::string_view name;
  std::string_view local;
  std::string_view unit;  // empty: a qualitative result
  double cut_off;
};

inline constexpr std::array<InfectionItem, 8> kInfectionItems{
    {{Infection::kHbs, "5F016141002306311", "HBs抗原(定性)", "50001", "", 0},
     {Infection::kHbs, "5F016141002305101", "HBs抗原(定量)", "50002", "IU/mL", 0.05},
     {Infection::kHbs, "5F016143002305101", "HBs抗体(定量)", "50003", "mIU/mL", 10.0},
     {Infection::kHcv, "5F360148702306211", "HCV抗体(定性)", "50011", "", 0},
     {Infection::kHcv, "5F360148702306233", "HCV抗体(陽性コントロール比)", "50012", "COI", 1.0},
     {Infection::kHiv, "5F560143002305111", "HIV-1+2抗体(定性)", "50021", "", 0},
     {Infection::kSyphilis, "5E074000002306211", "梅毒STS(定性)", "50031", "", 0},
     {Infection::kSyphilis, "5E075000002305211", "梅毒TP抗体(定性)", "50032", "", 0}}};

struct Allergen {
  std::string_view type;
  std::string_view type_name;
  std::string_view code;
  std::string_view name;
};

inline constexpr std::array<Allergen, 4> kAllergens{{{"DA", "薬剤アレルギー", "1", "ペニシリン"},
                                                     {"FA", "食物アレルギー", "2", "ソバ"},
                                                     {"LA", "花粉アレルギー", "3", "スギ"},
                                                     {"DA", "薬剤アレルギー", "4", "造影剤"}}};

struct Insurer {
  std::string_view code;  // JHSD0001
  std::string_view name;
  std::string_view number;  // 保険者番号, invented
};

inline constexpr std::array<Insurer, 4> kInsurers{
    {{"C0", "国民健康保険", "990001"},
     {"01", "全国健康保険協会管掌健康保険", "01990002"},
     {"06", "組合管掌健康保険", "06990003"},
     {"31", "国家公務員共済組合", "31990004"}}};
inline constexpr Insurer kElderly{"39", "後期高齢者医療", "39990005"};
inline constexpr Insurer kPublicAssistance{"12", "生活保護法による医療扶助", "12990006"};

}  // namespace sekisho::fakes
