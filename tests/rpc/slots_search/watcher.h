#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "services/slots/watch_step.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {

/// What a console has of its search that keeps its list as the proto says.
struct Followed {
  v1::SearchSlotsResponse whole;  ///< The last whole answer.
  std::vector<v1::SlotMatch> list;
  int total = 0;

  void Take(const v1::WatchAvailabilityResponse& step) {
    if (step.has_snapshot()) {
      whole = step.snapshot();
      list.assign(whole.matches().begin(), whole.matches().end());
      total = whole.total_count();
    } else if (step.has_changes()) {
      Apply(step.changes());
    }
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

/// A console that watches a search: it reads one message at a time.
struct Watcher : Followed {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchAvailabilityResponse>> reader;
  v1::WatchAvailabilityResponse last;
  int messages = 0;

  /// False at the end of the stream.
  bool Next() {
    if (!reader->Read(&last)) return false;
    EXPECT_EQ(last.sequence(), ++messages);
    Take(last);
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

  /// Reads to the end; how the stream ended.
  absl::Status End() {
    while (Next()) continue;
    return rpc::FromGrpc(reader->Finish());
  }
};

class WatchTest : public SlotsServerTest {
 protected:
  /// Receives its own patients only.
  static constexpr char kBesideTheList[] = "regions/fr-pdl/sites/cabinet-commequiers";

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

  /// Changes a site, and shows it.
  template <typename Change>
  void ChangeSite(const std::string& name, Change change) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(name));
                               change(*site);
                               SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                               return transaction.TouchSite("fr-pdl", name);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  /// Another name of a site that every search of Fifty() leaves out: it stands beside the list.
  void RenameBesideTheList(const std::string& name) {
    clock_.Advance(kBesidePause);
    ChangeSite(kBesideTheList, [&](v1::Site& site) { site.set_display_name(name); });
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
