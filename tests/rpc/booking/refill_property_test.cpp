// Whatever happens, in whatever order: refill makes holds and offers, and no appointment.

#include <map>
#include <random>
#include <set>

#include "services/booking/domain/refill.h"
#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using regulation::v1::CareOrder;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class RefillPropertyTest : public RefillTest, public ::testing::WithParamInterface<int> {
 protected:
  RefillPropertyTest() : chance_(static_cast<std::mt19937::result_type>(GetParam())) {
    CareOrder ended = SearchedOrder();  // The fixture's own.
    ended.set_state(CareOrder::STATE_CLOSED);
    Put(ended);
  }

  int Pick(int below) { return static_cast<int>(chance_() % static_cast<unsigned>(below)); }

  std::string NewId() { return "R-" + std::to_string(++requests_); }

  void AddOrder() {
    const std::string id = "w" + std::to_string(++orders_made_);
    const std::vector<int> delays{4, 8, 12, 24, 48};
    const std::string owner = Pick(3) == 0 ? "" : "osnp-" + std::to_string(1 + Pick(3));
    CareOrder order =
        Order(id, hours(delays[static_cast<std::size_t>(Pick(5))]), minutes(Pick(180)), owner);
    const int meters = Pick(45'000);
    seat_offers_.SetVerdict(order.name(), Pick(5) == 0 ? "MOTIF_NOT_ACCEPTED" : "", meters);
    meters_[order.name()] = meters;
    orders_[order.name()] = order;
    Put(order);
  }

  void ChangeOrder() {
    if (orders_.empty()) return;
    auto entry = orders_.begin();
    std::advance(entry, Pick(static_cast<int>(orders_.size())));
    CareOrder& order = entry->second;
    if (Pick(2) == 0) {
      order.set_state(Pick(2) == 0 ? CareOrder::STATE_SUPERSEDED : CareOrder::STATE_NO_SLOT);
    } else if (order.state() == CareOrder::STATE_TO_DO) {
      order.set_state(CareOrder::STATE_SEARCHING);
      order.mutable_claim()->mutable_owner()->set_subject("osnp-" + std::to_string(1 + Pick(3)));
    }
    Put(order);
  }

  // A person books the offer, or tries to.
  void AcceptOpen() {
    for (const std::string subject : {"osnp-1", "osnp-2", "osnp-3"}) {
      const v1::SeatOffer offer = OpenOffer(subject);
      if (offer.hold_token().empty()) continue;
      const auto booked = Accept(subject, offer, NewId());
      if (booked.ok()) by_people_.insert(booked->name());
      if (booked.ok()) live_ = *booked;
      Flush();
      return;
    }
  }

  void DeclineOpen() {
    for (const std::string subject : {"osnp-1", "osnp-2", "osnp-3"}) {
      const v1::SeatOffer offer = OpenOffer(subject);
      if (offer.operator_() == subject) {
        (void)Decline(subject, offer.name(), NewId());
        return;
      }
    }
  }

  void BookAndCancel() {
    if (live_.name().empty()) {
      slots::v1::EntryRule rule;
      rule.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
      rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
      slots_.SetRule(rule);
      const auto booked = Create(Pharmacist(), DirectRequest(NewId()));
      if (!booked.ok()) return;
      by_people_.insert(booked->name());
      live_ = *booked;
    }
    const auto cancelled =
        Cancel(testing::ActorWith(base::Role::kSupervisor, "sup"), live_, NewId());
    if (cancelled.ok()) live_.Clear();
    Flush();
  }

  void Check() {
    const auto names = AllNames();
    ASSERT_EQ(std::set<std::string>(names.begin(), names.end()), by_people_)
        << "an appointment that nobody asked for";
    std::set<std::string> asked_now;
    for (const v1::SeatOffer& offer : Offers(testing::ActorWith(base::Role::kSupervisor, "sup"))) {
      ASSERT_LE(offer.round(), kRefillRoundsMax);
      const base::Instant made = ToInstant(offer.create_time());
      const base::Instant start = ToInstant(offer.start_time());
      const CareOrder& order = orders_.at(offer.care_order());
      ASSERT_GE(start, made + TravelTime(meters_.at(order.name())) + kReadyTime);
      ASSERT_LE(start, ToInstant(order.due_time()));
      ASSERT_LE(meters_.at(order.name()), kRefillReachMeters);
      if (offer.state() != v1::SeatOffer::STATE_MADE) continue;
      ASSERT_TRUE(asked_now.insert(offer.care_order()).second) << "one order has two offers";
    }
  }

  std::mt19937 chance_;
  int requests_ = 0;
  int orders_made_ = 0;
  std::map<std::string, CareOrder> orders_;
  std::map<std::string, int> meters_;
  std::set<std::string> by_people_;
  v1::Appointment live_;
};

TEST_P(RefillPropertyTest, H28_RefillMakesHoldsOnly) {
  int offers = 0;
  for (int step = 0; step < 120; ++step) {
    switch (Pick(9)) {
      case 0:
      case 1:
        AddOrder();
        break;
      case 2:
        ChangeOrder();
        break;
      case 3:
        AcceptOpen();
        break;
      case 4:
        DeclineOpen();
        break;
      case 5:
        BookAndCancel();
        break;
      case 6:
        clock_.Advance(seconds(Pick(180)));
        break;
      default:
        // A turn may be cut off at each of its writes.
        if (Pick(4) == 0) {
          store_->FailNextWrite(Pick(2) == 0 ? FaultyStore::Fault::kBeforeCommit
                                             : FaultyStore::Fault::kAfterCommit);
          (void)Turn();
          store_->FailNextWrite(FaultyStore::Fault::kNone);  // It may have had nothing to write.
        } else {
          MustTurn();
        }
        break;
    }
    ASSERT_NO_FATAL_FAILURE(Check()) << "step " << step;
  }
  offers = static_cast<int>(seat_offers_.offered().size());
  RecordProperty("offers", offers);
}

INSTANTIATE_TEST_SUITE_P(Runs, RefillPropertyTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace sas::booking
