#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "sas/regulation/v1/board_service.pb.h"
#include "services/regulation/board_source.h"
#include "services/regulation/domain/board_book.h"

/// The messages of a board. Watchers of one view share the bytes of a message; only its number is
/// their own, and stands in front of them.
namespace sas::regulation {

/// What makes two watchers' messages the same.
std::string ViewKey(std::string_view region, const BoardScope& scope);

/// Where a watcher stands: what its view had shown up to an event, at an instant.
struct BoardToken {
  std::string view;  ///< Hash of the key.
  base::Instant time{};
  std::string cursor;
};

std::string ViewHash(std::string_view view_key);
std::string FormatToken(const BoardToken& token);
/// Nothing for what FormatToken does not make.
std::optional<BoardToken> ParseToken(std::string_view text);

/// How a token stands to the book's cursor; RESUMED when it may be tried.
v1::WatchBoardResponse::Resume JudgeToken(const std::optional<BoardToken>& token,
                                          std::string_view view_hash, const std::string& cursor);

std::int64_t SequenceOf(const std::string& cursor);

void FillSnapshot(const BoardBook& book, const BoardScope& scope, v1::WatchBoardResponse& body);
void FillChanges(const BoardBook::Delta& delta, v1::WatchBoardResponse& body);
/// `comparable`: the lines are of the same state of the ledger and the same instant.
v1::BoardCounts ToCounts(const BoardSource::Counted& counted, const BoardScope& scope,
                         bool comparable);

/// The shared part of a message, once for all.
grpc::Slice ToBody(const v1::WatchBoardResponse& body);

/// A watcher's own message around the shared part.
grpc::ByteBuffer ToMessage(std::int64_t sequence, v1::WatchBoardResponse::Resume resume,
                           const grpc::Slice& body);

}  // namespace sas::regulation
