#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/planned_slot.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

/// A slot on its way into the index.
struct IndexedSlot {
  PlannedSlot slot;
  std::string practitioner_display_name;
  std::string practitioner_rpps;
  std::shared_ptr<const PractitionerRules> practitioner;  ///< Null: unknown, no rule of his own.
  int free_seats = 0;  ///< That nobody has: the others are in use, be the slot offered or not.
  base::Instant hold_expire{};  ///< Zero when no hold lives.
};

/// Seats that one practitioner has in use in one week.
struct WeekUse {
  std::string practitioner;
  int week = 0;
  int used = 0;
  base::Instant night_end{};  ///< Of a night that went on into the next week; zero: none did.
};

/// A site with its slots sorted by start, on its way into the index.
struct IndexedSite {
  SiteRules rules;
  base::Instant verified{};  ///< When its own source vouched; zero: the feed of the snapshot does.
  int booked_recent = 0;     ///< Appointments of the last 28 days, for the fair share.
  int capacity_recent = 0;
  int rotation_rank = 0;  ///< 0 is served first, at most 255.
  /// Appointments of earlier days of the weeks that `slots` begin with, which these do not have,
  /// and the night before them.
  std::vector<WeekUse> earlier_this_week;
  std::vector<IndexedSlot> slots;
};

}  // namespace sas::slots
