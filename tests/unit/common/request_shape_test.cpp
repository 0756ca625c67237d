#include "common/rpc/request_shape.h"

#include <gtest/gtest.h>

#include <string>

#include "common/testing/status_matchers.h"
#include "sas/regulation/v1/regulation_service.pb.h"

namespace sas::rpc {
namespace {

using sas::regulation::v1::CreateRegulationCaseRequest;
using testing::IsOk;
using testing::ReasonIs;

std::string FieldOf(const absl::Status& status) {
  return base::DetailOf(status).violations.at(0).field;
}

TEST(RequestShape, UnknownEnumIsFoundAtAnyDepth) {
  CreateRegulationCaseRequest request;
  request.mutable_regulation_case()->add_patients();
  auto& patient = *request.mutable_regulation_case()->add_patients();
  patient.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  EXPECT_THAT(CheckKnownEnums(request), IsOk());
  patient.mutable_age()->set_unit(static_cast<sas::type::v1::Age::Unit>(9));
  const absl::Status status = CheckKnownEnums(request);
  EXPECT_THAT(status, ReasonIs("UNKNOWN_ENUM_VALUE"));
  EXPECT_EQ(FieldOf(status), "regulation_case.patients[1].age.unit");
}

TEST(RequestShape, UnknownEnumInAList) {
  sas::regulation::v1::CareOrder order;
  order.add_modes(sas::type::v1::CONSULTATION_MODE_AMB);
  order.add_modes(static_cast<sas::type::v1::ConsultationMode>(-1));
  EXPECT_EQ(FieldOf(CheckKnownEnums(order)), "modes[1]");
}

TEST(RequestShape, OutputOnlyFieldsAreNamed) {
  sas::regulation::v1::RegulationCase regulation_case;
  EXPECT_THAT(CheckUnset(regulation_case, {"name", "claim", "notes"}, "regulation_case"), IsOk());
  regulation_case.add_notes();
  const absl::Status status =
      CheckUnset(regulation_case, {"name", "claim", "notes"}, "regulation_case");
  EXPECT_THAT(status, ReasonIs("OUTPUT_ONLY_FIELD"));
  EXPECT_EQ(FieldOf(status), "regulation_case.notes");
}

TEST(RequestShape, H16_LongTextIsRefusedByCharactersNotBytes) {
  const std::string accents = "éœ";  // Two characters, four bytes.
  EXPECT_EQ(CountCharacters(accents), 2u);
  EXPECT_THAT(CheckText(accents, "text", 2), IsOk());
  EXPECT_THAT(CheckText(accents, "text", 1), ReasonIs("TEXT_TOO_LONG"));
  EXPECT_THAT(CheckText("", "text", 1, 1), ReasonIs("TEXT_REQUIRED"));
  EXPECT_THAT(CheckText("", "text", 1), IsOk());
}

}  // namespace
}  // namespace sas::rpc
