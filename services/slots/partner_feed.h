#pragma once

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/partner_feed_service.pb.h"
#include "services/slots/domain/partner_sequence.h"
#include "services/slots/feed_ages.h"
#include "services/slots/partner_gate.h"
#include "services/slots/partner_metrics.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What platforms say, from the gate to the ledger. Thread-safe; frames of one agenda wait for each
/// other in the ledger.
class PartnerFeed {
 public:
  /// Phantoms of so long count.
  static constexpr std::chrono::hours kPhantomsOf{30 * 24};

  /// All outlive the feed.
  PartnerFeed(SlotsStore& store, FeedAges& ages, PartnerGate& gate, PartnerMetrics& metrics,
              const base::Clock& clock);

  /// One frame of a stream. Whatever is the platform's to repair is an answer with
  /// `refusal_reason`; a status is ours (the ledger does not answer), and the frame may be
  /// repeated.
  absl::StatusOr<v1::AgendaAck> Sync(const base::Call& call, const v1::AgendaFrame& frame);

  /// A snapshot by a single call: a refusal of the whole frame is a status. INVALID_ARGUMENT
  /// `SNAPSHOT_REQUIRED` for a delta.
  absl::StatusOr<v1::ImportAgendaResponse> Import(const base::Call& call,
                                                  const v1::ImportAgendaRequest& request);

  /// The source refused a slot: it is withdrawn until the source says later that it is free.
  /// NOT_FOUND `SLOT_NOT_FOUND`, PERMISSION_DENIED `AGENDA_OF_OTHER_PARTNER`, INVALID_ARGUMENT
  /// `INVALID_SOURCE_CODE`.
  absl::StatusOr<v1::Slot> Refuse(const base::Call& call,
                                  const v1::ReportSourceRefusalRequest& request);

  /// What became of a booking at its source, as Sync says it.
  absl::StatusOr<v1::SourceReportAck> Hear(const base::Call& call, const v1::SourceReport& report);
  /// The same by a single call: a refusal is a status (CheckReport, KeepReport).
  absl::StatusOr<v1::SourceReportAck> HearOne(const base::Call& call,
                                              const v1::ReportSourceAppointmentRequest& request);

  /// A platform sees its own agendas, the others all of the region.
  absl::StatusOr<v1::ListPartnerAgendasResponse> List(const base::Call& call,
                                                      const v1::ListPartnerAgendasRequest& request);

  /// A person believes the next snapshot of an agenda in quarantine (ReleaseAgenda).
  absl::StatusOr<v1::PartnerAgenda> Release(const base::Call& call,
                                            const v1::ReleasePartnerAgendaRequest& request);

  /// Hears from the ledger what other replicas were told, and keeps the metrics of age. Each some
  /// seconds.
  absl::Status Refresh(const base::Call& call);
  /// Keeps the metric of phantoms. Each minute or so: it reads the seats of a month.
  absl::Status CountPhantoms(const base::Call& call);

 private:
  void Note(const PartnerIn& who, const v1::AgendaAck& ack, FrameVerdict verdict,
            const FedAgenda& agenda);
  void NoteFailure(const PartnerIn& who, const absl::Status& status);

  SlotsStore& store_;
  FeedAges& ages_;
  PartnerGate& gate_;
  PartnerMetrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace sas::slots
