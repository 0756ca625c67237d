#include "services/regulation/domain/patient_place.h"

#include "common/base/status.h"
#include "common/care/department.h"
#include "common/care/identifiers.h"

namespace sas::regulation {

int ConflictMeters(const std::optional<RoughPoint>& said,
                   const std::optional<RoughPoint>& telephone) {
  if (!said || !telephone) return 0;
  const double apart = DistanceMeters(said->point, telephone->point);
  const double least = apart - said->radius_meters - telephone->radius_meters;
  return least > kPlaceConflictMeters ? static_cast<int>(apart) : 0;
}

bool IsOutside(std::string_view territory, std::string_view insee_code) {
  return !insee_code.empty() && care::RegulatedBy(care::DepartmentOf(insee_code)) != territory;
}

absl::Status CheckInside(std::string_view territory, std::string_view insee_code,
                         std::string_view commune, bool confirmed) {
  if (confirmed || !IsOutside(territory, insee_code)) return absl::OkStatus();
  const std::string code(insee_code);
  const std::string name(commune.empty() ? insee_code : commune);
  const std::string department(care::DepartmentOf(insee_code));
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PLACE_OUTSIDE_TERRITORY",
                    "the patient would be in " + name + ", département " + department +
                        ", and not in that of this SAS: read commune and département back to the "
                        "caller, then say place_outside_confirmed",
                    {{"commune", name},
                     {"insee_code", code},
                     {"department", department},
                     {"territory", std::string(territory)}});
}

absl::Status CheckPointOfCommune(const care::Point& point, std::string_view insee_code,
                                 std::string_view field) {
  const std::string_view department = care::DepartmentOf(insee_code);
  if (insee_code.empty() || care::MayLieIn(point, department)) return absl::OkStatus();
  return base::InvalidField(field, "POINT_FAR_FROM_COMMUNE",
                            "lies far outside of the commune's département: choose the place "
                            "again, or leave the point out",
                            {{"department", std::string(department)}});
}

}  // namespace sas::regulation
