#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/status_map.h"
#include "common/testing/in_process_server.h"
#include "sas/regulation/v1/board_service.grpc.pb.h"

namespace sas::regulation {

/// A console that watches a board: reads one message at a time and keeps its lines as the proto
/// says.
struct BoardScreen {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchBoardResponse>> reader;
  v1::WatchBoardResponse last;
  v1::BoardCounts counts;  ///< The last that were told.
  std::map<std::string, v1::BoardCard> cards;
  std::string token;
  std::int64_t messages = 0;
  int snapshots = 0;
  std::string all_bytes;  ///< Everything that was sent, to search for what must not be in it.

  /// False at the end of the stream.
  bool Next() {
    if (!reader->Read(&last)) return false;
    EXPECT_EQ(last.sequence(), ++messages);
    EXPECT_EQ(last.resume() != v1::WatchBoardResponse::RESUME_UNSPECIFIED && messages > 1, false);
    all_bytes += last.SerializeAsString();
    token = last.resume_token();
    if (last.has_counts()) counts = last.counts();
    if (last.has_snapshot()) {
      ++snapshots;
      cards.clear();
      for (const v1::BoardCard& card : last.snapshot().cards()) cards[card.name()] = card;
    }
    for (const v1::BoardCard& card : last.changes().cards()) cards[card.name()] = card;
    for (const std::string& name : last.changes().removed()) cards.erase(name);
    if (snapshots > 0 && last.has_counts()) AddUp();
    return true;
  }

  /// The lines are those that the server says this board has (hazard H-42).
  void AddUp() const {
    std::int64_t versions = 0;
    for (const auto& [name, card] : cards) versions += card.version();
    EXPECT_EQ(counts.sum().card_count(), static_cast<int>(cards.size()));
    EXPECT_EQ(counts.sum().version_sum(), versions);
  }

  /// Reads until `condition` holds after a message; false at the end of the stream.
  template <typename Condition>
  bool NextUntil(Condition condition) {
    while (Next()) {
      if (condition()) return true;
    }
    return false;
  }

  bool Shows(const std::string& name) const { return cards.count(name) > 0; }

  bool Alarmed(const std::string& name, v1::BoardCard::Alarm alarm) const {
    const auto card = cards.find(name);
    if (card == cards.end()) return false;
    const auto& alarms = card->second.alarms();
    return std::find(alarms.begin(), alarms.end(), alarm) != alarms.end();
  }

  /// In the order of the board.
  std::vector<std::string> Names() const {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, card] : cards) sorted[card.order_key()] = name;
    std::vector<std::string> names;
    for (const auto& [key, name] : sorted) names.push_back(name);
    return names;
  }

  /// Lines as text, to compare two screens; ages apart, nothing depends on when it was told.
  std::string Text() const {
    std::string text;
    for (const auto& [name, card] : cards) text += card.ShortDebugString() + "\n";
    return text;
  }

  /// Reads to the end; how the stream ended.
  absl::Status End() {
    while (Next()) continue;
    return rpc::FromGrpc(reader->Finish());
  }

  void Leave() {
    context.TryCancel();
    End().IgnoreError();
  }
};

inline std::unique_ptr<BoardScreen> OpenBoard(const testing::InProcessServer& server,
                                              const base::Actor& actor,
                                              const v1::WatchBoardRequest& request,
                                              std::shared_ptr<grpc::Channel> channel = nullptr) {
  auto screen = std::make_unique<BoardScreen>();
  server.Authorize(screen->context, actor, std::chrono::seconds(60));
  const auto stub = v1::BoardWatchService::NewStub(channel != nullptr ? channel : server.Channel());
  screen->reader = stub->WatchBoard(&screen->context, request);
  return screen;
}

inline v1::WatchBoardRequest BoardOf(const std::string& territory = "",
                                     const std::string& token = "") {
  v1::WatchBoardRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_territory(territory);
  request.set_resume_token(token);
  return request;
}

}  // namespace sas::regulation
