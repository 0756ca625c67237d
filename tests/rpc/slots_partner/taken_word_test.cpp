// What a platform's feed says of a slot that one of our appointments has (hazard H-27).

#include "services/slots/slot_standings.h"
#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

using Kind = v1::SlotStanding;

class TakenWordTest : public PartnerTest {
 protected:
  void Apply(const v1::AgendaFrame& frame) { EXPECT_EQ(SyncOne(frame).refusal_reason(), ""); }
};

TEST_F(TakenWordTest, H27_APlatformThatNamedItAsTakenAndDropsItHasWithdrawnIt) {
  Apply(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  Book(NameAt(minutes(60)));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
  Apply(Delta(2, {SlotAt(minutes(60), 0)}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
  Apply(Delta(3, {}, {minutes(60)}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_WITHDRAWN);
  // Its patient keeps it, and it is back when the platform names it again.
  EXPECT_EQ(Offered().size(), 1U);
  Apply(Delta(4, {SlotAt(minutes(60), 0)}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
}

TEST_F(TakenWordTest, H27_APlatformThatNamesFreeSlotsOnlyWithdrawsNothingByItsSilence) {
  Apply(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  Book(NameAt(minutes(60)));
  Apply(Snapshot(2, {SlotAt(minutes(90))}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
  Apply(Delta(3, {}, {minutes(60)}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
  // It says once that the slot is taken; its snapshots have free ones alone.
  Apply(Delta(4, {SlotAt(minutes(60), 0)}));
  Apply(Snapshot(5, {SlotAt(minutes(90))}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_SERVED);
}

TEST_F(TakenWordTest, H27_ASnapshotThatNamesWhatIsTakenSaysWhatIsGone) {
  Apply(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  Book(NameAt(minutes(60)), "a1");
  Book(NameAt(minutes(90)), "a2");
  Apply(Snapshot(2, {SlotAt(minutes(60), 0), SlotAt(minutes(90), 0)}));
  Apply(Snapshot(3, {SlotAt(minutes(90), 0)}));
  EXPECT_EQ(Standing(minutes(60)), Kind::KIND_WITHDRAWN);
  EXPECT_EQ(Standing(minutes(90)), Kind::KIND_SERVED);
  // An empty one names nothing: it is a fault sooner than a day off.
  Apply(Snapshot(4, {}));
  EXPECT_EQ(Standing(minutes(90)), Kind::KIND_SERVED);
}

TEST_F(TakenWordTest, H27_ASlotOfAPlatformIsNeverToldAsGone) {
  Apply(Snapshot(1, {SlotAt(minutes(60))}));
  EXPECT_EQ(Standing(minutes(90)), Kind::KIND_UNSPECIFIED);
  v1::GetSlotStandingsRequest request;
  request.set_parent("regions/fr-pdl");
  request.add_slots("regions/fr-pdl/sites/csnp-challans/slots/nobody-20261124t1000z");
  base::Call call = Internal();
  call.actor.regions = {"fr-pdl"};
  EXPECT_EQ(ReadSlotStandings(store_, call, request, clock_.Now(), 21)->standings(0).kind(),
            Kind::KIND_GONE);
}

}  // namespace
}  // namespace sas::slots
