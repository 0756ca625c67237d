// Who asks: sites that are read by name.

#include <algorithm>

#include "services/slots/slot_rules.h"
#include "tests/rpc/slots_search/watcher.h"

namespace sas::slots {
namespace {

using ::testing::Contains;
using ::testing::Not;

class AskerTest : public WatchTest {
 protected:
  static constexpr char kSoullans[] = "regions/fr-pdl/sites/msp-soullans";
  /// Tuesday 11:00 in Paris, of the day itself: open to whoever enters.
  static constexpr char kSlot[] = "regions/fr-pdl/sites/msp-soullans/slots/griselin-20261124t1000z";

  static base::Actor Secretary(const std::string& organization) {
    base::Actor actor = sas::testing::ActorWith(base::Role::kSecretariat, "secretaire-1");
    actor.organization = organization;
    return actor;
  }

  static v1::SearchSlotsRequest OfASecretary() {
    v1::SearchSlotsRequest request = Fifty();
    request.mutable_need()->clear_care_order();
    request.mutable_need()->set_entry_point(type::v1::ENTRY_POINT_SECRETARIAT);
    return request;
  }

  void LetPalluauReadSoullans() {
    ChangeSite(kSoullans, [](v1::Site& site) {
      v1::SiteRight& right = *site.add_rights();
      right.set_structure("regions/fr-pdl/structures/msp-palluau");
      right.add_rights(v1::SiteRight::RIGHT_READ);
    });
  }
};

TEST_F(AskerTest, S2_09_WhomTheRightsDoNotNameIsShownNoSlotAndToldWhy) {
  const base::Actor stranger = Secretary("msp-machecoul");
  const auto before = Search(OfASecretary(), stranger);
  ASSERT_THAT(before, IsOk());
  ASSERT_THAT(SlotsOf(*before), Contains(kSlot));

  LetPalluauReadSoullans();
  const auto after = Search(OfASecretary(), stranger);
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT(SlotsOf(*after), Not(Contains(kSlot)));
  const v1::ExcludedSite told = ExcludedOf(*after)["msp-soullans"];
  EXPECT_EQ(told.reason_code(), "SITE_RIGHT_REQUIRED");
  EXPECT_EQ(told.lifted_by(), "SITE");
  EXPECT_FALSE(told.explanation().empty());
  EXPECT_FALSE(told.has_next_start_time());
}

TEST_F(AskerTest, S2_09_WhoIsNamedWorksThereOrRegulatesReads) {
  LetPalluauReadSoullans();
  for (const char* reads : {"regions/fr-pdl/structures/msp-palluau", kSoullans, "msp-soullans"}) {
    const auto answer = Search(OfASecretary(), Secretary(reads));
    ASSERT_THAT(answer, IsOk());
    EXPECT_THAT(SlotsOf(*answer), Contains(kSlot)) << reads;
  }
  const auto regulation = Search(Fifty());
  ASSERT_THAT(regulation, IsOk());
  EXPECT_THAT(SlotsOf(*regulation), Contains(kSlot));
}

TEST_F(AskerTest, S2_09_ListsAndSingleSlotsAskTheSame) {
  LetPalluauReadSoullans();
  v1::GetSlotRequest get;
  get.set_name(kSlot);
  v1::ListSlotsRequest list;
  list.set_parent(kSoullans);
  const auto get_as = [&](const base::Actor& actor) {
    return Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, get, actor);
  };
  const auto list_as = [&](const base::Actor& actor) {
    return Invoke<v1::ListSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::ListSlots, list,
                                         actor);
  };
  const base::Actor stranger = Secretary("msp-machecoul");
  EXPECT_THAT(get_as(stranger), ReasonIs("SITE_RIGHT_REQUIRED"));
  const auto nothing = list_as(stranger);
  ASSERT_THAT(nothing, IsOk());
  EXPECT_EQ(nothing->slots_size(), 0);
  EXPECT_THAT(get_as(Secretary("msp-soullans")), IsOk());
  const auto own = list_as(Secretary("msp-soullans"));
  ASSERT_THAT(own, IsOk());
  EXPECT_GT(own->slots_size(), 0);
}

