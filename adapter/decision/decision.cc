#include "adapter/decision/decision.h"

#include <algorithm>
#include <utility>

#include "adapter/decision/may_ask.h"
#include "adapter/decision/person_facts.h"
#include "fhir/release_sets.h"

namespace sekisho::decision {

using fhir::CategorySet;
using fhir::CivilDate;
using registry::Environment;
using registry::Filing;
using registry::Notice;
using registry::Permit;
using registry::Refusal;
using registry::RefusalStatus;
using registry::State;

namespace {

using Person = State::Person;

constexpr CategorySet kSelectable{~CategorySet::none().bits};

Answer deny(Reason reason) {
  Answer answer;
  answer.reason = reason;
  return answer;
}

// Single codes in the order of 2.1, X- codes after them by code point. A bit that the vocabulary
// lost comes last: it can only be denied.
std::vector<CategorySet> in_order(const State& state, CategorySet set) {
  const std::size_t known = 18 + state.vocabulary().site_codes().size();
  const CategorySet in_vocabulary{(std::uint64_t{1} << known) - 1};
  std::vector<CategorySet> order = state.vocabulary().in_order(set & in_vocabulary);
  for (std::uint64_t rest = set.bits & ~in_vocabulary.bits; rest != 0; rest &= rest - 1) {
    order.push_back({rest & (~rest + 1)});
  }
  return order;
}

// One question that passed G0 to G2, put to the registry for a set of codes at once.
class Question {
 public:
  Question(const State& state, const Environment& environment, const Asking& asking)
      : state_(state),
        environment_(environment),
        asking_(asking),
        permit_(*state.permit(asking.permit)),
        today_(fhir::japan_date(asking.now)) {}

  Reason data_gate(const Subject& subject);  // G3; gathers the people asked about
  Answer ask(CategorySet needs) const;       // G4 to G8

 private:
  Answer refusal_gate(CategorySet needs) const;
  Answer person_gates(Person subject, CategorySet needs) const;
  Answer filing_gate(CategorySet item) const;
  Answer notice_gate(const PersonFacts& facts, const std::vector<Person>& merged,
                     CategorySet item) const;
  std::vector<const Notice*> notices_for(const PersonFacts& facts,
                                         const std::vector<Person>& merged, CategorySet item) const;
  bool opted_in(const std::vector<Person>& merged) const;

