#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/slots/domain/feed_source.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// One slot as a plan or an opening makes it. Everything that depends on the hour of a question is
/// an instant here, known when the picture is made, so that whoever answers compares and never
/// computes: a slot is offered while
///
///   staffed && !IsGivenBack(slot, now) && AllocationAllows(allocation, …, IsReleased(slot, now))
///
/// A withdrawn slot is never staffed: nobody may hold it, what is held or booked stays.
struct PlannedSlot {
  std::string name;  ///< {site}/slots/{agenda}-{start in UTC as yyyymmddthhmmz}
  std::string plan;  ///< Or the exception that opened it; empty where neither made it.
  std::string practitioner;
  base::Instant start;
  base::Instant end;
  base::Instant day_begin;  ///< Local midnight before it: the day of the site's daily caps.
  int hours_cap = 0;        ///< Which of the site's hours_caps, from 1; 0: none.
  int week = 0;  ///< Of its practitioner's weekly cap: Mondays since 5 January 1970, local.
  /// When a SAME_DAY slot opens to all, and a SECRETARIAT slot to the other entry points.
  base::Instant release{};
  base::Instant give_back{};  ///< From then on it is the practice's again; zero: never.
  std::vector<Mode> modes;
  std::vector<SlotClass> classes;
  Allocation allocation = Allocation::kAnybody;
  Origin origin = Origin::kPlan;
  int seats = 1;
  bool own_patients_only = false;  ///< As SiteRules::own_patients_only, of this slot alone.
  int supernumerary_max = 0;       ///< Beyond the seats, when the practice agrees; for the session.
  bool staffed = true;
  bool withdrawn = false;  ///< By the practice (a closure). Then `staffed` is false.
  /// Who vouches for a slot that lives elsewhere; null for ours.
  std::shared_ptr<const FeedReading> source{};
};

/// One generated session.
struct PlannedSession {
  std::string plan;
  care::Date date;
  base::Instant start;
  base::Instant end;
  bool staffed = true;
  std::vector<std::string> warnings;  ///< NO_SECRETARY, LICENCE_ENDS, UNSTAFFED.
  std::vector<PlannedSlot> slots;
};

/// Has the hour come from which others than those it is kept for may have it? A SAME_DAY slot opens
/// on its own day at the earliest.
bool IsReleased(const PlannedSlot& slot, base::Instant now);

/// Has the hour come from which the practice has it back?
bool IsGivenBack(const PlannedSlot& slot, base::Instant now);

}  // namespace sas::slots
