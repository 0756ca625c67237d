#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"
#include "services/regulation/store.h"

/// What the acts on exchanges share: who may see and write them, and how they are saved.
namespace sas::regulation {

inline constexpr char kExchangeName[] = "regions/*/cases/*/exchanges/*";
inline constexpr int kExchangesMax = 500;  ///< Of a dossier.
inline constexpr int kReceiptsMax = 200;   ///< Shown of an exchange.

/// How far the caller sees the exchanges of this dossier.
ExchangeSight SightOn(const base::Actor& actor, const v1::RegulationCase& row);

/// OK when the caller may write on the dossier: regulation and the OSNP on all, a practice on its
/// own and where something is addressed to it. PERMISSION_DENIED `NOT_OWN_CASE`.
absl::Status CheckMayExchange(RegulationTransaction& transaction, const base::Actor& actor,
                              const v1::RegulationCase& row);

/// One exchange that the caller may see. NOT_FOUND `EXCHANGE_NOT_FOUND` also when he may not, so
/// that a refusal tells nothing.
absl::StatusOr<v1::CaseExchange> OpenExchange(RegulationTransaction& transaction,
                                              const base::Actor& actor, const std::string& name);

/// A dossier to write on: rights and life cycle are asked, nothing of it is saved. Closed dossiers
/// are refused `CASE_CLOSED`.
absl::StatusOr<CaseWork> OpenForExchange(RegulationTransaction& transaction, const base::Call& call,
                                         base::Instant now, const std::string& case_name);

/// Gives a new exchange its name, author, territory and hours. RESOURCE_EXHAUSTED `LIMIT_REACHED`.
absl::Status FillExchange(Desk& desk, CaseWork& work, v1::CaseExchange& exchange);

/// It waits for its readers from now on.
void AwaitReaders(v1::CaseExchange& exchange, base::Instant now);

/// Writes the next version with its audit record and its event.
absl::Status SaveExchange(RegulationTransaction& transaction, v1::CaseExchange& exchange,
                          const std::string& event, const std::string& act, base::Instant now);

/// With its receipts, and whether the viewer has still to read it.
absl::StatusOr<v1::CaseExchange> ShowExchange(RegulationTransaction& transaction,
                                              v1::CaseExchange exchange, const base::Actor& viewer);

}  // namespace sas::regulation
