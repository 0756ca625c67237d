#include "services/booking/store_memory.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/booking/displaced_ledger_memory.h"
#include "services/booking/domain/session.h"
#include "services/booking/message_ledger_memory.h"
#include "services/booking/offer_ledger_memory.h"
#include "services/booking/source_ledger_memory.h"
#include "services/booking/store_rows.h"

namespace sas::booking {

/// Records are shared between copies and never changed in place: a copy is cheap.
struct MemoryBookingStore::Rows {
  struct Mark {
    SeatMark mark;
    bool parked = false;
  };

  std::map<std::string, std::shared_ptr<const AppointmentRecord>> appointments;
  std::map<std::int64_t, Mark> marks;
  std::set<std::tuple<std::string, std::string, base::Instant>> closures;
  /// By region, owner, number.
  std::map<std::tuple<std::string, std::string, std::string>, std::string> paper_forms;
  std::int64_t last_sequence = 0;
  std::string relay_holder;
  base::Instant relay_until;
  OfferRows offers;
  MemoryMessages messages;
  SourceRows sources;
  DisplacedRows displaced;
};

namespace {

using Rows = MemoryBookingStore::Rows;

class MemoryTransaction final : public BookingTransaction {
 public:
  MemoryTransaction(Rows& rows, const ledger::MemoryLedger& kept, ledger::Journal& journal)
      : rows_(rows),
        ledger_(kept),
        journal_(journal),
        messages_(rows.messages),
        offers_(rows.offers, [this](const std::string& order) { return LiveOfOrder(order); }),
        sources_(rows.sources),
        displaced_(rows.displaced) {}

  ledger::Journal& journal() override { return journal_; }

  MessageLedger& messages() override { return messages_; }

  OfferLedger& offers() override { return offers_; }

  SourceLedger& sources() override { return sources_; }

  DisplacedLedger& displaced() override { return displaced_; }

  absl::StatusOr<AppointmentRecord> Get(const std::string& name) override {
    const auto found = rows_.appointments.find(name);
    if (found == rows_.appointments.end()) return AppointmentNotFound(name);
    return *found->second;
  }

  absl::Status Insert(const AppointmentRecord& record) override {
    const AppointmentColumns wanted = ColumnsOf(record.appointment);
    bool seat_taken = false;
    SAS_RETURN_IF_ERROR(CheckPractitioner(wanted));
    for (const auto& [name, row] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(row->appointment);
      if (columns.name == wanted.name) return AppointmentExists(name);
      if (!IsLive(columns.state)) continue;
      if (!wanted.care_order.empty() && columns.care_order == wanted.care_order) {
        return OrderAlreadyBooked(name);
      }
      seat_taken = seat_taken || (columns.slot == wanted.slot && columns.seat == wanted.seat);
    }
    if (seat_taken) return SeatTaken(wanted.slot);
    rows_.appointments[wanted.name] = std::make_shared<const AppointmentRecord>(record);
    return absl::OkStatus();
  }

  absl::Status Update(const AppointmentRecord& record) override {
    const auto found = rows_.appointments.find(record.appointment.name());
    if (found == rows_.appointments.end() || found->second->version + 1 != record.version) {
      return ConcurrentChange(record.appointment.name());
    }
    found->second = std::make_shared<const AppointmentRecord>(record);
    return absl::OkStatus();
  }

  absl::Status Move(const AppointmentRecord& record) override {
    const AppointmentColumns wanted = ColumnsOf(record.appointment);
    SAS_RETURN_IF_ERROR(CheckPractitioner(wanted));
    for (const auto& [name, row] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(row->appointment);
      const bool same = columns.slot == wanted.slot && columns.seat == wanted.seat;
      if (same && name != wanted.name && IsLive(columns.state)) return SeatTaken(wanted.slot);
    }
    return Update(record);
  }

  absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) override {
    std::string& known = rows_.paper_forms[std::make_tuple(
        std::string(base::RegionOf(form.appointment)), form.owner, form.number)];
    if (!known.empty()) {
      SAS_ASSIGN_OR_RETURN(const std::string standing, StandingOfForm(*this, known, form.number));
      if (!standing.empty()) return standing;
    }
    known = form.appointment;
    return std::string();
  }

  absl::StatusOr<std::vector<v1::Appointment>> List(const AppointmentQuery& query) override {
    std::map<ListPosition, const v1::Appointment*> shown;
    for (const auto& [name, row] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(row->appointment);
      const ListPosition position{columns.start, name};
      if (Shows(query, columns) && (!query.after || *query.after < position)) {
        shown.emplace(position, &row->appointment);
      }
    }
    std::vector<v1::Appointment> page;
    for (const auto& [position, appointment] : shown) {
      if (static_cast<int>(page.size()) >= query.limit) break;
      page.push_back(*appointment);
    }
    return page;
  }

  absl::StatusOr<std::vector<ledger::AuditRecord>> History(
      const std::string& name, const std::optional<HistoryPosition>& after, int limit) override {
    std::map<HistoryPosition, ledger::AuditRecord> found;
    for (ledger::AuditRecord& record : ledger_.audit()) {
      const HistoryPosition position{record.time, record.chain, record.sequence};
      const bool behind = !after || *after < position;
      if (record.entry.subject == name && behind) found.emplace(position, std::move(record));
    }
    std::vector<ledger::AuditRecord> page;
    for (auto& [position, record] : found) {
      if (static_cast<int>(page.size()) >= limit) break;
      page.push_back(std::move(record));
    }
    return page;
  }

  absl::Status InsertClosure(const v1::SessionClosure& closure) override {
    const auto key =
        std::make_tuple(closure.site(), closure.agenda(), ToInstant(closure.start_time()));
    return rows_.closures.insert(key).second ? absl::OkStatus() : SessionClosed(closure);
  }

  absl::StatusOr<int> CountForOneMore(const std::string& site, base::Instant start,
                                      base::Instant end) override {
    return CountLive(start, end, "",
                     [&site](const AppointmentColumns& each) { return each.site == site; });
  }

  absl::StatusOr<int> CountWeekForOneMore(const CappedWeek& week) override {
    return CountLive(week.start, week.end, week.except, [&week](const AppointmentColumns& each) {
      return each.practitioner == week.practitioner && each.region == week.region;
    });
  }

  absl::StatusOr<int> CountBeyondForOneMore(const CappedSession& session) override {
    return CountLive(session.start, session.end, session.except,
                     [&session](const AppointmentColumns& each) {
                       return each.site == session.site && each.seat >= session.seats &&
                              AgendaOfSlot(each.slot) == session.agenda;
                     });
  }

  // One writer: nobody to wait for.
  absl::Status TakeCounted(const CountedIn&) override { return absl::OkStatus(); }

