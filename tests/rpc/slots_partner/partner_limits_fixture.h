#pragma once

#include <string>

#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {

/// A supervisor agrees with platforms: "doctoplan" and, beside it, "agendia".
class PartnerLimitsTest : public PartnerTest {
 protected:
  static constexpr char kDoctoplan[] = "regions/fr-pdl/partners/doctoplan";

  static base::Actor Supervisor() {
    return sas::testing::ActorWith(base::Role::kSupervisor, "supervisor-1");
  }

  static v1::UpdatePartnerRequest Asking(const v1::PartnerLimits& limits,
                                         const std::string& request_id = "U-1",
                                         const std::string& etag = "") {
    v1::UpdatePartnerRequest request;
    request.mutable_partner()->set_name(kDoctoplan);
    request.mutable_partner()->set_etag(etag);
    *request.mutable_partner()->mutable_limits() = limits;
    request.set_request_id(request_id);
    return request;
  }

  absl::StatusOr<v1::Partner> Update(const v1::UpdatePartnerRequest& request,
                                     const base::Actor& actor = Supervisor()) {
    return Invoke<v1::Partner>(*stub_, &v1::PartnerFeedService::Stub::UpdatePartner, request,
                               actor);
  }

  absl::StatusOr<v1::Partner> Get(const base::Actor& actor, const std::string& name = kDoctoplan) {
    v1::GetPartnerRequest request;
    request.set_name(name);
    return Invoke<v1::Partner>(*stub_, &v1::PartnerFeedService::Stub::GetPartner, request, actor);
  }

  absl::StatusOr<v1::ListPartnersResponse> ListPlatforms(const base::Actor& actor,
                                                         int page_size = 0,
                                                         const std::string& token = "") {
    v1::ListPartnersRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Invoke<v1::ListPartnersResponse>(*stub_, &v1::PartnerFeedService::Stub::ListPartners,
                                            request, actor);
  }

  /// The frame as that of another agenda of kSite.
  static v1::AgendaFrame Of(v1::AgendaFrame frame, const std::string& agenda) {
    frame.set_agenda(std::string(kSite) + "/agendas/" + agenda);
    return frame;
  }

  /// Both platforms have published one agenda.
  void BothPublish() {
    ASSERT_EQ(SyncOne(Snapshot(1, {})).refusal_reason(), "");
    ASSERT_EQ(SyncOne(Of(Snapshot(1, {}), "agendia"), Platform("agendia")).refusal_reason(), "");
  }
};

}  // namespace sas::slots
