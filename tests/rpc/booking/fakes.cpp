#include "tests/rpc/booking/fakes.h"

#include "common/base/status.h"
#include "services/booking/convert.h"
#include "services/booking/domain/session.h"

namespace sas::booking {
namespace {

constexpr std::chrono::seconds kHold{120};
constexpr std::chrono::seconds kPrepared{60};
constexpr std::chrono::hours kListWindowMax{31 * 24};  // Of the real ones.

absl::Status Lost() {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_LOST", "the hold has ended");
}

// Of agenda `a`, in which most tests book, 99700000013.
std::string DoctorOf(const std::string& slot) {
  const char agenda = slot[slot.rfind('/') + 1];
  return "997000000" + std::to_string(13 + agenda - 'a');
}

}  // namespace

absl::StatusOr<slots::v1::PreparedSeat> FakeSlots::Prepare(
    const base::Call&, const slots::v1::PrepareSeatRequest& request) {
  std::function<void()> hook;
  {
    const std::lock_guard lock(mutex_);
    prepared_.push_back(request);
    hook = on_prepare_;
  }
  hook();
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto found = holds_.find(request.hold_token());
  if (found == holds_.end()) return Lost();
  Held& held = found->second;
  if (held.slot != request.slot() || held.holder != request.holder() ||
      held.expire <= clock_.Now()) {
    return Lost();
  }
  if (held.appointment.empty()) {
    held.appointment = request.appointment();
    held.held_until = held.expire;
    held.expire = clock_.Now() + kPrepared;
  }
  if (held.appointment != request.appointment()) return Lost();
  slots::v1::PreparedSeat seat;
  seat.mutable_slot()->set_name(held.slot);
  const auto own = shapes_.find(held.slot);
  const Shape shape = own == shapes_.end() ? Shape{start_} : own->second;
  *seat.mutable_slot()->mutable_start_time() = ToTimestamp(shape.start);
  *seat.mutable_slot()->mutable_end_time() = ToTimestamp(shape.start + shape.length);
  seat.mutable_slot()->add_modes(shape.mode);
  seat.set_seat(held.seat);
  *seat.mutable_prepare_expire_time() = ToTimestamp(held.expire);
  seat.set_site(held.slot.substr(0, held.slot.find("/slots/")));
  seat.set_site_display_name("CSNP de Challans");
  seat.set_practitioner_display_name("Dr Camille Essai");
  const auto doctor = doctors_.find(held.slot);
  seat.set_practitioner_rpps(doctor == doctors_.end() ? DoctorOf(held.slot) : doctor->second);
  FillCaps(shape.start, seat);
  seat.set_directions("Entrée par les urgences, carte Vitale.");
  *seat.mutable_entry_rule() = rule_;
  seat.set_supernumerary_reason_code(supernumerary_);
  seat.set_master(master_);
  if (master_ > slots::v1::AGENDA_MASTER_OURS) seat.set_partner("doctoplan");
  seat.set_booking_url(booking_url_);
  return seat;
}

void FakeSlots::FillCaps(base::Instant start, slots::v1::PreparedSeat& seat) const {
  const auto midnight = std::chrono::floor<std::chrono::days>(start);
  const auto fill = [](int most, base::Instant from, base::Instant to, auto& cap) {
    cap.set_appointment_max(most);
    *cap.mutable_start_time() = ToTimestamp(from);
    *cap.mutable_end_time() = ToTimestamp(to);
  };
  if (day_cap_ > 0) {
    fill(day_cap_, midnight, midnight + std::chrono::hours(24), *seat.mutable_day_cap());
  }
  if (hours_cap_ > 0) {
    const auto hour = std::chrono::floor<std::chrono::hours>(start);
    fill(hours_cap_, hour, hour + std::chrono::hours(1), *seat.mutable_hours_cap());
    seat.mutable_hours_cap()->set_hours("this hour");
  }
  if (week_cap_ > 0) {
    const auto first = std::chrono::floor<std::chrono::weeks>(start);
    fill(week_cap_, first, first + std::chrono::weeks(1), *seat.mutable_week_cap());
    seat.mutable_week_cap()->set_practitioner("regions/fr-pdl/practitioners/" +
                                              seat.practitioner_rpps());
  }
  if (session_cap_.appointment_max() > 0) {
    auto& cap = *seat.mutable_supernumerary_cap();
    fill(session_cap_.appointment_max(), midnight, midnight + std::chrono::hours(24), cap);
    cap.set_seat_count(session_cap_.seat_count());
    cap.set_agenda(std::string(AgendaOfSlot(seat.slot().name())));
  }
}

absl::Status FakeSlots::CommitSeats(const base::Call&,
                                    const slots::v1::CommitSeatsRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  for (const auto& change : request.changes()) {
    const auto refused = refused_slots_.find(change.slot());
    if (refused != refused_slots_.end()) return refused->second;
  }
  committed_.push_back(request);
  for (const auto& change : request.changes()) {
    shown_.erase({change.slot(), change.seat()});
    std::string& owner = taken_[{change.slot(), change.seat()}];
    if (change.taken()) owner = change.appointment();
    if (!change.taken() && owner == change.appointment()) owner.clear();
    for (auto& [token, held] : holds_) {
      if (held.slot != change.slot() || held.appointment != change.appointment()) continue;
      held.taken = held.taken || change.taken();
      if (held.taken || change.taken()) continue;
      held.appointment.clear();  // Refused: it is its holder's again.
      held.expire = held.held_until;
    }
  }
  return absl::OkStatus();
}

void FakeSlots::SetMaster(slots::v1::AgendaMaster master, const std::string& booking_url) {
  const std::lock_guard lock(mutex_);
  master_ = master;
  booking_url_ = booking_url;
}

std::string FakeSlots::Hold(const std::string& slot, int seat, const std::string& holder) {
  const std::lock_guard lock(mutex_);
  const std::string token = "token-" + std::to_string(holds_.size());
  holds_[token] = {slot, seat, holder, clock_.Now() + kHold, ""};
  return token;
}

std::optional<base::Instant> FakeSlots::HeldUntil(const std::string& token,
                                                  const std::string& holder) const {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(token);
  if (found == holds_.end() || found->second.holder != holder ||
      found->second.expire <= clock_.Now()) {
    return std::nullopt;
  }
  return found->second.expire;
}

bool FakeSlots::Give(const std::string& token, const std::string& holder, const std::string& to) {
  if (!HeldUntil(token, holder)) return false;
  const std::lock_guard lock(mutex_);
  if (holds_[token].appointment.empty()) holds_[token].holder = to;
  return true;
}

void FakeSlots::Release(const std::string& token, const std::string& holder) {
  const std::lock_guard lock(mutex_);
  const auto found = holds_.find(token);
  if (found == holds_.end() || found->second.holder != holder) return;
  if (found->second.appointment.empty()) found->second.expire = clock_.Now();
}

void FakeSlots::SetRule(const slots::v1::EntryRule& rule) {
  const std::lock_guard lock(mutex_);
  rule_ = rule;
}

void FakeSlots::FailWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

void FakeSlots::RefuseSlot(const std::string& slot, absl::Status status) {
  const std::lock_guard lock(mutex_);
  refused_slots_[slot] = std::move(status);
}

void FakeSlots::OnPrepare(std::function<void()> hook) {
  const std::lock_guard lock(mutex_);
  on_prepare_ = std::move(hook);
}

void FakeSlots::SetStart(base::Instant start) {
  const std::lock_guard lock(mutex_);
  start_ = start;
}

void FakeSlots::SetSupernumerary(const std::string& reason_code, int appointment_max,
                                 int seat_count) {
  const std::lock_guard lock(mutex_);
  supernumerary_ = reason_code;
  session_cap_.set_appointment_max(appointment_max);
  session_cap_.set_seat_count(seat_count);
}

void FakeSlots::SetSlot(const std::string& slot, base::Instant start, std::chrono::minutes length,
                        sas::type::v1::ConsultationMode mode) {
  const std::lock_guard lock(mutex_);
  shapes_[slot] = {start, length, mode};
}

void FakeSlots::SetDoctor(const std::string& slot, const std::string& rpps) {
  const std::lock_guard lock(mutex_);
  doctors_[slot] = rpps;
}

void FakeSlots::SetDayCap(int appointment_max) {
  const std::lock_guard lock(mutex_);
  day_cap_ = appointment_max;
}

void FakeSlots::SetHoursCap(int appointment_max) {
  const std::lock_guard lock(mutex_);
  hours_cap_ = appointment_max;
}

void FakeSlots::SetWeekCap(int appointment_max) {
  const std::lock_guard lock(mutex_);
  week_cap_ = appointment_max;
}

std::vector<absl::StatusOr<slots::v1::PreparedSeat>> FakeSlots::PrepareSeats(
    const base::Call& call, const std::vector<slots::v1::PrepareSeatRequest>& requests) {
  ++exchanges_;
  std::vector<absl::StatusOr<slots::v1::PreparedSeat>> outcomes;
  for (const auto& request : requests) outcomes.push_back(Prepare(call, request));
  return outcomes;
}

std::vector<slots::v1::PrepareSeatRequest> FakeSlots::prepared() const {
  const std::lock_guard lock(mutex_);
  return prepared_;
}

std::vector<slots::v1::CommitSeatsRequest> FakeSlots::committed() const {
  const std::lock_guard lock(mutex_);
  return committed_;
}

absl::StatusOr<slots::v1::ListTakenSeatsResponse> FakeSlots::ListTakenSeats(
    const base::Call&, const slots::v1::ListTakenSeatsRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const base::Instant start = ToInstant(request.start_time());
  const base::Instant end = ToInstant(request.end_time());
  if (end <= start || end > start + kListWindowMax) {
    return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_TIME_RANGE", "31 days");
  }
  slots::v1::ListTakenSeatsResponse response;
  if (request.shown() && !shown_failure_.ok()) return shown_failure_;
  auto owners = taken_;
  if (request.shown()) {
    for (const auto& [seat, owner] : shown_) owners[seat] = owner;
  }
  for (const auto& [seat, owner] : owners) {
    if (owner.empty() || seat.first.rfind(request.parent() + "/", 0) != 0) continue;
    const auto own = shapes_.find(seat.first);
    const base::Instant at = own == shapes_.end() ? start_ : own->second.start;
    if (at < start || at >= end) continue;
    auto& shown = *response.add_seats();
    shown.set_slot(seat.first);
    shown.set_seat(seat.second);
    shown.set_appointment(owner);
    shown.set_taken(true);
  }
  return response;
}

absl::StatusOr<slots::v1::SearchNextSlotsResponse> FakeSlots::SearchNextSlots(
    const base::Call&, const slots::v1::SearchNextSlotsRequest& request) {
  const std::lock_guard lock(mutex_);
  searched_.push_back(request);
  if (!next_slots_.ok()) return next_slots_.status();
  slots::v1::SearchNextSlotsResponse response;
  for (const std::string& name : *next_slots_) response.add_slots(name);
  return response;
}

void FakeSlots::Show(const std::string& slot, int seat, const std::string& appointment) {
  const std::lock_guard lock(mutex_);
  shown_[{slot, seat}] = appointment;
}

void FakeSlots::FailShownWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  shown_failure_ = std::move(status);
}

