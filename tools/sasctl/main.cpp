#include "tools/sasctl/board_commands.h"
#include "tools/sasctl/commands.h"
#include "tools/sasctl/community_commands.h"
#include "tools/sasctl/entry_commands.h"
#include "tools/sasctl/exchange_commands.h"
#include "tools/sasctl/kpi_commands.h"
#include "tools/sasctl/ledger_commands.h"
#include "tools/sasctl/lost_commands.h"
#include "tools/sasctl/protocol_commands.h"
#include "tools/sasctl/report_commands.h"
#include "tools/sasctl/source_commands.h"
#include "tools/sasctl/task_commands.h"
#include "tools/sasctl/template_commands.h"

int main(int argc, char** argv) {
  CLI::App app{"The SAS suite from a terminal. Start one with tools/run.", "sasctl"};
  app.require_subcommand(1);
  app.fallthrough();  // --json and the like may stand anywhere.
  app.set_help_all_flag("--help-all", "Help of every command");
  sasctl::Suite suite;
  suite.AddOptions(app);
  sasctl::AddCallCommands(app, suite);
  sasctl::AddOrderCommands(app, suite);
  sasctl::AddEntryCommands(app, suite);
  sasctl::AddCommunityCommands(app, suite);
  sasctl::AddSlotCommands(app, suite);
  sasctl::AddBookCommands(app, suite);
  sasctl::AddBookingCommands(app, suite);
  sasctl::AddDisplacedCommands(app, suite);
  sasctl::AddOfferCommands(app, suite);
  sasctl::AddMessageCommands(app, suite);
  sasctl::AddPartnerCommands(app, suite);
  sasctl::AddSourceCommands(app, suite);
  sasctl::AddPlanningCommands(app, suite);
  sasctl::AddTemplateCommands(app, suite);
  sasctl::AddProtocolCommands(app, suite);
  sasctl::AddRosterCommands(app, suite);
  sasctl::AddNeighbourCommands(app, suite);
  sasctl::AddCoordinatorCommands(app, suite);
  sasctl::AddExchangeCommands(app, suite);
  sasctl::AddJourneyCommand(app, suite);
  sasctl::AddTaskCommands(app, suite);
  sasctl::AddLostCommands(app, suite);
  sasctl::AddTerritoryCommands(app, suite);
  sasctl::AddImportCommands(app, suite);
  sasctl::AddWatchCommands(app, suite);
  sasctl::AddBoardCommands(app, suite);
  sasctl::AddKpiCommands(app, suite);
  sasctl::AddReportCommands(app, suite);
  sasctl::AddLedgerCommands(app, suite);
  sasctl::AddCompletion(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RuntimeError& refused) {
    return refused.get_exit_code();
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  }
  return 0;
}
