#include "tests/rpc/booking/refill_fixture.h"

#include "services/booking/roles.h"

namespace sas::booking {

RefillTest::RefillTest(testing::Backend backend) : BookingTest(backend) {
  slots_.SetStart(clock_.Now() + std::chrono::hours(4));
  refill_ = std::make_unique<Refill>(*store_, seat_offers_, regulation_, *refill_metrics_, clock_,
                                     random_);
}

regulation::v1::CareOrder RefillTest::Order(const std::string& id, std::chrono::hours delay,
                                            std::chrono::minutes age, const std::string& owner) {
  regulation::v1::CareOrder order = SearchedOrder();
  order.set_name(NameOf(id));
  order.set_territory("85");
  order.set_motif_code("M03.05");
  order.mutable_delay()->set_seconds(std::chrono::seconds(delay).count());
  *order.mutable_origin_time() = ToTimestamp(clock_.Now() - age);
  *order.mutable_due_time() = ToTimestamp(clock_.Now() - age + delay);
  order.mutable_place()->set_insee_code("85047");
  if (owner.empty()) {
    order.set_state(regulation::v1::CareOrder::STATE_TO_DO);
  } else {
    order.mutable_claim()->mutable_owner()->set_subject(owner);
  }
  return order;
}

v1::Appointment RefillTest::Cancelled(const std::string& request_id) {
  const auto booked = Create(osnp_, OrderRequest(request_id));
  EXPECT_THAT(booked, testing::IsOk());
  if (!booked.ok()) return {};
  // What the feed makes of it: the order that lost its appointment is looked for again.
  const auto cancelled = Cancel(osnp_, *booked, request_id + "-cancel");
  EXPECT_THAT(cancelled, testing::IsOk());
  Flush();
  return cancelled.ok() ? *cancelled : v1::Appointment();
}

absl::StatusOr<v1::Appointment> RefillTest::Cancel(const base::Actor& actor,
                                                   const v1::Appointment& appointment,
                                                   const std::string& request_id,
                                                   const std::string& reason) {
  v1::CancelAppointmentRequest request;
  request.set_name(appointment.name());
  request.set_etag(appointment.etag());
  request.set_reason_code(reason);
  request.set_request_id(request_id);
  return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::CancelAppointment);
}

absl::Status RefillTest::Turn() {
  return refill_->Turn(base::InternalCall("refill", clock_, std::chrono::seconds(5)));
}

std::vector<v1::SeatOffer> RefillTest::Offers(const base::Actor& actor, bool include_ended) {
  v1::ListSeatOffersRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_include_ended(include_ended);
  grpc::ClientContext context;
  server_->Authorize(context, actor);
  v1::ListSeatOffersResponse response;
  EXPECT_TRUE(refill_stub_->ListSeatOffers(&context, request, &response).ok());
  return {response.seat_offers().begin(), response.seat_offers().end()};
}

v1::SeatOffer RefillTest::OpenOffer(const std::string& subject) {
  const auto open = Offers(Osnp(subject), false);
  EXPECT_LE(open.size(), 1u);
  return open.empty() ? v1::SeatOffer() : open.front();
}

absl::StatusOr<v1::SeatOffer> RefillTest::Decline(const std::string& subject,
                                                  const std::string& name,
                                                  const std::string& request_id,
                                                  const std::string& reason) {
  v1::DeclineSeatOfferRequest request;
  request.set_name(name);
  request.set_reason_code(reason);
  request.set_request_id(request_id);
  grpc::ClientContext context;
  server_->Authorize(context, Osnp(subject));
  v1::SeatOffer response;
  const grpc::Status status = refill_stub_->DeclineSeatOffer(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response;
}

absl::StatusOr<v1::Appointment> RefillTest::Accept(const std::string& subject,
                                                   const v1::SeatOffer& offer,
                                                   const std::string& request_id) {
  v1::CreateAppointmentRequest request = OrderRequest(request_id);
  request.set_hold_token(offer.hold_token());
  request.mutable_appointment()->set_care_order(offer.care_order());
  return Create(Osnp(subject), request);
}

FreedSeat RefillTest::OnlyFreed() {
  FreedSeat found;
  EXPECT_THAT(ledger_->store().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                                    [&](BookingTransaction& transaction) -> absl::Status {
                                      SAS_ASSIGN_OR_RETURN(const auto open,
                                                           transaction.offers().OpenFreed(10));
                                      if (open.size() == 1) found = open.front();
                                      return absl::OkStatus();
                                    }),
              testing::IsOk());
  return found;
}

std::vector<std::string> RefillTest::EventTypes() {
  std::vector<std::string> types;
  for (const ledger::StoredEvent& each : Events()) {
    if (each.type.rfind("seat_offer.", 0) == 0) types.push_back(each.type.substr(11));
  }
  return types;
}

}  // namespace sas::booking
