// Two records of one person, and what taking them apart again leaves behind.

#include <algorithm>
#include <set>
#include <utility>

#include "adapter/registry/event_table.h"

namespace sekisho::registry {

using fhir::Json;

namespace {

std::pair<std::string, std::string> in_order(const std::string& a, const std::string& b) {
  return std::minmax(a, b);
}

// A refusal that nobody took back, and the record that it may have meant as well.
struct Widened {
  std::string refusal;
  std::string candidate;
};

// Who refused while the two counted as one person: nobody can tell any more, so both stay blocked
// until two people settle it (release-decision 4.6, unmerge).
std::vector<Widened> widened_by_unlink(const Book& book, const std::string& a,
                                       const std::string& b) {
  std::vector<Widened> result;
  const auto merged = book.merged_in.find(in_order(a, b));
  if (merged == book.merged_in.end()) {
    return result;  // never more than suspected: whoever refused was named as one of the two
  }
  std::set<std::size_t> asked;
  for (const std::string& side : {a, b}) {
    for (const std::string& each : book.state.certain_closure(side)) {
      const auto& of_person = book.state.refusals_of(each);
      asked.insert(of_person.begin(), of_person.end());
    }
  }
  for (const std::size_t index : asked) {
    const Refusal& refusal = book.state.refusal(index);
    if (refusal.named_in < merged->second || refusal.status == RefusalStatus::kWithdrawn ||
        refusal.status == RefusalStatus::kRejected) {
      continue;
    }
    for (const std::string& side : {a, b}) {
      const auto among = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), side) != list.end();
      };
      if (!among(refusal.patients) && !among(refusal.candidates)) {
        result.push_back({refusal.id, side});
      }
    }
  }
  return result;
}

Changed take_apart(Book& book, const std::string& a, const std::string& b,
                   const std::vector<Widened>& widened) {
  Changed changed{false, {a, b}};
  // Whoever was reached through this link is asked again too.
  for (const std::string& side : {a, b}) {
    for (std::string& each : book.state.full_closure(side)) {
      changed.people.push_back(std::move(each));
    }
  }
  for (const Widened& each : widened) {
    if (const Refusal* known = book.state.refusal(each.refusal)) {
      Refusal refusal = *known;
      refusal.candidates.push_back(each.candidate);
      book.state.put(std::move(refusal));
      changed.people.push_back(each.candidate);
    }
  }
  book.state.unlink(a, b);
  book.merged_in.erase(in_order(a, b));
  return changed;
}

}  // namespace

void Preparing::link(Json& body) {
  Reading reading = this->reading();
  const LinkEvent event = read_link(body, reading);
  take(reading);
  if (event.certain) {
    // A notice that one record was given counts for the other from now on.
    two_people("saying that two records are one person for certain");
  }
}

void Preparing::unlink(Json& body) {
  Reading reading = this->reading();
  const LinkEvent event = read_unlink(body, reading);
  take(reading);
  two_people("taking two records apart");
  if (body.find("refusals") != nullptr) {
    refuse("refusals", "value", "the registry fills this in");
  }
  Json refusals = Json::Array{};
  for (const Widened& each : widened_by_unlink(book_, event.a, event.b)) {
    refusals.push(Json::object({{"id", each.refusal}, {"candidate", each.candidate}}));
  }
  body = Json::object({{"a", event.a}, {"b", event.b}, {"refusals", std::move(refusals)}});
}

Changed Book::apply_link(const Recorded& recorded) {
  const LinkEvent event = read_link(recorded.body, recorded.reading);
  if (event.remove) {  // as programs before the type "unlink" wrote it
    return take_apart(*this, event.a, event.b, widened_by_unlink(*this, event.a, event.b));
  }
  state.link(event.a, event.b, event.certain);
  if (event.certain) {
    merged_in.try_emplace(in_order(event.a, event.b), recorded.line.sequence);
  }
  return {false, {event.a, event.b}};
}

Changed Book::apply_unlink(const Recorded& recorded) {
  const LinkEvent event = read_unlink(recorded.body, recorded.reading);
  std::vector<Widened> widened;
  for (const Json& each : recorded.body.items("refusals")) {
    widened.push_back({std::string(each.text("id")), std::string(each.text("candidate"))});
  }
  return take_apart(*this, event.a, event.b, widened);
}

}  // namespace sekisho::registry
