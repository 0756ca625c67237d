#include "services/regulation/domain/community_request.h"

#include <array>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

constexpr std::array<std::string_view, 6> kCodes{"NONE",     "ASKED",     "ACCEPTED",
                                                 "DECLINED", "WITHDRAWN", "EXPIRED"};

bool Answers(base::Role role) {
  return role == base::Role::kEffecteur || role == base::Role::kSecretariat ||
         role == base::Role::kProfessional;
}

}  // namespace

std::string_view DemandCode(DemandState state) {
  return kCodes.at(static_cast<std::size_t>(state));
}

bool IsOver(const Demand& demand, base::Instant now) {
  return demand.state == DemandState::kAsked && demand.answer_due <= now;
}

absl::Status CheckFreeToAsk(const Demand& demand, base::Instant now) {
  if (demand.state != DemandState::kAsked || IsOver(demand, now)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "COMMUNITY_ASKED",
                    "a community is asked and has not answered yet: wait, or withdraw the request",
                    {{"community", std::string(demand.community)}});
}

absl::Status CheckAnswerDue(base::Instant answer_due, base::Instant latest, base::Instant now) {
  if (answer_due >= now + kAnswerTimeMin && answer_due <= now + kAnswerTimeMax &&
      answer_due < latest) {
    return absl::OkStatus();
  }
  return base::InvalidField("request.answer_due_time", "INVALID_ANSWER_DUE",
                            "5 min to 4 h from now, and before the order's deadline");
}

absl::Status CheckOwnCommunity(const base::Actor& actor, std::string_view community) {
  const bool own = care::SameOrganization(actor.organization, community);
  if (own && Answers(actor.role)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_COMMUNITY",
                    "you see and answer what your own structure is asked; your credentials name "
                    "another one, or none");
}

absl::Status CheckUnanswered(const Demand& demand, base::Instant now) {
  if (demand.state == DemandState::kAsked && !IsOver(demand, now)) return absl::OkStatus();
  const DemandState state = IsOver(demand, now) ? DemandState::kExpired : demand.state;
  return base::Fail(absl::StatusCode::kAborted, "COMMUNITY_ANSWERED",
                    "this request was answered or taken back, or its time is over: call the "
                    "regulation if you still take the patient",
                    {{"state", std::string(DemandCode(state))}});
}

absl::Status CheckSlotStart(base::Instant start, base::Instant latest, base::Instant now) {
  if (start >= now && start <= latest) return absl::OkStatus();
  return base::InvalidField("slot_start_time", "INVALID_SLOT_START",
                            "from now on, and no later than the order's deadline");
}

}  // namespace sas::regulation
