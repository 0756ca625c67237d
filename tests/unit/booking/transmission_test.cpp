#include "services/booking/domain/transmission.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

Transmission Whole() {
  Transmission told;
  told.signs_asked = true;
  told.motif_code = "M03.05";
  told.clinical_line = true;
  return told;
}

TEST(Transmission, S2_52_PretriageMotifAndTransmissionsAreThere) {
  EXPECT_THAT(CheckTransmission(Whole()), IsOk());

  Transmission told = Whole();
  told.signs_asked = false;
  EXPECT_THAT(CheckTransmission(told),
              StatusIs(absl::StatusCode::kFailedPrecondition, "PRETRIAGE_REQUIRED"));
  told.evaluated = true;
  EXPECT_THAT(CheckTransmission(told), IsOk());
  told.evaluated = false;
  told.by_regulator = true;
  EXPECT_THAT(CheckTransmission(told), IsOk());

  told = Whole();
  told.motif_code = kMotifNotIdentified;
  EXPECT_THAT(CheckTransmission(told), ReasonIs("MOTIF_NOT_IDENTIFIED"));

  told = Whole();
  told.clinical_line = false;
  EXPECT_THAT(CheckTransmission(told), ReasonIs("CLINICAL_LINE_REQUIRED"));
}

}  // namespace
}  // namespace sas::booking
