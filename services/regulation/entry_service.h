#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/entry_service.grpc.pb.h"
#include "services/regulation/entry_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.EntryService on the lanes of the process. What each RPC does stands in
/// entry_acts.h.
class EntryService final : public v1::EntryService::CallbackService {
 public:
  /// Both outlive the server.
  EntryService(const rpc::Runtime& runtime, EntryDesk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* SubmitEntry(grpc::CallbackServerContext* context,
                                        const v1::SubmitEntryRequest* request,
                                        v1::SubmitEntryResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* Reorient(grpc::CallbackServerContext* context,
                                     const v1::ReorientRequest* request,
                                     v1::ReorientResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(EntryDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  EntryDesk& desk_;
};

}  // namespace sas::regulation
