#include "services/regulation/follow_booking.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

constexpr char kFeed[] = "booking";
constexpr std::chrono::duration<double> kSilenceMax{30};
constexpr int kVisitsMax = 50;  // Of a dossier; what comes later is not shown.

BookingFact FactOf(const sas::events::v1::Event& event) {
  using sas::booking::v1::Appointment;
  const sas::events::v1::AppointmentChange& change = event.appointment();
  BookingFact fact;
  fact.appointment = event.subject();
  fact.site = change.site_display_name();
  fact.start = ToInstant(change.start_time());
  switch (change.state()) {
    case Appointment::STATE_PENDING:
      fact.kind = BookingFact::Kind::kPending;
      break;
    case Appointment::STATE_BOOKED:
      fact.kind = BookingFact::Kind::kBooked;
      break;
    case Appointment::STATE_CANCELLED:
      fact.kind = BookingFact::Kind::kCancelled;
      break;
    default:  // Seen or not: the order has ended long before.
      break;
  }
  return fact;
}

OrderBooking BookingOf(const v1::CareOrder& order) {
  return {ToValue(order.state()), order.appointment(), order.appointment_site(),
          ToInstant(order.appointment_start_time()), order.end_reason()};
}

void SetBooking(v1::CareOrder& order, const OrderBooking& booking) {
  order.set_state(static_cast<v1::CareOrder::State>(booking.state));
  order.set_appointment(booking.appointment);
  order.set_appointment_site(booking.site);
  order.set_end_reason(booking.end_reason);
  if (booking.start == base::Instant{}) {
    order.clear_appointment_start_time();
  } else {
    *order.mutable_appointment_start_time() = ToTimestamp(booking.start);
  }
}

std::optional<VisitStep> VisitOf(const sas::events::v1::Event& event) {
  using sas::booking::v1::Appointment;
  const sas::events::v1::AppointmentChange& change = event.appointment();
  if (change.state() == Appointment::STATE_CANCELLED) return VisitStep::kCancelled;
  if (change.arrival() >= Appointment::ARRIVAL_ARRIVED ||
      change.state() == Appointment::STATE_FULFILLED) {
    return VisitStep::kArrived;
  }
  if (change.state() == Appointment::STATE_BOOKED) return VisitStep::kBooked;
  return std::nullopt;
}

// What the journey of the dossier shows and no order keeps: that the patient has come, and the
// appointment of a direct entry. Each change once.
absl::Status MarkVisit(RegulationTransaction& transaction, const sas::events::v1::Event& event) {
  const sas::events::v1::AppointmentChange& change = event.appointment();
  const std::optional<VisitStep> step = VisitOf(event);
  const bool direct = change.care_order().empty();
  if (!step || change.regulation_case().empty() || (!direct && *step != VisitStep::kArrived)) {
    return absl::OkStatus();
  }
  const auto row = transaction.GetCase(change.regulation_case());
  if (absl::IsNotFound(row.status())) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(row.status());
  KpiMarkQuery query;
  query.region = std::string(base::RegionOf(row->name()));
  query.end = base::Instant::max();
  query.limit = kVisitsMax;
  query.subjects = {VisitsOf(row->name())};
  SAS_ASSIGN_OR_RETURN(const auto before, transaction.ListMarks(query));
  KpiMark mark;
  mark.act = KpiAct::kAppointment;
  mark.subject = query.subjects[0];
  mark.version = static_cast<std::int64_t>(before.size()) + 1;
  mark.territory = row->territory();
  mark.code = direct ? "" : std::string(base::LastId(change.care_order()));
  mark.start = ToInstant(change.start_time());
  mark.amount = static_cast<std::int64_t>(*step);
  const bool known = std::any_of(before.begin(), before.end(), [&](const KpiMark& each) {
    return each.code == mark.code && each.amount == mark.amount && each.start == mark.start;
  });
  if (known || before.size() >= kVisitsMax) return absl::OkStatus();
  return transaction.AddMark(mark);
}

absl::Status Apply(RegulationTransaction& transaction, const sas::events::v1::Event& event,
                   base::Instant now) {
  if (event.has_appointment()) SAS_RETURN_IF_ERROR(MarkVisit(transaction, event));
  const std::string& name = event.appointment().care_order();
  if (name.empty()) return absl::OkStatus();  // A direct entry.
  absl::StatusOr<v1::CareOrder> order = transaction.GetOrder(name);
  if (absl::IsNotFound(order.status())) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(order.status());
  const std::optional<OrderBooking> after = React(BookingOf(*order), FactOf(event));
  if (!after) return absl::OkStatus();
  // Somebody has booked, or it is to be worked anew: nobody can have let it lie before (H-15).
  if (ToValue(order->state()) != after->state) *order->mutable_act_time() = ToTimestamp(now);
  SetBooking(*order, *after);
  std::string detail = "state=" + std::string(OrderStateName(after->state)) + " by=" + event.type();
  if (event.appointment().supernumerary()) detail += " supernumerary=yes";
  return SaveOrder(transaction, *order, now, "order.updated", "FollowBooking", detail);
}

}  // namespace

absl::StatusOr<std::string> BookingReader::LoadCursor(const base::Call& call) {
  std::string cursor;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(cursor, transaction.GetCursor(kFeed));
    return absl::OkStatus();
  }));
  return cursor;
}

absl::Status BookingReader::Handle(const base::Call& call, const Events& events) {
  return store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const std::string cursor, transaction.GetCursor(kFeed));
    // Delivered again after a lost answer: what is kept stands before them, or among them.
    const auto kept = std::find_if(events.begin(), events.end(),
                                   [&](const auto& event) { return event.cursor() == cursor; });
    auto next = kept == events.end() ? events.begin() : std::next(kept);
    if (next == events.end()) return absl::OkStatus();
    for (; next != events.end(); ++next) {
      SAS_RETURN_IF_ERROR(Apply(transaction, *next, clock_.Now()));
    }
    return transaction.PutCursor(kFeed, events.back().cursor());
  });
}

std::shared_ptr<events::Follower> FollowBooking(const rpc::Runtime& runtime,
                                                observe::Metrics& metrics, BookingReader& reader,
                                                const BookingFeed& feed) {
  if (feed.address.empty()) return nullptr;
  events::Follower::Options options;
  options.name = "booking-feed";
  options.address = feed.address;
  options.authorization = feed.authorization;
  options.region = "regions/-";
  auto follower = std::make_shared<events::Follower>(
      options, runtime.clock, runtime.random,
      [&reader](const base::Call& call) { return reader.LoadCursor(call); },
      [&reader](const base::Call& call, const BookingReader::Events& events) {
        return reader.Handle(call, events);
      });
  events::ShowAge(metrics, "sas_regulation_booking_feed_age_seconds", "Since booking last spoke.",
                  follower);
  return follower;
}

absl::Status HeardLately(const events::Follower* follower) {
  if (follower == nullptr || follower->SecondsSinceHeard() <= kSilenceMax.count()) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kUnavailable, "BOOKING_SILENT",
                    "booking has not spoken for 30 s: appointments may be missing on orders");
}

}  // namespace sas::regulation
