#include "services/booking/message_recipient.h"

#include "common/base/resource_name.h"
#include "common/care/nomenclature.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

using v1::Message;

constexpr std::chrono::minutes kSoon{60};

Recipient Nobody(std::string_view reason, Message::Task task = Message::TASK_UNSPECIFIED) {
  return {"", reason, task};
}

Recipient PatientOf(Message::Kind kind, Occasion verdict, const MessagePolicy& policy,
                    const regulation::v1::PatientContact& contact) {
  const bool sms = kind == Message::KIND_PATIENT_SMS;
  // With both ways the SMS is the one that makes a task.
  const bool speaks_for_both = sms || !policy.sms;
  const Message::Task call = speaks_for_both && verdict != Occasion::kReminder
                                 ? Message::TASK_CALL_PATIENT
                                 : Message::TASK_UNSPECIFIED;
  if (contact.protected_contact()) return Nobody("CONTACT_PROTECTED", call);
  if (contact.message_opt_out()) {
    // He was told at the telephone when it was booked; of a change he has to hear.
    const bool knows = verdict == Occasion::kBooked;
    return Nobody("OPTED_OUT", knows ? Message::TASK_UNSPECIFIED : call);
  }
  if (!sms) {
    if (!contact.email_address().empty()) return {contact.email_address(), {}, {}};
    return Nobody("NO_ADDRESS", call);
  }
  if (TakesSms(contact.phone_number())) return {contact.phone_number(), {}, {}};
  const bool has_mail = policy.email && !contact.email_address().empty();
  return Nobody(contact.phone_number().empty() ? "NO_NUMBER" : "NOT_A_MOBILE",
                has_mail ? Message::TASK_UNSPECIFIED : call);
}

// By RPPS only, never by a name, and never by clear mail (hazard H-34).
Recipient DoctorOf(const regulation::v1::PatientContact& contact) {
  const regulation::v1::TreatingDoctor& doctor = contact.treating_doctor();
  if (contact.protected_contact()) {
    return Nobody("CONTACT_PROTECTED", Message::TASK_FORWARD_LETTER);
  }
  if (doctor.rpps().empty()) return Nobody("NO_RPPS", Message::TASK_FORWARD_LETTER);
  if (doctor.mssante_address().empty()) {
    return Nobody("NO_SECURE_ADDRESS", Message::TASK_FORWARD_LETTER);
  }
  return {doctor.mssante_address(), {}, {}};
}

std::string FollowUpText(v1::Outcome::FollowUp follow_up) {
  switch (follow_up) {
    case v1::Outcome::FOLLOW_UP_TREATING_DOCTOR:
      return "retour vers le médecin traitant";
    case v1::Outcome::FOLLOW_UP_IMAGING:
      return "imagerie";
    case v1::Outcome::FOLLOW_UP_EMERGENCY:
      return "service d'urgences";
    default:
      return "aucune";
  }
}

}  // namespace

Message::Task TaskOf(Message::Kind kind, Message::Occasion occasion) {
  switch (kind) {
    case Message::KIND_PRACTICE:
      return Message::TASK_CALL_PRACTICE;
    case Message::KIND_TREATING_DOCTOR:
      return Message::TASK_FORWARD_LETTER;
    default:
      return occasion == Message::OCCASION_REMINDER ? Message::TASK_UNSPECIFIED
                                                    : Message::TASK_CALL_PATIENT;
  }
}

Recipient RecipientOf(Message::Kind kind, Occasion verdict, const MessagePolicy& policy,
                      const regulation::v1::PatientContact& contact, const slots::v1::Site& site,
                      const v1::Appointment& about, base::Instant now) {
  switch (kind) {
    case Message::KIND_PRACTICE: {
      if (!site.secure_mailbox().empty()) return {site.secure_mailbox(), {}, {}};
      const auto mailbox = policy.practices.find(about.site());
      if (mailbox != policy.practices.end()) return {mailbox->second, {}, {}};
      // It reads its agenda; so shortly before the start somebody calls.
      return Nobody("NO_SECURE_ADDRESS", ToInstant(about.start_time()) - now < kSoon
                                             ? Message::TASK_CALL_PRACTICE
                                             : Message::TASK_UNSPECIFIED);
    }
    case Message::KIND_TREATING_DOCTOR:
      return DoctorOf(contact);
    default:
      return PatientOf(kind, verdict, policy, contact);
  }
}

TextFacts FactsOf(const v1::Appointment& appointment, const slots::v1::Site& site,
                  const std::optional<base::Instant>& replaced) {
  TextFacts facts;
  facts.start = ToInstant(appointment.start_time());
  facts.replaced = replaced;
  if (appointment.mode() == sas::type::v1::CONSULTATION_MODE_HH) facts.mode = Mode::kAtHome;
  if (appointment.mode() == sas::type::v1::CONSULTATION_MODE_VR) facts.mode = Mode::kRemote;
  facts.site = site.display_name().empty() ? appointment.site_display_name() : site.display_name();
  facts.address_line = site.place().address_line();
  facts.commune = site.place().commune();
  facts.directions = appointment.directions();
  facts.practitioner = appointment.practitioner_display_name();
  facts.reference = std::string(base::LastId(appointment.name()));
  return facts;
}

LetterFacts LetterOf(const v1::Appointment& appointment,
                     const regulation::v1::PatientContact& contact) {
  LetterFacts letter;
  letter.patient = contact.given_names() + " " + contact.family_name();
  if (!contact.birth_date().empty()) letter.patient += " (" + contact.birth_date() + ")";
  const v1::Outcome& outcome = appointment.outcome();
  letter.final_motif = outcome.final_motif_unknown()
                           ? "non renseigné"
                           : std::string(care::MotifLabel(outcome.final_motif_code()));
  letter.follow_up = FollowUpText(outcome.follow_up());
  return letter;
}

}  // namespace sas::booking
