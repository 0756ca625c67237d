#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/suite.h"

// sasctl offer …: freed seats that waiting orders are asked about.
namespace sasctl {
namespace {

using Stub = booking::RefillService::Stub;
using booking::SeatOffer;

void AddList(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("list", "Offers of freed seats, newest first");
  auto all = std::make_shared<bool>(false);
  sub->add_flag("--all", *all, "Also those that have ended");
  sub->callback([&suite, all] {
    booking::ListSeatOffersRequest request;
    request.set_parent(suite.Parent());
    request.set_include_ended(*all);
    const auto page = suite.Ask<booking::ListSeatOffersResponse>(base::Role::kOsnp, suite.Refill(),
                                                                 &Stub::ListSeatOffers, request);
    if (suite.json()) return PrintJson(page);
    Table table({"ENCORE", "ÉTAT", "DÉBUT", "SITE", "TOUR", "CHEZ", "COMMANDE", "OFFRE", "JETON"});
    for (const SeatOffer& offer : page.seat_offers()) {
      const bool open = offer.state() == SeatOffer::STATE_MADE;
      table.Row({open ? Span(Until(suite, offer.due_time())) : offer.end_reason_code(),
                 Short(SeatOffer::State_Name(offer.state()), "STATE_"),
                 LocalTime(offer.start_time()), offer.site_display_name(),
                 std::to_string(offer.round()),
                 offer.operator_().empty() ? "à prendre" : offer.operator_(),
                 std::string(base::LastId(offer.care_order())),
                 std::string(base::LastId(offer.name())), offer.hold_token()});
    }
    table.Print();
    std::cout << "  accepter: sasctl book CRÉNEAU --order COMMANDE --hold JETON\n";
  });
}

void AddDecline(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("decline", "The operator's no: the next order gets the seat");
  auto name = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>("OTHER");
  sub->add_option("offer", *name, "Offer: its id or its whole name")->required();
  sub->add_option("--reason", *reason, "DISTANCE, HOUR, DOCTOR, MODE, UNREACHABLE or OTHER");
  sub->callback([&suite, name, reason] {
    booking::DeclineSeatOfferRequest request;
    const bool whole = name->find('/') != std::string::npos;
    request.set_name(whole ? *name : suite.Parent() + "/seatOffers/" + *name);
    request.set_reason_code(*reason);
    request.set_request_id(suite.RequestId());
    const auto offer =
        suite.Ask<SeatOffer>(base::Role::kOsnp, suite.Refill(), &Stub::DeclineSeatOffer, request);
    if (suite.json()) return PrintJson(offer);
    std::cout << Short(SeatOffer::State_Name(offer.state()), "STATE_") << "  "
              << offer.end_reason_code() << "\n  " << offer.name() << "\n";
  });
}

}  // namespace

void AddOfferCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("offer", "Freed seats offered to waiting orders");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddDecline(*group, suite);
}

}  // namespace sasctl
