#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {

/// A console that watches a search: it reads one message at a time and keeps its list as the proto
/// says.
struct Watcher {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchAvailabilityResponse>> reader;
  v1::WatchAvailabilityResponse last;
  std::vector<v1::SlotMatch> list;
  int total = 0;
  int messages = 0;

  /// False at the end of the stream.
  bool Next() {
    if (!reader->Read(&last)) return false;
    EXPECT_EQ(last.sequence(), ++messages);
    if (last.has_snapshot()) {
      list.assign(last.snapshot().matches().begin(), last.snapshot().matches().end());
      total = last.snapshot().total_count();
    } else if (last.has_changes()) {
      Apply(last.changes());
    }
    return true;
  }

  /// Reads until `condition` holds after a message; false at the end of the stream.
  template <typename Condition>
  bool NextUntil(Condition condition) {
    while (Next()) {
      if (condition()) return true;
    }
    return false;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const v1::SlotMatch& match : list) names.push_back(match.slot().name());
    return names;
  }

  bool Shows(const std::string& slot) const {
    const auto names = Names();
    return std::find(names.begin(), names.end(), slot) != names.end();
  }

  /// Reads to the end; how the stream ended.
  absl::Status End() {
    while (Next()) continue;
    return rpc::FromGrpc(reader->Finish());
  }

 private:
  void Apply(const v1::AvailabilityChanges& changes) {
    std::vector<v1::PlacedMatch> placed(changes.added().begin(), changes.added().end());
    placed.insert(placed.end(), changes.changed().begin(), changes.changed().end());
    std::sort(placed.begin(), placed.end(),
              [](const auto& a, const auto& b) { return a.position() < b.position(); });
    const auto leaves = [&](const v1::SlotMatch& match) {
      const std::string& name = match.slot().name();
      const auto& taken = changes.taken();
      return std::find(taken.begin(), taken.end(), name) != taken.end() ||
             std::any_of(placed.begin(), placed.end(), [&](const v1::PlacedMatch& each) {
               return each.match().slot().name() == name;
             });
    };
    list.erase(std::remove_if(list.begin(), list.end(), leaves), list.end());
    for (const v1::PlacedMatch& each : placed) {
      ASSERT_LE(static_cast<std::size_t>(each.position()), list.size());
      list.insert(list.begin() + each.position(), each.match());
    }
    total = changes.total_count();
  }
};

class WatchTest : public SlotsServerTest {
 protected:
  std::unique_ptr<Watcher> Watch(const v1::SearchSlotsRequest& search,
                                 const base::Actor& actor = Osnp()) {
    auto watcher = std::make_unique<Watcher>();
    server_.Authorize(watcher->context, actor, std::chrono::seconds(60));
    v1::WatchAvailabilityRequest request;
    *request.mutable_search() = search;
    watcher->reader = watch_stub_->WatchAvailability(&watcher->context, request);
    return watcher;
  }

  static v1::SearchSlotsRequest Fifty() {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_page_size(50);
    return request;
  }

  void Release(const v1::SlotHold& hold, const base::Actor& actor = Osnp()) {
    v1::ReleaseSlotHoldRequest release;
    release.set_name(hold.slot().name());
    release.set_hold_token(hold.hold_token());
    release.set_request_id("R-release");
    EXPECT_THAT(
        Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::ReleaseSlotHold, release, actor),
        IsOk());
  }
};

}  // namespace sas::slots