TEST_F(AskerTest, S2_09_TheOfferCountsWhatOneMaySee) {
  const auto soullans = [&](base::Role role, const std::string& organization) {
    base::Actor actor = sas::testing::ActorWith(role, "lecteur-1");
    actor.organization = organization;
    v1::GetOfferRequest request;
    request.set_parent("regions/fr-pdl");
    const auto offer =
        Invoke<v1::Offer>(*slots_stub_, &v1::SlotService::Stub::GetOffer, request, actor);
    EXPECT_THAT(offer, IsOk());
    int free = -1;  // Not named.
    if (!offer.ok()) return free;
    for (const v1::SiteOffer& site : offer->sites()) {
      if (site.site() == kSoullans) free = site.free_48h_count();
    }
    return free;
  };
  using base::Role;
  const int all = soullans(Role::kEffecteur, "msp-machecoul");
  ASSERT_GT(all, 0);
  LetPalluauReadSoullans();
  EXPECT_EQ(soullans(Role::kEffecteur, "msp-machecoul"), -1);
  EXPECT_EQ(soullans(Role::kEffecteur, "regions/fr-pdl/structures/msp-palluau"), all);
  EXPECT_EQ(soullans(Role::kEffecteur, "msp-soullans"), all);
  for (const Role role : {Role::kOsnp, Role::kPlanner, Role::kSteering, Role::kReferent}) {
    EXPECT_EQ(soullans(role, ""), all);
  }
  // Reading by name is of an agenda: first of another one, then of this.
  ChangeSite(kSoullans,
             [](v1::Site& site) { site.mutable_rights()->rbegin()->set_agenda("another-agenda"); });
  EXPECT_EQ(soullans(Role::kEffecteur, "regions/fr-pdl/structures/msp-palluau"), all);
  ChangeSite(kSoullans, [](v1::Site& site) {
    v1::SiteRight& right = *site.add_rights();
    right.set_structure("regions/fr-pdl/structures/elsewhere");
    right.set_agenda("griselin");
    right.add_rights(v1::SiteRight::RIGHT_READ);
  });
  EXPECT_EQ(soullans(Role::kEffecteur, "regions/fr-pdl/structures/msp-palluau"), 0);
}

TEST_F(AskerTest, S2_09_ARefusedHoldSaysWhoCanLiftIt) {
  LetPalluauReadSoullans();
  const auto refused = Hold(kSlot, Secretary("msp-machecoul"), "R-1", OfASecretary().need());
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED"));
  std::string lifted_by;
  for (const auto& [key, value] : base::DetailOf(refused.status()).metadata) {
    if (key == "lifted_by") lifted_by = value;
  }
  EXPECT_EQ(lifted_by, "SITE");
}

TEST_F(AskerTest, S2_09_AWatchLosesWhatTheSiteKeeps) {
  const auto watch = Watch(OfASecretary(), Secretary("msp-machecoul"));
  ASSERT_TRUE(watch->Next());
  ASSERT_TRUE(watch->Shows(kSlot));
  LetPalluauReadSoullans();
  ASSERT_TRUE(watch->NextUntil([&] { return !watch->Shows(kSlot); }));
}