void FakeSlots::SetNextSlots(absl::StatusOr<std::vector<std::string>> names) {
  const std::lock_guard lock(mutex_);
  next_slots_ = std::move(names);
}

std::vector<slots::v1::SearchNextSlotsRequest> FakeSlots::searched() const {
  const std::lock_guard lock(mutex_);
  return searched_;
}

absl::StatusOr<slots::v1::GetSlotStandingsResponse> FakeSlots::GetSlotStandings(
    const base::Call&, const slots::v1::GetSlotStandingsRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  standings_asked_.push_back(static_cast<std::size_t>(request.slots_size()));
  slots::v1::GetSlotStandingsResponse response;
  for (const std::string& slot : request.slots()) {
    const auto own = standings_.find(slot);
    auto& standing = *response.add_standings();
    standing.set_slot(slot);
    standing.set_kind(own == standings_.end() ? slots::v1::SlotStanding::KIND_SERVED : own->second);
  }
  return response;
}

void FakeSlots::SetStanding(const std::string& slot, slots::v1::SlotStanding::Kind kind) {
  const std::lock_guard lock(mutex_);
  standings_[slot] = kind;
}

std::vector<std::size_t> FakeSlots::standings_asked() const {
  const std::lock_guard lock(mutex_);
  return standings_asked_;
}

