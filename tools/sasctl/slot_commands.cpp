#include "tools/sasctl/slot_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "sas/slots/v1/rotation_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl slots …: hold, renew, release, lists.
namespace sasctl {

using Stub = slots::SlotService::Stub;

void NeedOptions::AddTo(CLI::App& app) {
  app.add_option("--order", order, "Order of the regulation; gives motif, age, place and deadline");
  app.add_option("--motif", motif, "HubSante.motif code");
  app.add_option("--age", age, "6y, 3m, 10d");
  app.add_option("--mode", modes, "amb, hh, vr");
  app.add_option("--entry", entry, "Entry point, line_15 unless given");
  app.add_option("--access-reason", access_reason, "sans_mt, mt_indisponible, pas_de_rdv_48h…");
  app.add_option("--orienting-rpps", orienting_rpps, "RPPS of the professional who orients");
  app.add_flag("--evaluation", evaluation, "An evaluation of the emergency department is recorded");
  app.add_flag("--without-vehicle", without_vehicle, "At home and by video too, and first");
  app.add_option("--pregnancy", pregnancy, "yes, no, unknown; not asked unless given");
  app.add_option("--severity-sign", severity_sign,
                 "yes, no, unknown, of all that were asked; a hold without an order needs it");
}

slots::CareNeed NeedOptions::Need(Suite& suite, const regulation::CareOrder* from) const {
  slots::CareNeed need;
  need.set_entry_point(entry.empty() ? type::ENTRY_POINT_LINE_15
                                     : ParseEnum<type::EntryPoint>("ENTRY_POINT_", entry));
  need.set_territory(suite.territory());
  if (from != nullptr) {
    if (!from->has_entry()) need.set_care_order(from->name());
    // An entry without regulation opens what its own way opens.
    if (from->has_entry() && entry.empty()) need.set_entry_point(from->entry().entry_point());
    // Its questionnaire was passed, or there would be no order.
    if (from->has_entry()) need.set_severity_sign(type::SIGN_ANSWER_NO);
    need.set_orienting_professional_rpps(from->entry().orienting_professional_rpps());
    need.set_motif_code(from->motif_code());
    *need.mutable_age() = from->age();
    need.mutable_modes()->CopyFrom(from->modes());
    need.set_access_reason(from->access_reason());
    need.set_territory(from->territory());
  }
  if (!motif.empty()) need.set_motif_code(motif);
  if (!age.empty()) *need.mutable_age() = ParseAge(age);
  if (!modes.empty()) need.clear_modes();
  for (const std::string& mode : modes) {
    need.add_modes(ParseEnum<type::ConsultationMode>("CONSULTATION_MODE_", mode));
  }
  if (!access_reason.empty()) {
    need.set_access_reason(ParseEnum<type::AccessReason>("ACCESS_REASON_", access_reason));
  }
  if (!orienting_rpps.empty()) need.set_orienting_professional_rpps(orienting_rpps);
  need.set_evaluation_recorded(evaluation);
  const auto mobility =
      from == nullptr ? regulation::Mobility::KIND_UNSPECIFIED : from->mobility().kind();
  need.set_without_vehicle(without_vehicle || mobility == regulation::Mobility::KIND_NO_VEHICLE ||
                           mobility == regulation::Mobility::KIND_HOME_ONLY);
  if (!pregnancy.empty()) {
    need.set_pregnancy(ParseEnum<type::SignAnswer>("SIGN_ANSWER_", pregnancy));
  }
  if (!severity_sign.empty()) {
    need.set_severity_sign(ParseEnum<type::SignAnswer>("SIGN_ANSWER_", severity_sign));
  }
  return need;
}

regulation::CareOrder GetOrder(Suite& suite, const std::string& text) {
  regulation::GetCareOrderRequest request;
  request.set_name(suite.OrderName(text));
  return suite.Ask<regulation::CareOrder>(base::Role::kOsnp, suite.Regulation(),
                                          &regulation::RegulationService::Stub::GetCareOrder,
                                          request);
}

base::Role RoleFor(type::EntryPoint entry) {
  switch (entry) {
    case type::ENTRY_POINT_LINE_15:
    case type::ENTRY_POINT_LINE_116117:
      return base::Role::kOsnp;
    case type::ENTRY_POINT_SECRETARIAT:
      return base::Role::kSecretariat;
    default:
      return base::Role::kProfessional;
  }
}

slots::SlotHold HoldOf(Suite& suite, const std::string& slot, const slots::CareNeed& need,
                       int member, const std::string& beyond, const slots::RuleLift& lift) {
  slots::HoldSlotRequest request;
  request.set_name(slot);
  *request.mutable_need() = need;
  request.set_for_group(member > 0);
  request.set_supernumerary_reason_code(beyond);
  // Each member of a group is a request of its own.
  request.set_request_id(suite.RequestId() + (member > 0 ? "-" + std::to_string(member) : ""));
  if (lift.rules().empty()) {
    return suite.Ask<slots::SlotHold>(RoleFor(need.entry_point()), suite.Slots(), &Stub::HoldSlot,
                                      request);
  }
  *request.mutable_lift() = lift;
  return suite.Ask<slots::SlotHold>(base::Role::kRegulatorMg, suite.Slots(), &Stub::HoldSlot,
                                    request);
}

namespace {

void ShowHold(const Suite& suite, const slots::SlotHold& hold) {
  if (suite.json()) return PrintJson(hold);
  std::cout << "tenu encore " << Span(Until(suite, hold.expire_time())) << ": "
            << LocalTime(hold.slot().start_time()) << "\n  " << hold.slot().name() << "\n  jeton "
            << hold.hold_token() << "\n";
}

void AddHold(CLI::App& app, Suite& suite) {
  auto* hold = app.add_subcommand("hold", "Takes a seat for two minutes");
  auto need = std::make_shared<NeedOptions>();
  auto slot = std::make_shared<std::string>();
  hold->add_option("slot", *slot, "Slot")->required();
  need->AddTo(*hold);
  auto beyond = std::make_shared<std::string>();
  hold->add_option("--beyond", *beyond,
                   "Surnuméraire: PRACTITIONER_AGREES, REGULATOR_ASKS, FAMILY or OTHER");
  auto lift = std::make_shared<slots::RuleLift>();
  hold->add_option_function<std::vector<std::string>>(
      "--lift",
      [lift](const std::vector<std::string>& rules) {
        for (const std::string& rule : rules) lift->add_rules(rule);
      },
      "A regulator lifts these administrative rules, by the reasons of their refusals");
  hold->add_option_function<std::string>(
      "--reason", [lift](const std::string& code) { lift->set_reason_code(code); },
      "Why they are lifted, UPPER_SNAKE");
  hold->callback([&suite, need, slot, beyond, lift] {
    regulation::CareOrder order;
    if (!need->order.empty()) order = GetOrder(suite, need->order);
    const auto asked = need->Need(suite, need->order.empty() ? nullptr : &order);
    ShowHold(suite, HoldOf(suite, *slot, asked, /*member=*/0, *beyond, *lift));
  });

  auto* renew = app.add_subcommand("renew", "Extends a hold");
  auto renewed = std::make_shared<slots::RenewSlotHoldRequest>();
  renew
      ->add_option_function<std::string>(
          "slot", [renewed](const std::string& text) { renewed->set_name(text); }, "Slot")
      ->required();
  renew
      ->add_option_function<std::string>(
          "--hold", [renewed](const std::string& text) { renewed->set_hold_token(text); },
          "Token of the hold")
      ->required();
  renew->callback([&suite, renewed] {
    renewed->set_request_id(suite.RequestId());
    ShowHold(suite, suite.Ask<slots::SlotHold>(base::Role::kOsnp, suite.Slots(),
                                               &Stub::RenewSlotHold, *renewed));
  });

  auto* release = app.add_subcommand("release", "Gives a hold back");
  auto released = std::make_shared<slots::ReleaseSlotHoldRequest>();
  release
      ->add_option_function<std::string>(
          "slot", [released](const std::string& text) { released->set_name(text); }, "Slot")
      ->required();
  release
      ->add_option_function<std::string>(
          "--hold", [released](const std::string& text) { released->set_hold_token(text); },
          "Token of the hold")
      ->required();
  release->callback([&suite, released] {
    released->set_request_id(suite.RequestId());
    const auto given =
        suite.Ask<slots::Slot>(base::Role::kOsnp, suite.Slots(), &Stub::ReleaseSlotHold, *released);
    if (suite.json()) return PrintJson(given);
    std::cout << "rendu: " << given.name() << "\n";
  });
}

void AddLists(CLI::App& app, Suite& suite) {
  auto* list = app.add_subcommand("list", "Slots of a site, in order of time");
  auto request = std::make_shared<slots::ListSlotsRequest>();
  list->add_option_function<std::string>(
          "site", [request](const std::string& text) { request->set_parent(text); },
          "Site: its id or its whole name")
      ->required();
  list->callback([&suite, request] {
    if (request->parent().rfind("regions/", 0) != 0) {
      request->set_parent(suite.Parent() + "/sites/" + request->parent());
    }
    const auto page = suite.Ask<slots::ListSlotsResponse>(base::Role::kOsnp, suite.Slots(),
                                                          &Stub::ListSlots, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"DÉBUT", "ÉTAT", "LIBRES", "CRÉNEAU"});
    for (const slots::Slot& slot : page.slots()) {
      table.Row({LocalTime(slot.start_time()),
                 Short(slots::Slot::State_Name(slot.state()), "STATE_"),
                 std::to_string(slot.free_seat_count()) + "/" + std::to_string(slot.seat_count()),
                 slot.name()});
    }
    table.Print();
  });

