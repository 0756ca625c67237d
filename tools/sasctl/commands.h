#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

// Each adds its commands; the callbacks run after parsing.
void AddCallCommands(CLI::App& app, Suite& suite);
void AddOrderCommands(CLI::App& app, Suite& suite);
void AddSlotCommands(CLI::App& app, Suite& suite);
void AddBookCommands(CLI::App& app, Suite& suite);
void AddBookingCommands(CLI::App& app, Suite& suite);
void AddDisplacedCommands(CLI::App& app, Suite& suite);
void AddOfferCommands(CLI::App& app, Suite& suite);
void AddMessageCommands(CLI::App& app, Suite& suite);
void AddPartnerCommands(CLI::App& app, Suite& suite);
void AddPlanningCommands(CLI::App& app, Suite& suite);
void AddRosterCommands(CLI::App& app, Suite& suite);
void AddNeighbourCommands(CLI::App& app, Suite& suite);
void AddCoordinatorCommands(CLI::App& app, Suite& suite);
void AddTerritoryCommands(CLI::App& app, Suite& suite);
void AddImportCommands(CLI::App& app, Suite& suite);
void AddWatchCommands(CLI::App& app, Suite& suite);
void AddCompletion(CLI::App& app);

}  // namespace sasctl
