#include <gtest/gtest.h>

#include "services/slots/domain/agenda_exception.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

// Slots that a practice keeps for its own patients: of one plan or opening, not of the whole site.
namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::EveningPlan;
using fixtures::Frame;
using fixtures::kTuesday;
using fixtures::Order;
using fixtures::Paris;
using fixtures::RegulatedSite;
using naive::Found;

constexpr char kOwnDoctor[] = "10002909371";

base::Instant Now() {
  return Paris().At(kTuesday, At(10));
}

// The first half of the evening is the practice's own, the second everybody's.
std::shared_ptr<IndexedSite> HalfAnEvening() {
  auto site = std::make_shared<IndexedSite>();
  site->rules = RegulatedSite();
  site->rules.practitioner_rpps = {kOwnDoctor};
  Plan own = EveningPlan();
  own.site = site->rules.name;
  own.end = At(19);
  own.own_patients_only = true;
  Plan open = own;
  open.start = At(19);
  open.end = At(20);
  open.own_patients_only = false;
  for (const Plan& plan : {own, open}) {
    for (PlannedSession& session : Generate(plan, Frame(), Paris(), kTuesday, kTuesday)) {
      for (PlannedSlot& slot : session.slots) {
        IndexedSlot indexed;
        indexed.slot = std::move(slot);
        indexed.free_seats = 1;
        site->slots.push_back(std::move(indexed));
      }
    }
  }
  return site;
}

Found Ask(const std::shared_ptr<const IndexedSite>& site, const std::string& doctor) {
  Query query;
  query.centre = RegulatedSite().point;
  query.now = Now();
  query.start = Now();
  query.end = Now() + std::chrono::hours(24);
  query.due = query.end;
  query.need = Order();
  query.need.treating_doctor_rpps = doctor;
  return naive::KernelSearch({Now(), {site}}, query);
}

TEST(OwnPatients, OfAPlanAreShownItsSlotsOthersOnlyTheRest) {
  const auto site = HalfAnEvening();
  EXPECT_EQ(Ask(site, kOwnDoctor).total, 8U);
  for (const char* other : {"", "10100462216"}) {
    const Found found = Ask(site, other);
    EXPECT_EQ(found.total, 4U) << other;
    for (const naive::Match& match : found.matches) {
      EXPECT_FALSE(match.slot->slot.own_patients_only);
    }
  }
}

TEST(OwnPatients, ASiteWithNothingElseSaysSo) {
  const auto site = HalfAnEvening();
  site->slots.resize(4);
  const Found found = Ask(site, "");
  EXPECT_EQ(found.total, 0U);
  ASSERT_EQ(found.excluded.size(), 1U);
  EXPECT_EQ(found.excluded[0].exclusion, Exclusion::kOwnPatientsOnly);
  EXPECT_EQ(found.excluded[0].next_start, base::Instant{});
}

TEST(OwnPatients, OfAnOpening) {
  Opening opening;
  opening.name = "regions/fr-naq/sites/cnsp/exceptions/e1";
  opening.site = "regions/fr-naq/sites/cnsp";
  opening.agenda = "renfort";
  opening.practitioner = "regions/fr-naq/practitioners/a";
  opening.start = Paris().At(kTuesday, At(14));
  opening.end = Paris().At(kTuesday, At(15));
  opening.modes = {Mode::kAmb};
  opening.classes = {SlotClass::kSnp};
  for (const bool own : {false, true}) {
    opening.own_patients_only = own;
    const auto slots = SlotsOf(opening, Frame(), Paris());
    ASSERT_EQ(slots.size(), 4U);
    EXPECT_EQ(slots[0].own_patients_only, own);
  }
}

}  // namespace
}  // namespace sas::slots
