#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/database.h"
#include "services/booking/displaced_ledger_sql.h"
#include "services/booking/message_ledger_sql.h"
#include "services/booking/offer_ledger_sql.h"
#include "services/booking/source_ledger_sql.h"
#include "services/booking/store.h"
#include "services/booking/store_rows.h"

namespace sas::booking {

class SqlTransaction final : public BookingTransaction {
 public:
  SqlTransaction(sql::Session& session, sql::Access access, const base::Call& call,
                 const base::Clock& clock)
      : session_(session),
        journal_(session, access, call, clock),
        messages_(session),
        offers_(session),
        sources_(session),
        displaced_(session) {}

  ledger::Journal& journal() override { return journal_; }

  MessageLedger& messages() override { return messages_; }

  OfferLedger& offers() override { return offers_; }

  SourceLedger& sources() override { return sources_; }

  DisplacedLedger& displaced() override { return displaced_; }

  bool published() const { return journal_.published(); }

  absl::StatusOr<AppointmentRecord> Get(const std::string& name) override;
  absl::Status Insert(const AppointmentRecord& record) override;
  absl::Status Update(const AppointmentRecord& record) override;
  absl::Status Move(const AppointmentRecord& record) override;
  absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) override;
  absl::StatusOr<std::vector<v1::Appointment>> List(const AppointmentQuery& query) override;
  absl::StatusOr<std::vector<ledger::AuditRecord>> History(
      const std::string& name, const std::optional<HistoryPosition>& after, int limit) override;
  absl::Status InsertClosure(const v1::SessionClosure& closure) override;
  absl::StatusOr<int> CountForOneMore(const std::string& site, base::Instant start,
                                      base::Instant end) override;
  absl::StatusOr<int> CountWeekForOneMore(const CappedWeek& week) override;
  absl::StatusOr<int> CountBeyondForOneMore(const CappedSession& session) override;
  absl::Status TakeCounted(const CountedIn& counted) override;
  absl::Status HoldAppointments(const std::vector<std::string>& names) override;
  absl::StatusOr<std::vector<std::string>> Regions() override;
  absl::StatusOr<std::int64_t> CountOpen() override;

  absl::Status MarkSeat(const SeatMark& mark) override;
  absl::StatusOr<std::vector<SeatMark>> SeatMarks(int limit) override;
  absl::Status RemoveSeatMarks(const std::vector<std::int64_t>& sequences) override;
  absl::Status ParkSeatMark(std::int64_t sequence) override;
  absl::StatusOr<SeatBacklog> Backlog() override;
  absl::StatusOr<bool> LeaseRelay(const std::string& holder, base::Instant now,
                                  base::Instant until) override;

 private:
  /// FAILED_PRECONDITION `PRACTITIONER_BUSY`; otherwise this transaction has the time of who
  /// receives, against every other one that would have some of it on another slot.
  absl::Status ClaimPractitioner(const AppointmentColumns& wanted);
  absl::Status WhyNotInserted(const AppointmentColumns& columns);

  sql::Session& session_;
  ledger::SqlJournal journal_;
  SqlMessageLedger messages_;
  SqlOfferLedger offers_;
  SqlSourceLedger sources_;
  SqlDisplacedLedger displaced_;
};

/// Forgets who claimed hours that are over.
absl::Status PurgePractitionerHours(sql::Database& database, const base::Call& call,
                                    base::Instant now);

}  // namespace sas::booking
