// One agenda of a CPTS, "CPTS RDV", that the regulation and its members share (S4-10).

#include <algorithm>

#include "common/base/timestamp.h"
#include "tests/rpc/slots_planning/templates_fixture.h"

namespace sas::slots {
namespace {

using base::Role;

/// The CPTS plans, one MSP books, another one reads.
class CptsRdv : public Templates {
 protected:
  static constexpr char kCpts[] = "regions/fr-pdl/structures/cpts-lvo";
  static constexpr char kBooks[] = "regions/fr-pdl/structures/msp-soullans";
  static constexpr char kReads[] = "regions/fr-pdl/structures/msp-palluau";

  void SetUp() override {
    Templates::SetUp();
    v1::ApplyTemplateRequest request = Wanted();
    request.mutable_csnp_template()->set_template_id("cpts-rdv");
    request.mutable_csnp_template()->mutable_agenda()->set_agenda("cpts-rdv");
    request.mutable_csnp_template()->mutable_agenda()->set_display_name("CPTS RDV");
    ASSERT_THAT(Apply(request), IsOk());
    v1::Site site = TheSite(kNew);
    Give(site, kCpts, "", v1::SiteRight::RIGHT_MANAGE);
    Give(site, kBooks, "cpts-rdv", v1::SiteRight::RIGHT_BOOK);
    Give(site, kReads, "cpts-rdv", v1::SiteRight::RIGHT_READ);
    ASSERT_THAT(Update(site, "R-rights", Of(Role::kPlanner, kCpts)), IsOk());
  }

  static void Give(v1::Site& site, const char* structure, const char* agenda,
                   v1::SiteRight::Right right) {
    v1::SiteRight& given = *site.add_rights();
    given.set_structure(structure);
    given.set_agenda(agenda);
    given.add_rights(right);
  }

  /// Wednesday, so many quarters of an hour after 9:00 in Paris.
  static std::string SlotAt(int quarters) {
    constexpr const char* kStarts[] = {"0800", "0815"};
    return std::string(kNew) + "/slots/cpts-rdv-20261125t" + kStarts[quarters] + "z";
  }

  /// How a practice asks, without an order.
  static v1::CareNeed Direct() {
    v1::CareNeed need = NeedOf116117();
    need.clear_care_order();
    need.set_entry_point(type::v1::ENTRY_POINT_SECRETARIAT);
    return need;
  }

  bool Offered(int quarters, const base::Actor& actor, const v1::CareNeed& need) {
    v1::SearchSlotsRequest request = AroundChallans();
    *request.mutable_need() = need;
    const base::Instant start =
        clock_.Now() + std::chrono::hours(23) + std::chrono::minutes(15 * quarters);
    *request.mutable_start_time() = ToTimestamp(start);
    *request.mutable_end_time() = ToTimestamp(start + std::chrono::minutes(1));
    const auto answer = Search(request, actor);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return false;
    const auto names = SlotsOf(*answer);
    return std::find(names.begin(), names.end(), SlotAt(quarters)) != names.end();
  }

  const base::Actor member_ = Of(Role::kSecretariat, kBooks);
  const base::Actor reader_ = Of(Role::kSecretariat, kReads);
};

TEST_F(CptsRdv, S4_10_WhatOneSideTakesTheOtherHasNoMore) {
  EXPECT_EQ(Agenda(std::string(kNew) + "/agendas/cpts-rdv")->display_name(), "CPTS RDV");
  ASSERT_TRUE(Offered(0, member_, Direct()));
  ASSERT_TRUE(Offered(1, Osnp(), NeedOf116117()));
  // The regulation by its order.
  const auto ordered = Hold(SlotAt(0));
  ASSERT_THAT(ordered, IsOk());
  Follow();
  EXPECT_FALSE(Offered(0, member_, Direct()));
  EXPECT_THAT(Hold(SlotAt(0), member_, "R-2", Direct()), ReasonIs("NO_FREE_SEAT"));
  ASSERT_THAT(Prepare(*ordered), IsOk());
  ASSERT_THAT(Commit(SlotAt(0), "a1", true, "C-1"), IsOk());
  // A member by its own way.
  const auto direct = Hold(SlotAt(1), member_, "R-3", Direct());
  ASSERT_THAT(direct, IsOk());
  ASSERT_THAT(Prepare(*direct, "a2", "someone", Direct()), IsOk());
  ASSERT_THAT(Commit(SlotAt(1), "a2", true, "C-2"), IsOk());
  Follow();
  EXPECT_FALSE(Offered(1, Osnp(), NeedOf116117()));
  EXPECT_THAT(Hold(SlotAt(1), Osnp("osnp-2"), "R-4"), ReasonIs("NO_FREE_SEAT"));
  // What is cancelled is both sides' again.
  ASSERT_THAT(Commit(SlotAt(0), "a1", false, "C-3"), IsOk());
  Follow();
  EXPECT_TRUE(Offered(0, Osnp(), NeedOf116117()));
  EXPECT_THAT(Hold(SlotAt(0), member_, "R-5", Direct()), IsOk());
}

TEST_F(CptsRdv, S4_10_EachSideHasItsRightsAndNoMore) {
  for (const Role role : {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp}) {
    EXPECT_TRUE(Offered(0, sas::testing::ActorWith(role, "console"), NeedOf116117()));
  }
  EXPECT_THAT(Hold(SlotAt(0), sas::testing::ActorWith(Role::kArm, "arm-1")),
              ReasonIs("ROLE_FORBIDDEN"));
  v1::CareNeed unordered = NeedOf116117();
  unordered.clear_care_order();
  EXPECT_THAT(Hold(SlotAt(0), Osnp(), "R-1", unordered), ReasonIs("ORDER_REQUIRED"));

  EXPECT_TRUE(Offered(0, reader_, Direct()));
  EXPECT_THAT(Hold(SlotAt(0), reader_, "R-2", Direct()), ReasonIs("SITE_RIGHT_REQUIRED"));
  const base::Actor stranger = Of(Role::kSecretariat, "msp-machecoul");
  EXPECT_FALSE(Offered(0, stranger, Direct()));
  EXPECT_THAT(Hold(SlotAt(0), stranger, "R-3", Direct()), ReasonIs("SITE_RIGHT_REQUIRED"));

  const auto withdraw = [&](const base::Actor& actor, const std::string& request_id) {
    v1::WithdrawSlotRequest request;
    request.set_name(SlotAt(0));
    request.set_reason_code("ABSENCE");
    request.set_request_id(request_id);
    return Ask<v1::Slot>(&v1::PlanningService::Stub::WithdrawSlot, request, actor);
  };
  for (const base::Actor& actor : {member_, reader_, Planner()}) {
    EXPECT_THAT(withdraw(actor, "R-4"), ReasonIs("SITE_RIGHT_REQUIRED"));
  }
  ASSERT_THAT(withdraw(Of(Role::kPlanner, kCpts), "R-5"), IsOk());
  EXPECT_FALSE(Offered(0, Osnp(), NeedOf116117()));
  EXPECT_FALSE(Offered(0, member_, Direct()));
}

}  // namespace
}  // namespace sas::slots
