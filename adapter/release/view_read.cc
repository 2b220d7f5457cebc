#include <utility>

#include "adapter/query/query.h"
#include "adapter/release/view_inner.h"

namespace sekisho::release {

namespace {

// Not found says the same of what is denied, what never was and what cannot be.
Answer answer_of(const query::ReadResult& result) {
  Answer answer;
  if (!result.shown) {
    answer.status = result.gone ? 410 : 404;
    return answer;
  }
  answer.etag = query::etag_of(result.shown->version);
  answer.last_modified = result.shown->last_updated;
  answer.status = result.held ? 304 : 200;
  return answer;
}

}  // namespace

Answer ReleaseView::read(const ReadRequest& request) {
  query::Held held;
  held.if_none_match = request.if_none_match;
  held.if_modified_since = request.if_modified_since;
  return decide([&](const query::Visibility& visibility, const Entrance&) {
    query::ReadResult result = inner_->desk.with_reader([&](query::Reader& reader) {
      return request.version.empty()
                 ? query::read(reader, visibility, request.type, request.id, held)
                 : query::read_version(reader, visibility, request.type, request.id,
                                       request.version, held);
    });
    Draft draft;
    draft.answer = answer_of(result);
    if (draft.answer.status == 200) {
      draft.body = result.shown->text;
      draft.type = request.type;
      draft.shown.push_back(std::move(*result.shown));
    }
    return draft;
  });
}

}  // namespace sekisho::release
