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

Make read_of(Desk& desk, const ReadRequest& request) {
  return [&desk, request](const query::Visibility& visibility, const Entrance&) {
    const query::Held held{request.if_none_match, request.if_modified_since};
    query::ReadResult result = desk.with_reader([&](query::Reader& reader) {
      return request.version.empty()
                 ? query::read(reader, visibility, request.type, request.id, held)
                 : query::read_version(reader, visibility, request.type, request.id,
                                       request.version, held);
    });
    Draft draft;
    draft.answer = answer_of(result);
    if (draft.answer.status == 200) {
      draft.body = std::move(result.shown->text);
      draft.type = request.type;
      draft.shown.push_back(std::move(*result.shown));
    }
    return draft;
  };
}

ReleaseView::ReleaseView(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ReleaseView::ReleaseView(ReleaseView&&) noexcept = default;
ReleaseView::~ReleaseView() = default;

Answer ReleaseView::read(const ReadRequest& request) {
  Desk& desk = inner_->desk;
  return PendingAnswer::Inner(desk, inner_->asker, read_of(desk, request), true).finish();
}

}  // namespace sekisho::release
