#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "tests/contract/slots_availability/availability_fixture.h"

namespace sas::slots {

/// Sites s and t, each 13:30–14:30; the book and the view have both.
class RefreshTest : public AvailabilityTest {
 protected:
  static constexpr char kAdded[] = "regions/fr-pdl/sites/s/slots/a-20261124t1345z";

  void SetUp() override {
    AvailabilityTest::SetUp();
    if (replica_ == nullptr) return;
    ChangeSite("t", "14:30");
    ASSERT_THAT(Look(), sas::testing::IsOk());
    ASSERT_EQ(State().epoch, 1);
  }

  absl::Status Follow(Replica& replica) {
    return replica.projection.Follow(Call(), kRegion, std::chrono::milliseconds(0));
  }

  absl::Status LookAndFollow() {
    SAS_RETURN_IF_ERROR(Look());
    return Follow(*replica_);
  }

  base::Call Caller(std::chrono::milliseconds patience) {
    return base::InternalCall("caller", clock_, patience);
  }

  static int FreeIn(const Replica& replica, const std::string& slot) {
    const SlotRef found = replica.projection.Find(kRegion)->index->FindSlot(slot);
    return found ? found.free_seats() : -1;
  }

  static std::string SiteOf(int i) {
    return "regions/fr-pdl/sites/n" + std::to_string(100'000 + i);
  }

  /// So many sites that the ledger has not, in one version.
  void TouchMany(int count) {
    Write([&](SlotsTransaction& transaction) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        SAS_RETURN_IF_ERROR(transaction.TouchSite(kRegion, SiteOf(i)));
      }
      return absl::OkStatus();
    });
  }

  std::int64_t Shown() { return replica_->projection.Find(kRegion)->directory; }

  std::vector<std::string> TakenInLedger(const std::string& slot) {
    std::vector<std::string> taken;
    EXPECT_THAT(store_.Read(Call(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(const auto facts,
                                                   transaction.ListSlotSeats(slot));
                              for (const auto& fact : facts) taken.push_back(fact.appointment);
                              return absl::OkStatus();
                            }),
                sas::testing::IsOk());
    return taken;
  }
};

}  // namespace sas::slots
