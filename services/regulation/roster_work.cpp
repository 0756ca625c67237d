#include "services/regulation/roster_work.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/facts.h"

namespace sas::regulation {

absl::Status SaveShift(RegulationTransaction& transaction, v1::Shift& shift,
                       const std::string& event, const std::string& act,
                       const std::string& detail) {
  shift.set_etag(EtagOf(VersionOf(shift.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.roster().PutShift(shift));
  return RecordShift(transaction, shift, {event, act, detail});
}

absl::StatusOr<std::vector<v1::Shift>> ShiftsAt(RegulationTransaction& transaction,
                                                const std::string& region,
                                                const std::vector<std::string>& territories,
                                                base::Instant start, base::Instant end) {
  ShiftQuery query;
  query.region = region;
  query.territories = territories;
  query.start = start;
  query.end = end;
  query.limit = kShiftsAtOnceMax;
  return transaction.roster().ListShifts(query);
}

absl::Status CheckFreePerson(RegulationTransaction& transaction, const v1::Shift& fresh) {
  const std::string region(base::RegionOf(fresh.name()));
  SAS_RETURN_IF_ERROR(transaction.roster().LockPerson(region, fresh.subject()));
  ShiftQuery query;
  query.region = region;
  query.subject = fresh.subject();
  query.start = ToInstant(fresh.start_time());
  query.end = ToInstant(fresh.end_time());
  query.limit = kShiftsOfPersonMax;
  SAS_ASSIGN_OR_RETURN(const auto others, transaction.roster().ListShifts(query));
  return CheckNoOverlap(ToValue(fresh), ToValues(others));
}

namespace {

using OnShiftNow = std::optional<std::vector<ShiftValue>>;

// Who is on shift there now; nothing for a territory without a roster.
absl::StatusOr<OnShiftNow> OnShiftIn(RegulationTransaction& transaction, const std::string& region,
                                     const std::string& territory, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const auto rosters, transaction.roster().ListRosters());
  if (std::find(rosters.begin(), rosters.end(), std::pair(region, territory)) == rosters.end()) {
    return OnShiftNow();
  }
  SAS_ASSIGN_OR_RETURN(const auto shifts, ShiftsAt(transaction, region, {territory}, now,
                                                   now + std::chrono::microseconds(1)));
  std::vector<ShiftValue> on_shift;
  for (const v1::Shift& shift : shifts) {
    if (ShiftValue value = ToValue(shift); OnShift(value, now))
      on_shift.push_back(std::move(value));
  }
  return OnShiftNow(std::move(on_shift));
}

}  // namespace

absl::Status CheckStaffed(RegulationTransaction& transaction, const std::string& region,
                          const std::string& territory, Filiere filiere, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const OnShiftNow on_shift, OnShiftIn(transaction, region, territory, now));
  if (!on_shift) return absl::OkStatus();
  const bool staffed =
      std::any_of(on_shift->begin(), on_shift->end(), [&](const ShiftValue& shift) {
        const Filiere chain = OwnFiliere(shift.role);
        return chain != Filiere::kUnspecified && Covers(chain, filiere);
      });
  if (staffed) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "QUEUE_UNSTAFFED",
                    "nobody is on shift there for this chain: call somebody first, then confirm; "
                    "or ask another territory",
                    {{"territory", territory}});
}

absl::Status CheckOnShift(RegulationTransaction& transaction, const std::string& region,
                          const std::string& territory, const std::string& subject,
                          base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const OnShiftNow on_shift, OnShiftIn(transaction, region, territory, now));
  const auto is_he = [&](const ShiftValue& shift) { return shift.subject == subject; };
  if (!on_shift || std::any_of(on_shift->begin(), on_shift->end(), is_he)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "COLLEAGUE_ABSENT",
                    "he is not on shift there: name somebody who is, or give it back to the queue",
                    {{"subject", subject}});
}

std::string SurgeName(const std::string& region, const std::string& territory) {
  std::string id = territory;  // Ids are lower case: 2A is 2a.
  std::transform(id.begin(), id.end(), id.begin(),
                 [](unsigned char each) { return static_cast<char>(std::tolower(each)); });
  return "regions/" + region + "/surges/" + id;
}

absl::StatusOr<std::vector<std::string>> SurgesIn(RegulationTransaction& transaction,
                                                  const std::string& region, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const auto surges, transaction.roster().ListSurges(region));
  std::vector<std::string> territories;
  for (const v1::Surge& surge : surges) {
    if (Lasts(surge, now)) territories.push_back(surge.territory());
  }
  return territories;
}

absl::Status CheckRowEtag(const std::string& etag, const std::string& stored) {
  if (etag.empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "send the version on the screen; read it first");
  }
  if (etag == stored) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "it has changed since it was read; look at it again", {{"etag", stored}});
}

}  // namespace sas::regulation
