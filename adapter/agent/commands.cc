#include "adapter/agent/commands.h"

#include <array>

namespace sekisho::agent {
namespace {

// Examples run in this order in one folder by tests/e2e/help_examples.sh, so each may stand on what
// the ones before it made; client.json, permit.json and the like are written by that test as the
// demo writes them.

constexpr OptionSpec kBy{"--by", "NAME", "who acts; where two people are asked for, give it twice"};
constexpr OptionSpec kJson{"--json", "", "machine-readable"};
constexpr OptionSpec kPermit{"--permit", "ID", "the permit"};
constexpr OptionSpec kPurpose{"--purpose", "CODE", "default: the permit's only purpose"};

constexpr std::array kInit{
    OptionSpec{"--institution", "NUMBER",
               "the hospital's 10-digit institution number (part of every resource id: it cannot "
               "change later)"},
};
constexpr std::array kIngest{
    OptionSpec{"--confirm-loss", "",
               "a storage lost most of its files and that is meant: delete what they brought"},
    OptionSpec{"--reprocess", "", "read again what is quarantined, rejected or of older mappings"},
    OptionSpec{"--quarantine", "", "do not ingest; list what is in quarantine and what to do"},
    OptionSpec{"--limit", "N", "with --quarantine: at most N lines (default 100)"},
};
constexpr std::array kDecide{
    OptionSpec{"--cases", "FILE", "a case file (release-decision 4.4b)"},
};
constexpr std::array kExplain{
    OptionSpec{"--patient", "CARD|ID", "card number, or id of the Patient resource"},
    kPermit,
    kPurpose,
    OptionSpec{"--at", "INSTANT",
               "at another instant (with zone), by what the registry said then; default now"},
};
constexpr std::array kStatement{
    OptionSpec{"--patient", "CARD|ID", "card number, or logical id"},
    kJson,
};
constexpr std::array kReadiness{
    kPermit,
    kPurpose,
    kJson,
};
constexpr std::array kImport{
    kBy,
    OptionSpec{"--type", "notice|refusal", "of a CSV file; default by its column names"},
    OptionSpec{"--list", "NAME", "of a CSV list of refusals; default its file name"},
};
constexpr std::array kAttest{
    OptionSpec{"--client", "ID", "the client that the list was made for"},
    OptionSpec{"--list", "NAME", "what the list of earlier refusals is called"},
    OptionSpec{"--as-of", "DATE", "the day that the list stands for"},
    OptionSpec{"--lines", "N", "how many refusals it holds"},
    OptionSpec{"--file", "FILE", "the list itself; its SHA-256 is recorded"},
    OptionSpec{"--none-known", "", "there is no earlier refusal"},
    OptionSpec{"--reason", "TEXT", "why there are none although there were filings before"},
    kBy,
};
constexpr std::array kRefuse{
    OptionSpec{"--patient", "CARD|ID", "card number, or id of the Patient resource"},
    OptionSpec{"--client", "ID", "only towards this client (may be repeated; default all)"},
    OptionSpec{"--track", "anon|pseudo", "only this track (default both)"},
    OptionSpec{"--category", "CODE", "only this category (may be repeated; default all)"},
    OptionSpec{"--requester", "WHO",
               "self, guardian, legal_rep, spouse, child, ... (default self)"},
    OptionSpec{"--channel", "HOW", "counter, verbal, mail, portal (default counter)"},
    OptionSpec{"--received", "DATE", "the day on which it was received (default today)"},
    OptionSpec{"--delete", "", "deletion at the recipients is asked for as well"},
    kBy,
};
constexpr std::array kWithdraw{
    OptionSpec{"--patient", "CARD|ID", "the patient's only refusal, where no id is given"},
    OptionSpec{"--requester", "WHO",
               "self, guardian, legal_rep; of the bereaved, the relation that refused (default "
               "self)"},
    OptionSpec{"--identity-checked", "", "the person's identity was checked; required"},
    kBy,
};
constexpr std::array kResolve{
    OptionSpec{"--patient", "CARD|ID", "whom the refusal means (may be repeated)"},
    OptionSpec{"--release", "ID", "a candidate whom it does not mean (may be repeated)"},
    OptionSpec{"--reject", "", "the requester was checked and may not refuse for this person"},
    kBy,
};
constexpr std::array kRevoke{
    kBy,
};
constexpr std::array kList{
    OptionSpec{"--of", "KIND",
               "clients, permits, filings, leaflets, campaigns, notices, refusals, receipts, "
               "sources (default all but notices)"},
    kJson,
};
constexpr std::array kReceipt{
    OptionSpec{"--name", "TEXT", "who asked"},
    OptionSpec{"--facts", "TEXT", "what identifies that person: birth date, address"},
    OptionSpec{"--issued", "DATE", "the day on which it is handed over (default today)"},
    OptionSpec{"--electronic", "", "not on paper; who asked agreed to that before"},
    OptionSpec{"--again", "", "print the last one of this refusal again; nothing is recorded"},
    kBy,
};
constexpr std::array kNoticeVersion{
    OptionSpec{"--id", "ID", "what the leaflet is called from now on"},
    OptionSpec{"--covers", "CLIENT:TRACK:VERSION",
               "a filing that its text satisfies (may be repeated)"},
    OptionSpec{"--category", "CODE",
               "only this category of that filing (may be repeated; default all)"},
    OptionSpec{"--wait", "30d|1m|later",
               "the waiting period that it states (default later); the configuration's is the "
               "least"},
    kBy,
};
constexpr std::array kNoticeCampaign{
    OptionSpec{"--version", "ID", "the leaflet"},
    OptionSpec{"--from", "DATE", "the first day of visits"},
    OptionSpec{"--to", "DATE", "the last day of visits"},
    OptionSpec{"--desk", "CODE", "only this department (may be repeated; default all)"},
    OptionSpec{"--visits", "ADT-12|ADT-22", "only outpatients, only admissions (default both)"},
    OptionSpec{"--method", "HOW", "paper_at_visit, mail, portal, other (default paper_at_visit)"},
    OptionSpec{"--except", "CARD|ID", "a patient who did not get one (may be repeated)"},
    kBy,
};
constexpr std::array kNoticeDerive{
    OptionSpec{"--dry-run", "", "count by reason and record nothing"},
    OptionSpec{"--through", "DATE", "only visits up to this day (default today)"},
    OptionSpec{
        "--who", "REASON",
        "list who gets none: minor, no-capacity, birth-unknown, conflict, taken-back, "
        "has-notice, excluded, no-visit, other-desk, before-from, after-to, deceased-before"},
    kBy,
};
constexpr std::array kNoticeRevoke{
    OptionSpec{"--patient", "CARD|ID", "only for this patient of a notice (may be repeated)"},
    kBy,
};
constexpr std::array kLedgerVerify{
    OptionSpec{"--key", "FILE", "public key (PEM) of the checkpoints; default the installation's"},
    OptionSpec{"--bundle", "FOLDER", "an exported bundle instead of the installation's ledger"},
};
constexpr std::array kLedgerExport{
    OptionSpec{"--bundle", "FOLDER", "to make; there must be nothing of that name"},
};
constexpr std::array kLedgerList{
    OptionSpec{"--last", "N", "only the last N records"},
};
constexpr std::array kMappingRun{
    OptionSpec{"--type", "TYPE", "SS-MIX2 data type: ADT-00, ADT-61, PPR-01, OMP-01, OML-11"},
    OptionSpec{"--now", "INSTANT", "what meta.lastUpdated says; default now"},
    OptionSpec{"--encoding", "NAME", "auto, iso-2022-jp, cp932, euc-jp, utf-8 (default auto)"},
    OptionSpec{"--pack", "FOLDER", "a mapping pack instead of the installation's"},
    OptionSpec{"--trace", "", "show each expression: where it stands, what it read, what it gave"},
};
constexpr std::array kMappingTest{
    OptionSpec{"--update", "",
               "write what is expected instead of comparing; review the difference"},
};
constexpr std::array kDoctor{
    kJson,
};
constexpr std::array kConfirm{
    kBy,
};

constexpr auto kHere = Command::Place::kHere;
constexpr auto kAgent = Command::Place::kAgent;

constexpr std::array kCommands{
    Command{"init", "make an installation: keys, empty registry and ledger, store, configuration",
            "", kInit, "sekisho init --home demo --institution 1319999999",
            "Refuses where an installation is. Afterwards edit the configuration and run doctor.",
            kHere, false, command_init},
    Command{"mapping check",
            "compile a mapping profile, or check a whole pack, and say where it is wrong",
            "FILE|FOLDER",
            {},
            "sekisho mapping check pack/profiles/adt-00.map.json",
            "Ends with 1 and file:line:column of what is wrong. Of a folder it tells everything: "
            "profiles that do not compile, ids and messages that two have, files that nobody uses.",
            kHere,
            false,
            command_mapping_check},
    Command{"mapping run", "map one message and print each resource as it would be stored", "FILE",
            kMappingRun,
            "sekisho mapping run message.hl7 --home demo --type ADT-00 --now 2026-11-20T10:00:00Z",
            "One resource a line. Issues, unread fields and unmapped codes go to standard error. "
            "Ends with 1 where the message gives no resource or one was rejected.",
            kHere, false, command_mapping_run},
    Command{"mapping test", "run the tests of a mapping pack", "FOLDER", kMappingTest,
            "sekisho mapping test pack",
            "Compares testdata/<profile>/*.in and the cases of profiles/*.test.json with what they "
            "expect. Ends with 1 where one differs or there is none.",
            kHere, false, command_mapping_test},
    Command{"ingest", "read the storages of the configuration into the store", "", kIngest,
            "sekisho ingest --home demo",
            "Ends with the conservation equations, and with 1 where one does not add up or a "
            "storage lost most of its files. A kill loses nothing: run it again.",
            kAgent, false, command_ingest},
    Command{"registry import", "load clients, permits, filings, notices, refusals (JSON, CSV)",
            "FILE...", kImport,
            "sekisho registry import --home demo client.json permit.json filing.json notices.csv "
            "--by 山田 --by 佐藤",
            "Ends with 1 where a line was wrong; what is said of each line stands in the report.",
            kAgent, true, command_registry_import},
    Command{"registry attest", "attest the list of earlier refusals; nothing is released before",
            "", kAttest,
            "sekisho registry attest --home demo --client demo-hub --none-known --as-of 2026-11-01 "
            "--reason 初回 "
            "--by 山田 --by 佐藤",
            "Two different people.", kAgent, false, command_registry_attest},
    Command{"registry refuse", "record a refusal; it is in force when the command returns", "",
            kRefuse, "sekisho registry refuse --home demo --patient 0000001 --by 窓口一郎",
            "Without limits it covers every client, track and category, as the law has it.", kAgent,
            false, command_registry_refuse},
    Command{"registry withdraw", "record that the person withdraws a refusal", "[REFUSAL]",
            kWithdraw,
            "sekisho registry withdraw --home demo --patient 0000001 --identity-checked --by 山田 "
            "--by 佐藤",
            "Two different people: one of them checked the person's identity.", kAgent, false,
            command_registry_withdraw},
    Command{"registry resolve", "say whom an unresolved refusal means, or reject it", "REFUSAL",
            kResolve,
            "sekisho registry resolve --home demo r9 --patient 0000003 --by 山田 --by 佐藤",
            "Releasing a candidate and rejecting take two different people.", kAgent, false,
            command_registry_resolve},
    Command{"registry revoke", "revoke a permit; it is in force when the command returns", "PERMIT",
            kRevoke, "sekisho registry revoke --home demo demo-old --by 山田", "", kAgent, false,
            command_registry_revoke},
    Command{"registry list", "show what the registry holds", "", kList,
            "sekisho registry list --home demo --of permits",
            "Holds patients' ids: for the inside "
            "of the hospital.",
            kAgent, false, command_registry_list},
    Command{"registry receipt", "record and print the receipt that who refused is handed",
            "REFUSAL", kReceipt,
            "sekisho registry receipt --home demo r9 --name 架空花子 --facts 1965-03-02生 --by "
            "窓口一郎",
            "The name is kept sealed. It prints the six items of the ordinance; keep a copy for "
            "three years.",
            kAgent, false, command_registry_receipt},
    Command{
        "notice version", "register a leaflet and the filings that its text satisfies", "FILE",
        kNoticeVersion,
        "sekisho notice version --home demo leaflet.txt --id leaflet-1 --covers demo-hub:anon:1 "
        "--by 山田 --by 佐藤",
        "Two different people judge it once; the file's SHA-256 is recorded. A changed text is "
        "another leaflet.",
        kAgent, true, command_notice_version},
    Command{"notice campaign", "say in which days a leaflet was, or will be, handed out at visits",
            "CAMPAIGN", kNoticeCampaign,
            "sekisho notice campaign --home demo autumn --version leaflet-1 --from 2026-10-01 --to "
            "2026-12-31 --by 山田 --by 佐藤",
            "Two different people attest it. It notifies nobody by itself: see notice derive.",
            kAgent, false, command_notice_campaign},
    Command{"notice derive", "record the notices that follow from a campaign and the visits so far",
            "CAMPAIGN", kNoticeDerive, "sekisho notice derive --home demo autumn --dry-run",
            "One notice on the day of a person's first visit. Minors, people without capacity and "
            "people of unknown birth date get none: they are counted. Run it again for later "
            "visits.",
            kAgent, false, command_notice_derive},
    Command{"notice revoke", "take back a campaign with its notices, or one notice",
            "CAMPAIGN|NOTICE", kNoticeRevoke, "sekisho notice revoke --home demo autumn --by 山田",
            "In force when the command returns: who has no other notice is no longer released.",
            kAgent, false, command_notice_revoke},
    Command{"readiness", "how many patients a permit could release, now and over 12 months", "",
            kReadiness, "sekisho readiness --home demo --permit demo-m0",
            "The sum over the gates is the number of patients in the store.", kAgent, false,
            command_readiness},
    Command{"explain", "why a request about a patient was or would be denied", "", kExplain,
            "sekisho explain --home demo --patient 0000002 --permit demo-m0",
            "For the inside of the hospital only. Ends with 0 whatever the answer is.", kAgent,
            false, command_explain},
    Command{"statement", "what was disclosed of a patient: when, to whom, by which permit", "",
            kStatement, "sekisho statement --home demo --patient 0000001",
            "For the patient, who may ask. Ends with 1 where the ledger does not verify.", kAgent,
            false, command_statement},
    Command{"decide", "answer a case file of release decisions, one JSON line a case", "", kDecide,
            "sekisho decide --cases cases.json",
            "Ends with 1 where an expectation is not met, with 2 for a file of another shape.",
            kHere, false, command_decide},
    Command{"ledger verify", "walk the hash chain and the signatures of the disclosure ledger", "",
            kLedgerVerify, "sekisho ledger verify --home demo",
            "Ends with 1 and the first place that does not hold. A bundle needs no installation; "
            "without --key it is verified with the key in it, whose SHA-256 is said.",
            kHere, false, command_ledger_verify},
    Command{"ledger export", "make a folder by which a stranger verifies the ledger offline", "",
            kLedgerExport, "sekisho ledger export --home demo --bundle ledger-bundle",
            "Patients stay sealed in it. Ends with 1 where the ledger does not verify; the folder "
            "stays as evidence.",
            kHere, false, command_ledger_export},
    Command{"ledger list", "print the records of the disclosure ledger as JSON lines", "",
            kLedgerList, "sekisho ledger list --home demo --last 10", "", kHere, false,
            command_ledger_list},
    Command{"doctor", "look for what is wrong or will be soon, and say what to do", "", kDoctor,
            "sekisho doctor --home demo", "Ends with 1 where a finding is an error.", kHere, false,
            command_doctor},
    Command{"clock confirm",
            "confirm the clock after it stepped back; data stays closed until then", "", kConfirm,
            "sekisho clock confirm --home demo --by 山田",
            "Look at the clock first: waiting periods are counted by it.", kAgent, false,
            command_clock_confirm},
    Command{"run",
            "serve the hub until SIGTERM",
            "",
            {},
            "sekisho run --home demo",
            "Logs JSON lines to standard error and <state>/log. While it runs, the other commands "
            "reach it over "
            "the command socket.",
            kHere,
            false,
            command_run},
    Command{"version",
            "print the version",
            "",
            {},
            "sekisho version",
            "",
            kHere,
            false,
            command_version},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

Found find_command(const std::vector<std::string>& words) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) {
      continue;
    }
    const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const Command& command : kCommands) {
      if (command.name.text() == name) {
        return {&command, count};
      }
    }
  }
  return {};
}

}  // namespace sekisho::agent
