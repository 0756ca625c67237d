#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "services/booking/seat_offer_client.h"
#include "tests/rpc/booking/fakes.h"

namespace sas::booking {

/// SeatOfferService as refill sees it: holds of one seat, which are FakeSlots' own and confirm
/// there.
class FakeSeatOffers final : public SeatOfferClient {
 public:
  FakeSeatOffers(FakeSlots& slots, const base::Clock& clock) : slots_(slots), clock_(clock) {}

  absl::StatusOr<slots::v1::GetSeatVerdictsResponse> Judge(
      const base::Call& call, const slots::v1::GetSeatVerdictsRequest& request) override;
  absl::StatusOr<slots::v1::SlotHold> Offer(const base::Call& call,
                                            const slots::v1::OfferSeatRequest& request) override;
  absl::StatusOr<slots::v1::SlotHold> HandOver(
      const base::Call& call, const slots::v1::HandOverSeatRequest& request) override;
  absl::Status Withdraw(const base::Call& call,
                        const slots::v1::WithdrawSeatOfferRequest& request) override;
  absl::StatusOr<int> ReleaseOrders(const base::Call& call,
                                    const slots::v1::ReleaseOrderHoldsRequest& request) override;

  /// What the site says to an order by each line, and how far it is.
  void SetVerdict(const std::string& order, const std::string& refusal, int distance_meters);
  /// Somebody else has the seat of the slot.
  void SetTaken(const std::string& slot, bool taken);
  void FailWith(absl::Status status);
  void RefuseHolder(const std::string& holder, absl::Status status);
  /// The rights of the site do not let operators of this role hold a seat.
  void RefuseRole(sas::type::v1::Role role);

  std::vector<slots::v1::OfferSeatRequest> offered() const;
  /// Waits until seats were asked for so many times, whatever the answers were.
  bool AwaitAsked(int times);
  int withdrawn() const;
  /// Orders whose holds were asked to end, in order.
  std::vector<std::string> released() const;

 private:
  struct Given {
    std::string slot;
    std::string holder;
    std::string token;
    std::string order;
  };

  // The hold that lives on the slot; nullptr when there is none.
  Given* Living(const std::string& slot);

  FakeSlots& slots_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, slots::v1::SeatVerdict> verdicts_;
  std::map<std::string, Given> by_request_;
  std::map<std::string, bool> taken_;
  std::map<std::string, absl::Status> refused_holders_;
  std::set<sas::type::v1::Role> refused_roles_;
  absl::Status failure_;
  std::vector<slots::v1::OfferSeatRequest> offered_;
  int withdrawn_ = 0;
  int asked_ = 0;
  std::condition_variable asked_changed_;
  std::vector<std::string> released_;
};

}  // namespace sas::booking
