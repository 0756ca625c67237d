#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "services/slots/domain/index/refs.h"

namespace sas::slots {

/// Seats in use by practitioner and week, over all sites of a region: a doctor of two sites has one
/// cap (S2-53). One writer; searches do not ask, they see the flag that it leaves on the runs.
/// Thread-safe.
class WeekCaps {
 public:
  /// What a site has in use, and what it had of this week before today.
  void Add(const SiteRef& site);
  void Remove(const SiteRef& site);

  /// `more` seats are in use. True when that reaches or leaves a cap of the practitioner.
  bool Use(const SlotRef& slot, int more);

  int Used(std::string_view practitioner, int week) const;
  /// Names of the sites where the practitioner receives.
  std::set<std::string> Sites(std::string_view practitioner) const;

  /// Who receives in the run has his appointments of its week.
  bool IsCapped(const Tile& tile, std::size_t run) const;

 private:
  struct Doctor {
    std::map<int, int> used;  ///< By week; weeks without are absent.
    std::set<std::string> sites;
    std::set<int> caps;  ///< One, but while a changed one has not reached all of his sites.
  };

  void CountSite(const SiteRef& site, int sign);
  void Count(std::string_view practitioner, int week, int more);
  int UsedLocked(std::string_view practitioner, int week) const;

  mutable std::mutex mutex_;
  std::map<std::string, Doctor, std::less<>> doctors_;
};

}  // namespace sas::slots
