#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/timestamp.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kSite[] = "regions/fr-pdl/sites/a";
constexpr char kAgenda[] = "regions/fr-pdl/sites/a/agendas/dupont";
constexpr char kOther[] = "regions/fr-pdl/sites/b/agendas/durand";
constexpr char kAbroad[] = "regions/fr-naq/sites/a/agendas/dupont";
constexpr char kPartner[] = "regions/fr-pdl/partners/doctoplan";

class PartnerLedgerContract : public StoreContract {
 protected:
  absl::Status Put(const std::string& name, const std::string& partner, std::int64_t applied = 0) {
    return Write([&](SlotsTransaction& t) {
      return t.partners().PutAgenda({name, partner, {applied, Resync::kNone}, clock_.Now()});
    });
  }

  FedSlot Slot(minutes from_now, int free = 1, const std::string& id = "x-1") const {
    FedSlot fed;
    fed.slot.set_external_id(id);
    *fed.slot.mutable_start_time() = base::ToTimestamp(clock_.Now() + from_now);
    *fed.slot.mutable_end_time() = base::ToTimestamp(clock_.Now() + from_now + minutes(15));
    fed.slot.set_practitioner_rpps("99700218896");
    fed.slot.add_modes(type::v1::CONSULTATION_MODE_AMB);
    fed.slot.set_free_seats(free);
    fed.practitioner = "regions/fr-pdl/practitioners/a";
    return fed;
  }

  static v1::Partner Agreed(const std::string& name, int frames_per_second) {
    v1::Partner record;
    record.set_name(name);
    record.set_etag("\"1\"");
    record.mutable_limits()->set_frames_per_second(frames_per_second);
    return record;
  }

  absl::Status PutPartners(const std::vector<v1::Partner>& records) {
    return Write([&](SlotsTransaction& t) -> absl::Status {
      for (const v1::Partner& each : records) {
        SAS_RETURN_IF_ERROR(t.partners().PutPartner(each));
      }
      return absl::OkStatus();
    });
  }

  absl::Status PutSlots(const std::string& agenda, const std::vector<FedSlot>& slots) {
    return Write([&](SlotsTransaction& t) -> absl::Status {
      for (const FedSlot& slot : slots) {
        SAS_RETURN_IF_ERROR(t.partners().PutSlot(agenda, slot));
      }
      return absl::OkStatus();
    });
  }

  std::vector<std::string> IdsFrom(const std::string& agenda, minutes from, minutes to) {
    std::vector<std::string> ids;
    for (const FedSlot& each : Got([&](SlotsTransaction& t) {
           return t.partners().ListSlots(agenda, clock_.Now() + from, clock_.Now() + to);
         })) {
      ids.push_back(each.slot.external_id());
    }
    return ids;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, PartnerLedgerContract, testing::EveryBackend(),
                         testing::BackendName);

TEST_P(PartnerLedgerContract, KeepsHowFarAnAgendaHasCome) {
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.partners().GetAgenda(kAgenda); }));
  const base::Instant vouched = clock_.Now() - minutes(3);
  ASSERT_THAT(Write([&](SlotsTransaction& t) {
                return t.partners().PutAgenda(
                    {kAgenda, "doctoplan", {41, Resync::kPhantom}, vouched, {}, 37});
              }),
              IsOk());
  Reopen();
  const auto agenda = Got([](SlotsTransaction& t) { return t.partners().GetAgenda(kAgenda); });
  ASSERT_TRUE(agenda);
  EXPECT_EQ(agenda->name, kAgenda);
  EXPECT_EQ(agenda->partner, "doctoplan");
  EXPECT_EQ(agenda->position.applied, 41);
  EXPECT_EQ(agenda->position.resync, Resync::kPhantom);
  EXPECT_EQ(agenda->vouched, vouched);
  EXPECT_EQ(agenda->changed, 37);
  const auto listed = Got([&](SlotsTransaction& t) {
    return t.partners().ListAgendas("fr-pdl", "", "", 10, clock_.Now(), clock_.Now());
  });
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].agenda.changed, 37);
}

TEST_P(PartnerLedgerContract, H40_KeepsWhoseWordCounts) {
  const FedAgenda declared{kAgenda,
                           "doctoplan",
                           {1, Resync::kNone},
                           clock_.Now(),
                           {AgendaMaster::kSourceRedirect, "https://rdv.example/a?b=c"}};
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  EXPECT_EQ(Got([](SlotsTransaction& t) { return t.partners().GetAgenda(kAgenda); })->said,
            MasterSaid());
  ASSERT_THAT(Write([&](SlotsTransaction& t) { return t.partners().PutAgenda(declared); }), IsOk());
  Reopen();
  EXPECT_EQ(Got([](SlotsTransaction& t) { return t.partners().GetAgenda(kAgenda); })->said,
            declared.said);
  const auto rows = Got([&](SlotsTransaction& t) {
    return t.partners().ListAgendas("fr-pdl", "", "", 10, clock_.Now(), clock_.Now());
  });
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].agenda.said, declared.said);
}

