#pragma once

#include <string>
#include <vector>

#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "sas/slots/v1/template_service.pb.h"
#include "services/slots/domain/csnp_template.h"

namespace sas::slots {

/// Without the digest.
CsnpTemplate ToTemplate(const v1::CsnpTemplate& proto);

/// A session plan for each session of a template that CheckTemplate has accepted, in its order.
/// Never on public holidays, never inside PDSA hours.
std::vector<v1::SessionPlan> PlansOf(const v1::CsnpTemplate& proto, const std::string& site,
                                     const care::Date& first, const std::string& practitioner);

/// What only the site says of them: the structure, and whose patients a list shows.
void FillFrom(const v1::Site& site, v1::Agenda& agenda);
void FillFrom(const v1::Site& site, v1::Worklist& worklist);

}  // namespace sas::slots
