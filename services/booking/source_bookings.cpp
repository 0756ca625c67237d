#include "services/booking/source_bookings.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"

namespace sas::booking {
namespace {

using v1::SourceBooking;

// In the order of time, and the same for the same booking.
std::string NameOf(const std::string& region, const std::string& partner, const std::string& number,
                   base::Instant now) {
  std::string micros = std::to_string(now.time_since_epoch().count());
  micros.insert(0, micros.size() < 17 ? 17 - micros.size() : 0, '0');
  return base::JoinName(
      {{"regions", region},
       {"sourceBookings", micros + "-" + AppointmentId(partner, region, number).substr(0, 12)}});
}

SourceBooking RowOf(const events::v1::SourceBookingChange& report, base::Instant now) {
  SourceBooking row;
  row.set_name(NameOf(std::string(base::RegionOf(report.agenda())), report.partner(),
                      report.external_appointment_id(), now));
  row.set_partner(report.partner());
  row.set_agenda(report.agenda());
  row.set_external_appointment_id(report.external_appointment_id());
  *row.mutable_create_time() = ToTimestamp(now);
  return row;
}

void Tell(SourceBooking& row, const events::v1::SourceBookingChange& report) {
  row.set_state(report.state());
  row.set_version(report.version());
  *row.mutable_start_time() = report.start_time();
  row.set_practitioner_rpps(report.practitioner_rpps());
}

void Join(SourceBooking& row, const v1::Appointment& appointment, SourceBooking::Join join) {
  row.set_appointment(appointment.name());
  row.set_regulation_case(appointment.regulation_case());
  row.set_join(join);
}

// regions/r/sites/s/agendas/a of a slot's name, whose last part is {agenda}-{start}.
std::string AgendaOfSlot(const std::string& slot) {
  const std::string_view id = base::LastId(slot);
  return SiteOfSlot(slot) + "/agendas/" + std::string(id.substr(0, id.rfind('-')));
}

// The appointment that the report is about, when it is the platform's to speak of.
absl::StatusOr<std::optional<AppointmentRecord>> Named(
    BookingTransaction& transaction, const events::v1::SourceBookingChange& report,
    const std::string& name, bool* foreign) {
  if (name.empty()) return std::optional<AppointmentRecord>();
  auto record = transaction.Get(name);
  if (absl::IsNotFound(record.status())) return std::optional<AppointmentRecord>();
  SAS_RETURN_IF_ERROR(record.status());
  *foreign = AgendaOfSlot(record->appointment.slot()) != report.agenda() ||
             (record->appointment.has_source() &&
              record->appointment.source().partner() != report.partner());
  if (*foreign) return std::optional<AppointmentRecord>();
  return std::optional<AppointmentRecord>(*std::move(record));
}

SourceWord WordOf(const events::v1::SourceBookingChange& report) {
  SourceWord word;
  word.state = static_cast<SourceState>(report.state());
  word.external_appointment_id = report.external_appointment_id();
  word.version = report.version();
  word.source_code = report.source_code();
  word.action = "FollowSource";
  return word;
}

void LogForeign(const events::v1::SourceBookingChange& report) {
  observe::Log(observe::Level::kWarn, "source_report_foreign",
               {{"partner", std::string_view(report.partner())},
                {"agenda", std::string_view(report.agenda())},
                {"appointment", std::string_view(report.appointment())}});
}

}  // namespace

absl::StatusOr<Heard> HearReport(BookingTransaction& transaction,
                                 const events::v1::SourceBookingChange& report, base::Instant now,
                                 const MessagePolicy& policy) {
  const std::string region(base::RegionOf(report.agenda()));
  SAS_ASSIGN_OR_RETURN(auto row, transaction.sources().FindBooking(
                                     region, report.partner(), report.external_appointment_id()));
  const bool known = row.has_value();
  if (known && row->version() >= report.version()) return Heard::kKnown;
  if (!known) row = RowOf(report, now);
  const bool joined = !row->appointment().empty();
  bool foreign = false;
  SAS_ASSIGN_OR_RETURN(
      auto record,
      Named(transaction, report, joined ? row->appointment() : report.appointment(), &foreign));
  if (foreign) {
    LogForeign(report);
    return Heard::kForeign;
  }
  Tell(*row, report);
  if (record && !joined) Join(*row, record->appointment, SourceBooking::JOIN_BOOKING_ID);
  if (record && record->appointment.has_source()) {
    Effect done = Effect::kNothing;
    SAS_RETURN_IF_ERROR(
        HearSource(transaction, *std::move(record), WordOf(report), now, policy, &done).status());
  }
  SAS_RETURN_IF_ERROR(transaction.sources().PutBooking(*row));
  SAS_RETURN_IF_ERROR(RecordSourceBooking(transaction.journal(), "RecordSourceBooking",
                                          "source_booking.recorded", *row));
  return row->regulation_case().empty() ? Heard::kUnjoined : Heard::kJoined;
}

absl::Status KeepNumber(BookingTransaction& transaction, const v1::Appointment& appointment,
                        SourceBooking::Join join, const base::Call* by, base::Instant now) {
  const v1::SourceSide& side = appointment.source();
  if (side.external_appointment_id().empty()) return absl::OkStatus();
  const std::string region(base::RegionOf(appointment.name()));
  SAS_ASSIGN_OR_RETURN(auto row, transaction.sources().FindBooking(region, side.partner(),
                                                                   side.external_appointment_id()));
  if (row && row->appointment() == appointment.name()) return absl::OkStatus();
  if (row && !row->regulation_case().empty()) return SourceBookingJoined(*row);
  if (row) {
    SAS_RETURN_IF_ERROR(
        CheckFactsHold({JoinFact::kStartTime, JoinFact::kPractitioner},
                       {ToInstant(row->start_time()), row->practitioner_rpps()},
                       {ToInstant(appointment.start_time()), appointment.practitioner_rpps()}));
  } else {
    events::v1::SourceBookingChange own;
    own.set_partner(side.partner());
    own.set_agenda(AgendaOfSlot(appointment.slot()));
    own.set_external_appointment_id(side.external_appointment_id());
    own.set_state(SourceBooking::STATE_BOOKED);
    *own.mutable_start_time() = appointment.start_time();
    own.set_practitioner_rpps(appointment.practitioner_rpps());
    row = RowOf(own, now);
    Tell(*row, own);
  }
  Join(*row, appointment, join);
  if (by != nullptr) {
    *row->mutable_joined_by() = ToProto(by->actor);
    row->clear_facts();
    row->add_facts(SourceBooking::FACT_START_TIME);
    row->add_facts(SourceBooking::FACT_PRACTICE_SAYS);
  }
  SAS_RETURN_IF_ERROR(transaction.sources().PutBooking(*row));
  return RecordSourceBooking(transaction.journal(), "JoinSourceBooking", "source_booking.joined",
                             *row);
}

absl::Status RecordSourceBooking(ledger::Journal& journal, std::string_view action,
                                 std::string_view type, const SourceBooking& booking) {
  const std::string region(base::RegionOf(booking.name()));
  std::string codes =
      "partner=" + booking.partner() + " number=" + booking.external_appointment_id() +
      " version=" + std::to_string(booking.version()) +
      " state=" + SourceBooking::State_Name(booking.state()).substr(6) +
      " case=" + booking.regulation_case() + " appointment=" + booking.appointment() +
      " join=" + SourceBooking::Join_Name(booking.join()).substr(5);
  for (const int fact : booking.facts()) {
    codes += " fact=" + SourceBooking::Fact_Name(static_cast<SourceBooking::Fact>(fact)).substr(5);
  }
  SAS_RETURN_IF_ERROR(journal.Audit({std::string(action), booking.name(), region, codes}));
  events::v1::Event event;
  event.set_type(std::string(type));
  event.set_subject(booking.name());
  event.set_region(region);
  events::v1::SourceBookingChange& change = *event.mutable_source_booking();
  change.set_partner(booking.partner());
  change.set_agenda(booking.agenda());
  change.set_external_appointment_id(booking.external_appointment_id());
  change.set_appointment(booking.appointment());
  change.set_state(booking.state());
  change.set_version(booking.version());
  *change.mutable_start_time() = booking.start_time();
  change.set_practitioner_rpps(booking.practitioner_rpps());
  change.set_regulation_case(booking.regulation_case());
  return journal.Publish({region, event.type(), event.subject(), event.SerializeAsString()});
}

absl::Status SourceBookingJoined(const SourceBooking& booking) {
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "SOURCE_BOOKING_JOINED",
      "this booking of the platform belongs to a dossier already",
      {{"source_booking", booking.name()}, {"regulation_case", booking.regulation_case()}});
}

}  // namespace sas::booking