  const State& state_;
  const Environment& environment_;
  const Asking& asking_;
  const Permit& permit_;
  CivilDate today_;
  std::vector<Person> subjects_;
};

Reason Question::data_gate(const Subject& subject) {
  if (subject.unknown_flag || (subject.flags & fhir::data_flag::kUndelivered) != 0) {
    return Reason::kDataUndelivered;
  }
  if ((subject.flags & fhir::data_flag::kTest) != 0) {
    return Reason::kDataTest;
  }
  if ((subject.flags & fhir::data_flag::kIpProtected) != 0 && !permit_.ip_ok) {
    return Reason::kDataIp;
  }
  if ((subject.flags & fhir::data_flag::kSubjectUnresolved) != 0 || subject.subjects.empty()) {
    return Reason::kSubjectUnresolved;
  }
  for (const std::string& id : subject.subjects) {
    const auto person = state_.person(id);
    if (!person || state_.patient_of(*person) == nullptr) {
      return Reason::kSubjectUnresolved;
    }
    subjects_.push_back(*person);
  }
  if (permit_.cohort) {
    for (const std::string& id : subject.subjects) {
      if (std::find(permit_.cohort->begin(), permit_.cohort->end(), id) == permit_.cohort->end()) {
        return Reason::kPermitCohort;
      }
    }
  }
  if (permit_.has_period &&
      !(permit_.period_from && permit_.period_to && subject.data_date &&
        *permit_.period_from <= *subject.data_date && *subject.data_date <= *permit_.period_to)) {
    return Reason::kPermitPeriod;
  }
  return Reason::kOk;
}

Answer Question::ask(CategorySet needs) const {
  Answer refused = refusal_gate(needs);
  if (refused.reason != Reason::kOk) {
    return refused;
  }
  Answer answer = refused;
  for (const Person subject : subjects_) {
    answer = person_gates(subject, needs);
    if (answer.reason != Reason::kOk) {
      return answer;
    }
  }
  return answer;
}

// A refusal that a person in the closure is named in, or is a candidate of.
Reason refusal_reason(const Refusal& refusal, const std::string& person) {
  const auto& named = refusal.patients;
  if (std::find(named.begin(), named.end(), person) == named.end() ||
      refusal.status == RefusalStatus::kUnresolved) {
    return Reason::kOptoutAmbiguous;
  }
  return refusal.status == RefusalStatus::kUnverified ? Reason::kOptoutUnverified : Reason::kOptout;
}

Answer Question::refusal_gate(CategorySet needs) const {
  Answer first = deny(Reason::kOk);
  std::vector<Person> closure;
  for (const Person subject : subjects_) {
    state_.closure(subject, false, closure);
    for (const Person each : closure) {
      for (const std::size_t index : state_.refusals_of(each)) {
        const Refusal& refusal = state_.refusal(index);
        if (!in_force_for(state_, refusal, permit_) ||
            !(refusal.categories.empty() || refusal.categories.meets(needs))) {
          continue;
        }
        const Reason reason = refusal_reason(refusal, state_.id_of(each));
        if (reason < first.reason) {  // the enumeration is in the order of 4.4a
          first.reason = reason;
          first.refusal_id = refusal.id;
        }
      }
    }
  }
  return first;
}

Answer Question::person_gates(Person subject, CategorySet needs) const {
  std::vector<Person> merged;
  state_.closure(subject, true, merged);
  const PersonFacts facts = facts_of(state_, subject, merged);
  if (facts.conflict) {
    return deny(Reason::kIdentityConflict);
  }
  Answer answer = deny(Reason::kOk);
  for (const CategorySet item : in_order(state_, needs)) {
    const Answer filed = filing_gate(item);
    if (filed.reason != Reason::kOk) {
      return filed;
    }
    answer = notice_gate(facts, merged, item);
    answer.filing_version = filed.filing_version;
    if (answer.reason != Reason::kOk) {
      return answer;
    }
  }
  if (permit_.requires_optin && !opted_in(merged)) {
    return deny(Reason::kOptinRequired);
  }
  return answer;
}

Answer Question::filing_gate(CategorySet item) const {
  bool accepted = false;
  std::optional<std::int64_t> highest;
  if (permit_.track) {
    for (const Filing* filing : state_.filings(permit_.client, *permit_.track)) {
      if (filing->accepted) {
        accepted = true;
        if (filing->start && *filing->start <= today_ && (!highest || filing->version > *highest)) {
          highest = filing->version;
        }
      }
    }
  }
  if (!accepted) {
    return deny(Reason::kNotFiled);
  }
  if (!highest) {
    return deny(Reason::kBeforeStartDate);
  }
  Answer answer = deny(Reason::kOk);
  answer.filing_version = highest;
  for (const Filing* filing : state_.filings(permit_.client, *permit_.track)) {
    if (filing->accepted && filing->start && *filing->start <= today_ &&
        filing->version == *highest && !filing->items.contains(item)) {
      answer.reason = Reason::kItemNotFiled;
    }
  }
  return answer;
}

std::vector<const Notice*> Question::notices_for(const PersonFacts& facts,
                                                 const std::vector<Person>& merged,
                                                 CategorySet item) const {
  std::vector<const Notice*> found;
  for (const Person each : merged) {
    for (const std::size_t index : state_.notices_of(each)) {
      const Notice& notice = state_.notice(index);
      if (!notice.revoked && notice.client == permit_.client && notice.track &&
          notice.track == permit_.track && notice.items.contains(item) && notice.date &&
          (!facts.dead || (facts.died_on && *notice.date <= *facts.died_on))) {
        found.push_back(&notice);
      }
    }
  }
  return found;
}

// Whether these notices together reached whom they had to (G7 b), and which one did.
struct Reached {
  bool self = false;      // where the person had to be reached
  bool guardian = false;  // where a guardian had to be reached
  bool any_guardian = false;
  bool guardian_needed = false;
  bool both_needed = false;
  const Notice* by = nullptr;

