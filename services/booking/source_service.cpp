#include "services/booking/source_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"
#include "services/booking/source_bookings.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

static_assert(static_cast<int>(SourceState::kBooked) == v1::SourceBooking::STATE_BOOKED);
static_assert(static_cast<int>(SourceState::kCancelled) == v1::SourceBooking::STATE_CANCELLED);
static_assert(v1::SourceBooking::State_ARRAYSIZE == 4);
static_assert(static_cast<int>(JoinFact::kStartTime) == v1::SourceBooking::FACT_START_TIME);
static_assert(static_cast<int>(JoinFact::kPracticeSays) == v1::SourceBooking::FACT_PRACTICE_SAYS);
static_assert(v1::SourceBooking::Fact_ARRAYSIZE == 6);

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;
constexpr std::size_t kNumberMax = 120;

// Visible characters only, as a platform's own report: a number, not a sentence.
absl::Status CheckNumber(const std::string& number, bool required) {
  constexpr char kField[] = "external_appointment_id";
  if (number.empty() && required) {
    return base::InvalidField(kField, "EXTERNAL_ID_REQUIRED",
                              "give the number under which the platform has it");
  }
  if (number.size() > kNumberMax) {
    return base::InvalidField(kField, "TEXT_TOO_LONG", "at most 120 characters");
  }
  const bool visible =
      std::all_of(number.begin(), number.end(), [](char each) { return each > ' ' && each < 127; });
  if (visible) return absl::OkStatus();
  return base::InvalidField(kField, "INVALID_EXTERNAL_ID",
                            "visible ASCII characters, without blanks");
}

absl::Status CheckAwaited(const v1::Appointment& appointment) {
  const bool pending = appointment.state() == v1::Appointment::STATE_PENDING;
  if (pending && appointment.has_source()) return absl::OkStatus();
  const std::string state(StateName(ToValue(appointment.state())));
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SOURCE_NOT_AWAITED",
                    "no platform's answer is waited for; read the appointment again",
                    {{"state", state}});
}

std::string QueryOf(const v1::ListSourceBookingsRequest& request) {
  v1::ListSourceBookingsRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  return query.SerializeAsString();
}

std::vector<JoinFact> FactsOf(const v1::JoinSourceBookingRequest& request) {
  std::vector<JoinFact> facts;
  for (const int fact : request.facts()) facts.push_back(static_cast<JoinFact>(fact));
  return facts;
}

// The row becomes the dossier's; its appointment, if it has one there, hears what the platform has
// said.
absl::Status JoinAppointment(BookingTransaction& transaction, const base::Call& call,
                             const v1::JoinSourceBookingRequest& request,
                             const v1::SourceBooking& row, base::Instant now,
                             const MessagePolicy& policy) {
  SAS_ASSIGN_OR_RETURN(AppointmentRecord record, Seen(transaction, call, request.appointment()));
  const v1::Appointment& appointment = record.appointment;
  if (appointment.regulation_case() != request.regulation_case()) {
    return base::InvalidField("appointment", "CASE_MISMATCH", "must belong to `regulation_case`");
  }
  SAS_RETURN_IF_ERROR(CheckAwaited(appointment));
  if (appointment.source().partner() != row.partner()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SOURCE_NOT_AWAITED",
                      "another platform's answer is waited for",
                      {{"partner", appointment.source().partner()}});
  }
  SAS_RETURN_IF_ERROR(
      CheckFactsHold(FactsOf(request), {ToInstant(row.start_time()), row.practitioner_rpps()},
                     {ToInstant(appointment.start_time()), appointment.practitioner_rpps()}));
  SourceWord word;
  word.state = static_cast<SourceState>(row.state());
  word.external_appointment_id = row.external_appointment_id();
  word.version = row.version();
  word.action = "JoinSourceBooking";
  Effect done = Effect::kNothing;
  return HearSource(transaction, std::move(record), word, now, policy, &done).status();
}

}  // namespace

