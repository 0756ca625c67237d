#pragma once

#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"

/// What of an aggregate a caller sees (domain.md §4.4).
namespace sas::regulation {

/// Hides a claim that is over, and what the role may not read: the OSNP and those who only enter
/// their own dossiers have neither the clinical thread nor the history, an ARM has the notes of
/// ARMs and what was shared.
/// A protected contact is sealed unless the viewer `sees_contact` (hazard H-35).
v1::RegulationCase Show(v1::RegulationCase row, const base::Actor& viewer, base::Instant now,
                        bool sees_contact);

/// Hides a claim that is over.
v1::CareOrder Show(v1::CareOrder order, base::Instant now);

}  // namespace sas::regulation
