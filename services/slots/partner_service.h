#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/partner_feed_service.grpc.pb.h"
#include "services/slots/partner_feed.h"
#include "services/slots/partner_records.h"
#include "services/slots/source_desk.h"

namespace sas::slots {

/// Platforms publish the agendas that live with them. Frames of one stream are applied in their
/// order; at most kWindow of them are read and not answered. Thread-safe.
class PartnerService final : public v1::PartnerFeedService::CallbackService {
 public:
  static constexpr std::size_t kWindow = 8;
  static constexpr std::size_t kStreamsMax = 256;  ///< One more is refused.

  /// All outlive the service. Without a desk nobody is asked over the streams.
  PartnerService(const rpc::Runtime& runtime, PartnerFeed& feed, PartnerRecords& records,
                 SourceDesk* desk = nullptr);
  ~PartnerService() override;  ///< Closes the streams.

  grpc::ServerBidiReactor<v1::SyncAgendasRequest, v1::SyncAgendasResponse>* SyncAgendas(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ImportAgenda(grpc::CallbackServerContext* context,
                                         const v1::ImportAgendaRequest* request,
                                         v1::ImportAgendaResponse* response) override;
  grpc::ServerUnaryReactor* ReportSourceRefusal(grpc::CallbackServerContext* context,
                                                const v1::ReportSourceRefusalRequest* request,
                                                v1::Slot* response) override;
  grpc::ServerUnaryReactor* ReleasePartnerAgenda(grpc::CallbackServerContext* context,
                                                 const v1::ReleasePartnerAgendaRequest* request,
                                                 v1::PartnerAgenda* response) override;
  grpc::ServerUnaryReactor* ListPartnerAgendas(grpc::CallbackServerContext* context,
                                               const v1::ListPartnerAgendasRequest* request,
                                               v1::ListPartnerAgendasResponse* response) override;

  grpc::ServerUnaryReactor* ReportSourceAppointment(
      grpc::CallbackServerContext* context, const v1::ReportSourceAppointmentRequest* request,
      v1::SourceReportAck* response) override;

  grpc::ServerUnaryReactor* GetPartner(grpc::CallbackServerContext* context,
                                       const v1::GetPartnerRequest* request,
                                       v1::Partner* response) override;
  grpc::ServerUnaryReactor* ListPartners(grpc::CallbackServerContext* context,
                                         const v1::ListPartnersRequest* request,
                                         v1::ListPartnersResponse* response) override;
  grpc::ServerUnaryReactor* UpdatePartner(grpc::CallbackServerContext* context,
                                          const v1::UpdatePartnerRequest* request,
                                          v1::Partner* response) override;

  /// Ends every stream after the frame at work, with UNAVAILABLE `DRAINING`; new ones are refused.
  void CloseStreams();

 private:
  struct Streams;

  /// A frame or a report, on the lane.
  absl::StatusOr<v1::SyncAgendasResponse> Work(const base::Call& call,
                                               const v1::SyncAgendasRequest& request);

  const rpc::Runtime& runtime_;
  PartnerFeed& feed_;
  PartnerRecords& records_;
  SourceDesk* const desk_;
  std::shared_ptr<Streams> streams_;  ///< Shared with the streams, which end by themselves.
};

}  // namespace sas::slots