TEST_P(PartnerLedgerContract, ASlotIsKeptWholeAndReplacedByItsStart) {
  FedSlot fed = Slot(minutes(60), 2, "é-1");
  fed.known = 1;
  fed.refused = clock_.Now() - minutes(1);
  fed.word = TakenWord::kDropped;
  fed.slot.set_own_patients_only(true);
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(60), 1, "old"), fed}), IsOk());
  Reopen();
  const auto slots = Got([&](SlotsTransaction& t) {
    return t.partners().ListSlots(kAgenda, clock_.Now(), clock_.Now() + hours(3));
  });
  ASSERT_EQ(slots.size(), 1U);
  EXPECT_EQ(slots[0].slot.SerializeAsString(), fed.slot.SerializeAsString());
  EXPECT_EQ(slots[0].practitioner, fed.practitioner);
  EXPECT_EQ(slots[0].known, 1);
  EXPECT_EQ(slots[0].refused, fed.refused);
  EXPECT_EQ(slots[0].word, TakenWord::kDropped);
}

TEST_P(PartnerLedgerContract, SlotsAreListedByTimeAndDeletedOneByOne) {
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(90), 1, "c"), Slot(minutes(30), 1, "a"),
                                 Slot(minutes(60), 1, "b")}),
              IsOk());
  EXPECT_THAT(IdsFrom(kAgenda, minutes(0), minutes(200)), ElementsAre("a", "b", "c"));
  EXPECT_THAT(IdsFrom(kAgenda, minutes(30), minutes(90)), ElementsAre("a", "b"));
  ASSERT_THAT(Write([&](SlotsTransaction& t) {
                return t.partners().DeleteSlot(kAgenda, clock_.Now() + minutes(60));
              }),
              IsOk());
  EXPECT_THAT(IdsFrom(kAgenda, minutes(0), minutes(200)), ElementsAre("a", "c"));
}

TEST_P(PartnerLedgerContract, SlotsOfASiteAndOfARegion) {
  for (const char* name : {kAgenda, kOther, kAbroad}) {
    ASSERT_THAT(Put(name, "doctoplan"), IsOk());
    ASSERT_THAT(PutSlots(name, {Slot(minutes(30)), Slot(minutes(-30))}), IsOk());
  }
  const auto agendas = [&](const std::string& parent) {
    std::vector<std::string> names;
    for (const FedSlotOf& each :
         Got([&](SlotsTransaction& t) { return t.partners().ListSlotsOf(parent, clock_.Now()); })) {
      names.push_back(each.agenda);
      EXPECT_EQ(base::ToInstant(each.fed.slot.start_time()), clock_.Now() + minutes(30));
    }
    return names;
  };
  EXPECT_THAT(agendas(kSite), ElementsAre(kAgenda));
  EXPECT_THAT(agendas("regions/fr-pdl"), ElementsAre(kAgenda, kOther));
  EXPECT_THAT(agendas("regions/fr-pdl/sites/ab"), IsEmpty());
}

TEST_P(PartnerLedgerContract, TheListCountsSlotsToComeAndRecentPhantoms) {
  ASSERT_THAT(Put(kAgenda, "doctoplan", 3), IsOk());
  ASSERT_THAT(Put(kOther, "agendia", 5), IsOk());
  ASSERT_THAT(Put(kAbroad, "doctoplan"), IsOk());
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(-30)), Slot(minutes(30)), Slot(minutes(60), 0)}),
              IsOk());
  const base::Instant now = clock_.Now();
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.partners().AddPhantom(kAgenda, now, now - hours(2), "TAKEN"));
                SAS_RETURN_IF_ERROR(t.partners().AddPhantom(kAgenda, now, now - hours(1), "TAKEN"));
                SAS_RETURN_IF_ERROR(t.partners().AddPhantom(kAgenda, now, now - hours(1), "TWICE"));
                return t.partners().AddPhantom(kAgenda, now, now - hours(99), "OLD");
              }),
              IsOk());
  const auto list = [&](const std::string& partner, const std::string& after, int limit) {
    return Got([&](SlotsTransaction& t) {
      return t.partners().ListAgendas("fr-pdl", partner, after, limit, now, now - hours(24));
    });
  };
  const auto all = list("", "", 10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].agenda.name, kAgenda);
  EXPECT_EQ(all[0].agenda.position.applied, 3);
  EXPECT_EQ(all[0].slots, 1);
  EXPECT_EQ(all[0].phantoms, 2);
  EXPECT_EQ(all[1].agenda.partner, "agendia");
  EXPECT_EQ(all[1].phantoms, 0);
  EXPECT_EQ(list("agendia", "", 10).size(), 1U);
  EXPECT_EQ(list("", "", 1).size(), 1U);
  const auto rest = list("", kAgenda, 10);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].agenda.name, kOther);
  EXPECT_EQ(Got([&](SlotsTransaction& t) {
              return t.partners().CountPhantoms("fr-pdl", "doctoplan", now - hours(24));
            }),
            2);
}