void FakeSlots::Believe(const std::string& slot, int seat, const std::string& appointment) {
  const std::lock_guard lock(mutex_);
  taken_[{slot, seat}] = appointment;
}

std::string FakeSlots::OwnerOf(const std::string& slot, int seat) const {
  const std::lock_guard lock(mutex_);
  const auto found = taken_.find({slot, seat});
  return found == taken_.end() ? std::string() : found->second;
}

std::vector<absl::StatusOr<FakeRegulation::Word>> FakeRegulation::CheckBookings(
    const base::Call& call, const std::vector<Check>& checks) {
  std::vector<absl::StatusOr<Word>> words;
  for (const Check& check : checks) {
    words.push_back(check.has_direct() ? CheckDirect(call, check.direct())
                                       : CheckOrder(check.care_order()));
  }
  return words;
}

absl::StatusOr<FakeRegulation::Word> FakeRegulation::CheckOrder(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto found = orders_.find(name);
  if (found == orders_.end()) {
    return base::Fail(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND", "no such order");
  }
  Word word;
  *word.mutable_care_order() = found->second;
  return word;
}

absl::StatusOr<std::vector<regulation::v1::CareOrder>> FakeRegulation::ListCareOrders(
    const base::Call&, const std::string&, int limit) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  std::vector<regulation::v1::CareOrder> orders;
  for (const auto& [name, order] : orders_) {
    if (static_cast<int>(orders.size()) < limit) orders.push_back(order);
  }
  return orders;
}

