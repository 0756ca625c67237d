#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "sas/slots/v1/directory_service.grpc.pb.h"
#include "services/slots/directory_service.h"
#include "services/slots/store_memory.h"

namespace sas::slots {

using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

/// A real server with DirectoryService over a store in memory, on Tuesday 24 November 2026, 10:00
/// in Paris.
class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// A small sound territory: one CPTS, one hospital, two doctors, one CSNP with one evening plan.
  static v1::Territory SoundTerritory();
  static v1::Territory Demo(const std::string& name);
  static v1::ImportTerritoryRequest Request(const v1::Territory& territory,
                                            const std::string& request_id = "r1");

  template <typename Request, typename Response>
  using Method = grpc::Status (v1::DirectoryService::Stub::*)(grpc::ClientContext*, const Request&,
                                                              Response*);

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(Method<Request, Response> method, const Request& request,
                               const base::Actor& actor = ActorWith(base::Role::kPlanner)) const {
    grpc::ClientContext context;
    server_.Authorize(context, actor);
    Response response;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::ImportTerritoryResponse> Import(
      const v1::ImportTerritoryRequest& request,
      const base::Actor& actor = ActorWith(base::Role::kPlanner)) const {
    return Ask(&v1::DirectoryService::Stub::ImportTerritory, request, actor);
  }

  absl::StatusOr<v1::ImportTerritoryResponse> Import(const v1::Territory& territory,
                                                     const std::string& request_id = "r1") const {
    return Import(Request(territory, request_id));
  }

  /// Sites of the region, to see whether anything was written.
  int SiteCount() const;

  testing::FakeClock clock_;
  MemorySlotsStore store_{clock_};
  testing::InProcessServer server_{Options()};
  std::vector<std::string> changes_;  ///< Regions given to on_change.
  std::unique_ptr<DirectoryService> service_;
  std::unique_ptr<v1::DirectoryService::Stub> stub_;

 private:
  testing::InProcessServer::Options Options() const {
    testing::InProcessServer::Options options;
    options.clock = &clock_;
    return options;
  }
};

}  // namespace sas::slots
