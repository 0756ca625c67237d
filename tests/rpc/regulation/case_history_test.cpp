#include "tests/rpc/regulation/regulation_fixture.h"

// Who changed what of a dossier, and who has read one whose contact is protected.
namespace sas::regulation {
namespace {

using base::Role;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr char kPatientNumber[] = "+33639980001";

class CaseHistory : public RegulationTest {
 protected:
  absl::StatusOr<v1::ListCaseHistoryResponse> History(
      const base::Actor& actor, const std::string& name,
      v1::ReadReason reason = v1::READ_REASON_UNSPECIFIED, int size = 0,
      const std::string& token = "") {
    v1::ListCaseHistoryRequest request;
    request.set_parent(name);
    request.set_read_reason(reason);
    request.set_page_size(size);
    request.set_page_token(token);
    return Ask(actor, &Stub::ListCaseHistory, request);
  }

  absl::StatusOr<v1::RegulationCase> Read(const base::Actor& actor, const std::string& name,
                                          v1::ReadReason reason = v1::READ_REASON_UNSPECIFIED) {
    v1::GetRegulationCaseRequest request;
    request.set_name(name);
    request.set_read_reason(reason);
    return Ask(actor, &Stub::GetRegulationCase, request);
  }

  absl::StatusOr<v1::RegulationCase> Update(const base::Actor& actor, v1::RegulationCase row,
                                            const std::string& path) {
    v1::UpdateRegulationCaseRequest request;
    request.set_etag(row.etag());
    *request.mutable_regulation_case() = std::move(row);
    request.mutable_update_mask()->add_paths(path);
    return Ask(actor, &Stub::UpdateRegulationCase, request);
  }

  /// P2, taken by arm-1: a minor who calls without his parents.
  v1::RegulationCase Protected() {
    v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
    row.mutable_patients(0)->set_family_name("Essai");
    row.mutable_patients(0)->set_phone_number(kPatientNumber);
    row.mutable_patients(0)->set_protected_contact(true);
    row.mutable_patient_place()->set_address_line("3 rue de l'Essai");
    const auto named = Update(arm_, row, "patients");
    EXPECT_THAT(named, IsOk());
    row.set_etag(named->etag());
    const auto placed = Update(arm_, row, "patient_place");
    EXPECT_THAT(placed, IsOk());
    return *placed;
  }

  /// Audit records of readings, as `subject detail`.
  std::vector<std::string> Readings() {
    std::vector<std::string> readings;
    for (const ledger::AuditRecord& record : store_.ledger().audit()) {
      if (record.entry.action == "GetRegulationCase" || record.entry.action == "ListCaseHistory") {
        readings.push_back(record.actor + " " + record.entry.detail);
      }
    }
    return readings;
  }