TEST_P(PartnerLedgerContract, TimesAreThoseOfTheSlotsThatTheListCounts) {
  FedSlot longer = Slot(minutes(90), 2);
  *longer.slot.mutable_end_time() = base::ToTimestamp(clock_.Now() + minutes(120));
  longer.practitioner = "regions/fr-pdl/practitioners/b";
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(90)), longer, Slot(minutes(30)), Slot(minutes(60), 0),
                                 Slot(minutes(0)), Slot(minutes(-30))}),
              IsOk());
  ASSERT_THAT(PutSlots(kOther, {Slot(minutes(45))}), IsOk());
  Reopen();
  const auto times =
      Got([&](SlotsTransaction& t) { return t.partners().ListTimes(kAgenda, clock_.Now()); });
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0].start, clock_.Now() + minutes(30));
  EXPECT_EQ(times[0].end, clock_.Now() + minutes(45));
  EXPECT_EQ(times[0].practitioner, "regions/fr-pdl/practitioners/a");
  EXPECT_EQ(times[1].start, clock_.Now() + minutes(90));
  EXPECT_EQ(times[1].end, clock_.Now() + minutes(120));  // Replaced with the rest.
  EXPECT_EQ(times[1].practitioner, "regions/fr-pdl/practitioners/b");
  const auto rows = Got([&](SlotsTransaction& t) {
    return t.partners().ListAgendas("fr-pdl", "", "", 10, clock_.Now(), clock_.Now());
  });
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].slots, 2);
}

TEST_P(PartnerLedgerContract, OldSlotsAreForgottenSomeAtATime) {
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(-90), 1, "a"), Slot(minutes(-60), 1, "b"),
                                 Slot(minutes(60), 1, "c")}),
              IsOk());
  int purged = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(const int rows, t.partners().PurgeSlots(clock_.Now(), 1));
                  purged += rows;
                  return absl::OkStatus();
                }),
                IsOk());
  }
  EXPECT_EQ(purged, 2);
  EXPECT_THAT(IdsFrom(kAgenda, minutes(-200), minutes(200)), ElementsAre("c"));
}

TEST_P(PartnerLedgerContract, PractitionersAreFoundByTheirNumber) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                for (const auto& [id, rpps] :
                     {std::pair("a", "99700218896"), std::pair("b", "10000000017")}) {
                  v1::Practitioner practitioner;
                  practitioner.set_name(std::string("regions/fr-pdl/practitioners/") + id);
                  practitioner.set_rpps(rpps);
                  SAS_RETURN_IF_ERROR(t.PutPractitioner(practitioner));
                }
                return absl::OkStatus();
              }),
              IsOk());
  const auto find = [&](const std::string& region) {
    return Got([&](SlotsTransaction& t) {
      return t.partners().FindPractitioners(region, {"10000000017", "1", "", "99700218896"});
    });
  };
  EXPECT_THAT(find("fr-pdl"),
              UnorderedElementsAre(Pair("10000000017", "regions/fr-pdl/practitioners/b"),
                                   Pair("99700218896", "regions/fr-pdl/practitioners/a")));
  EXPECT_THAT(find("fr-naq"), IsEmpty());
}

TEST_P(PartnerLedgerContract, WhatWasAgreedIsKeptWholeAndReplacedByItsName) {
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.partners().GetPartner(kPartner); }));
  v1::Partner record = Agreed(kPartner, 5);
  record.mutable_limits()->mutable_breaker_pause()->set_seconds(30);
  *record.mutable_update_time() = base::ToTimestamp(clock_.Now());
  ASSERT_THAT(PutPartners({Agreed(kPartner, 4), record}), IsOk());
  Reopen();
  const auto kept = Got([](SlotsTransaction& t) { return t.partners().GetPartner(kPartner); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->SerializeAsString(), record.SerializeAsString());
  EXPECT_FALSE(Got([](SlotsTransaction& t) {
    return t.partners().GetPartner("regions/fr-naq/partners/doctoplan");
  }));
}