absl::StatusOr<v1::Appointment> SourceService::Resolve(
    const base::Call& call, const v1::ResolveSourceAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  SAS_RETURN_IF_ERROR(CheckNumber(request.external_appointment_id(), request.taken()));
  SAS_RETURN_IF_ERROR(EtagRequired(request.etag()));
  return ledger::WriteOnce<v1::Appointment>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record,
                             SeenOrBooked(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        SAS_RETURN_IF_ERROR(CheckAwaited(record.appointment));
        const base::Instant now = parts_.clock.Now();
        SourceWord word;
        word.state = request.taken() ? SourceState::kBooked : SourceState::kRefused;
        word.external_appointment_id = request.external_appointment_id();
        word.action = "ResolveSourceAppointment";
        Effect done = Effect::kNothing;
        SAS_ASSIGN_OR_RETURN(v1::Appointment after, HearSource(transaction, std::move(record), word,
                                                               now, parts_.messages, &done));
        if (!request.taken()) return after;
        SAS_RETURN_IF_ERROR(
            KeepNumber(transaction, after, v1::SourceBooking::JOIN_PERSON, &call, now));
        return after;
      });
}

absl::StatusOr<v1::ListSourceBookingsResponse> SourceService::List(
    const base::Call& call, const v1::ListSourceBookingsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SourceBookingQuery query;
  query.region = ids[0];
  query.regulation_case = request.regulation_case();
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  query.limit = size + 1;  // One more tells whether there is another page.
  SAS_ASSIGN_OR_RETURN(query.after, base::ParsePageToken(QueryOf(request), request.page_token()));
  std::vector<v1::SourceBooking> found;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.sources().ListBookings(query));
    return absl::OkStatus();
  }));
  v1::ListSourceBookingsResponse response;
  if (static_cast<int>(found.size()) > size) {
    found.pop_back();
    response.set_next_page_token(base::MakePageToken(QueryOf(request), found.back().name()));
  }
  for (v1::SourceBooking& row : found) *response.add_source_bookings() = std::move(row);
  return response;
}

absl::StatusOr<v1::SourceBooking> SourceService::Join(const base::Call& call,
                                                      const v1::JoinSourceBookingRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sourceBookings/*", request.name(), "name"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  SAS_ASSIGN_OR_RETURN(
      const auto dossier,
      base::ParseName("regions/*/cases/*", request.regulation_case(), "regulation_case"));
  if (dossier[0] != ids[0]) {
    return base::InvalidField("regulation_case", "REGION_MISMATCH", "not of the booking's region");
  }
  if (!request.appointment().empty()) {
    SAS_RETURN_IF_ERROR(CheckName(call, request.appointment(), "appointment"));
  }
  SAS_RETURN_IF_ERROR(CheckJoinFacts(FactsOf(request)));
  SAS_ASSIGN_OR_RETURN(auto known, StoredAnswer<v1::SourceBooking>(parts_.store, call, request));
  if (known) return *std::move(known);
  SAS_RETURN_IF_ERROR(BookingSteps::CheckCase(parts_, call, request.regulation_case()));
  return ledger::WriteOnce<v1::SourceBooking>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::SourceBooking> {
        SAS_ASSIGN_OR_RETURN(v1::SourceBooking row,
                             transaction.sources().GetBooking(request.name()));
        if (!row.regulation_case().empty()) return SourceBookingJoined(row);
        const base::Instant now = parts_.clock.Now();
        if (!request.appointment().empty()) {
          SAS_RETURN_IF_ERROR(
              JoinAppointment(transaction, call, request, row, now, parts_.messages));
        }
        row.set_regulation_case(request.regulation_case());
        row.set_appointment(request.appointment());
        row.set_join(v1::SourceBooking::JOIN_PERSON);
        *row.mutable_facts() = request.facts();
        *row.mutable_joined_by() = ToProto(call.actor);
        SAS_RETURN_IF_ERROR(transaction.sources().PutBooking(row));
        SAS_RETURN_IF_ERROR(RecordSourceBooking(transaction.journal(), "JoinSourceBooking",
                                                "source_booking.joined", row));
        return row;
      });
}

grpc::ServerUnaryReactor* SourceService::ResolveSourceAppointment(
    grpc::CallbackServerContext* context, const v1::ResolveSourceAppointmentRequest* request,
    v1::Appointment* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.SourceService/ResolveSourceAppointment",
      [this](const base::Call& call, const auto& proto) { return Resolve(call, proto); });
}

grpc::ServerUnaryReactor* SourceService::ListSourceBookings(
    grpc::CallbackServerContext* context, const v1::ListSourceBookingsRequest* request,
    v1::ListSourceBookingsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.booking.v1.SourceService/ListSourceBookings",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* SourceService::JoinSourceBooking(
    grpc::CallbackServerContext* context, const v1::JoinSourceBookingRequest* request,
    v1::SourceBooking* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.SourceService/JoinSourceBooking",
      [this](const base::Call& call, const auto& proto) { return Join(call, proto); });
}

}  // namespace sas::booking
