#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/booking/v1/source_service.pb.h"

namespace sas::booking {

/// What is still to be done at a source. Values are kept.
enum class SourceTask {
  kConfirm = 1,  ///< Ask the platform to take it.
  kAwait = 2,    ///< Nobody can be asked: a report or a person says.
  kCancel = 3,   ///< Tell the platform that it is cancelled here.
};

/// One for each appointment at most: a cancellation replaces what was asked before.
struct SourceWork {
  std::string appointment;
  SourceTask task = SourceTask::kConfirm;
  int attempts = 0;
  base::Instant due{};       ///< Looked at then.
  base::Instant overdue{};   ///< Without an answer by then a person is asked.
  bool told_person = false;  ///< He has been.
};

struct SourceBookingQuery {
  std::string region;
  std::string regulation_case;  ///< Empty: those that nobody has joined.
  std::string after;            ///< Name of the last one of the page before.
  int limit = 0;
};

/// For the metrics.
struct SourceFigures {
  std::int64_t work = 0;                         ///< Appointments with something to be done.
  std::int64_t overdue = 0;                      ///< Of these, handed to a person.
  std::int64_t unjoined = 0;                     ///< Bookings that nobody has joined.
  std::optional<base::Instant> oldest_unjoined;  ///< When the oldest of them was reported.
};

/// The tables about platforms that are masters of agendas, inside one transaction of the store. Not
/// thread-safe.
class SourceLedger {
 public:
  virtual ~SourceLedger() = default;

  /// Creates or replaces.
  virtual absl::Status PutWork(const SourceWork& work) = 0;
  virtual absl::StatusOr<std::optional<SourceWork>> GetWork(const std::string& appointment) = 0;
  virtual absl::Status RemoveWork(const std::string& appointment) = 0;
  /// Due at `now`, soonest first.
  virtual absl::StatusOr<std::vector<SourceWork>> DueWork(base::Instant now, int limit) = 0;

  /// By the business id: platform and its number.
  virtual absl::StatusOr<std::optional<v1::SourceBooking>> FindBooking(
      const std::string& region, const std::string& partner,
      const std::string& external_appointment_id) = 0;
  /// NOT_FOUND `SOURCE_BOOKING_NOT_FOUND`.
  virtual absl::StatusOr<v1::SourceBooking> GetBooking(const std::string& name) = 0;
  /// Creates or replaces by name. ALREADY_EXISTS `SOURCE_BOOKING_EXISTS` when another name has the
  /// same business id.
  virtual absl::Status PutBooking(const v1::SourceBooking& booking) = 0;
  /// By name, which is in the order of their making.
  virtual absl::StatusOr<std::vector<v1::SourceBooking>> ListBookings(
      const SourceBookingQuery& query) = 0;

  virtual absl::StatusOr<SourceFigures> Figures() = 0;

  /// Where to go on in another service's feed; empty before the first event.
  virtual absl::StatusOr<std::string> GetCursor(const std::string& feed) = 0;
  virtual absl::Status PutCursor(const std::string& feed, const std::string& cursor) = 0;

  /// True when `holder` has the work until `until`: it had it, or nobody has it at `now`.
  virtual absl::StatusOr<bool> LeaseSources(const std::string& holder, base::Instant now,
                                            base::Instant until) = 0;
};

absl::Status SourceBookingNotFound(const std::string& name);
absl::Status SourceBookingExists(const std::string& external_appointment_id);

}  // namespace sas::booking