  absl::Status HoldAppointments(const std::vector<std::string>&) override {
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> Regions() override {
    std::set<std::string> regions;
    for (const auto& [name, row] : rows_.appointments) {
      regions.insert(std::string(base::RegionOf(name)));
    }
    return std::vector<std::string>(regions.begin(), regions.end());
  }

  absl::StatusOr<std::int64_t> CountOpen() override {
    return std::count_if(rows_.appointments.begin(), rows_.appointments.end(),
                         [](const auto& entry) {
                           const State state = ToValue(entry.second->appointment.state());
                           return state == State::kPending || state == State::kBooked;
                         });
  }

  absl::Status MarkSeat(const SeatMark& mark) override {
    SeatMark kept = mark;
    kept.sequence = ++rows_.last_sequence;
    rows_.marks[kept.sequence] = {kept, false};
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<SeatMark>> SeatMarks(int limit) override {
    std::vector<SeatMark> marks;
    for (const auto& [sequence, row] : rows_.marks) {
      if (static_cast<int>(marks.size()) >= limit) break;
      if (row.parked) continue;
      marks.push_back(row.mark);
      const std::string owner = OwnerOf(row.mark);
      marks.back().taken = !owner.empty();
      if (!owner.empty()) marks.back().appointment = owner;
    }
    return marks;
  }

  absl::Status RemoveSeatMarks(const std::vector<std::int64_t>& sequences) override {
    for (const std::int64_t sequence : sequences) rows_.marks.erase(sequence);
    return absl::OkStatus();
  }

  absl::Status ParkSeatMark(std::int64_t sequence) override {
    const auto found = rows_.marks.find(sequence);
    if (found != rows_.marks.end()) found->second.parked = true;
    return absl::OkStatus();
  }

  absl::StatusOr<SeatBacklog> Backlog() override {
    SeatBacklog backlog;
    for (const auto& [sequence, row] : rows_.marks) {
      if (row.parked) {
        ++backlog.parked;
        continue;
      }
      ++backlog.count;
      if (!backlog.oldest) backlog.oldest = row.mark.time;
    }
    return backlog;
  }

  absl::StatusOr<bool> LeaseRelay(const std::string& holder, base::Instant now,
                                  base::Instant until) override {
    if (rows_.relay_holder != holder && now < rows_.relay_until) return false;
    rows_.relay_holder = holder;
    rows_.relay_until = until;
    return true;
  }

 private:
  template <typename Counts>
  int CountLive(base::Instant start, base::Instant end, const std::string& except,
                const Counts& counts) const {
    int count = 0;
    for (const auto& [name, record] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(record->appointment);
      const bool within = columns.start >= start && columns.start < end;
      count += within && name != except && IsLive(columns.state) && counts(columns) ? 1 : 0;
    }
    return count;
  }

  absl::Status CheckPractitioner(const AppointmentColumns& wanted) const {
    for (const auto& [name, record] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(record->appointment);
      const bool other = name != wanted.name && IsLive(columns.state);
      if (other && SharePractitioner(wanted, columns)) {
        return PractitionerBusy(wanted.slot, columns.slot);
      }
    }
    return absl::OkStatus();
  }

  // The live appointment of the seat; empty when it is free.
  std::string OwnerOf(const SeatMark& mark) const {
    for (const auto& [name, record] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(record->appointment);
      const bool here = columns.slot == mark.slot && columns.seat == mark.seat;
      if (here && IsLive(columns.state)) return name;
    }
    return "";
  }

  std::optional<std::pair<std::string, std::string>> LiveOfOrder(const std::string& order) const {
    for (const auto& [name, record] : rows_.appointments) {
      const AppointmentColumns columns = ColumnsOf(record->appointment);
      if (!order.empty() && columns.care_order == order && IsLive(columns.state)) {
        return std::pair{name, columns.slot};
      }
    }
    return std::nullopt;
  }

  Rows& rows_;
  const ledger::MemoryLedger& ledger_;
  ledger::Journal& journal_;
  MemoryMessageLedger messages_;
  MemoryOfferLedger offers_;
  MemorySourceLedger sources_;
  MemoryDisplacedLedger displaced_;
};

}  // namespace

MemoryBookingStore::MemoryBookingStore(const base::Clock& clock)
    : clock_(clock), rows_(std::make_unique<Rows>()) {}

MemoryBookingStore::~MemoryBookingStore() = default;

absl::Status MemoryBookingStore::Write(const base::Call& call, const Work& work) {
  const std::lock_guard lock(mutex_);
  auto draft = std::make_unique<Rows>(*rows_);
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(*draft, ledger_, *journal);
  SAS_RETURN_IF_ERROR(work(transaction));
  rows_ = std::move(draft);
  ledger_.Commit(*journal);
  return absl::OkStatus();
}

absl::Status MemoryBookingStore::Read(const base::Call& call, const Work& work) {
  const std::lock_guard lock(mutex_);
  Rows draft = *rows_;
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(draft, ledger_, *journal);
  return work(transaction);
}

}  // namespace sas::booking
