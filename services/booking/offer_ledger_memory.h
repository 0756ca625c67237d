#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "services/booking/offer_ledger.h"

namespace sas::booking {

/// What MemoryOfferLedger keeps; copied with the rest of the rows.
struct OfferRows {
  std::map<std::string, FreedSeat> freed;
  std::map<std::string, OfferRecord> offers;
  std::string lease_holder;
  base::Instant lease_until{};
};

/// The tables of refill in memory. Private to the store.
class MemoryOfferLedger final : public OfferLedger {
 public:
  using Live =
      std::function<std::optional<std::pair<std::string, std::string>>(const std::string& order)>;

  /// `live` looks into the appointments.
  MemoryOfferLedger(OfferRows& rows, Live live) : rows_(rows), live_(std::move(live)) {}

  absl::Status AddFreed(const FreedSeat& seat) override;
  absl::StatusOr<FreedSeat> GetFreed(const std::string& id) override;
  absl::Status PutFreed(const FreedSeat& seat) override;
  absl::StatusOr<std::vector<FreedSeat>> OpenFreed(int limit) override;
  absl::StatusOr<OfferRecord> GetOffer(const std::string& name) override;
  absl::Status PutOffer(const OfferRecord& record) override;
  absl::StatusOr<std::vector<OfferRecord>> ListOffers(const OfferQuery& query) override;
  absl::StatusOr<std::vector<std::string>> AskedOrders(const FreedSeat& seat) override;
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> LiveOfOrder(
      const std::string& care_order) override;
  absl::StatusOr<std::int64_t> CountMade() override;
  absl::Status PurgeFreed(base::Instant before, int limit) override;
  absl::StatusOr<bool> LeaseRefill(const std::string& holder, base::Instant now,
                                   base::Instant until) override;

 private:
  OfferRows& rows_;
  const Live live_;
};

}  // namespace sas::booking
