#include "services/regulation/order_making.h"

#include "services/regulation/domain/care_order.h"

namespace sas::regulation {
namespace {

constexpr char kMotifNotAsked[] = "M07.00";

bool CallbackKnown(const v1::RegulationCase& row, const v1::Patient& patient) {
  return !row.origin().callback_phone_number().empty() ||
         !row.origin().caller_phone_number().empty() || !patient.phone_number().empty();
}

}  // namespace

absl::Status CheckOrderKnown(const v1::RegulationCase& row, const v1::Patient& patient) {
  OrderPrerequisites known;
  known.motif = !row.motif_code().empty() && row.motif_code() != kMotifNotAsked;
  known.place = !row.patient_place().insee_code().empty() || row.patient_place().has_point();
  known.mobility = row.mobility().kind() != v1::Mobility::KIND_UNSPECIFIED;
  known.age = patient.has_age();
  known.callback_number = CallbackKnown(row, patient);
  return CheckPrerequisites(known);
}

void CopyToOrder(const v1::RegulationCase& row, const v1::Patient& patient, v1::CareOrder& order) {
  order.set_territory(row.territory());
  order.set_motif_code(row.motif_code());
  *order.mutable_age() = patient.age();
  *order.mutable_place() = row.patient_place();
  *order.mutable_mobility() = row.mobility();
  order.set_callback_number_known(true);  // Or it was refused.
}

}  // namespace sas::regulation