class ForwardedAskerTest : public AskerTest {
 protected:
  /// Every site lets one structure read that is none of its own, and no other practice.
  void SetUp() override {
    AskerTest::SetUp();
    ASSERT_THAT(
        store_.Write(
            Internal(),
            [&](SlotsTransaction& transaction) -> absl::Status {
              SAS_ASSIGN_OR_RETURN(auto sites, transaction.ListSites("fr-pdl", "", Page{"", 1000}));
              for (v1::Site& site : sites) {
                v1::SiteRight& right = *site.add_rights();
                right.set_structure("regions/fr-pdl/structures/elsewhere");
                right.add_rights(v1::SiteRight::RIGHT_READ);
                SAS_RETURN_IF_ERROR(transaction.PutSite(site));
              }
              return transaction.TouchSite("fr-pdl", "");
            }),
        IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  static v1::SeatAsker Asker(const std::string& organization) {
    v1::SeatAsker asker;
    asker.set_role(type::v1::ROLE_SECRETARIAT);
    asker.set_organization(organization);
    return asker;
  }

  int Searched(const v1::SeatAsker* asker) {
    v1::SearchNextSlotsRequest request;
    request.set_slot(kSlot);
    *request.mutable_need() = OfASecretary().need();
    if (asker != nullptr) *request.mutable_asker() = *asker;
    const auto answer = Invoke<v1::SearchNextSlotsResponse>(
        *seats_stub_, &v1::SeatService::Stub::SearchNextSlots, request, Service());
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->slots_size() : -1;
  }

  std::string ToldWhoLost(const v1::SeatAsker* asker) {
    v1::PrepareSeatRequest request;
    request.set_slot(kSlot);
    request.set_hold_token("gone");
    request.set_appointment("regions/fr-pdl/appointments/a1");
    *request.mutable_need() = OfASecretary().need();
    request.set_holder("secretaire-1");
    request.set_request_id("R-prepare");
    if (asker != nullptr) *request.mutable_asker() = *asker;
    const auto lost = Invoke<v1::PreparedSeat>(*seats_stub_, &v1::SeatService::Stub::PrepareSeat,
                                               request, Service());
    EXPECT_THAT(lost, ReasonIs("HOLD_LOST"));
    for (const auto& [key, value] : base::DetailOf(lost.status()).metadata) {
      if (key == "next_slots") return value;
    }
    return "";
  }
};

TEST_F(ForwardedAskerTest, S2_09_NobodyIsProposedWhatHeMayNotSee) {
  const v1::SeatAsker stranger = Asker("msp-machecoul-x");
  const v1::SeatAsker named = Asker("regions/fr-pdl/structures/elsewhere");
  EXPECT_GT(Searched(nullptr), 0);
  EXPECT_GT(Searched(&named), 0);
  EXPECT_EQ(Searched(&stranger), 0);
  EXPECT_NE(ToldWhoLost(nullptr), "");
  EXPECT_NE(ToldWhoLost(&named), "");
  EXPECT_EQ(ToldWhoLost(&stranger), "");
}

TEST_F(ForwardedAskerTest, OnlyAServiceSpeaksForSomebody) {
  const auto view = projection_.Find("fr-pdl");
  const v1::SeatAsker told = Asker("elsewhere");
  EXPECT_EQ(AskerOf(Service(), told, *view, "fr-pdl").role, base::Role::kSecretariat);
  EXPECT_EQ(AskerOf(Osnp(), told, *view, "fr-pdl").role, base::Role::kUnspecified);
  v1::SeatAsker newer = told;
  newer.set_role(static_cast<type::v1::Role>(999));
  EXPECT_EQ(AskerOf(Service(), newer, *view, "fr-pdl").role, base::Role::kUnspecified);
}

class OwnPatientsTest : public AskerTest {
 protected:
  /// Keeps the session of Soullans for its own patients; gives the RPPS of who holds it.
  std::string KeepSoullans() {
    std::string rpps;
    EXPECT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(
                                   auto plans, transaction.ListSessionPlans(kSoullans, Page{}));
                               for (v1::SessionPlan& plan : plans) {
                                 plan.set_own_patients_only(true);
                                 SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
                                 SAS_ASSIGN_OR_RETURN(
                                     const auto doctor,
                                     transaction.GetPractitioner(plan.practitioner()));
                                 rpps = doctor->rpps();
                               }
                               return transaction.TouchSite("fr-pdl", kSoullans);
                             }),
                IsOk());
    EXPECT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
    return rpps;
  }
};

