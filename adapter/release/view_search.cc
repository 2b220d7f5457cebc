#include <utility>

#include "adapter/query/cursor.h"
#include "adapter/query/query.h"
#include "adapter/release/view_inner.h"
#include "fhir/bundle.h"
#include "fhir/search_parameter.h"

namespace sekisho::release {

namespace {

std::string link_of(const std::string& base, const query::SearchPlan& plan,
                    std::string_view cursor) {
  std::string query = plan.query;
  if (!cursor.empty()) {
    query += query.empty() ? "" : "&";
    query += "_cursor=" + query::url_encode(cursor);
  }
  return base + "/" + plan.type + (query.empty() ? "" : "?" + query);
}

std::string bundle_of(const std::string& base, const query::SearchPlan& plan,
                      const query::SearchResult& result, const query::CursorKey& key) {
  fhir::Searchset bundle;
  bundle.total = result.total;
  bundle.self_link = link_of(base, plan, plan.cursor);
  if (result.more) {
    bundle.next_link = link_of(base, plan, query::make_cursor(key, plan, result.matches.back().id));
  }
  for (const query::Shown& match : result.matches) {
    fhir::SearchsetEntry& entry = bundle.entries.emplace_back();
    entry.full_url = base + "/" + plan.type + "/" + match.id;
    entry.resource = match.text;
  }
  return fhir::write_searchset(bundle);
}

fhir::Issues cursor_issue() {
  fhir::Issue issue;
  issue.code = "value";
  issue.diagnostics = "the page link is not one that this search gave; search again";
  return {issue};
}

query::CursorKey cursor_key(const Desk& desk, const Asker& asker, const Entrance& entrance) {
  query::CursorKey key;
  key.key = desk.options().cursor_key;
  key.asker = asker.client + '\n' + entrance.permit + '\n' + entrance.purpose;
  return key;
}

bool is_served(std::string_view type) {
  for (const std::string_view served : fhir::served_types()) {
    if (served == type) {
      return true;
    }
  }
  return false;
}

}  // namespace

Answer ReleaseView::search(const SearchRequest& request) {
  Desk& desk = inner_->desk;
  const auto make = [&](const query::Visibility& visibility, const Entrance& entrance) {
    Draft draft;
    if (!is_served(request.type)) {
      draft.answer.status = 404;
      return draft;
    }
    auto understood = query::search_plan(request.type, request.parameters, desk.search_settings());
    if (auto* issues = std::get_if<fhir::Issues>(&understood)) {
      draft.answer.status = 400;
      draft.answer.issues = std::move(*issues);
      return draft;
    }
    const auto& plan = std::get<query::SearchPlan>(understood);
    const query::CursorKey key = cursor_key(desk, inner_->asker, entrance);
    const std::optional<std::string> after = query::read_cursor(key, plan);
    if (!after) {
      draft.answer.status = 400;
      draft.answer.issues = cursor_issue();
      return draft;
    }
    query::SearchResult result = desk.with_reader(
        [&](query::Reader& reader) { return query::search(reader, visibility, plan, *after); });
    draft.body = bundle_of(desk.options().base_url, plan, result, key);
    draft.type = request.type;
    draft.shown = std::move(result.matches);
    return draft;
  };
  return PendingAnswer::Inner(desk, inner_->asker, make, true).finish();
}

}  // namespace sekisho::release
