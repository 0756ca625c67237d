#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "services/slots/convert.h"
#include "services/slots/directory_reads.h"
#include "services/slots/planning_rights.h"
#include "services/slots/practitioners.h"

namespace sas::slots {
namespace {

constexpr int kPlansMax = 1000;  ///< Of one site.
constexpr int kNightDays = 2;    ///< After the last day: its night may have seats of the next.

struct Days {
  care::Date first;
  care::Date last;
};

absl::StatusOr<Days> ReadDays(const v1::ListSessionsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const care::Date first, care::ParseDate(request.start_date(), "start_date"));
  SAS_ASSIGN_OR_RETURN(const care::Date last, care::ParseDate(request.end_date(), "end_date"));
  const int days = care::DaysBetween(first, last);
  if (days < 0) {
    return base::InvalidField("end_date", "INVALID_TIME_RANGE",
                              "the last day comes before the first");
  }
  if (days > kSessionDaysMax) {
    return base::InvalidField("end_date", "WINDOW_TOO_LONG", "at most 60 days after the first");
  }
  return Days{first, last};
}

/// What the ledger has of one site between two days.
struct SiteDays {
  v1::Site site;
  std::vector<v1::SessionPlan> plans;
  std::vector<v1::AgendaException> openings;  ///< Of single days.
  std::vector<Closure> closures;
  Practitioners practitioners;
  std::map<std::string, int> booked;  ///< By slot.
};

absl::Status ReadSiteDays(SlotsTransaction& transaction, const std::string& name, const Days& days,
                          SiteDays& read) {
  read = {};  // The work may run twice.
  SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(name));
  if (!site) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", name}});
  }
  read.site = *std::move(site);
  SAS_ASSIGN_OR_RETURN(read.plans, transaction.ListSessionPlans(name, Page{"", kPlansMax}));
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(read.site));
  SAS_ASSIGN_OR_RETURN(
      const auto exceptions,
      transaction.agendas().ListExceptions(name, zone.At(days.first, {0}), Page{"", kPlansMax}));
  for (const v1::AgendaException& each : exceptions) {
    if (each.kind() == v1::AgendaException::KIND_CLOSURE) {
      read.closures.push_back(
          {each.agenda(), base::ToInstant(each.start_time()), base::ToInstant(each.end_time())});
    } else {
      read.openings.push_back(each);
    }
  }
  for (const v1::SessionPlan& plan : read.plans) {
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, plan.practitioner(), read.practitioners));
  }
  for (const v1::AgendaException& each : read.openings) {
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, each.practitioner(), read.practitioners));
  }
  SAS_ASSIGN_OR_RETURN(const auto seats,
                       transaction.ListSeats(base::RegionOf(name), zone.At(days.first, {0}),
                                             zone.At(care::AddDays(days.last, kNightDays), {0})));
  for (const SeatFact& fact : seats) ++read.booked[fact.slot];
  return absl::OkStatus();
}

v1::Session ToSession(const PlannedSession& planned, const std::string& practitioner,
                      const std::string& agenda, const SiteDays& read) {
  v1::Session session;
  session.set_plan(planned.plan);
  session.set_date(care::DateText(planned.date));
  session.set_state(planned.staffed ? v1::Session::STATE_OPEN : v1::Session::STATE_UNSTAFFED);
  *session.mutable_start_time() = ToTimestamp(planned.start);
  *session.mutable_end_time() = ToTimestamp(planned.end);
  session.set_practitioner(practitioner);
  const auto person = read.practitioners.find(practitioner);
  if (person != read.practitioners.end()) {
    session.set_practitioner_display_name(person->second.display_name());
  }
  bool closed = !planned.slots.empty();
  for (const PlannedSlot& slot : planned.slots) {
    const bool withdrawn = IsClosed(read.closures, agenda, slot.start, slot.end);
    closed = closed && withdrawn;
    if (!withdrawn) session.set_seat_count(session.seat_count() + slot.seats);
    const auto booked = read.booked.find(slot.name);
    if (booked != read.booked.end()) {
      session.set_booked_count(session.booked_count() + booked->second);
    }
  }
  if (closed) session.set_state(v1::Session::STATE_CLOSED);
  for (const std::string& code : planned.warnings) session.add_warning_codes(code);
  return session;
}

