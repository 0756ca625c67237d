#include "services/slots/partner_report.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/rpc/auth.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_refusal.h"

namespace sas::slots {
namespace {

static_assert(static_cast<int>(v1::SourceReport::STATE_BOOKED) ==
              static_cast<int>(booking::v1::SourceBooking::STATE_BOOKED));
static_assert(static_cast<int>(v1::SourceReport::STATE_REFUSED) ==
              static_cast<int>(booking::v1::SourceBooking::STATE_REFUSED));
static_assert(static_cast<int>(v1::SourceReport::STATE_CANCELLED) ==
              static_cast<int>(booking::v1::SourceBooking::STATE_CANCELLED));
static_assert(v1::SourceReport::State_ARRAYSIZE == 4);

constexpr std::int64_t kSecondsMax = 7'258'118'400;  // 2200-01-01.
constexpr std::size_t kRppsMax = 12;

// Visible characters only: a number, not a sentence.
bool IsNumber(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) { return each > ' ' && each < 127; });
}

absl::Status CheckNumber(const std::string& number) {
  constexpr char kField[] = "report.external_appointment_id";
  if (number.empty()) {
    return base::InvalidField(kField, "EXTERNAL_ID_REQUIRED",
                              "give the source's own number of the booking");
  }
  if (number.size() > kExternalAppointmentIdMax) {
    return base::InvalidField(kField, "TEXT_TOO_LONG", "at most 120 characters");
  }
  if (IsNumber(number)) return absl::OkStatus();
  return base::InvalidField(kField, "INVALID_EXTERNAL_ID",
                            "visible ASCII characters, without blanks");
}

// The slot at that start, if its platform publishes one: withdrawn and counted.
absl::Status WithdrawAt(SlotsTransaction& transaction, const base::Call& call,
                        const v1::SourceReport& report, base::Instant now, bool* phantom) {
  v1::ReportSourceRefusalRequest refusal;
  refusal.set_slot(SlotName(SiteOfAgenda(report.agenda()), base::LastId(report.agenda()),
                            base::ToInstant(report.start_time())));
  refusal.set_source_code(SourceCodeOr(report.source_code(), "NOT_TAKEN"));
  std::string partner;
  const auto slot = WithdrawRefused(transaction, call, refusal, now, &partner);
  *phantom = slot.ok();
  return absl::IsNotFound(slot.status()) ? absl::OkStatus() : slot.status();
}

absl::Status Announce(ledger::Journal& journal, const FedAgenda& agenda,
                      const v1::SourceReport& report) {
  events::v1::Event event;
  event.set_type("source.reported");
  event.set_subject(agenda.name);
  event.set_region(std::string(base::RegionOf(agenda.name)));
  events::v1::SourceBookingChange& change = *event.mutable_source_booking();
  change.set_partner(agenda.partner);
  change.set_agenda(agenda.name);
  change.set_external_appointment_id(report.external_appointment_id());
  change.set_appointment(report.appointment());
  change.set_state(static_cast<booking::v1::SourceBooking::State>(report.state()));
  change.set_version(report.version());
  *change.mutable_start_time() = report.start_time();
  change.set_practitioner_rpps(report.practitioner_rpps());
  change.set_source_code(report.source_code());
  SAS_RETURN_IF_ERROR(journal.Audit({"ReportSourceAppointment", agenda.name, event.region(),
                                     "number=" + report.external_appointment_id() + " version=" +
                                         std::to_string(report.version()) + " state=" +
                                         v1::SourceReport::State_Name(report.state()).substr(6) +
                                         " appointment=" + report.appointment()}));
  return journal.Publish(
      {event.region(), event.type(), event.subject(), event.SerializeAsString()});
}

}  // namespace

absl::Status CheckReport(const base::Call& call, const v1::SourceReport& report) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/sites/*/agendas/*",
                                                       report.agenda(), "report.agenda"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(CheckNumber(report.external_appointment_id()));
  if (!report.appointment().empty()) {
    SAS_ASSIGN_OR_RETURN(
        const auto own,
        base::ParseName("regions/*/appointments/*", report.appointment(), "report.appointment"));
    if (own[0] != ids[0]) {
      return base::InvalidField("report.appointment", "REGION_MISMATCH",
                                "not of the agenda's region");
    }
  }
  const bool known = report.state() != v1::SourceReport::STATE_UNSPECIFIED &&
                     v1::SourceReport::State_IsValid(report.state());
  if (!known) {
    return base::InvalidField("report.state", "UNKNOWN_ENUM_VALUE",
                              "STATE_BOOKED, STATE_REFUSED or STATE_CANCELLED");
  }
  if (report.version() < 1) {
    return base::InvalidField("report.version", "INVALID_VERSION", "counts from 1");
  }
  const std::int64_t seconds = report.start_time().seconds();
  if (!report.has_start_time() || seconds < 0 || seconds >= kSecondsMax) {
    return base::InvalidField("report.start_time", "INVALID_TIME", "say when it starts");
  }
  if (report.practitioner_rpps().size() > kRppsMax || !IsNumber(report.practitioner_rpps())) {
    return base::InvalidField("report.practitioner_rpps", "INVALID_RPPS", "11 digits, or empty");
  }
  if (report.source_code().empty() || !SourceCodeOr(report.source_code(), "").empty()) {
    return absl::OkStatus();
  }
  return base::InvalidField("report.source_code", "INVALID_SOURCE_CODE",
                            "a code of the source: at most 80 letters, digits and ._:/#-");
}

absl::StatusOr<v1::SourceReportAck> KeepReport(SlotsTransaction& transaction,
                                               const base::Call& call,
                                               const v1::SourceReport& report, base::Instant now,
                                               bool* phantom) {
  *phantom = false;
  SAS_ASSIGN_OR_RETURN(const auto agenda, transaction.partners().GetAgenda(report.agenda()));
  if (!agenda) {
    return base::Fail(absl::StatusCode::kNotFound, "AGENDA_NOT_FOUND",
                      "no platform publishes this agenda: send a snapshot of it first",
                      {{"agenda", report.agenda()}});
  }
  if (agenda->partner != call.actor.subject) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "AGENDA_OF_OTHER_PARTNER",
                      "another platform publishes this agenda", {{"agenda", report.agenda()}});
  }
  if (report.state() == v1::SourceReport::STATE_REFUSED) {
    SAS_RETURN_IF_ERROR(WithdrawAt(transaction, call, report, now, phantom));
  }
  SAS_RETURN_IF_ERROR(Announce(transaction.journal(), *agenda, report));
  v1::SourceReportAck ack;
  ack.set_external_appointment_id(report.external_appointment_id());
  ack.set_version(report.version());
  return ack;
}

}  // namespace sas::slots
