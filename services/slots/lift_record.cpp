#include "services/slots/lift_record.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/domain/rule_lift.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

constexpr int kLiftedMax = 10;
constexpr std::size_t kReasonCodeMax = 80;

bool IsReasonCode(const std::string& code) {
  return !code.empty() && code.size() <= kReasonCodeMax &&
         code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

std::string Joined(const v1::RuleLift& lift) {
  std::string codes;
  for (const std::string& rule : lift.rules()) codes += (codes.empty() ? "" : ",") + rule;
  return codes;
}

}  // namespace

absl::StatusOr<std::string> ReadLift(const v1::HoldSlotRequest& request, const base::Actor& actor) {
  if (!request.has_lift()) return std::string();
  if (actor.role != base::Role::kRegulatorAmu && actor.role != base::Role::kRegulatorMg) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "LIFT_NEEDS_REGULATOR",
                      "only a regulator lifts a rule of a site; ask one to hold the slot");
  }
  const v1::RuleLift& lift = request.lift();
  if (lift.rules().empty() || lift.rules_size() > kLiftedMax) {
    return base::InvalidField("lift.rules", "RULE_NOT_LIFTABLE",
                              "name 1 to 10 rules, by the reasons of their refusals");
  }
  for (const std::string& rule : lift.rules()) {
    if (!LiftableRule(rule)) {
      return base::InvalidField("lift.rules", "RULE_NOT_LIFTABLE",
                                "a regulator lifts only what says `lifted_by` REGULATOR; what is "
                                "clinical or the practice's own is asked there by telephone");
    }
  }
  if (!IsReasonCode(lift.reason_code())) {
    return base::InvalidField("lift.reason_code", "REASON_CODE_REQUIRED",
                              "say why in UPPER_SNAKE, for example AUCUNE_AUTRE_OFFRE");
  }
  return Joined(lift);
}

absl::Status RecordLift(SlotsStore& store, const base::Call& call,
                        const v1::HoldSlotRequest& request) {
  const std::string region(base::RegionOf(request.name()));
  return ledger::WriteOnce<v1::RuleLift>(
             store, call, request,
             [&](SlotsTransaction& transaction) -> absl::StatusOr<v1::RuleLift> {
               const v1::RuleLift& lift = request.lift();
               SAS_RETURN_IF_ERROR(transaction.journal().Audit(
                   {"LiftRule", request.name(), region,
                    "rules=" + Joined(lift) + " reason=" + lift.reason_code()}));
               events::v1::Event event;
               event.set_type("rule.lifted");
               event.set_subject(request.name());
               event.set_region(region);
               event.mutable_planning()->set_site(std::string(SiteOfSlot(request.name())));
               event.mutable_planning()->set_reason_code(lift.reason_code());
               *event.mutable_planning()->mutable_lifted_rules() = lift.rules();
               SAS_RETURN_IF_ERROR(transaction.journal().Publish(
                   {region, event.type(), event.subject(), event.SerializeAsString()}));
               return lift;
             })
      .status();
}

}  // namespace sas::slots