absl::StatusOr<std::vector<regulation::v1::CareOrder>> FakeRegulation::ListOpenOrders(
    const base::Call&, const std::string&, const std::string& territory, int limit) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  std::vector<regulation::v1::CareOrder> orders;
  for (const auto& [name, order] : orders_) {
    const bool room = static_cast<int>(orders.size()) < limit;
    if (room && order.territory() == territory) orders.push_back(order);
  }
  return orders;
}

absl::StatusOr<FakeRegulation::Word> FakeRegulation::CheckDirect(
    const base::Call& call, const regulation::v1::DirectBooking& booking) {
  const std::string& patient = booking.patient();
  SAS_ASSIGN_OR_RETURN(auto dossier,
                       GetCaseReference(call, patient.substr(0, patient.find("/patients/"))));
  const std::lock_guard lock(mutex_);
  if (forgotten_.count(patient) > 0) {
    return base::Fail(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
  }
  if (!direct_.ok()) return direct_;
  Word word;
  *word.mutable_regulation_case() = std::move(dossier);
  return word;
}

void FakeRegulation::SayOfDirect(absl::Status status) {
  const std::lock_guard lock(mutex_);
  direct_ = std::move(status);
}

absl::StatusOr<regulation::v1::CaseReference> FakeRegulation::GetCaseReference(
    const base::Call&, const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (forgotten_.count(name) > 0) {
    return base::Fail(absl::StatusCode::kNotFound, "CASE_NOT_FOUND", "no such dossier");
  }
  regulation::v1::CaseReference reference;
  reference.set_name(name);
  reference.set_territory(territory_);
  return reference;
}

void FakeRegulation::Forget(const std::string& name) {
  const std::lock_guard lock(mutex_);
  forgotten_.insert(name);
}

void FakeRegulation::SetTerritory(const std::string& territory) {
  const std::lock_guard lock(mutex_);
  territory_ = territory;
}

void FakeRegulation::Put(const regulation::v1::CareOrder& order) {
  const std::lock_guard lock(mutex_);
  orders_[order.name()] = order;
}

void FakeRegulation::FailWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

absl::Status FaultyStore::Write(const base::Call& call, const Work& work) {
  Fault fault = Fault::kNone;
  {
    const std::lock_guard lock(mutex_);
    std::swap(fault, next_);
  }
  const absl::Status cut = base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "cut");
  if (fault == Fault::kBeforeCommit) return cut;
  const absl::Status status = inner_.Write(call, work);
  return fault == Fault::kAfterCommit ? cut : status;
}

void FaultyStore::FailNextWrite(Fault fault) {
  const std::lock_guard lock(mutex_);
  next_ = fault;
}

}  // namespace sas::booking
