#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/slots/naive_search.h"

/// Regions, needs and questions made by chance: everything that a search looks at varies.
namespace sas::slots::testing {

/// Tuesday 24 November 2026, some seconds past ten in Paris: no start is a whole delay away.
base::Instant RegionNow();

class RandomRegion {
 public:
  explicit RandomRegion(unsigned seed);

  naive::Snapshot snapshot;

  Query MakeQuery();
  /// A site of this number; the same number makes another site of the same name.
  std::shared_ptr<IndexedSite> MakeSite(int number);

  /// Changes seats, hold and shares of a slot as a seat that is taken or freed does; the site is
  /// copied. Empty when the region has no slots.
  struct Flip {
    std::string slot;
    int free_seats = 0;
    base::Instant hold_expire{};
  };

  Flip FlipSeats();

  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  bool OneIn(int n) { return Pick(n) == 0; }

 private:
  void AddSession(IndexedSite& site);
  void AddRules(SiteRules& rules);
  std::vector<EntryRule> MakeEntryRules();
  void AddBarriers();
  care::Point MakePoint();
  care::Age MakeAge();
  std::string Motif();

  /// One of the organisations and roles that sites give rights to.
  Asker MakeAsker();
  void AddReaders(SiteRules& rules);

  int PickWho(int n) { return static_cast<int>(who_() % static_cast<unsigned>(n)); }

  std::mt19937 random_;
  std::mt19937 who_;  ///< For who may ask, so that this changes nothing of the rest.
  bool distinct_ranks_ = false;
  int first_rank_ = 0;
  std::vector<std::shared_ptr<const PractitionerRules>> doctors_;
};

}  // namespace sas::slots::testing
