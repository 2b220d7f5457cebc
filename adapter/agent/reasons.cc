#include "adapter/agent/reasons.h"

#include <algorithm>
#include <array>

#include "fhir/check.h"

namespace sekisho::agent {
namespace {

using decision::Reason;

constexpr Phrase kDoctor{"sekisho doctor を実行してください", "run `sekisho doctor`"};
constexpr Phrase kCorrectPermit{"利用許可の内容を確認してください",
                                "look at the permit; a corrected one is imported with a new id"};
constexpr Phrase kNone{"", ""};

constexpr std::array kReasons{
    ReasonText{Reason::kSysRegistryUnavailable,
               0,
               {"オプトアウト台帳が読み込めません", "the registry could not be loaded"},
               {"台帳を復元し、sekisho doctor で確認してください",
                "restore the registry, then run `sekisho doctor`"}},
    ReasonText{Reason::kSysRegistryIntegrity,
               0,
               {"オプトアウト台帳の連鎖が壊れています", "the registry's hash chain is broken"},
               {"台帳を控えから復元してください。直接の修正はできません",
                "restore the registry from its copy; it cannot be mended by hand"}},
    ReasonText{
        Reason::kSysPolicy,
        0,
        {"判定方針が台帳の記録と一致しません", "the policy is not the one that the journal names"},
        kDoctor},
    ReasonText{Reason::kSysClock,
               0,
               {"時計が信頼できません", "the clock cannot be relied on"},
               {"時計を合わせ、sekisho clock confirm を実行してください",
                "set the clock right, then run `sekisho clock confirm`"}},
    ReasonText{Reason::kSysNoBaseline,
               0,
               {"既存の停止者リストが確認されていません",
                "the list of earlier refusals is not attested for the client"},
               {"二人で sekisho registry attest を実行してください",
                "two people run `sekisho registry attest`"}},
    ReasonText{Reason::kSysRegistryStale,
               0,
               {"必須の名簿が古くなっています", "a required refusal list is too old"},
               {"名簿を取り込み直してください", "import the list again"}},
    ReasonText{Reason::kSysAuditUnavailable,
               0,
               {"提供台帳に書き込めません", "the disclosure ledger cannot be written"},
               {"ディスクの空きを確保してください", "make room on the disk"}},
    ReasonText{Reason::kSysInternal, 0, {"判定中の内部エラー", "the decision failed"}, kDoctor},
    ReasonText{Reason::kClientUnknown,
               1,
               {"提供先が登録されていないか無効です", "the client is unknown or disabled"},
               {"提供先を登録または有効にしてください", "import or enable the client"}},
    ReasonText{
        Reason::kClientBinding,
        1,
        {"証明書と提供先が一致しません", "certificate and client do not match"},
        {"提供先の証明書の登録を確認してください", "look at the client's certificate subject"}},
    ReasonText{Reason::kPurposeProhibited,
               2,
               {"禁止された利用目的です", "the purpose is prohibited"},
               kNone},
    ReasonText{
        Reason::kPurposeNotServed, 2, {"扱わない利用目的です", "the purpose is not served"}, kNone},
    ReasonText{Reason::kPermitMissing,
               2,
               {"この提供先の利用許可がありません", "there is no such permit of this client"},
               kCorrectPermit},
    ReasonText{Reason::kPermitNotValid,
               2,
               {"利用許可が期間外、取消済み、または署名不正です",
                "the permit is out of its time, revoked or not signed"},
               kCorrectPermit},
    ReasonText{Reason::kPermitPurpose,
               2,
               {"利用許可に含まれない利用目的です", "the permit does not name the purpose"},
               kCorrectPermit},
    ReasonText{
        Reason::kPermitCategory,
        2,
        {"利用許可に含まれるデータ項目がありません", "no data category that the permit names"},
        {"該当データのない患者です。項目を増やすには届出と通知が必要です",
         "nothing to do for these patients; a wider permit needs filing and notice"}},
    ReasonText{Reason::kPermitMode,
               2,
               {"利用許可の提供形態と異なります", "the mode is not the permit's"},
               kCorrectPermit},
    ReasonText{Reason::kClientNotPublicBody,
               2,
               {"公的機関のみの利用目的です", "the purpose is for public bodies only"},
               kNone},
    ReasonText{Reason::kClientNotCertified,
               2,
               {"提供先が認定を受けていません", "the client is not certified for this track"},
               {"提供先の認定の登録を確認してください", "look at the client's certification"}},
    ReasonText{Reason::kDataUndelivered,
               3,
               {"本人に未提供の情報です", "marked as not yet given to the patient"},
               kNone},
    ReasonText{Reason::kDataTest, 3, {"試験用データです", "test data"}, kNone},
    ReasonText{Reason::kDataIp,
               3,
               {"知的財産に係る情報です", "protected as intellectual property"},
               kNone},
    ReasonText{Reason::kSubjectUnresolved,
               3,
               {"患者を特定できません", "the patient cannot be resolved"},
               {"取り込みをやり直してください（sekisho ingest --reprocess）",
                "run `sekisho ingest --reprocess`"}},
    ReasonText{Reason::kPermitCohort,
               3,
               {"利用許可の対象者ではありません", "not in the permit's cohort"},
               kNone},
    ReasonText{Reason::kPermitPeriod,
               3,
               {"利用許可のデータ期間外です", "outside the permit's data period"},
               kNone},
    ReasonText{Reason::kOptout,
               4,
               {"提供停止の求め（オプトアウト）があります", "the person refused"},
               kNone},
    ReasonText{Reason::kOptoutUnverified,
               4,
               {"提供停止の求めが確認中です", "a refusal is still being verified"},
               {"窓口で申出者を確認してください", "verify the requester at the counter"}},
    ReasonText{Reason::kOptoutAmbiguous,
               4,
               {"未特定の提供停止の求めの候補者です", "a candidate of an unresolved refusal"},
               {"二人で求めの対象者を特定してください", "two people resolve the line"}},
    ReasonText{Reason::kIdentityConflict,
               5,
               {"本人の同一性に疑いがあります", "the identity is in conflict"},
               {"患者記録を確認してください", "look at the patient's records"}},
    ReasonText{Reason::kNotFiled,
               6,
               {"受理された届出がありません", "no accepted filing for client and track"},
               {"届出を登録してください", "import the filing"}},
    ReasonText{Reason::kBeforeStartDate,
               6,
               {"届出の提供開始日前です", "before the filed start date"},
               {"開始日を待ってください", "wait for the start date"}},
    ReasonText{Reason::kItemNotFiled,
               6,
               {"届出に含まれないデータ項目です", "the category is not in the filing"},
               {"項目を追加する届出が必要です", "a filing with the category is needed"}},
    ReasonText{Reason::kDeceasedNotNotified,
               7,
               {"通知の前に亡くなられています", "died before any notice"},
               kNone},
    ReasonText{Reason::kNotNotified,
               7,
               {"通知の記録がありません", "no notice on record"},
               {"通知を渡し、記録を取り込んでください", "give the notice and import its record"}},
    ReasonText{Reason::kGuardianNotNotified,
               7,
               {"保護者への通知の記録がありません", "the guardian was not notified"},
               {"保護者に通知してください", "notify the guardian"}},
    ReasonText{Reason::kSelfNotNotified,
               7,
               {"本人への通知の記録がありません", "the person was not notified"},
               {"本人に通知してください", "notify the person"}},
    ReasonText{
        Reason::kRenotify16Pending,
        7,
        {"16歳到達後の本人への通知がまだです", "turned 16; not yet notified as a person of age"},
        {"本人に通知してください", "notify the person"}},
    ReasonText{Reason::kWaitingPeriod,
               7,
               {"通知後の待機期間中です", "the waiting period is running"},
               {"待機期間の終了を待ってください", "wait until it is over"}},
    ReasonText{Reason::kOptinRequired,
               8,
               {"同意の記録がありません", "explicit consent is required and not on record"},
               {"同意を得て記録してください", "obtain and record the consent"}},
    ReasonText{Reason::kOk, 9, {"提供できます", "releasable"}, kNone},
};

constexpr std::array<Phrase, 10> kGates{
    Phrase{"G0 システム", "G0 system"},
    Phrase{"G1 提供先", "G1 client"},
    Phrase{"G2 利用許可", "G2 permit"},
    Phrase{"G3 データ", "G3 data"},
    Phrase{"G4 提供停止の求め", "G4 refusal"},
    Phrase{"G5 本人の同一性", "G5 identity"},
    Phrase{"G6 届出", "G6 filing"},
    Phrase{"G7 通知", "G7 notice"},
    Phrase{"G8 同意", "G8 opt-in"},
    Phrase{"提供可能", "releasable"},
};

}  // namespace

const ReasonText& text_of(decision::Reason reason) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const ReasonText& text) { return text.reason == reason; });
  fhir::check(found != kReasons.end(), "a reason without a text");
  return *found;
}

Phrase gate_name(int gate) {
  fhir::check(gate >= 0 && gate < static_cast<int>(kGates.size()), "no such gate");
  return kGates[static_cast<std::size_t>(gate)];
}

}  // namespace sekisho::agent
