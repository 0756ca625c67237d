#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/agenda_exception.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "services/slots/template_ledger.h"

namespace sas::slots {

struct Page;

/// More plans or openings of one practitioner than anybody keeps.
inline constexpr int kOfPractitionerMax = 1000;

/// What single edits of agendas need of the ledger: plans one by one, and the openings and closures
/// of one day. Part of a transaction. Whoever writes calls SlotsTransaction::TouchSite.
class AgendaLedger {
 public:
  virtual ~AgendaLedger() = default;

  virtual absl::StatusOr<std::optional<v1::SessionPlan>> GetPlan(std::string_view name) = 0;
  /// Plans of any site that name the practitioner, by name, at most kOfPractitionerMax.
  virtual absl::StatusOr<std::vector<v1::SessionPlan>> ListPlansOf(
      std::string_view practitioner) = 0;
  /// No error when it is not there.
  virtual absl::Status DeletePlan(std::string_view name) = 0;

  virtual absl::Status PutException(const v1::AgendaException& exception) = 0;
  virtual absl::StatusOr<std::optional<v1::AgendaException>> GetException(
      std::string_view name) = 0;
  /// No error when it is not there.
  virtual absl::Status DeleteException(std::string_view name) = 0;
  /// By name; those that end after `ending_after`. `parent` is a region or a site.
  virtual absl::StatusOr<std::vector<v1::AgendaException>> ListExceptions(
      std::string_view parent, base::Instant ending_after, const Page& page) = 0;
  /// Openings of any site that name the practitioner and end after `ending_after`, by name, at most
  /// kOfPractitionerMax.
  virtual absl::StatusOr<std::vector<v1::AgendaException>> ListOpeningsOf(
      std::string_view practitioner, base::Instant ending_after) = 0;
  /// Forgets those that ended before `before`, at most `limit`; gives their number.
  virtual absl::StatusOr<int> PurgeExceptions(base::Instant before, int limit) = 0;

  /// Agendas and worklists that have a name.
  virtual TemplateLedger& templates() = 0;
};

}  // namespace sas::slots
