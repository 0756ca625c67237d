#include "services/booking/domain/group.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/base/status.h"

namespace sas::booking {
namespace {

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, message);
}

std::string FieldOf(std::size_t member, std::string_view field) {
  return "members[" + std::to_string(member) + "]." + std::string(field);
}

absl::Status CheckFamily(const std::vector<GroupMember>& members) {
  std::set<std::string_view> patients;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].regulation_case != members[0].regulation_case) {
      return base::InvalidField(FieldOf(i, "appointment.regulation_case"), "GROUP_OF_OTHER_CASE",
                                "a family is booked in one dossier");
    }
    if (!patients.insert(members[i].patient).second) {
      return base::InvalidField(FieldOf(i, "appointment.patient"), "GROUP_PATIENT_TWICE",
                                "each member of a family is another patient of the dossier");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGroup(GroupKind kind, const std::vector<GroupMember>& members) {
  if (kind != GroupKind::kFamily && kind != GroupKind::kTwoResources) {
    return base::InvalidField("kind", "GROUP_KIND_REQUIRED", "say FAMILY or TWO_RESOURCES");
  }
  const auto most = static_cast<std::size_t>(kind == GroupKind::kFamily ? kGroupMax : kGroupMin);
  if (members.size() < kGroupMin || members.size() > most) {
    return base::InvalidField("members", "INVALID_GROUP_SIZE",
                              "2 to 8 of a family, and 2 of two resources",
                              {{"members_max", std::to_string(most)}});
  }
  std::set<std::string_view> holds;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (holds.insert(members[i].hold_token).second) continue;
    return base::InvalidField(FieldOf(i, "hold_token"), "HOLD_USED_TWICE",
                              "each member has a hold of its own: hold another seat");
  }
  if (kind == GroupKind::kFamily) return CheckFamily(members);
  if (members[0].patient == members[1].patient) return absl::OkStatus();
  return base::InvalidField(FieldOf(1, "appointment.patient"), "GROUP_OF_OTHER_PATIENT",
                            "two resources are booked for one patient");
}

absl::Status CheckTogether(const GroupSeat& one, const GroupSeat& other) {
  const bool pair = (one.at_home && other.remote) || (one.remote && other.at_home);
  if (!pair) {
    return Refuse("GROUP_MODES",
                  "two resources are a nurse at the patient's home (HH) and a remote doctor (VR): "
                  "choose slots of these modes");
  }
  const auto together = std::min(one.end, other.end) - std::max(one.start, other.start);
  const auto needed = std::min(
      {base::Instant::duration(kTogetherMin), one.end - one.start, other.end - other.start});
  if (together >= needed) return absl::OkStatus();
  return Refuse(
      "GROUP_SLOTS_APART",
      "nurse and doctor must be there together for 10 minutes: choose slots that overlap");
}

}  // namespace sas::booking
