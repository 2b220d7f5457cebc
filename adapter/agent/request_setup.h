#pragma once

#include <string>

#include "adapter/agent/command.h"
#include "adapter/decision/decision.h"
#include "adapter/registry/registry.h"

namespace sekisho::agent {

// The question that --permit and --purpose name, asked as the permit's own client would.
// Throws Error(kUsage, kNotFound).
decision::Asking asking_of(const Session& session, const registry::State& state);

// The logical id of the patient that a text names: the id of a Patient resource ("Patient/x" or
// "x") that the index knows, or a card number.
// Nobody of the index: the text as given. Takes views of its own: call it while holding none.
std::string patient_named(std::string text, const registry::Registry& registry);
std::string patient_of(const Session& session, const registry::Registry& registry);  // --patient

// The people of --by. Throws Error(kUsage) unless there are `least` different ones.
registry::Actor actor_of(const Session& session, std::size_t least);

}  // namespace sekisho::agent
