#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/identifiers.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/metrics.h"
#include "services/booking/regulation_client.h"
#include "services/booking/slots_client.h"
#include "services/booking/store.h"

namespace sas::booking {

/// What the handlers of the service share. Owned by main.
struct BookingParts {
  BookingStore& store;
  SlotsClient& slots;
  RegulationClient& regulation;
  BookingMetrics& metrics;
  const base::Clock& clock;
  care::TestIdentities test_identities = care::TestIdentities::kRefuse;
};

/// From a hold to an appointment. Each step may be cut off by a crash, and a repeat with the same
/// request_id goes on from there:
///
///   1. the regulation says whether the order may still be booked;
///   2. the slots turn the hold into a seat prepared for this appointment, whose name follows from
///      the request_id;
///   3. one transaction writes appointment, seat mark, audit, event and answer: here, and only
///      here, the seat is taken;
///   4. the relay tells the slots.
///
/// An answer that is stored is given again, by the transaction or, when a step before refuses what
/// is booked already, after a look at the ledger: the first run need not look twice.
///
/// A seat that was prepared for nothing is marked, so that the relay gives it back; the slots free
/// it by themselves if that is lost too.
class Confirmation {
 public:
  explicit Confirmation(const BookingParts& parts) : parts_(parts) {}

  absl::StatusOr<v1::Appointment> Run(const base::Call& call,
                                      const v1::CreateAppointmentRequest& request);

 private:
  // What the steps add to the draft.
  struct Progress {
    v1::Appointment draft;
    regulation::v1::CareOrder order;
    bool order_read = false;
    bool oral_check_used = false;
    bool severity_lifted = false;
    slots::v1::PreparedSeat seat;
    bool repeated = false;  ///< The ledger had the answer already.
  };

  absl::StatusOr<v1::Appointment> Book(const base::Call& call,
                                       const v1::CreateAppointmentRequest& request,
                                       Progress& progress);
  absl::Status PassGate(const base::Call& call, Progress& progress);
  absl::Status AskRegulation(const base::Call& call, Progress& progress);
  absl::Status Prepare(const base::Call& call, const v1::CreateAppointmentRequest& request,
                       Progress& progress);
  absl::StatusOr<v1::Appointment> CheckAndWrite(const base::Call& call,
                                                const v1::CreateAppointmentRequest& request,
                                                Progress& progress);
  absl::Status CheckSeat(const base::Call& call, const Progress& progress);
  absl::StatusOr<v1::Appointment> WriteDown(const base::Call& call,
                                            const v1::CreateAppointmentRequest& request,
                                            Progress& progress);
  void GiveBack(const base::Call& call, const Progress& progress);

  const BookingParts parts_;
};

}  // namespace sas::booking