  bool enough() const { return both_needed ? self && guardian : self || guardian; }
};

Reached reached_by(const std::vector<const Notice*>& notices, const PersonFacts& facts) {
  Reached reached;
  for (const Notice* notice : notices) {
    const Needed needed = needed_on(facts, *notice->date);
    reached.guardian_needed = reached.guardian_needed || needed.guardian;
    reached.both_needed = needed.self && needed.guardian;  // the same for every day
    const bool self = needed.self && reaches_self(notice->party);
    const bool guardian = needed.guardian && reaches_guardian(notice->party);
    reached.any_guardian = reached.any_guardian || reaches_guardian(notice->party);
    if (self || guardian) {
      reached.by = notice;
    }
    reached.self = reached.self || self;
    reached.guardian = reached.guardian || guardian;
  }
  return reached;
}

Answer Question::notice_gate(const PersonFacts& facts, const std::vector<Person>& merged,
                             CategorySet item) const {
  std::vector<const Notice*> notices = notices_for(facts, merged, item);
  if (notices.empty()) {
    return deny(facts.dead ? Reason::kDeceasedNotNotified : Reason::kNotNotified);
  }
  const Reached all = reached_by(notices, facts);
  if (!all.enough()) {
    return deny(all.guardian_needed && !all.any_guardian ? Reason::kGuardianNotNotified
                                                         : Reason::kSelfNotNotified);
  }
  const auto keep = [&](auto&& counts) {
    notices.erase(std::remove_if(notices.begin(), notices.end(),
                                 [&](const Notice* notice) { return !counts(*notice); }),
                  notices.end());
    return reached_by(notices, facts);
  };
  if (const auto from = adult_notices_from(facts, environment_.renotify, today_)) {
    if (!keep([&](const Notice& notice) { return *notice.date >= *from; }).enough()) {
      return deny(Reason::kRenotify16Pending);
    }
  }
  const Reached over = keep([&](const Notice& notice) {
    return eligible_from(notice, environment_.wait_rule) <= today_;
  });
  Answer answer = deny(over.enough() ? Reason::kOk : Reason::kWaitingPeriod);
  const Notice* deciding = over.enough() ? over.by : all.by;
  answer.notice_id = deciding->id;
  return answer;
}

bool Question::opted_in(const std::vector<Person>& merged) const {
  for (const Person each : merged) {
    for (const registry::OptIn& optin : state_.optins_of(each)) {
      if (given_today(optin, permit_, asking_.purpose, today_)) {
        return true;
      }
    }
  }
  return false;
}

Answer decide_carried(Question& question, const State& state, CategorySet codes) {
  Answer first;
  bool asked = false;
  for (const CategorySet code : in_order(state, codes)) {
    Answer answer = question.ask(code);
    if (answer.reason == Reason::kOk) {
      return answer;
    }
    if (!asked) {
      first = std::move(answer);
      asked = true;
    }
  }
  return first;
}

Answer decide_all(const State& state, const Environment& environment, const Asking& asking,
                  const Subject& subject) {
  const Reason before = gates_before_category(state, environment, asking);
  if (before != Reason::kOk) {
    return deny(before);
  }
  const CategorySet listed = state.permit(asking.permit)->categories & kSelectable;
  const bool carried = subject.carried_by || subject.carried_by_permit;
  const CategorySet codes =
      subject.carried_by_permit ? listed : (carried ? *subject.carried_by & listed : subject.needs);
  if (codes.empty() || !listed.contains(codes)) {
    return deny(Reason::kPermitCategory);
  }
  const Reason after = gates_after_category(state, asking);
  if (after != Reason::kOk) {
    return deny(after);
  }
  Question question(state, environment, asking);
  const Reason data = question.data_gate(subject);
  if (data != Reason::kOk) {
    return deny(data);
  }
  return carried ? decide_carried(question, state, codes) : question.ask(codes);
}

}  // namespace

Answer decide(const State& state, const Environment& environment, const Asking& asking,
              const Subject& subject) {
  try {
    return decide_all(state, environment, asking, subject);
  } catch (...) {
    return deny(Reason::kSysInternal);
  }
}

}  // namespace sekisho::decision
