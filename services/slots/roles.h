#pragma once

#include "common/rpc/auth.h"

/// Who may call what (domain.md §1.2). Default deny: a method that stands in no table stops the
/// start.
namespace sas::slots {

/// SlotService and SeatService.
void AllowSlotMethods(rpc::RoleTable& roles);

/// SeatOfferService: services alone.
void AllowSeatOfferMethods(rpc::RoleTable& roles);

/// PartnerFeedService: platforms publish, who books reports a refusal of the source.
void AllowPartnerMethods(rpc::RoleTable& roles);

/// RotationService: every participant reads.
void AllowRotationMethods(rpc::RoleTable& roles);

/// ImportService: a planner or a supervisor.
void AllowImportMethods(rpc::RoleTable& roles);

/// DirectoryService: a planner or a supervisor writes, who works with slots reads.
void AllowDirectoryMethods(rpc::RoleTable& roles);

/// TemplateService: a planner or a supervisor applies, the others read.
void AllowTemplateMethods(rpc::RoleTable& roles);

/// PlanningService. The site's own rights come on top.
void AllowPlanningMethods(rpc::RoleTable& roles);

}  // namespace sas::slots