/// A one-off opening as a session of its day.
PlannedSession SessionOf(const Opening& opening, const PlanFrame& frame, const care::Zone& zone) {
  PlannedSession session;
  session.plan = opening.name;
  session.date = zone.DateOf(opening.start);
  session.start = opening.start;
  session.end = opening.end;
  session.slots = SlotsOf(opening, frame, zone);
  session.staffed = !session.slots.empty() && session.slots.front().staffed;
  return session;
}

PlanFrame WithLicence(PlanFrame frame, const std::string& practitioner, const SiteDays& read) {
  frame.licence_end = LicenceEndOf(read.practitioners, practitioner, read.site.name());
  return frame;
}

// Of agendas that the actor may see: where reading is by name, whoever is not named sees none.
absl::StatusOr<std::vector<v1::Session>> MakeSessions(const SiteDays& read, const Days& days,
                                                      const base::Actor& actor) {
  const auto sees = [&](const std::string& agenda) {
    return CheckSiteRight(actor, read.site, agenda, Right::kRead).ok();
  };
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(read.site));
  SAS_ASSIGN_OR_RETURN(const PlanFrame site_frame, ToPlanFrame(read.site));
  std::vector<v1::Session> sessions;
  for (const v1::SessionPlan& proto : read.plans) {
    if (!sees(proto.agenda())) continue;
    SAS_ASSIGN_OR_RETURN(const Plan plan, ToPlan(proto));
    const PlanFrame frame = WithLicence(site_frame, proto.practitioner(), read);
    for (const PlannedSession& planned : Generate(plan, frame, zone, days.first, days.last)) {
      sessions.push_back(ToSession(planned, proto.practitioner(), proto.agenda(), read));
    }
  }
  for (const v1::AgendaException& proto : read.openings) {
    if (!sees(proto.agenda())) continue;
    const Opening opening = ToOpening(proto, read.site.name());
    const care::Date date = zone.DateOf(opening.start);
    if (date < days.first || date > days.last) continue;
    const PlanFrame frame = WithLicence(site_frame, proto.practitioner(), read);
    const PlannedSession planned = SessionOf(opening, frame, zone);
    if (planned.slots.empty()) continue;  // The site has been shut since.
    sessions.push_back(ToSession(planned, proto.practitioner(), proto.agenda(), read));
  }
  std::sort(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.start_time().seconds(), std::string_view(a.plan())) <
           std::tuple(b.start_time().seconds(), std::string_view(b.plan()));
  });
  return sessions;
}

/// Orders as the list does: plan names follow a start of fixed width.
std::string Position(const v1::Session& session) {
  return session.date() + "|" + std::to_string(session.start_time().seconds()) + "|" +
         session.plan();
}

}  // namespace

absl::StatusOr<v1::ListSessionsResponse> ReadSessions(SlotsStore& store, const base::Call& call,
                                                      const v1::ListSessionsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const Days days, ReadDays(request));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  const std::string identity =
      "sessions|" + request.parent() + "|" + request.start_date() + "|" + request.end_date();
  SAS_ASSIGN_OR_RETURN(const std::string after,
                       base::ParsePageToken(identity, request.page_token()));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SiteDays read;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](SlotsTransaction& transaction) {
    return ReadSiteDays(transaction, request.parent(), days, read);
  }));
  SAS_ASSIGN_OR_RETURN(const std::vector<v1::Session> sessions,
                       MakeSessions(read, days, call.actor));
  v1::ListSessionsResponse response;
  for (const v1::Session& session : sessions) {
    if (!after.empty() && Position(session) <= after) continue;
    if (response.sessions_size() == size) {
      const v1::Session& last = response.sessions(size - 1);
      response.set_next_page_token(base::MakePageToken(identity, Position(last)));
      break;
    }
    *response.add_sessions() = session;
  }
  return response;
}

}  // namespace sas::slots
