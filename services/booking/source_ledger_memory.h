#pragma once

#include <map>
#include <string>

#include "services/booking/source_ledger.h"

namespace sas::booking {

/// What MemorySourceLedger keeps; copied with the rest of the rows.
struct SourceRows {
  std::map<std::string, SourceWork> work;             ///< By appointment.
  std::map<std::string, v1::SourceBooking> bookings;  ///< By name.
  std::map<std::string, std::string> cursors;
  std::string lease_holder;
  base::Instant lease_until{};
};

/// The tables about sources in memory. Private to the store.
class MemorySourceLedger final : public SourceLedger {
 public:
  explicit MemorySourceLedger(SourceRows& rows) : rows_(rows) {}

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
  SourceRows& rows_;
};

}  // namespace sas::booking
