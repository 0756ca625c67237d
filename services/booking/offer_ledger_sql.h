#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/booking/offer_ledger.h"

namespace sas::booking {

/// The tables of refill (migrations/…_refill.sql) over one session. Private to the store.
class SqlOfferLedger final : public OfferLedger {
 public:
  explicit SqlOfferLedger(sql::Session& session) : session_(session) {}

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
  sql::Session& session_;
};

}  // namespace sas::booking
