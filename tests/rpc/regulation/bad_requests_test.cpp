#include <functional>

#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class BadRequests : public RegulationTest {
 protected:
  // Reason and field of the refusal of a dossier that `spoil` has spoilt.
  std::pair<std::string, std::string> Refused(
      const std::function<void(v1::RegulationCase&)>& spoil) {
    v1::CreateRegulationCaseRequest request = NewCase();
    spoil(*request.mutable_regulation_case());
    const auto refused = Ask(arm_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument));
    const base::ErrorDetail detail = base::DetailOf(refused.status());
    return {detail.reason, detail.violations.empty() ? "" : detail.violations.front().field};
  }

  using Pair = std::pair<std::string, std::string>;
};

TEST_F(BadRequests, NewDossiersAreRefusedWithTheFieldNamed) {
  struct Row {
    std::function<void(v1::RegulationCase&)> spoil;
    const char* reason;
    const char* field;
  };

  const Row rows[] = {
      {[](auto& c) {
         c.mutable_origin()->set_entry_point(static_cast<sas::type::v1::EntryPoint>(99));
       },
       "UNKNOWN_ENUM_VALUE", "regulation_case.origin.entry_point"},
      {[](auto& c) { c.mutable_origin()->clear_entry_point(); }, "ENTRY_POINT_REQUIRED",
       "regulation_case.origin.entry_point"},
      {[](auto& c) { c.set_motif_code("M99.99"); }, "UNKNOWN_CODE", "regulation_case.motif_code"},
      {[](auto& c) { c.clear_motif_code(); }, "UNKNOWN_CODE", "regulation_case.motif_code"},
      {[](auto& c) { c.clear_patients(); }, "PATIENT_REQUIRED", "regulation_case.patients"},
      {[](auto& c) {
         for (int i = 0; i < 20; ++i) c.add_patients();
       },
       "TOO_MANY_ITEMS", "regulation_case.patients"},
      {[](auto& c) { c.set_territory("99"); }, "INVALID_TERRITORY", "regulation_case.territory"},
      {[](auto& c) { c.mutable_origin()->set_caller_phone_number("0199000001"); },
       "INVALID_PHONE_NUMBER", "regulation_case.origin.caller_phone_number"},
      {[](auto& c) { c.mutable_patients(0)->set_family_name(std::string(81, 'x')); },
       "TEXT_TOO_LONG", "regulation_case.patients[0].family_name"},
      {[](auto& c) { c.mutable_patients(0)->set_birth_date("2026-13-01"); }, "INVALID_DATE",
       "regulation_case.patients[0].birth_date"},
      {[](auto& c) { c.mutable_patients(0)->set_birth_date("1980-01-01"); }, "AGE_DISAGREES",
       "regulation_case.patients[0].birth_date"},
      {[](auto& c) { c.mutable_patients(0)->mutable_age()->set_value(-1); }, "INVALID_AGE",
       "regulation_case.patients[0].age"},
      {[](auto& c) { c.mutable_patients(0)->set_weight_kg(401); }, "OUT_OF_RANGE",
       "regulation_case.patients[0].weight_kg"},
      {[](auto& c) { c.mutable_patients(0)->set_identity_status(v1::IDENTITY_STATUS_QUALIFIED); },
       "IDENTITY_NOT_PROVISIONAL", "regulation_case.patients[0].identity_status"},
      {[](auto& c) { c.mutable_patients(0)->set_name("regions/r/cases/c/patients/p"); },
       "OUTPUT_ONLY_FIELD", "regulation_case.patients[0].name"},
      {[](auto& c) { c.set_priority(v1::PRIORITY_P0); }, "OUTPUT_ONLY_FIELD",
       "regulation_case.priority"},
      {[](auto& c) { c.mutable_patient_place()->set_insee_code("8504"); }, "INVALID_INSEE_CODE",
       "regulation_case.patient_place.insee_code"},
      {[](auto& c) { c.mutable_patient_place()->mutable_point(); }, "INVALID_POINT",
       "regulation_case.patient_place.point"},
      {[](auto& c) { c.set_fait_code("C02.05.99"); }, "UNKNOWN_CODE", "regulation_case.fait_code"},
      {[](auto& c) { c.set_lieu_code("L08.01.00"); }, "UNKNOWN_CODE", "regulation_case.lieu_code"},
      {[](auto& c) { c.add_risque_codes("R38"); }, "UNKNOWN_CODE",
       "regulation_case.risque_codes[0]"},
      {[](auto& c) { c.mutable_origin()->set_language_code("xx"); }, "UNKNOWN_CODE",
       "regulation_case.origin.language_code"},
      {[](auto& c) { c.mutable_origin()->set_caller_type_code("VOISIN"); }, "UNKNOWN_CODE",
       "regulation_case.origin.caller_type_code"},
      {[](auto& c) { c.mutable_origin()->set_communication_code("SOURD"); }, "UNKNOWN_CODE",
       "regulation_case.origin.communication_code"},
      {[](auto& c) { c.mutable_mobility()->set_travel_km_max(201); }, "OUT_OF_RANGE",
       "regulation_case.mobility.travel_km_max"},
      {[this](auto& c) {
         *c.mutable_origin()->mutable_pickup_time() =
             ToTimestamp(clock_.Now() + std::chrono::minutes(3));
       },
       "TIME_IN_FUTURE", "regulation_case.origin.pickup_time"},
      {[](auto& c) { c.mutable_severity_form()->set_override_by("osnp"); }, "OUTPUT_ONLY_FIELD",
       "regulation_case.severity_form.override_by"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Refused(row.spoil), Pair(row.reason, row.field)) << row.reason << row.field;
  }
  EXPECT_TRUE(EventTypes().empty());
}

