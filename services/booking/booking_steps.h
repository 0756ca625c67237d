#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/identifiers.h"
#include "common/ledger/write_once.h"
#include "sas/booking/v1/appointment.pb.h"
#include "services/booking/domain/order_check.h"
#include "services/booking/message_outbox.h"
#include "services/booking/metrics.h"
#include "services/booking/regulation_client.h"
#include "services/booking/slots_client.h"
#include "services/booking/stage.h"
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
  MessagePolicy messages = {};  ///< Nobody is told by a message unless set up.
  /// After which a start is out of delay when the deadline of its order is not known.
  std::chrono::hours late_after = kLateAfterStandard;
};

/// One seat on its way from a hold to the ledger. Several go together: what stops one, its status,
/// does not stop the others.
struct Passage {
  const base::Call* call = nullptr;  ///< Whose it is; outlives the passage.
  absl::Status status;               ///< Why it goes no further.
  v1::Appointment draft;             ///< As it will stand.
  std::string hold_token;
  std::string request_id;
  bool moved = false;  ///< It stands elsewhere and shall come here.
  regulation::v1::CareOrder order;
  bool order_read = false;
  bool oral_check_used = false;
  bool severity_lifted = false;
  bool prepared = false;  ///< The slots keep the seat, whatever comes of it.
  slots::v1::PreparedSeat seat;
  bool repeated = false;  ///< The ledger had the answer already.
};

/// The steps that lead to a seat, for those who come together, a group, or one that moves. Each may
/// be cut off by a crash, and a repeat with the same request_id goes on from there. Thread-safe.
class BookingSteps {
 public:
  /// May this passage be booked on its order?
  using OrderCheck = std::function<absl::Status(const Passage&, const regulation::v1::CareOrder&)>;

  explicit BookingSteps(const BookingParts& parts) : parts_(parts) {}

  /// Pre-triage, motif and line of a direct entry (S2-52), and its severity signs.
  static absl::Status PassGate(Passage& passage);

  /// May the order have this seat? `check` judges it; an operator who asked by voice goes on
  /// without it while the regulation cannot be reached. Without an order: is the dossier there with
  /// this patient, of a territory of the caller's, and with the questionnaire of its way in? One
  /// exchange for all passages.
  void AskRegulation(std::span<Passage> passages, const OrderCheck& check) const;

  /// The dossier is there, and of a territory of the caller's. NOT_FOUND `CASE_NOT_FOUND`;
  /// PERMISSION_DENIED `TERRITORY_FORBIDDEN`; UNAVAILABLE `REGULATION_UNREACHABLE` when nobody can
  /// say.
  static absl::Status CheckCase(const BookingParts& parts, const base::Call& call,
                                const std::string& name);

  /// Each hold becomes a seat prepared for its appointment, once the booking is whole in itself
  /// (CheckSaid): what is refused before leaves the hold alone. One exchange for all passages.
  void Prepare(std::span<Passage> passages) const;

  /// The call that has most time left.
  static const base::Call& Longest(std::span<const Passage> passages);

  /// The rules again, whatever the search, the hold or a console looked at before. Takes over into
  /// the draft what the ledger keeps of the seat; PENDING when a platform is its master, which a
  /// group or a move cannot have (`AGENDA_ELSEWHERE`).
  absl::Status CheckAndFill(Passage& passage, base::Instant now) const;

  /// FAILED_PRECONDITION `HOLD_LOST` once the prepared time has passed: the seat may be somebody
  /// else's by then (invariant I6).
  static absl::Status CheckNotExpired(const Passage& passage, base::Instant now);

  /// ALREADY_EXISTS `APPOINTMENT_EXISTS` when this request was carried out so long ago that its
  /// answer is kept no more: its hold has ended too, and who is told that alone would take another.
  static absl::Status CheckNotCarriedOut(BookingTransaction& transaction, const Passage& passage);

  /// Best effort, after a refusal: the slots make it the hold again that it was, until that ends.
  /// The mark is no claim that the seat is free: if another run of this request has booked it
  /// meanwhile, the relay reads that in the ledger.
  void GiveBack(const Passage& passage) const;

  /// The same for what `refused` says: after a fault on the way the repeat needs the seat again.
  void GiveBackIfRefused(const Passage& passage, const absl::Status& refused) const;

  /// Of a `PRACTITIONER_BUSY`: counts and logs that two agendas offer one doctor's time.
  void NoteBusy(const base::Call& call, const absl::Status& refused) const;

  /// What the audit adds about how the passage went.
  static std::string Codes(const Passage& passage);

 private:
  const BookingParts parts_;
};

/// A word of the ledger or of a rule, not a fault on the way: the same request cannot succeed
/// later.
bool IsRefusal(const absl::Status& status);

/// "booked" (or `done`), "refused" or "failed": for the metrics.
std::string_view OutcomeOf(const absl::Status& status, std::string_view done);

SeatMark MarkOf(const v1::Appointment& appointment, bool taken, base::Instant now);

/// The answer of an earlier run, found without taking the key: others are asked in between.
template <typename Response, typename Request>
absl::StatusOr<std::optional<Response>> StoredAnswer(BookingStore& store, const base::Call& call,
                                                     const Request& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  const ledger::AnswerKey key{call.actor.subject, call.method, request.request_id()};
  std::optional<ledger::Answer> known;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(known, transaction.journal().FindAnswer(key));
    return absl::OkStatus();
  }));
  if (!known) return std::optional<Response>();
  SAS_ASSIGN_OR_RETURN(
      Response response,
      ledger::ReadAnswer<Response>(*known, ledger::Fingerprint(request), request.request_id()));
  return std::optional<Response>(std::move(response));
}

}  // namespace sas::booking
