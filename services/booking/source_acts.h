#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/booking/domain/source.h"
#include "services/booking/message_outbox.h"
#include "services/booking/store.h"

/// What happens in booking's ledger to appointments of which a platform is the master. All of it
/// runs inside a transaction of the store.
namespace sas::booking {

/// The seat's master is a platform.
bool IsAtSource(const slots::v1::PreparedSeat& seat);

/// FAILED_PRECONDITION `AGENDA_ELSEWHERE`: a platform is its master, and what was asked can only be
/// done where our ledger alone decides (a group is booked all or nothing, a move frees and takes at
/// once).
absl::Status CheckOurs(bool at_source, std::string_view partner);

/// The draft becomes PENDING, with its other side.
void FillSource(const slots::v1::PreparedSeat& seat, v1::Appointment& draft);

/// Before it is inserted: until when the platform's answer is waited for.
void SetAnswerDue(v1::Appointment& draft, base::Instant now);

/// What is to be done at the source of a PENDING appointment that was inserted.
absl::Status QueueConfirm(BookingTransaction& transaction, const v1::Appointment& appointment,
                          base::Instant now);

/// It was cancelled here: the platform is to be told. Its open task is closed; `appointment` is
/// written by the caller.
absl::Status QueueCancel(BookingTransaction& transaction, v1::Appointment& appointment,
                         base::Instant now);

/// The platform's word about one appointment, by whatever way it came.
struct SourceWord {
  SourceState state = SourceState::kUnspecified;
  std::string external_appointment_id;  ///< May be empty in an answer.
  std::int64_t version = 0;             ///< Of a report; 0 in an answer and in a person's word.
  std::string source_code;
  std::string_view action;  ///< For the audit: ConfirmAtSource, FollowSource, …
};

/// Does what the word says (JudgeSource) and leaves audit record and event. A word that is known,
/// or older than the last one, has no effect: it may come any number of times. Gives the
/// appointment as it stands then, and in `done` what was done.
absl::StatusOr<v1::Appointment> HearSource(BookingTransaction& transaction,
                                           AppointmentRecord record, const SourceWord& word,
                                           base::Instant now, const MessagePolicy& policy,
                                           Effect* done);

/// A person has to ask: opens the task, once for each reason. NO_ANSWER, CANCEL_UNTOLD,
/// BOOKED_AFTER_CANCEL, SOURCE_CANCELLED, OTHER_NUMBER.
absl::Status OpenSourceTask(BookingTransaction& transaction, const AppointmentRecord& record,
                            std::string_view reason, base::Instant now);

/// Closes what OpenSourceTask has opened.
absl::Status CloseSourceTasks(BookingTransaction& transaction, const std::string& appointment,
                              std::string_view resolution, base::Instant now);

}  // namespace sas::booking
