#include <algorithm>

#include "adapter/agent/doctor.h"
#include "adapter/agent/installation.h"
#include "adapter/agent/list_age.h"
#include "adapter/ledger/ledger.h"
#include "adapter/sqlite/database.h"
#include "fhir/error.h"

// Store, registry and ledger.

namespace sekisho::agent {
namespace {

constexpr Phrase kStoreOk{"データベースの検査に問題はありません", "the store passes quick_check"};
constexpr Phrase kStoreBad{"データベースが壊れています", "the store fails quick_check"};
constexpr Phrase kStoreFix{
    "停止して控えから復元するか、削除して取り込み直してください",
    "stop the agent; restore the store from its copy, or remove it and ingest again"};
constexpr Phrase kRegistryOk{"オプトアウト台帳の連鎖は正しくつながっています",
                             "the registry's hash chain holds"};
constexpr Phrase kRegistryBad{"オプトアウト台帳の検証に失敗しました: {0}",
                              "the registry does not verify: {0}"};
constexpr Phrase kRegistryFix{"提供は停止しています。台帳を控えから復元してください",
                              "nothing is released; restore the registry from its copy"};
constexpr Phrase kPolicyBad{"判定方針が台帳の記録と一致しません",
                            "the policy is not the one that the journal names"};
constexpr Phrase kPolicyFix{"正しい版のプログラムを導入してください",
                            "install the version that belongs to this registry"};
constexpr Phrase kOlderKeys{
    "患者 {0} 人の照合用キーが旧版のものです。未特定の停止申出に当たり得る人の提供を止めています",
    "the keys of {0} patients are an older program's: whom a waiting refusal may mean is held "
    "back"};
constexpr Phrase kOlderKeysFix{"sekisho ingest を一度実行してください",
                               "run `sekisho ingest` once"};
constexpr Phrase kNoClient{"提供先が登録されていません", "no client is registered"};
constexpr Phrase kNoClientFix{"sekisho registry import で登録してください",
                              "import one with `sekisho registry import`"};
constexpr Phrase kNoBaseline{"提供先 {0}: 既存の停止者リストが確認されていません",
                             "client {0}: the list of earlier refusals is not attested"};
constexpr Phrase kNoBaselineFix{"二人で sekisho registry attest --client {0} を実行してください",
                                "two people run `sekisho registry attest --client {0}`"};
constexpr Phrase kPermitMode{
    "利用許可 {0}: 顕名（M0）以外の提供形態にはまだ対応していません（501を返します）",
    "permit {0}: modes other than M0 are not served yet (answers 501)"};
constexpr Phrase kPermitRehearsal{
    "利用許可 {0}: 疎通確認の許可にはまだ対応していません（501を返します）",
    "permit {0}: rehearsal permits are not served yet (answers 501)"};
constexpr Phrase kPermitFix{"M0の許可を使うか、対応版をお待ちください",
                            "use an M0 permit, or wait for the version that serves it"};
constexpr Phrase kSourceNever{"必須の名簿 {0} が一度も取り込まれていません",
                              "the required list {0} was never read"};
constexpr Phrase kSourceStale{"必須の名簿 {0} が古くなっています。提供は停止しています",
                              "the required list {0} is too old: nothing is released"};
constexpr Phrase kSourceAging{"名簿 {0}: 期限の {1} % が過ぎました",
                              "list {0}: {1} % of its age is used up"};
constexpr Phrase kSourceFix{"名簿 {0} を取り込み直してください", "import the list {0} again"};
constexpr Phrase kLedgerOk{"提供台帳: 記録 {0} 件、署名 {1} 件を検証しました",
                           "the ledger verifies: {0} records, {1} checkpoints"};
constexpr Phrase kLedgerBad{"提供台帳の検証に失敗しました: {0}", "the ledger does not verify: {0}"};
constexpr Phrase kLedgerFix{"改ざんの疑いがあります。写しを保全し、責任者に報告してください",
                            "treat it as tampering: keep a copy as it is and report it"};

void check_permits(const registry::State& state, Findings& findings) {
  for (const registry::Permit* permit : state.permits()) {
    if (permit->mode != registry::Mode::kM0) {
      findings.warn("PERMIT_MODE_NOT_SERVED", kPermitMode, kPermitFix, {permit->id});
    }
    if (permit->permit_class == registry::Permit::Class::kRehearsal) {
      findings.warn("PERMIT_REHEARSAL_NOT_SERVED", kPermitRehearsal, kPermitFix, {permit->id});
    }
  }
}

void check_clients(const registry::State& state, Findings& findings) {
  if (state.clients().empty()) {
    findings.warn("CLIENT_NONE", kNoClient, kNoClientFix);
  }
  for (const registry::Client* client : state.clients()) {
    if (!state.baseline_attested(client->id)) {
      findings.fail("BASELINE_MISSING", kNoBaseline, kNoBaselineFix, {client->id});
    }
  }
}

void check_sources(const registry::State& state, fhir::Instant now, Findings& findings) {
  for (const registry::Source& source : state.sources()) {
    if (source.always_fresh) {
      continue;
    }
    if (!source.last_sync) {
      if (source.required) {
        findings.fail("SOURCE_NEVER_READ", kSourceNever, kSourceFix, {source.name});
      } else {
        findings.warn("SOURCE_NEVER_READ", kSourceNever, kSourceFix, {source.name});
      }
      continue;
    }
    const int mark = age_of(source, now)->mark();
    if (mark == 100 && source.required) {
      findings.fail("SOURCE_STALE", kSourceStale, kSourceFix, {source.name});
    } else if (mark > 0) {
      findings.warn("SOURCE_AGING", kSourceAging, kSourceFix, {source.name, std::to_string(mark)});
    }
  }
}

}  // namespace

void check_store(Installation& installation, fhir::Instant, Findings& findings) {
  sqlite::Database database(installation.store_file(), sqlite::Open::kReadOnly,
                            sqlite::Durability::kNormal);
  if (database.quick_check()) {
    findings.ok("STORE_OK", kStoreOk);
  } else {
    findings.fail("STORE_CORRUPT", kStoreBad, kStoreFix);
  }
}

void check_registry(Installation& installation, fhir::Instant now, Findings& findings) {
  registry::Registry& registry = installation.registry();
  const std::optional<std::string> broken = registry.verify();
  if (broken || !registry.loaded() || !registry.chain_ok()) {
    findings.fail("REGISTRY_BROKEN", kRegistryBad, kRegistryFix,
                  {broken ? *broken : registry.locked_because()});
    return;
  }
  findings.ok("REGISTRY_OK", kRegistryOk);
  if (!registry.policy_ok()) {
    findings.fail("POLICY_MISMATCH", kPolicyBad, kPolicyFix);
  }
  if (const std::uint64_t older = registry.older_keys(); older > 0) {
    findings.warn("REGISTRY_KEYS_OLD", kOlderKeys, kOlderKeysFix, {std::to_string(older)});
  }
  const registry::Registry::View view = registry.view();
  check_clients(*view, findings);
  check_permits(*view, findings);
  check_sources(*view, now, findings);
}

void check_ledger(Installation& installation, fhir::Instant, Findings& findings) {
  const ledger::Verified verified =
      ledger::verify(installation.ledger_dir(),
                     crypto::VerifyKey::from_pem(installation.keys().ledger_key.public_pem()));
  if (verified.ok) {
    findings.ok("LEDGER_OK", kLedgerOk,
                {std::to_string(verified.records), std::to_string(verified.checkpoints)});
  } else {
    findings.fail("LEDGER_BROKEN", kLedgerBad, kLedgerFix, {verified.where});
  }
}

}  // namespace sekisho::agent
