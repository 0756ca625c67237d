#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/store.h"

/// What the stores share: which dossiers a query shows, and the refusals that all of them give.
namespace sas::regulation {

/// The longest wait without promise, alarms and next promises of one priority, dossier by dossier.
void CountInto(RoomCount& room, const CaseIndex& index, base::Instant now);

/// The wait of a dossier that waits; and a page of them, as ListWaits gives it.
WaitEntry WaitOf(const CaseIndex& index, base::Instant now);
std::vector<WaitEntry> LongestFirst(std::vector<WaitEntry> waits,
                                    const std::optional<WaitEntry>& after, int limit);

/// The claim on this dossier, and whether it is the longest idle one of its territory.
IdleClaim IdleOf(const v1::RegulationCase& row);
void CountIdle(RoomCount& room, const v1::RegulationCase& row, base::Instant now);

/// Does `query` show this dossier (its `after` and `limit` aside)?
bool Shows(const CaseQuery& query, const CaseIndex& index);

/// The same of an order (its region and dossier aside).
bool Shows(const OrderQuery& query, const v1::CareOrder& order);

/// Who is asked to take the patient; empty when nobody is.
std::string AskedCommunity(const v1::CareOrder& order);

/// Sort key of a list: that of the queue, or newest first for ended dossiers.
QueueKey ListKeyOf(const CaseQuery& query, const CaseIndex& index);
QueueKey ListKeyOf(const v1::CareOrder& order);
QueueKey ListKeyOf(const OrderQuery& query, const v1::CareOrder& order);
QueueKey ListKeyOf(const v1::LostCall& lost_call);

/// The best candidates among `rows`, best first, at most kCandidatesMax.
std::vector<v1::RegulationCase> BestOf(const RepeatQuery& query,
                                       std::vector<v1::RegulationCase> rows);

/// Is it one of them, or are all meant?
bool IsAmong(const std::vector<std::string>& wanted, const std::string& one);
bool InTerritories(const std::vector<std::string>& territories, const std::string& territory);

absl::Status CaseNotFound(const std::string& name);
absl::Status OrderNotFound(const std::string& name);
absl::Status LostCallNotFound(const std::string& name);
absl::Status ConcurrentChange(const std::string& name);

}  // namespace sas::regulation
