#include "services/regulation/board_wire.h"

#include <charconv>
#include <cstdio>

#include "common/ledger/cursor.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
#include "services/regulation/room_board.h"

namespace sas::regulation {
namespace {

using Response = v1::WatchBoardResponse;

constexpr std::string_view kTokenStart = "b1_";
constexpr std::size_t kHashDigits = 16;

// FNV-1a: the same on every replica and build, unlike std::hash.
std::uint64_t Hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char each : text) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211ULL;
  }
  return hash;
}

}  // namespace

std::string ViewKey(std::string_view region, const BoardScope& scope) {
  std::string key(region);
  for (const std::string& territory : scope.territories) key += "," + territory;
  key += scope.cases ? "|c" : "|";
  key += scope.lost_calls ? "|l" : "|";
  key += scope.orders ? "|o" : "|";
  return key + "|" + std::to_string(static_cast<int>(scope.filiere));
}

std::string ViewHash(std::string_view view_key) {
  char text[kHashDigits + 1];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(Hash(view_key)));
  return text;
}

std::string FormatToken(const BoardToken& token) {
  return std::string(kTokenStart) + token.view + "_" +
         std::to_string(token.time.time_since_epoch().count()) + "_" + token.cursor;
}

std::optional<BoardToken> ParseToken(std::string_view text) {
  if (text.substr(0, kTokenStart.size()) != kTokenStart) return std::nullopt;
  text.remove_prefix(kTokenStart.size());
  if (text.size() <= kHashDigits || text[kHashDigits] != '_') return std::nullopt;
  BoardToken token;
  token.view = std::string(text.substr(0, kHashDigits));
  text.remove_prefix(kHashDigits + 1);
  std::int64_t time_us = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), time_us);
  if (fault != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty() || text[0] != '_' || text.size() == 1) return std::nullopt;
  token.time = base::Instant(std::chrono::microseconds(time_us));
  token.cursor = std::string(text.substr(1));
  if (!ledger::ParseCursor(token.cursor).ok()) return std::nullopt;
  return token;
}

Response::Resume JudgeToken(const std::optional<BoardToken>& token, std::string_view view_hash,
                            const std::string& cursor) {
  if (!token) return Response::RESUME_UNREADABLE;
  if (token->view != view_hash) return Response::RESUME_OTHER_VIEW;
  const ledger::Cursor theirs = ledger::ParseCursor(token->cursor).value_or(ledger::Cursor{});
  const ledger::Cursor ours = ledger::ParseCursor(cursor).value_or(ledger::Cursor{});
  if (ledger::EpochOf(theirs.sequence) != ledger::EpochOf(ours.sequence)) {
    return Response::RESUME_OTHER_EPOCH;
  }
  return ours < theirs ? Response::RESUME_FROM_FUTURE : Response::RESUME_RESUMED;
}

std::int64_t SequenceOf(const std::string& cursor) {
  return ledger::ParseCursor(cursor).value_or(ledger::Cursor{}).sequence;
}

void FillSnapshot(const BoardBook& book, const BoardScope& scope, Response& body) {
  v1::BoardSnapshot& snapshot = *body.mutable_snapshot();
  for (const BoardBook::Entry* entry : book.Shown(scope)) *snapshot.add_cards() = ToProto(*entry);
}

void FillChanges(const BoardBook::Delta& delta, Response& body) {
  v1::BoardChanges& changes = *body.mutable_changes();
  for (const BoardBook::Entry* entry : delta.cards) *changes.add_cards() = ToProto(*entry);
  for (const std::string& name : delta.removed) changes.add_removed(name);
}

v1::BoardCounts ToCounts(const BoardSource::Counted& counted, const BoardScope& scope,
                         bool comparable) {
  v1::BoardCounts counts;
  if (comparable) counts.set_ledger_sequence(SequenceOf(counted.cursor));
  *counts.mutable_board() = ToBoard(counted.room, scope.cases, counted.at);
  return counts;
}

grpc::Slice ToBody(const Response& body) {
  return grpc::Slice(body.SerializeAsString());
}

grpc::ByteBuffer ToMessage(std::int64_t sequence, Response::Resume resume,
                           const grpc::Slice& body) {
  Response own;
  own.set_sequence(sequence);
  own.set_resume(resume);
  // Concatenated messages are one message: protobuf merges their fields.
  const grpc::Slice parts[] = {grpc::Slice(own.SerializeAsString()), body};
  return grpc::ByteBuffer(parts, 2);
}

}  // namespace sas::regulation