TEST_P(PartnerLedgerContract, PlatformsAreListedByWhatTheyPublishAndWhatWasAgreed) {
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(Put(kOther, "doctoplan"), IsOk());
  ASSERT_THAT(Put("regions/fr-pdl/sites/b/agendas/x", "agendia"), IsOk());
  ASSERT_THAT(Put(kAbroad, "zeta"), IsOk());
  ASSERT_THAT(PutPartners({Agreed(kPartner, 5), Agreed("regions/fr-pdl/partners/new-one", 6),
                           Agreed("regions/fr-naq/partners/doctoplan", 7),
                           Agreed("regions/fr-pdl/partners/b_platform", 8)}),
              IsOk());
  const auto list = [&](const std::string& after, int limit) {
    return Got(
        [&](SlotsTransaction& t) { return t.partners().ListPartners("fr-pdl", after, limit); });
  };
  const auto all = list("", 10);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].partner, "agendia");
  EXPECT_EQ(all[0].agendas, 1);
  EXPECT_FALSE(all[0].record);
  EXPECT_EQ(all[1].partner, "b_platform");
  EXPECT_EQ(all[1].agendas, 0);
  EXPECT_EQ(all[2].partner, "doctoplan");
  EXPECT_EQ(all[2].agendas, 2);
  ASSERT_TRUE(all[2].record);
  EXPECT_EQ(all[2].record->limits().frames_per_second(), 5);
  EXPECT_EQ(all[3].partner, "new-one");
  EXPECT_EQ(list("", 2).size(), 2U);
  const auto rest = list("b_platform", 10);
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].partner, "doctoplan");
}

TEST_P(PartnerLedgerContract, AgendasOfAPlatformAreCountedInItsRegion) {
  ASSERT_THAT(Put(kAgenda, "doctoplan"), IsOk());
  ASSERT_THAT(Put(kOther, "doctoplan"), IsOk());
  ASSERT_THAT(Put(kAbroad, "doctoplan"), IsOk());
  const auto count = [&](const char* region, const char* partner) {
    return Got([&](SlotsTransaction& t) { return t.partners().CountAgendas(region, partner); });
  };
  EXPECT_EQ(count("fr-pdl", "doctoplan"), 2);
  EXPECT_EQ(count("fr-naq", "doctoplan"), 1);
  EXPECT_EQ(count("fr-pdl", "agendia"), 0);
}

TEST_P(PartnerLedgerContract, AReadingTransactionAgreesOnNothing) {
  EXPECT_FALSE(
      Read([&](SlotsTransaction& t) { return t.partners().PutPartner(Agreed(kPartner, 5)); }).ok());
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.partners().GetPartner(kPartner); }));
}

TEST_P(PartnerLedgerContract, AReadingTransactionDoesNotWrite) {
  EXPECT_FALSE(Read([&](SlotsTransaction& t) {
                 return t.partners().PutAgenda({kAgenda, "doctoplan", {}, clock_.Now()});
               }).ok());
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.partners().GetAgenda(kAgenda); }));
}

TEST_P(PartnerLedgerContract, TellsWhereAPractitionerIsNamed) {
  FedSlot other = Slot(minutes(60));
  other.practitioner = "regions/fr-pdl/practitioners/b";
  ASSERT_THAT(PutSlots(kAgenda, {Slot(minutes(60)), Slot(minutes(90))}), IsOk());
  ASSERT_THAT(PutSlots(kOther, {Slot(minutes(-30)), other}), IsOk());
  const auto sites = [&](const std::string& practitioner, minutes from) {
    return Got([&](SlotsTransaction& t) {
      return t.partners().ListSitesOf(practitioner, clock_.Now() + from);
    });
  };
  EXPECT_THAT(sites("regions/fr-pdl/practitioners/a", minutes(0)), ElementsAre(kSite));
  EXPECT_THAT(sites("regions/fr-pdl/practitioners/a", minutes(-60)),
              ElementsAre(kSite, "regions/fr-pdl/sites/b"));
  EXPECT_THAT(sites("regions/fr-pdl/practitioners/b", minutes(60)),
              ElementsAre("regions/fr-pdl/sites/b"));
  EXPECT_THAT(sites("regions/fr-pdl/practitioners/a", minutes(91)), IsEmpty());
}

}  // namespace
}  // namespace sas::slots
