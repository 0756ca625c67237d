#pragma once

#include "common/base/call.h"
#include "common/rpc/auth.h"

namespace sas::booking {

/// Who may call which method of BookingService (domain.md §1.2). No patient and nobody anonymous
/// has a role, so none can book (S0-10).
void AllowBookingMethods(rpc::RoleTable& roles);

/// Whether a call may use the room that a full disk has left: somebody is on the telephone with a
/// patient.
bool IsVitalAct(const base::Call& call);

/// DisplacedService: who may call patient or practice.
void AllowDisplacedMethods(rpc::RoleTable& roles);

/// WorklistService.
void AllowWorklistMethods(rpc::RoleTable& roles);

/// RefillService: whoever may have an order.
void AllowRefillMethods(rpc::RoleTable& roles);

/// The same of MessageService.
void AllowMessageMethods(rpc::RoleTable& roles);

/// SourceService: those who book; the lists also for who looks after them.
void AllowSourceMethods(rpc::RoleTable& roles);

/// ReportService: those who answer for a territory or a site, and who reads its figures.
void AllowReportMethods(rpc::RoleTable& roles);

}  // namespace sas::booking