  auto* offer = app.add_subcommand("offer", "Free seats of each site within 4, 24 and 48 h");
  offer->callback([&suite] {
    slots::GetOfferRequest asked;
    asked.set_parent(suite.Parent());
    const auto answer =
        suite.Ask<slots::Offer>(base::Role::kOsnp, suite.Slots(), &Stub::GetOffer, asked);
    if (suite.json()) return PrintJson(answer);
    Table table({"SITE", "4 H", "24 H", "48 H"});
    for (const slots::SiteOffer& site : answer.sites()) {
      table.Row({site.site_display_name(), std::to_string(site.free_4h_count()),
                 std::to_string(site.free_24h_count()), std::to_string(site.free_48h_count())});
    }
    table.Print();
  });
}

std::string Percent(int permille) {
  return std::to_string((permille + 5) / 10) + " %";
}

void AddLoadTable(CLI::App& app, Suite& suite) {
  auto* table = app.add_subcommand("load-table", "Load of each site against its share");
  auto request = std::make_shared<slots::GetLoadTableRequest>();
  table->add_option_function<std::string>(
      "--territory", [request](const std::string& text) { request->set_territory(text); },
      "Département code; all that you may see unless given");
  table->callback([&suite, request] {
    request->set_parent(suite.Parent());
    const auto stub = slots::RotationService::NewStub(suite.ChannelTo(suite.endpoints().slots));
    const auto answer = suite.Ask<slots::LoadTable>(
        base::Role::kPlanner, stub, &slots::RotationService::Stub::GetLoadTable, *request);
    if (suite.json()) return PrintJson(answer);
    Table rows({"RANG", "SITE", "PART", "RDV", "CRÉDIT", "CHARGE", "REMPLI", "À VOIR"});
    for (const slots::SiteLoad& row : answer.sites()) {
      std::string advice;
      for (const std::string& code : row.suggestion_codes()) {
        advice += (advice.empty() ? "" : ", ") + code;
      }
      rows.Row({std::to_string(row.rotation_rank()), row.site_display_name(),
                std::to_string(row.share_seats()), std::to_string(row.booked_count()),
                std::to_string(row.newcomer_credit()), Percent(row.load_permille()),
                Percent(row.fill_permille()), advice});
    }
    rows.Print();
    std::cout << "depuis le " << answer.start_date() << ", Gini " << Percent(answer.gini_permille())
              << ", graine " << answer.seed() << "\n";
  });
}

}  // namespace

void AddSlotCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("slots", "Search and holds");
  group->require_subcommand(1);
  AddSearchCommands(*group, suite);
  AddHold(*group, suite);
  AddLists(*group, suite);
  AddLoadTable(*group, suite);
}

}  // namespace sasctl
