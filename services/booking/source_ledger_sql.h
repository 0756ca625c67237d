#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/booking/source_ledger.h"

namespace sas::booking {

/// The tables about sources (migrations/…_sources.sql) over one session. Private to the store.
class SqlSourceLedger final : public SourceLedger {
 public:
  explicit SqlSourceLedger(sql::Session& session) : session_(session) {}

  absl::Status PutWork(const SourceWork& work) override;
  absl::StatusOr<std::optional<SourceWork>> GetWork(const std::string& appointment) override;
  absl::Status RemoveWork(const std::string& appointment) override;
  absl::StatusOr<std::vector<SourceWork>> DueWork(base::Instant now, int limit) override;
  absl::StatusOr<std::optional<v1::SourceBooking>> FindBooking(
      const std::string& region, const std::string& partner,
      const std::string& external_appointment_id) override;
  absl::StatusOr<v1::SourceBooking> GetBooking(const std::string& name) override;
  absl::Status PutBooking(const v1::SourceBooking& booking) override;
  absl::StatusOr<std::vector<v1::SourceBooking>> ListBookings(
      const SourceBookingQuery& query) override;
  absl::StatusOr<SourceFigures> Figures() override;
  absl::StatusOr<std::string> GetCursor(const std::string& feed) override;
  absl::Status PutCursor(const std::string& feed, const std::string& cursor) override;
  absl::StatusOr<bool> LeaseSources(const std::string& holder, base::Instant now,
                                    base::Instant until) override;

 private:
  /// Names in the order of their bytes: PostgreSQL would sort by language.
  std::string ByName() const;

  sql::Session& session_;
};

}  // namespace sas::booking
