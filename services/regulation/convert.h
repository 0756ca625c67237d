#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/etag.h"
#include "common/base/timestamp.h"
#include "common/care/geo.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/decision.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "sas/type/v1/actor.pb.h"
#include "sas/type/v1/place.pb.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/claim.h"
#include "services/regulation/domain/decision.h"
#include "services/regulation/domain/entry.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/reflex.h"
#include "services/regulation/domain/reorientation.h"
#include "services/regulation/domain/repeat_call.h"

/// Between the messages that the ledger keeps and the values of the rules.
namespace sas::regulation {

using base::EtagOf;
using base::ToInstant;
using base::ToTimestamp;
using base::VersionOf;

sas::type::v1::Actor ToProto(const base::Actor& actor);
care::Point PointOf(const sas::type::v1::GeoPoint& point);

ClaimValue ToValue(const v1::Claim& claim);
v1::Claim ToProto(const ClaimValue& claim);

DecisionValue ToValue(const v1::Decision& decision);

inline Priority ToValue(v1::Priority priority) {
  return static_cast<Priority>(priority);
}

inline Filiere ToValue(sas::type::v1::Filiere filiere) {
  return static_cast<Filiere>(filiere);
}

inline CareLevel ToValue(v1::CareLevel level) {
  return static_cast<CareLevel>(level);
}

inline CaseState ToValue(v1::RegulationCase::State state) {
  return static_cast<CaseState>(state);
}

inline OrderState ToValue(v1::CareOrder::State state) {
  return static_cast<OrderState>(state);
}

inline Destination ToValue(v1::Reorientation::Destination destination) {
  return static_cast<Destination>(destination);
}

inline ReflexState ToValue(v1::ReflexDeparture::State state) {
  return static_cast<ReflexState>(state);
}

/// The promise of a P3, or of a call to hear how the patient is; nothing for other promises.
std::optional<CallbackWindow> WindowOf(const v1::RegulationCase& regulation_case);

/// The same as the queue looks at it: while the priority is P3, and fallen due with the last of
/// three calls that reached nobody (hazard H-13).
std::optional<CallbackWindow> WaitWindowOf(const v1::RegulationCase& regulation_case);

/// What the ledger sorts and filters dossiers by, beside the document.
struct CaseIndex {
  std::string region;
  std::string territory;
  CaseState state = CaseState::kUnspecified;
  Filiere filiere = Filiere::kUnspecified;
  bool waits = false;  ///< For a regulator; whether somebody has it is another matter.
  QueueEntry queue;
  base::Instant alarm{};
  std::string owner;
  base::Instant claim_expire{};
  base::Instant claim_acted{};
  base::Instant opened{};  ///< Of what is prepared: its hour.
  base::Instant ended{};
  std::int64_t version = 0;
};

CaseIndex IndexOf(const v1::RegulationCase& regulation_case);

/// What a call is compared with.
RepeatFacts RepeatFactsOf(const v1::RegulationCase& regulation_case);

/// Metres between the patient's place and where the telephone was at the latest call that says it,
/// when they contradict each other; 0 otherwise.
int PlaceConflictOf(const v1::RegulationCase& regulation_case);

/// The latest call of a dossier.
const v1::CallOrigin& LatestCall(const v1::RegulationCase& regulation_case);

/// Subject under which marks keep the appointments of a dossier.
std::string VisitsOf(const std::string& case_name);

/// Whose an order is, and its place in the file active.
EntryOwner OwnerOf(const v1::CareOrder& order);
QueueKey EntryKeyOf(const v1::CareOrder& order);

/// `regions/{r}/cases/{c}` of a valid name directly below it.
std::string CaseOf(std::string_view name);

}  // namespace sas::regulation
