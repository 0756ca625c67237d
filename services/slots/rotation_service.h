#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/runtime.h"
#include "sas/slots/v1/rotation_service.grpc.pb.h"
#include "services/slots/projection.h"

namespace sas::slots {

inline constexpr int kLoadTableSitesMax = 500;

/// Rows of the territories that the caller may see; of one of them when `territory` is not empty.
v1::LoadTable MakeLoadTable(const RegionView& view, const std::string& region,
                            const std::string& territory, const base::Actor& actor,
                            base::Instant now);

/// Gini coefficient of load relative to share, of the competing sites of each SAS territory.
std::map<std::string, double> LoadGinis(const RegionView& view, const std::string& region,
                                        base::Instant now);

/// sas.slots.v1.RotationService: the fair share, from memory, in gRPC's own thread.
class RotationService final : public v1::RotationService::CallbackService {
 public:
  RotationService(const rpc::Runtime& runtime, const Projection& projection)
      : runtime_(runtime), projection_(projection) {}

  grpc::ServerUnaryReactor* GetLoadTable(grpc::CallbackServerContext* context,
                                         const v1::GetLoadTableRequest* request,
                                         v1::LoadTable* response) override;

 private:
  const rpc::Runtime& runtime_;
  const Projection& projection_;
};

}  // namespace sas::slots
