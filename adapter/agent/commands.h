#pragma once

#include "adapter/agent/command.h"

namespace sekisho::agent {

// The commands, one file each: command_<name>.cc. What each does stands in commands.cc.
int command_init(Session& session);
int command_run(Session& session);
int command_ingest(Session& session);
int command_decide(Session& session);
int command_explain(Session& session);
int command_readiness(Session& session);
int command_statement(Session& session);
int command_registry_import(Session& session);
int command_registry_attest(Session& session);
int command_registry_refuse(Session& session);
int command_registry_withdraw(Session& session);
int command_registry_resolve(Session& session);
int command_registry_revoke(Session& session);
int command_registry_list(Session& session);
int command_registry_receipt(Session& session);
int command_notice_version(Session& session);
int command_notice_campaign(Session& session);
int command_notice_derive(Session& session);
int command_notice_revoke(Session& session);
int command_ledger_verify(Session& session);
int command_ledger_export(Session& session);
int command_ledger_list(Session& session);
int command_mapping_check(Session& session);
int command_mapping_run(Session& session);
int command_mapping_test(Session& session);
int command_doctor(Session& session);
int command_clock_confirm(Session& session);
int command_version(Session& session);

}  // namespace sekisho::agent
