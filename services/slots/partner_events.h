#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/ledger/journal.h"
#include "sas/slots/v1/partner.pb.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/partner_ledger.h"

namespace sas::slots {

/// Audit and event `agenda.synced` of a frame: counts only.
absl::Status RecordFrame(ledger::Journal& journal, const FedAgenda& agenda,
                         const v1::AgendaAck& ack, int changes);

/// Audit of a person's word that the next snapshot is believed.
absl::Status RecordRelease(ledger::Journal& journal, const FedAgenda& agenda);

/// Audit and event `partner.updated` of what was agreed with a platform.
absl::Status RecordAgreement(ledger::Journal& journal, const v1::Partner& record);

/// Audit and event `slot.refused` of a phantom.
absl::Status RecordPhantom(ledger::Journal& journal, const FedAgenda& agenda,
                           std::string_view slot);

}  // namespace sas::slots
