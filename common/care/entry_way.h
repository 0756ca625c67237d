#pragma once

#include <string_view>

#include "absl/types/span.h"
#include "common/base/call.h"

/// Entries without regulation: who enters by which way, and whose an entry is. One rule for who
/// writes the entry (regulation) and who books it (booking), so that nobody may do one half of it.
namespace sas::care {

/// A structure's own organisation, outside the SAS.
inline constexpr std::string_view kLocalEntry = "local";

/// Entry point of the credentials ("pharmacie"), or the one of the role where they name none.
std::string_view OwnEntryPoint(const base::Actor& actor);

/// Does `actor` enter by `entry_point`? By his own, where his role has that way; a practice also
/// organises locally.
bool EntersBy(const base::Actor& actor, std::string_view entry_point);

/// TRE_G15 codes of the PROFESSIONALs who have this way; empty means all, or no such way.
absl::Span<const std::string_view> ProfessionsOf(std::string_view entry_point);

/// Is an entry of `organization`, made by `submitter` (subject), the actor's? His structure's where
/// both sides name one, however they spell it (NormalOrganization); otherwise the person's, because
/// credentials may have lost their structure.
bool IsOwnEntry(const base::Actor& actor, std::string_view organization,
                std::string_view submitter);

}  // namespace sas::care
