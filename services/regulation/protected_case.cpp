#include "services/regulation/protected_case.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/protected_contact.h"

namespace sas::regulation {
namespace {

// By the name of the message in which they stand on a dossier.
constexpr std::array<std::string_view, 5> kOfPatient{"family_name", "given_names", "birth_date",
                                                     "phone_number", "email_address"};
constexpr std::array<std::string_view, 4> kOfCall{"caller_phone_number", "callback_phone_number",
                                                  "telephone_point", "telephone_accuracy_meters"};
constexpr std::array<std::string_view, 4> kOfPlace{"address_line", "point", "precision",
                                                   "access_hint"};

template <std::size_t Count>
void Clear(google::protobuf::Message& message, const std::array<std::string_view, Count>& fields) {
  for (const std::string_view name : fields) {
    message.GetReflection()->ClearField(
        &message, message.GetDescriptor()->FindFieldByName(std::string(name)));
  }
}

template <std::size_t Count>
bool Names(const std::array<std::string_view, Count>& fields, std::string_view field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

bool TookCall(const v1::RegulationCase& row, const std::string& subject) {
  return row.origin().taken_by().subject() == subject ||
         std::any_of(
             row.further_calls().begin(), row.further_calls().end(),
             [&](const v1::CallOrigin& call) { return call.taken_by().subject() == subject; });
}

}  // namespace

bool IsProtected(const v1::RegulationCase& row) {
  return std::any_of(row.patients().begin(), row.patients().end(),
                     [](const v1::Patient& patient) { return patient.protected_contact(); });
}

bool SeesContact(const v1::RegulationCase& row, const std::vector<v1::CareOrder>& orders,
                 const base::Actor& reader, base::Instant now) {
  ContactReader facts;
  facts.has_dossier = IsOwner(ToValue(row.claim()), reader.subject, now);
  facts.has_order = std::any_of(orders.begin(), orders.end(), [&](const v1::CareOrder& order) {
    return IsOpen(ToValue(order.state())) && IsOwner(ToValue(order.claim()), reader.subject, now);
  });
  facts.took_call = TookCall(row, reader.subject);
  facts.in_regulation = reader.role == base::Role::kArm || base::IsRegulator(reader.role);
  return SeesContact(facts, ToValue(row.state()), ToValue(row.priority()));
}

void Seal(v1::RegulationCase& row) {
  for (v1::Patient& patient : *row.mutable_patients()) Clear(patient, kOfPatient);
  if (row.has_origin()) Clear(*row.mutable_origin(), kOfCall);
  for (v1::CallOrigin& call : *row.mutable_further_calls()) Clear(call, kOfCall);
  if (row.has_patient_place()) Clear(*row.mutable_patient_place(), kOfPlace);
  row.set_contact_sealed(true);
}

bool IsSealed(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view in = path.substr(0, std::min(dot, path.find('[')));
  const std::string_view rest = path.substr(dot + 1);
  const std::string_view field = rest.substr(0, rest.find('.'));
  if (in == "patients") return Names(kOfPatient, field);
  if (in == "patient_place") return Names(kOfPlace, field);
  return (in == "origin" || in == "further_calls") && Names(kOfCall, field);
}

absl::Status ContactProtected() {
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "CONTACT_PROTECTED",
      "this contact is protected (violence, minor) and you do not see all of it: take "
      "the dossier, or attach the call that tells you, then write");
}

}  // namespace sas::regulation