TEST_F(BadRequests, H50_TreatingDoctorOfTheTestRangeNeedsTheSetting) {
  const auto treated_by = [](const char* rpps) {
    return [rpps](v1::RegulationCase& c) {
      c.mutable_patients(0)->mutable_treating_doctor()->set_rpps(rpps);
    };
  };
  const Pair refusal("INVALID_RPPS", "regulation_case.patients[0].treating_doctor.rpps");
  EXPECT_EQ(Refused(treated_by("99700218896")), refusal);
  v1::UpdateRegulationCaseRequest update;
  *update.mutable_regulation_case() = Open();
  treated_by("99700218896")(*update.mutable_regulation_case());
  update.set_etag(update.regulation_case().etag());
  update.mutable_update_mask()->add_paths("patients");
  const auto refused = Ask(arm_, &Stub::UpdateRegulationCase, update);
  EXPECT_THAT(refused, ReasonIs("INVALID_RPPS"));

  desk_->test_identities = care::TestIdentities::kAccept;
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, update), IsOk());
  EXPECT_EQ(Refused(treated_by("99700218897")), refusal);  // The check digit.
}

TEST_F(BadRequests, NamesAndRequestIds) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.set_parent("region/fr-pdl");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("INVALID_RESOURCE_NAME"));
  request = NewCase();
  request.set_parent("regions/fr-naq");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  request = NewCase();
  request.set_request_id("not allowed");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("INVALID_REQUEST_ID"));
  grpc::ClientContext context;
  server_->Authorize(context, arm_);
  v1::RegulationCase response;
  const grpc::Status status = stub_->CreateRegulationCase(&context, NewCase(), &response);
  EXPECT_THAT(rpc::FromGrpc(status), ReasonIs("REQUEST_ID_REQUIRED"));
}

TEST_F(BadRequests, H03_UpdatesWithoutMaskOrOutsideOfIt) {
  const v1::RegulationCase row = Open();
  v1::UpdateRegulationCaseRequest request;
  *request.mutable_regulation_case() = row;
  request.set_etag(row.etag());
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, request),
              StatusIs(absl::StatusCode::kInvalidArgument, "UPDATE_MASK_REQUIRED"));
  for (const char* path : {"priority", "state", "claim", "patients.age", ""}) {
    request.mutable_update_mask()->Clear();
    request.mutable_update_mask()->add_paths(path);
    EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, request), ReasonIs("UNKNOWN_MASK_PATH"))
        << path;
  }
  request.mutable_update_mask()->set_paths(0, "motif_code");
  request.clear_etag();
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, request), ReasonIs("ETAG_REQUIRED"));
}

TEST_F(BadRequests, PagesAndFilters) {
  v1::ListRegulationCasesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(-1);
  EXPECT_THAT(Ask(arm_, &Stub::ListRegulationCases, request), ReasonIs("INVALID_PAGE_SIZE"));
  request.set_page_size(0);
  request.set_page_token("abc");
  EXPECT_THAT(Ask(arm_, &Stub::ListRegulationCases, request), ReasonIs("INVALID_PAGE_TOKEN"));
  request.clear_page_token();
  request.set_view(static_cast<v1::CaseListView>(77));
  EXPECT_THAT(Ask(arm_, &Stub::ListRegulationCases, request), ReasonIs("UNKNOWN_ENUM_VALUE"));
}

