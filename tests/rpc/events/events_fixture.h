#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/events/event_service.h"
#include "common/ledger/journal_memory.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "sas/events/v1/event_service.grpc.pb.h"

namespace sas::events {

inline void PublishTo(ledger::MemoryLedger& ledger, const base::Clock& clock,
                      const std::string& subject, const std::string& region = "fr-pdl",
                      const std::string& territory = "") {
  base::Call call;
  call.actor = testing::ActorWith(base::Role::kArm, "arm-7");
  call.trace_id = "0123456789abcdef0123456789abcdef";
  v1::Event event;
  event.set_territory(territory);
  event.mutable_care_order()->set_version(3);
  auto journal = ledger.Begin(call, clock);
  ASSERT_TRUE(journal->Publish({region, "order.updated", subject, event.SerializeAsString()}).ok());
  ledger.Commit(*journal);
}

/// An EventService over a memory feed on a real server.
class EventsTest : public ::testing::Test {
 protected:
  explicit EventsTest(const base::Clock* clock = nullptr)
      : server_({.clock = clock, .limits = {}}), service_(server_.runtime(), ledger_) {
    AllowEventMethods(server_.roles());
    EXPECT_THAT(server_.Start({&service_}, {"sas.events.v1.EventService"}), testing::IsOk());
    stub_ = v1::EventService::NewStub(server_.Channel());
  }

  ~EventsTest() override {
    server_.Stop([this] { service_.CloseStreams(); });
  }

  void Publish(const std::string& subject, const std::string& region = "fr-pdl",
               const std::string& territory = "") {
    PublishTo(ledger_, server_.clock(), subject, region, territory);
  }

  /// A watch that tests read message by message.
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader;

    /// The next message that is an event; an empty one when the stream ends first.
    v1::WatchEventsResponse NextEvent() {
      v1::WatchEventsResponse message;
      while (reader->Read(&message)) {
        if (message.has_event()) return message;
      }
      return {};
    }

    v1::WatchEventsResponse NextHeartbeat() {
      v1::WatchEventsResponse message;
      while (reader->Read(&message)) {
        if (!message.has_event()) return message;
      }
      return {};
    }

    /// Reads to the end; how the stream ended.
    absl::Status End() {
      v1::WatchEventsResponse message;
      while (reader->Read(&message)) continue;
      return rpc::FromGrpc(reader->Finish());
    }
  };

  std::unique_ptr<Watch> Open(const base::Actor& actor, const std::string& parent,
                              const std::string& cursor) {
    auto watch = std::make_unique<Watch>();
    server_.Authorize(watch->context, actor, std::chrono::seconds(30));
    v1::WatchEventsRequest request;
    request.set_parent(parent);
    request.set_after_cursor(cursor);
    watch->reader = stub_->WatchEvents(&watch->context, request);
    return watch;
  }

  std::unique_ptr<Watch> Open(const std::string& cursor) {
    return Open(osnp_, "regions/fr-pdl", cursor);
  }

  absl::StatusOr<v1::ListEventsResponse> List(const base::Actor& actor, const std::string& parent,
                                              int page_size, const std::string& token) {
    grpc::ClientContext context;
    server_.Authorize(context, actor);
    v1::ListEventsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_page_token(token);
    v1::ListEventsResponse response;
    const grpc::Status status = stub_->ListEvents(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::ListEventsResponse> List(int page_size, const std::string& token) {
    return List(osnp_, "regions/fr-pdl", page_size, token);
  }

  base::Actor osnp_ = testing::ActorWith(base::Role::kOsnp, "osnp-1");
  ledger::MemoryLedger ledger_;
  testing::InProcessServer server_;
  EventService service_;
  std::unique_ptr<v1::EventService::Stub> stub_;
};

}  // namespace sas::events
