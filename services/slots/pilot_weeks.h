#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "sas/slots/v1/agenda_exception.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What makes the sessions of a site, and what closes them.
struct SessionSources {
  std::vector<v1::SessionPlan> plans;
  std::vector<v1::AgendaException> exceptions;
};

/// Weeks of a pilot site, from that of `first` to that of `last`, that have more sessions than a
/// pilot opens (S0-07), in order of time; none of a site that is no pilot. Weeks are whole, days
/// that are over included. A session that is closed as a whole does not count.
std::vector<v1::PilotWeek> PilotWeeksOf(const v1::Site& site, const SessionSources& sources,
                                        const care::Date& first, const care::Date& last);

/// The same as the ledger has it.
absl::StatusOr<std::vector<v1::PilotWeek>> ReadPilotWeeks(SlotsTransaction& transaction,
                                                          const v1::Site& site,
                                                          const care::Date& first,
                                                          const care::Date& last);

/// What the ledger has of a site, exceptions from the week of `first` on.
absl::StatusOr<SessionSources> ReadSessionSources(SlotsTransaction& transaction,
                                                  const v1::Site& site, const care::Date& first);

/// The first day by whose week a plan is judged: today, or its own when that is to come.
absl::StatusOr<care::Date> FirstDayOf(const v1::Site& site, const v1::SessionPlan& plan,
                                      base::Instant now);

}  // namespace sas::slots
