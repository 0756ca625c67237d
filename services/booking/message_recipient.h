#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/booking/v1/message.pb.h"
#include "sas/regulation/v1/patient.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/booking/domain/message_text.h"
#include "services/booking/message_outbox.h"

/// Whom a message goes to, and what fills its text: from what the other services said a moment ago.
namespace sas::booking {

/// An address, or why there is none and what a person does instead.
struct Recipient {
  std::string address;
  std::string_view reason;  ///< Empty with an address.
  v1::Message::Task task =
      v1::Message::TASK_UNSPECIFIED;  ///< Unspecified: nobody need do anything.
};

/// What a person does when a message of this kind and occasion did not arrive.
v1::Message::Task TaskOf(v1::Message::Kind kind, v1::Message::Occasion occasion);

/// `verdict` is what the message would say, `site` the directory's: a practice has its mailbox from
/// there, or else from the settings. A protected contact stops everything and is a task; who
/// has opted out is called about a change; one task for each patient, also with two ways of
/// telling.
Recipient RecipientOf(v1::Message::Kind kind, Occasion verdict, const MessagePolicy& policy,
                      const regulation::v1::PatientContact& contact, const slots::v1::Site& site,
                      const v1::Appointment& about, base::Instant now);

TextFacts FactsOf(const v1::Appointment& appointment, const slots::v1::Site& site,
                  const std::optional<base::Instant>& replaced);

LetterFacts LetterOf(const v1::Appointment& appointment,
                     const regulation::v1::PatientContact& contact);

}  // namespace sas::booking
