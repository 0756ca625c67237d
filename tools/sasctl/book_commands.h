#pragma once

#include <string>
#include <vector>

#include "tools/sasctl/slot_commands.h"

namespace sasctl {

/// The options of a booking beside its slot.
struct BookOptions {
  NeedOptions need;
  std::string slot, hold, dossier, patient, clinical_line, tried, evaluation_reason, protocol;
  std::string late_reason, paper_form;
  std::vector<std::string> absent, present;  ///< Severity signs that were asked.
  int triage_level = 0;
  bool oral_check = false;
};

/// What is to be booked in `o.slot`; `order` may be null.
booking::Appointment Draft(Suite& suite, const BookOptions& o, const slots::CareNeed& need,
                           const regulation::CareOrder* order);

/// Best effort: a hold that is not given back ends by itself in two minutes.
void GiveBack(Suite& suite, const std::string& slot, const std::string& token,
              const slots::CareNeed& need);

/// What `--absent` and `--present` say together, else `--severity-sign`.
std::string SignsOf(const BookOptions& o);

/// `--clinical-line`, `--absent`, `--present`.
void AddTransmissionOptions(CLI::App& sub, BookOptions& o);

booking::Appointment GetAppointment(Suite& suite, const std::string& text);
void ShowAppointment(const Suite& suite, const booking::Appointment& appointment);

/// `move`, `arrival` and `resolve`, below `appointment`.
void AddAppointmentChanges(CLI::App& group, Suite& suite);
/// `book-group`.
void AddBookGroup(CLI::App& app, Suite& suite);

}  // namespace sasctl