TEST_F(BadRequests, PrioritiesDecisionsAndOrders) {
  const std::string name = Open().name();
  v1::PrioritizeRegulationCaseRequest prioritize;
  prioritize.set_name(name);
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, prioritize),
              ReasonIs("PRIORITY_REQUIRED"));
  prioritize.set_priority(v1::PRIORITY_P2);
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, prioritize), ReasonIs("FILIERE_REQUIRED"));
  prioritize.set_filiere(sas::type::v1::FILIERE_SNP);
  prioritize.set_priority(v1::PRIORITY_P3);
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, prioritize),
              ReasonIs("CALLBACK_REQUIRED"));
  prioritize.set_reason(std::string(201, 'x'));
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, prioritize), ReasonIs("TEXT_TOO_LONG"));

  v1::CreateDecisionRequest decide;
  decide.set_parent(name);
  EXPECT_THAT(Ask(mru_, &Stub::CreateDecision, decide), ReasonIs("CARE_LEVEL_REQUIRED"));
  decide.mutable_decision()->set_care_level(v1::CARE_LEVEL_R3);
  EXPECT_THAT(Ask(mru_, &Stub::CreateDecision, decide), ReasonIs("CLAIM_VERSION_REQUIRED"));
  ASSERT_THAT(Claim(mru_, name), IsOk());
  EXPECT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R3, "NOTHING"), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R4, "INTER", "SMUR.ADULT"),
              ReasonIs("DECISION_NOT_ALLOWED"));
  decide.mutable_decision()->set_instructions(std::string(1001, 'x'));
  decide.mutable_decision()->set_claim_version(1);
  EXPECT_THAT(Ask(mru_, &Stub::CreateDecision, decide), ReasonIs("TEXT_TOO_LONG"));

  v1::Decision decision;
  decision.set_name(name + "/decisions/d");
  for (const int hours : {0, 5, 49, 72}) {
    EXPECT_THAT(Ask(mru_, &Stub::CreateCareOrder, NewOrder(decision, hours)),
                ReasonIs("INVALID_DELAY"));
  }
  v1::CreateCareOrderRequest order = NewOrder(decision);
  order.mutable_care_order()->set_clinical_line(std::string(301, 'x'));
  EXPECT_THAT(Ask(mru_, &Stub::CreateCareOrder, order), ReasonIs("TEXT_TOO_LONG"));
  order = NewOrder(decision);
  order.mutable_care_order()->clear_modes();
  EXPECT_THAT(Ask(mru_, &Stub::CreateCareOrder, order), ReasonIs("MODES_REQUIRED"));
}

TEST_F(BadRequests, OrderActs) {
  const std::string order = Ordered().name();
  EXPECT_THAT(Contact(order, v1::TreatingDoctorContact::OUTCOME_UNSPECIFIED),
              ReasonIs("OUTCOME_REQUIRED"));
  v1::ReturnCareOrderRequest request;
  request.set_name(order);
  request.set_reason("x");
  for (const auto outcome : {v1::CareOrder::STATE_UNSPECIFIED, v1::CareOrder::STATE_CLOSED,
                             v1::CareOrder::STATE_SUPERSEDED}) {
    request.set_outcome(outcome);
    EXPECT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, request), ReasonIs("INVALID_RETURN_OUTCOME"));
  }
  request.set_outcome(v1::CareOrder::STATE_NO_SLOT);
  EXPECT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, request), ReasonIs("TREATING_DOCTOR_FIRST"));
  v1::RecordRefusedProposalRequest refused;
  refused.set_name(order);
  refused.mutable_proposal()->set_slot("regions/fr-naq/sites/s/slots/x");
  refused.mutable_proposal()->set_reason_code("HOUR");
  EXPECT_THAT(Ask(osnp_, &Stub::RecordRefusedProposal, refused), ReasonIs("OTHER_REGION"));
  refused.mutable_proposal()->set_slot("regions/fr-pdl/sites/s/slots/x");
  refused.mutable_proposal()->set_reason_code("WEATHER");
  EXPECT_THAT(Ask(osnp_, &Stub::RecordRefusedProposal, refused), ReasonIs("UNKNOWN_CODE"));
}

}  // namespace
}  // namespace sas::regulation
