#include <utility>

#include "adapter/query/query.h"
#include "adapter/release/conditional.h"
#include "adapter/release/view_inner.h"

namespace sekisho::release {

namespace {

// Not found says the same of what is denied, what never was and what cannot be.
Answer answer_of(const query::ReadResult& result, const ReadRequest& request) {
  Answer answer;
  if (!result.shown) {
    answer.status = result.gone ? 410 : 404;
    return answer;
  }
  const query::Shown& shown = *result.shown;
  answer.etag = "W/\"" + std::to_string(shown.version) + "\"";
  answer.last_modified = shown.last_updated;
  if (not_modified(request.if_none_match, request.if_modified_since, answer.etag,
                   shown.last_updated)) {
    answer.status = 304;
  }
  return answer;
}

}  // namespace

Answer ReleaseView::read(const ReadRequest& request) {
  return decide([&](const query::Visibility& visibility, const Entrance&) {
    query::ReadResult result = inner_->desk.with_reader([&](query::Reader& reader) {
      return request.version.empty() ? query::read(reader, visibility, request.type, request.id)
                                     : query::read_version(reader, visibility, request.type,
                                                           request.id, request.version);
    });
    Draft draft;
    draft.answer = answer_of(result, request);
    if (draft.answer.status == 200) {
      draft.body = result.shown->text;
      draft.type = request.type;
      draft.shown.push_back(std::move(*result.shown));
    }
    return draft;
  });
}

}  // namespace sekisho::release
