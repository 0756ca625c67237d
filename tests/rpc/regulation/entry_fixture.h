#pragma once

#include <string>
#include <vector>

#include "tests/rpc/regulation/protocol_fixture.h"

namespace sas::regulation {

using EntryStub = v1::EntryService::Stub;

/// The short forms in force, and the people who enter by them.
class EntryTest : public ProtocolTest {
 protected:
  void SetUp() override {
    ProtocolTest::SetUp();
    pharmacy_ = InForce("court-pharmacie");
    pharmacist_ = Professional("pharma-1", "21", "pharmacie", "structures/officine");
    secretary_ = testing::ActorWith(base::Role::kSecretariat, "secretaire-1");
    secretary_.organization = "structures/msp";
  }

  static base::Actor Professional(const std::string& subject, const std::string& profession,
                                  const std::string& entry_point,
                                  const std::string& organization = "") {
    base::Actor actor = testing::ActorWith(base::Role::kProfessional, subject);
    actor.profession = profession;
    actor.entry_point = entry_point;
    actor.organization = organization;
    return actor;
  }

  /// Answers to a short form: nothing severe.
  static std::vector<v1::TriageAnswer> Harmless() {
    return {Choice("motif", "plaie"), No("detresse"), No("conscience"), No("hemorragie"),
            Choice("parcours", "mt-indisponible")};
  }

  /// A pharmacist's entry of a child of six, booked at once.
  v1::SubmitEntryRequest Request(
      const std::string& protocol,
      sas::type::v1::EntryPoint entry_point = sas::type::v1::ENTRY_POINT_PHARMACIE,
      const std::vector<v1::TriageAnswer>& answers = Harmless()) const {
    v1::SubmitEntryRequest request;
    request.set_parent("regions/fr-pdl");
    v1::RegulationCase& row = *request.mutable_regulation_case();
    row = NewCase("M02.06").regulation_case();
    row.mutable_origin()->set_entry_point(entry_point);
    row.mutable_origin()->set_origine_code("AUTRE");
    sas::type::v1::CareAttempt& tried = *row.add_previous_attempts();
    tried.set_target("cabinet du MT");
    tried.set_outcome("rien avant jeudi");
    *tried.mutable_attempt_time() = ToTimestamp(clock_.Now());
    request.mutable_triage()->set_protocol(protocol);
    for (const v1::TriageAnswer& answer : answers)
      *request.mutable_triage()->add_answers() = answer;
    v1::CareOrder& order = *request.mutable_care_order();
    order.mutable_delay()->set_seconds(24 * 3600);
    order.add_modes(sas::type::v1::CONSULTATION_MODE_AMB);
    order.set_clinical_line("plaie de la main, propre");
    request.set_wish(v1::ENTRY_WISH_BOOK);
    return request;
  }

  v1::SubmitEntryRequest CallBack(v1::SubmitEntryRequest request, int minutes = 120) const {
    request.set_wish(v1::ENTRY_WISH_CALL_BACK);
    *request.mutable_callback_time() = ToTimestamp(clock_.Now() + std::chrono::minutes(minutes));
    return request;
  }

  absl::StatusOr<v1::SubmitEntryResponse> Submit(const base::Actor& actor,
                                                 const v1::SubmitEntryRequest& request) {
    return AskEntries(actor, &EntryStub::SubmitEntry, request);
  }

  std::vector<std::string> Listed(const base::Actor& actor, bool ended = false) {
    v1::ListEntriesRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_include_ended(ended);
    const auto page = AskEntries(actor, &EntryStub::ListEntries, request);
    EXPECT_THAT(page, testing::IsOk());
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const v1::CareOrder& order : page->care_orders()) names.push_back(order.name());
    return names;
  }

  static v1::Reorientation To(v1::Reorientation::Destination destination) {
    v1::Reorientation reorientation;
    reorientation.set_destination(destination);
    reorientation.set_reason("ne relève pas du centre");
    reorientation.set_patient_informed(true);
    return reorientation;
  }

  absl::StatusOr<v1::ReorientResponse> Reorient(const base::Actor& actor, const std::string& name,
                                                v1::Reorientation::Destination destination) {
    v1::ReorientRequest request;
    request.set_name(name);
    *request.mutable_reorientation() = To(destination);
    return AskEntries(actor, &EntryStub::Reorient, request);
  }

  absl::StatusOr<v1::CareOrder> OrderAs(const base::Actor& actor, const std::string& name) {
    v1::GetCareOrderRequest request;
    request.set_name(name);
    return Ask(actor, &Stub::GetCareOrder, request);
  }

  std::string pharmacy_;  ///< Short form of the pharmacist.
  base::Actor pharmacist_;
  base::Actor secretary_;
};

}  // namespace sas::regulation
