#include "services/booking/session_client_grpc.h"

#include <utility>

#include "common/rpc/channel.h"
#include "services/booking/slots_client_grpc.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{1000};
constexpr int kPage = 200;

}  // namespace

GrpcSessionClient::GrpcSessionClient(const std::string& address,
                                     std::function<std::string()> authorization,
                                     const base::Clock& clock)
    : stub_(slots::v1::DirectoryService::NewStub(
          rpc::MakeChannel({address, {{"sas.slots.v1.DirectoryService", "ListSessions"}}}))),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<std::int64_t> GrpcSessionClient::CountSeats(const base::Call& call,
                                                           const std::string& site,
                                                           const care::Date& first,
                                                           const care::Date& last) {
  slots::v1::ListSessionsRequest request;
  request.set_parent(site);
  request.set_start_date(care::DateText(first));
  request.set_end_date(care::DateText(last));
  request.set_page_size(kPage);
  std::int64_t seats = 0;
  while (true) {
    auto page = rpc::CallUnary<slots::v1::ListSessionsResponse>(
        call, authorization_(), clock_, kLimit,
        [&](auto* context, auto* out) { return stub_->ListSessions(context, request, out); });
    if (!page.ok()) return ToldBySlots(page.status());
    for (const slots::v1::Session& session : page->sessions()) {
      if (session.state() == slots::v1::Session::STATE_OPEN) seats += session.seat_count();
    }
    if (page->next_page_token().empty()) return seats;
    request.set_page_token(page->next_page_token());
  }
}

}  // namespace sas::booking
