#include "adapter/release/desk.h"

#include <algorithm>
#include <utility>

namespace sekisho::release {

namespace {

constexpr std::int64_t kMaxBackwardMs = 5000;  // release-decision 4.5

Masks::Rules rules_of(const Door::Options& options) {
  Masks::Rules rules;
  if (options.wait_rule == "30d") {
    rules.wait_rule = registry::WaitRule::k30Days;
  } else if (options.wait_rule == "1m") {
    rules.wait_rule = registry::WaitRule::k1Month;
  }
  if (options.renotify_at_16 == "off") {
    rules.renotify = registry::Renotify::kOff;
  } else if (options.renotify_at_16 == "notify_continue") {
    rules.renotify = registry::Renotify::kContinue;
  }
  return rules;
}

query::SearchSettings settings_of(const Door::Options& options) {
  query::SearchSettings settings;
  settings.base_url = options.base_url;
  settings.page_size = options.page_size;
  settings.max_page_size = options.max_page_size;
  return settings;
}

}  // namespace

Desk::Desk(Door::Options options, registry::Registry& registry, ledger::Ledger& ledger,
           fhir::Clock clock, std::function<std::int64_t()> skew_s)
    : options_(std::move(options)),
      search_settings_(settings_of(options_)),
      registry_(registry),
      ledger_(ledger),
      clock_(std::move(clock)),
      skew_s_(std::move(skew_s)),
      rules_(rules_of(options_)),
      masks_(registry, rules_) {}

registry::Environment Desk::environment(fhir::Instant now) const {
  registry::Environment environment;
  environment.registry_loaded = registry_.loaded();
  environment.chain_ok = registry_.chain_ok();
  environment.policy_ok = registry_.policy_ok();
  environment.audit_writable = ledger_.writable();
  environment.clock_skew_s = skew_s_();
  const std::int64_t last = std::max(registry_.last_time().ms, ledger_.last_time().ms);
  const bool confirmed = options_.confirmed_up_to && last <= options_.confirmed_up_to().ms;
  environment.clock_went_back = !confirmed && now.ms < last - kMaxBackwardMs;
  environment.wait_rule = rules_.wait_rule;
  environment.renotify = rules_.renotify;
  return environment;
}

Entrance Desk::enter(const Asker& asker) const {
  const fhir::Instant at = now();
  const registry::Environment found = environment(at);
  const auto view = registry_.view();
  return release::enter(*view, found, asker, at);
}

decision::Reason Desk::system_state(std::string_view client) const {
  decision::Asking asking;
  asking.now = now();
  asking.client = client;
  const registry::Environment found = environment(asking.now);
  const auto view = registry_.view();
  const decision::Reason reason = decision::may_ask(*view, found, asking);
  return is_system(reason) ? reason : decision::Reason::kOk;
}

std::unique_ptr<query::Reader> Desk::take_reader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      std::unique_ptr<query::Reader> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return std::make_unique<query::Reader>(options_.store_file);
}

void Desk::give_back(std::unique_ptr<query::Reader> reader) {
  const std::lock_guard lock(readers_mutex_);
  readers_.push_back(std::move(reader));
}

}  // namespace sekisho::release
