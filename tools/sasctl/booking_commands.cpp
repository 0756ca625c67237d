#include <iostream>

#include "tools/sasctl/print.h"
#include "tools/sasctl/suite.h"

// sasctl booking …: what the ops team does with the service of appointments itself.
namespace sasctl {
namespace {

using Stub = booking::BookingService::Stub;
using booking::SeatDrift;

// French, as the rest that people read.
const char* WordOf(SeatDrift::Kind kind) {
  switch (kind) {
    case SeatDrift::KIND_MISSING:
      return "vendue, encore proposée";
    case SeatDrift::KIND_GHOST:
      return "libre, refusée à tous";
    case SeatDrift::KIND_OTHER:
      return "au nom d'un autre rendez-vous";
    default:
      break;
  }
  return "inconnu";
}

void AddReconcile(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("reconcile",
                                   "Holds the seats that the slots know against the appointments");
  auto repair = std::make_shared<bool>(false);
  sub->add_flag("--repair", *repair, "Tell the slots the truth of each wrong seat");
  sub->callback([&suite, repair] {
    booking::ReconcileSeatsRequest request;
    request.set_parent(suite.Parent());
    request.set_repair(*repair);
    request.set_request_id(suite.RequestId());
    const auto told = suite.Ask<booking::ReconcileSeatsResponse>(
        base::Role::kOperations, suite.Booking(), &Stub::ReconcileSeats, request);
    const int believed = told.missing_count() + told.ghost_count() + told.other_count();
    const int shown =
        told.shown_missing_count() + told.shown_ghost_count() + told.shown_other_count();
    const int wrong = believed + shown;
    if (suite.json()) {
      PrintJson(told);
    } else {
      std::cout << told.compared_count() << " places comparées, " << believed
                << " en écart dans le registre de slots, ";
      if (told.shown_unknown()) {
        std::cout << "écart avec les recherches inconnu (Redis ne répond pas)";
      } else {
        std::cout << shown << " dans ce que montrent les recherches";
      }
      std::cout << (told.repaired() ? ", corrigées" : "") << "\n";
      Table table({"OÙ", "ÉCART", "CRÉNEAU", "PLACE", "RENDEZ-VOUS"});
      const auto rows = [&table](const char* where, const auto& drifts) {
        for (const SeatDrift& each : drifts) {
          table.Row({where, WordOf(each.kind()), each.slot(), std::to_string(each.seat()),
                     each.appointment()});
        }
      };
      rows("registre", told.drifts());
      rows("recherches", told.shown_drifts());
      if (wrong > 0) table.Print();
    }
    if (wrong > 0 && !told.repaired()) throw CLI::RuntimeError(1);
  });
}

}  // namespace

void AddBookingCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("booking", "The service of appointments itself");
  group->require_subcommand(1);
  AddReconcile(*group, suite);
}

}  // namespace sasctl
