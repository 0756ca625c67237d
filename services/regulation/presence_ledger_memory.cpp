#include "services/regulation/presence_ledger_memory.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sas::regulation {
namespace {

base::Instant EndOf(const BoardStream& stream) {
  return stream.open ? stream.seen + kStreamStale : stream.seen;
}

}  // namespace

absl::Status MemoryPresenceLedger::PutStream(const BoardStream& stream) {
  rows_[stream.id] = stream;
  return absl::OkStatus();
}

absl::StatusOr<int> MemoryPresenceLedger::RenewStreams(const std::string& replica,
                                                       base::Instant now) {
  int renewed = 0;
  for (auto& [id, row] : rows_) {
    if (row.replica != replica || !row.open) continue;
    row.seen = now;
    ++renewed;
  }
  return renewed;
}

absl::StatusOr<std::vector<Absence>> MemoryPresenceLedger::ListAbsent(base::Instant until,
                                                                      int limit) {
  std::map<std::pair<std::string, std::string>, base::Instant> ends;
  for (const auto& [id, row] : rows_) {
    base::Instant& end = ends[{row.region, row.subject}];
    end = std::max(end, EndOf(row));
  }
  std::vector<Absence> absent;
  for (const auto& [person, end] : ends) {
    if (end <= until) absent.push_back({person.first, person.second, end});
  }
  const auto key = [](const Absence& each) {
    return std::tie(each.since, each.region, each.subject);
  };
  std::sort(absent.begin(), absent.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  if (absent.size() > static_cast<std::size_t>(limit)) {
    absent.resize(static_cast<std::size_t>(limit));
  }
  return absent;
}

absl::StatusOr<std::optional<base::Instant>> MemoryPresenceLedger::FindEnd(
    const std::string& region, const std::string& subject) {
  std::optional<base::Instant> end;
  for (const auto& [id, row] : rows_) {
    if (row.region != region || row.subject != subject) continue;
    end = std::max(end.value_or(base::Instant{}), EndOf(row));
  }
  return end;
}

absl::Status MemoryPresenceLedger::DropStreams(const std::string& region,
                                               const std::string& subject, base::Instant until) {
  std::erase_if(rows_, [&](const auto& each) {
    const BoardStream& row = each.second;
    return row.region == region && row.subject == subject && EndOf(row) <= until;
  });
  return absl::OkStatus();
}

absl::Status MemoryPresenceLedger::DropEnded(base::Instant until) {
  std::erase_if(rows_, [&](const auto& each) { return EndOf(each.second) <= until; });
  return absl::OkStatus();
}

}  // namespace sas::regulation