TEST_F(OwnPatientsTest, OfAPlanAreSearchedAndHeldByItsPatientsAlone) {
  const std::string doctor = KeepSoullans();
  const auto others = Search(Fifty());
  ASSERT_THAT(others, IsOk());
  EXPECT_THAT(SlotsOf(*others), Not(Contains(kSlot)));
  EXPECT_EQ(ExcludedOf(*others)["msp-soullans"].reason_code(), "OWN_PATIENTS_ONLY");
  EXPECT_THAT(Hold(kSlot), StatusIs(absl::StatusCode::kFailedPrecondition, "OWN_PATIENTS_ONLY"));

  v1::SearchSlotsRequest own = Fifty();
  own.mutable_need()->set_treating_doctor_rpps(doctor);
  const auto shown = Search(own);
  ASSERT_THAT(shown, IsOk());
  bool seen = false;
  for (const v1::SlotMatch& match : shown->matches()) {
    if (match.slot().name() != kSlot) continue;
    seen = true;
    EXPECT_TRUE(match.slot().own_patients_only());
  }
  EXPECT_TRUE(seen);
  const auto hold = Hold(kSlot, Osnp(), "R-2", own.need());
  ASSERT_THAT(hold, IsOk());
  EXPECT_TRUE(hold->slot().own_patients_only());
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-1", own.need()), IsOk());
}

class MembersTest : public AskerTest {
 protected:
  static constexpr char kCpts[] = "regions/fr-pdl/structures/cpts-lvo";
  static constexpr char kMspSoullans[] = "regions/fr-pdl/structures/msp-soullans";
  static constexpr char kMspPalluau[] = "regions/fr-pdl/structures/msp-palluau";

  void Join(const std::string& structure) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto member,
                                                    transaction.GetStructure(structure));
                               member->add_communities(kCpts);
                               SAS_RETURN_IF_ERROR(transaction.PutStructure(*member));
                               return transaction.TouchSite("fr-pdl", "");
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  bool Sees(const std::string& organization) {
    const auto answer = Search(OfASecretary(), Secretary(organization));
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return false;
    const auto names = SlotsOf(*answer);
    const bool sees = std::find(names.begin(), names.end(), kSlot) != names.end();
    if (!sees) {
      EXPECT_EQ(ExcludedOf(*answer)["msp-soullans"].reason_code(), "CPTS_MEMBERS_ONLY");
    }
    return sees;
  }
};

TEST_F(MembersTest, ASlotOfTheCommunityIsForItsMembers) {
  EXPECT_TRUE(Sees(""));  // No community of Soullans is known.
  Join(kMspSoullans);
  for (const char* stranger : {"", "msp-palluau", kMspPalluau, "nowhere"}) {
    EXPECT_FALSE(Sees(stranger)) << stranger;
  }
  for (const char* member : {kCpts, "csnp-challans", kMspSoullans, "msp-soullans"}) {
    EXPECT_TRUE(Sees(member)) << member;
  }
  Join(kMspPalluau);
  EXPECT_TRUE(Sees("msp-palluau"));
  EXPECT_TRUE(Sees(kMspPalluau));
  // The regulation sees it as SNP.
  const auto regulation = Search(Fifty());
  ASSERT_THAT(regulation, IsOk());
  EXPECT_THAT(SlotsOf(*regulation), Contains(kSlot));
}

TEST_F(MembersTest, TheHoldAsksAgain) {
  Join(kMspSoullans);
  const v1::CareNeed need = OfASecretary().need();
  EXPECT_THAT(Hold(kSlot, Secretary("msp-palluau"), "R-1", need),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CPTS_MEMBERS_ONLY"));
  const auto hold = Hold(kSlot, Secretary("msp-soullans"), "R-2", need);
  ASSERT_THAT(hold, IsOk());
  // The confirmation is the service's, and judges for who has held.
  EXPECT_THAT(Prepare(*hold, "a1", "secretaire-1", need), IsOk());
}

}  // namespace
}  // namespace sas::slots