  const base::Actor other_arm_ = testing::ActorWith(Role::kArm, "arm-2");
  const base::Actor supervisor_ = testing::ActorWith(Role::kSupervisor, "sup-1");
};

TEST_F(CaseHistory, EveryEditIsThereWithWhatWasBefore) {
  v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  row.set_motif_code("M03.15");
  ASSERT_THAT(Update(mrl_, row, "motif_code"), IsOk());
  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  const auto history = History(supervisor_, row.name());
  ASSERT_THAT(history, IsOk());
  ASSERT_THAT(history->entries(), SizeIs(4));
  const auto& opened = history->entries(0);
  EXPECT_EQ(opened.act(), "CreateRegulationCase");
  EXPECT_EQ(opened.version(), 1);
  EXPECT_THAT(opened.changes(), IsEmpty());
  const auto& edited = history->entries(2);
  EXPECT_EQ(edited.act(), "UpdateRegulationCase");
  EXPECT_EQ(edited.actor().subject(), mrl_.subject);
  EXPECT_EQ(edited.actor().role(), sas::type::v1::ROLE_REGULATOR_MG);
  EXPECT_EQ(edited.detail(), "fields=motif_code");
  EXPECT_EQ(edited.version(), 3);
  ASSERT_THAT(edited.changes(), SizeIs(1));
  EXPECT_EQ(edited.changes(0).field(), "motif_code");
  EXPECT_EQ(edited.changes(0).before(), "M03.14");
  EXPECT_EQ(edited.changes(0).after(), "M03.15");
  // To take it changes nothing that somebody wrote.
  EXPECT_EQ(history->entries(3).act(), "ClaimRegulationCase");
  EXPECT_THAT(history->entries(3).changes(), IsEmpty());
}

TEST_F(CaseHistory, ComesInPagesAndForWhoMayReadTheDossier) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  const auto first = History(arm_, row.name(), v1::READ_REASON_UNSPECIFIED, 1);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(first->entries(), SizeIs(1));
  const auto last =
      History(arm_, row.name(), v1::READ_REASON_UNSPECIFIED, 1, first->next_page_token());
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(last->entries(0).act(), "PrioritizeRegulationCase");
  EXPECT_EQ(last->next_page_token(), "");
  EXPECT_THAT(History(arm_, row.name(), v1::READ_REASON_UNSPECIFIED, -1),
              ReasonIs("INVALID_PAGE_SIZE"));
  EXPECT_THAT(History(arm_, row.name(), v1::READ_REASON_UNSPECIFIED, 1, "forged"),
              ReasonIs("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(History(arm_, "regions/fr-pdl/cases/no"), ReasonIs("CASE_NOT_FOUND"));
  EXPECT_THAT(History(osnp_, row.name()), ReasonIs("ROLE_FORBIDDEN"));
  base::Actor elsewhere = arm_;
  elsewhere.territories = {"44"};
  EXPECT_THAT(History(elsewhere, row.name()), ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(CaseHistory, H35_AProtectedContactIsReadByWhoWorksOnItOrSaysWhy) {
  const v1::RegulationCase row = Protected();
  const auto passing = Read(other_arm_, row.name());
  ASSERT_THAT(passing, IsOk());
  EXPECT_TRUE(passing->contact_sealed());
  EXPECT_EQ(passing->patients(0).family_name(), "");
  EXPECT_EQ(passing->patients(0).phone_number(), "");
  EXPECT_EQ(passing->origin().caller_phone_number(), "");
  EXPECT_EQ(passing->patient_place().address_line(), "");
  // What care needs is there.
  EXPECT_TRUE(passing->patients(0).protected_contact());
  EXPECT_EQ(passing->patients(0).age().value(), row.patients(0).age().value());
  EXPECT_EQ(passing->patient_place().insee_code(), row.patient_place().insee_code());
  EXPECT_THAT(Readings(), IsEmpty());

  const auto with_reason = Read(other_arm_, row.name(), v1::READ_REASON_ON_THE_LINE);
  ASSERT_THAT(with_reason, IsOk());
  EXPECT_FALSE(with_reason->contact_sealed());
  EXPECT_EQ(with_reason->patients(0).phone_number(), kPatientNumber);
  EXPECT_EQ(with_reason->patient_place().address_line(), "3 rue de l'Essai");

  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  const auto owner = Read(mrl_, row.name());
  ASSERT_THAT(owner, IsOk());
  EXPECT_EQ(owner->patients(0).phone_number(), kPatientNumber);
  EXPECT_THAT(Readings(), ElementsAre("arm-2 protected=1 reason=ON_THE_LINE",
                                      "mrl-1 protected=1 reason=UNSPECIFIED"));
}

TEST_F(CaseHistory, H35_WhoeverHasReadItStandsInTheHistory) {
  const v1::RegulationCase row = Protected();
  ASSERT_THAT(Read(supervisor_, row.name(), v1::READ_REASON_REVIEW), IsOk());
  const auto history = History(supervisor_, row.name());
  ASSERT_THAT(history, IsOk());
  const auto& reading = *history->entries().rbegin();
  EXPECT_EQ(reading.act(), "GetRegulationCase");
  EXPECT_EQ(reading.actor().subject(), supervisor_.subject);
  EXPECT_EQ(reading.read_reason(), v1::READ_REASON_REVIEW);
  EXPECT_EQ(reading.version(), VersionOf(row.etag()));
  // The history is no way round: its values are sealed like the dossier's.
  const auto sealed = history->entries(2).changes();
  ASSERT_THAT(sealed, SizeIs(3));
  EXPECT_EQ(sealed[0].field(), "patients[0].family_name");
  EXPECT_TRUE(sealed[0].sealed());
  EXPECT_EQ(history->SerializeAsString().find(kPatientNumber), std::string::npos);
  const auto shown = History(supervisor_, row.name(), v1::READ_REASON_LEGAL);
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->entries(2).changes(1).after(), kPatientNumber);
  EXPECT_EQ(Readings().back(), "sup-1 protected=1 reason=LEGAL");
}

TEST_F(CaseHistory, H35_NobodyInRegulationIsAskedWhileItIsVital) {
  const v1::RegulationCase row = Protected();
  ASSERT_THAT(Prioritize(mru_, row.name(), v1::PRIORITY_P1), IsOk());
  const auto read = Read(other_arm_, row.name());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->patient_place().address_line(), "3 rue de l'Essai");
  EXPECT_THAT(Readings(), ElementsAre("arm-2 protected=1 reason=UNSPECIFIED"));
  EXPECT_TRUE(Read(supervisor_, row.name())->contact_sealed());
}

TEST_F(CaseHistory, H35_AListShowsNoProtectedContact) {
  const v1::RegulationCase row = Protected();
  v1::ListRegulationCasesRequest request;
  request.set_parent("regions/fr-pdl");
  const auto page = Ask(mru_, &Stub::ListRegulationCases, request);
  ASSERT_THAT(page, IsOk());
  ASSERT_THAT(page->regulation_cases(), SizeIs(1));
  EXPECT_TRUE(page->regulation_cases(0).contact_sealed());
  EXPECT_EQ(page->SerializeAsString().find(kPatientNumber), std::string::npos);
}

TEST_F(CaseHistory, H35_WhoDoesNotSeeItCannotOverwriteIt) {
  const v1::RegulationCase row = Protected();
  auto passing = Read(other_arm_, row.name());
  ASSERT_THAT(passing, IsOk());
  passing->mutable_origin()->clear_taken_by();  // The server's.
  passing->mutable_origin()->clear_call_id();
  for (const char* path : {"patients", "origin", "patient_place"}) {
    EXPECT_THAT(Update(other_arm_, *passing, path),
                StatusIs(absl::StatusCode::kFailedPrecondition, "CONTACT_PROTECTED"))
        << path;
  }
  v1::RegulationCase coded = *passing;
  coded.set_motif_code("M03.15");
  EXPECT_THAT(Update(other_arm_, coded, "motif_code"), IsOk());
  // He who takes the next call of the patient works on it.
  v1::AttachCallRequest attach;
  attach.set_name(row.name());
  *attach.mutable_call() = NewCase().regulation_case().origin();
  const auto attached = Ask(other_arm_, &Stub::AttachCall, attach);
  ASSERT_THAT(attached, IsOk());
  EXPECT_EQ(attached->patients(0).phone_number(), kPatientNumber);
  EXPECT_THAT(Update(other_arm_, *attached, "patients"), IsOk());
}

TEST_F(CaseHistory, H35_TheOsnpSeesWhomHeIsToCall) {
  const v1::CareOrder order = Ordered();
  v1::RegulationCase row = Get(CaseOf(order.name()));
  row.mutable_patients(0)->set_phone_number(kPatientNumber);
  row.mutable_patients(0)->set_protected_contact(true);
  ASSERT_THAT(Update(arm_, row, "patients"), IsOk());
  EXPECT_TRUE(Read(osnp_, row.name())->contact_sealed());
  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  EXPECT_EQ(Read(osnp_, row.name())->patients(0).phone_number(), kPatientNumber);
}

}  // namespace
}  // namespace sas::regulation
