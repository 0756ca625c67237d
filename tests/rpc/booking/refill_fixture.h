#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/booking/refill.h"
#include "tests/rpc/booking/booking_fixture.h"
#include "tests/rpc/booking/fake_seat_offers.h"

namespace sas::booking {

/// Booking with its file active, which turns when it is told to.
class RefillTest : public BookingTest {
 protected:
  static constexpr char kOsnp2[] = "osnp-2";

  explicit RefillTest(testing::Backend backend = testing::Backend::kMemory);

  /// An order of `owner` (nobody's when empty) that suits the slot.
  regulation::v1::CareOrder Order(const std::string& id, std::chrono::hours delay,
                                  std::chrono::minutes age, const std::string& owner);

  void Put(const regulation::v1::CareOrder& order) { regulation_.Put(order); }

  /// An appointment of the first order, cancelled: its seat is free.
  v1::Appointment Cancelled(const std::string& request_id = "R-book");
  absl::StatusOr<v1::Appointment> Cancel(const base::Actor& actor,
                                         const v1::Appointment& appointment,
                                         const std::string& request_id,
                                         const std::string& reason = "PATIENT");
  absl::Status Turn();

  void MustTurn() { ASSERT_THAT(Turn(), testing::IsOk()); }

  std::vector<v1::SeatOffer> Offers(const base::Actor& actor, bool include_ended = true);
  /// The open one as `subject` sees it; empty when there is none.
  v1::SeatOffer OpenOffer(const std::string& subject = "osnp-1");
  absl::StatusOr<v1::SeatOffer> Decline(const std::string& subject, const std::string& name,
                                        const std::string& request_id,
                                        const std::string& reason = "DISTANCE");
  /// Books the offer's order with its token.
  absl::StatusOr<v1::Appointment> Accept(const std::string& subject, const v1::SeatOffer& offer,
                                         const std::string& request_id);
  FreedSeat OnlyFreed();
  std::vector<std::string> EventTypes();

  static base::Actor Osnp(const std::string& subject) {
    return testing::ActorWith(base::Role::kOsnp, subject);
  }

  static std::string NameOf(const std::string& id) {
    return std::string("regions/fr-pdl/cases/c1/orders/") + id;
  }

  testing::FakeRandom random_;
  FakeSeatOffers seat_offers_{slots_, clock_};
  std::unique_ptr<Refill> refill_;
};

}  // namespace sas::booking
