#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"

/// Appointments that are booked together or not at all.
namespace sas::booking {

inline constexpr int kGroupMin = 2;
inline constexpr int kGroupMax = 8;

/// Nurse and doctor are together with the patient for so long at least, or for the whole of the
/// shorter slot.
inline constexpr std::chrono::minutes kTogetherMin{10};

/// Values equal those of Group.Kind.
enum class GroupKind { kUnspecified = 0, kFamily = 1, kTwoResources = 2 };

/// What a member says of itself.
struct GroupMember {
  std::string_view regulation_case;
  std::string_view patient;
  std::string_view hold_token;
};

/// INVALID_ARGUMENT `GROUP_KIND_REQUIRED`, `INVALID_GROUP_SIZE`, `HOLD_USED_TWICE`; of a family
/// `GROUP_OF_OTHER_CASE`, `GROUP_PATIENT_TWICE`; of two resources `GROUP_OF_OTHER_PATIENT`.
absl::Status CheckGroup(GroupKind kind, const std::vector<GroupMember>& members);

/// One of two resources, with its slot.
struct GroupSeat {
  bool at_home = false;  ///< Mode HH.
  bool remote = false;   ///< Mode VR.
  base::Instant start;
  base::Instant end;
};

/// A nurse at the patient's home and a remote doctor (S1-11): FAILED_PRECONDITION `GROUP_MODES`,
/// `GROUP_SLOTS_APART` unless the slots overlap by kTogetherMin.
absl::Status CheckTogether(const GroupSeat& one, const GroupSeat& other);

}  // namespace sas::booking
