#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// The options that say for whom a slot is: shared by search, hold and book.
struct NeedOptions {
  std::string order, motif, age, entry, access_reason, orienting_rpps, pregnancy, severity_sign;
  std::vector<std::string> modes;
  bool evaluation = false;
  bool without_vehicle = false;

  void AddTo(CLI::App& app);
  /// With an order, motif, age, modes and reason are the order's unless given.
  slots::CareNeed Need(Suite& suite, const regulation::CareOrder* order) const;
};

regulation::CareOrder GetOrder(Suite& suite, const std::string& text);
/// `member`: which of several seats that are booked together, from 1; 0: it is booked alone.
/// `beyond`: why a seat beyond those of the slot is taken.
slots::SlotHold HoldOf(Suite& suite, const std::string& slot, const slots::CareNeed& need,
                       int member = 0, const std::string& beyond = "",
                       const slots::RuleLift& lift = {});
/// Bookings and searches of a professional entry point are made as that professional.
base::Role RoleFor(type::EntryPoint entry);

/// `search` and `watch`, below `slots`.
void AddSearchCommands(CLI::App& group, Suite& suite);

}  // namespace sasctl
