#pragma once

#include <prometheus/counter.h>

#include <string>
#include <vector>

#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {

inline constexpr char kNew[] = "regions/fr-pdl/sites/csnp-nouveau";
inline constexpr char kAgenda[] = "regions/fr-pdl/sites/csnp-nouveau/agendas/csnp-territoire";
inline constexpr char kList[] = "regions/fr-pdl/sites/csnp-nouveau/worklists/soins-non-programmes";
inline constexpr char kDoctor[] = "regions/fr-pdl/practitioners/z-nouvel";
/// Wednesday 25 November 2026, 9:00 in Paris.
inline constexpr char kMorning[] =
    "regions/fr-pdl/sites/csnp-nouveau/slots/csnp-territoire-20261125t0800z";

/// The site of a new CSNP, its doctor, and the demo's template.
class Templates : public PlanningTest {
 protected:
  using Stub = v1::TemplateService::Stub;

  void SetUp() override {
    PlanningTest::SetUp();
    v1::Site site = TheSite();
    site.set_name(kNew);
    site.set_display_name("CSNP du Marais");
    site.clear_finess();
    site.clear_etag();
    site.clear_entry_policy();
    site.clear_rooms();
    site.clear_csnp_mode_history();
    site.set_csnp_mode(v1::Site::CSNP_MODE_TERRITORIAL);
    v1::UpdateSiteRequest request;
    *request.mutable_site() = site;
    request.set_allow_missing(true);
    request.set_request_id("R-site");
    ASSERT_THAT(Ask<v1::Site>(&v1::PlanningService::Stub::UpdateSite, request), IsOk());
    v1::UpdatePractitionerRequest doctor;
    doctor.mutable_practitioner()->set_name(kDoctor);
    doctor.mutable_practitioner()->set_rpps("99702000771");
    doctor.mutable_practitioner()->set_display_name("Dr Z. Nouvel");
    doctor.mutable_practitioner()->set_profession_code("10");
    doctor.mutable_practitioner()->set_specialty_code("SM54");
    doctor.mutable_practitioner()->set_status(v1::Practitioner::STATUS_TITULAIRE);
    doctor.mutable_practitioner()->add_territories("85");
    doctor.set_allow_missing(true);
    doctor.set_request_id("R-doctor");
    ASSERT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, doctor),
                IsOk());
  }

  /// The demo's file, as a coordinator sends it.
  static v1::CsnpTemplate FromFile() {
    std::ifstream in(std::string(SAS_DEMO) + "/templates/csnp-territoire-1.json");
    std::stringstream text;
    text << in.rdbuf();
    v1::CsnpTemplate read;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &read).ok());
    return read;
  }

  static v1::ApplyTemplateRequest Wanted(const std::string& request_id = "R-apply",
                                         const std::string& practitioner = kDoctor) {
    v1::ApplyTemplateRequest request;
    request.set_parent(kNew);
    *request.mutable_csnp_template() = FromFile();
    request.set_practitioner(practitioner);
    request.set_request_id(request_id);
    return request;
  }

  absl::StatusOr<v1::ApplyTemplateResponse> Apply(const v1::ApplyTemplateRequest& request,
                                                  const base::Actor& actor = Planner()) {
    return Invoke<v1::ApplyTemplateResponse>(*templates_stub_, &Stub::ApplyTemplate, request,
                                             actor);
  }

  absl::StatusOr<v1::Worklist> List(const std::string& name = kList,
                                    const base::Actor& actor = Osnp()) {
    v1::GetWorklistRequest request;
    request.set_name(name);
    return Invoke<v1::Worklist>(*templates_stub_, &Stub::GetWorklist, request, actor);
  }

  absl::StatusOr<v1::Agenda> Agenda(const std::string& name = kAgenda) {
    v1::GetAgendaRequest request;
    request.set_name(name);
    return Invoke<v1::Agenda>(*templates_stub_, &Stub::GetAgenda, request, Osnp());
  }

  std::vector<std::string> PlanIds() {
    std::vector<std::string> ids;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(const auto plans,
                                                   transaction.ListSessionPlans(kNew, Page{}));
                              for (const auto& plan : plans) {
                                ids.push_back(plan.name().substr(plan.name().rfind('/') + 1));
                              }
                              return absl::OkStatus();
                            }),
                IsOk());
    return ids;
  }

  /// Neither agenda nor worklist nor a plan.
  void ExpectNothing() {
    EXPECT_THAT(Agenda(), ReasonIs("NAMED_AGENDA_NOT_FOUND"));
    EXPECT_THAT(List(), ReasonIs("WORKLIST_NOT_FOUND"));
    EXPECT_THAT(PlanIds(), ::testing::IsEmpty());
    EXPECT_THAT(Events("template.applied"), ::testing::IsEmpty());
  }

  double Count(const char* outcome) {
    return observed_.Counter("sas_slots_templates_total", "", {{"outcome", outcome}}).Value();
  }
};

}  // namespace sas::slots
