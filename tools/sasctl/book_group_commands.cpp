#include "tools/sasctl/book_commands.h"
#include "tools/sasctl/print.h"

// sasctl book-group: a family, or a nurse at home and a remote doctor, together or not at all.
namespace sasctl {
namespace {

using Stub = booking::BookingService::Stub;

struct GroupOptions {
  std::string kind;
  std::vector<std::string> slots, orders, patients;
  BookOptions each;
};

// The order of member `i`: its own, or the one that all share; empty for direct entries.
std::string OrderOf(const GroupOptions& o, std::size_t i) {
  if (o.orders.empty()) return {};
  return o.orders.size() == 1 ? o.orders[0] : o.orders.at(i);
}

// What is held for the group, to be given back when it is refused.
struct Held {
  std::string slot, token;
  slots::CareNeed need;
};

Held AddMember(Suite& suite, const GroupOptions& o, std::size_t i,
               booking::BatchCreateAppointmentsRequest& request) {
  BookOptions each = o.each;
  each.slot = o.slots[i];
  if (i < o.patients.size()) each.patient = o.patients[i];
  each.need.order = OrderOf(o, i);
  regulation::CareOrder order;
  const bool ordered = !each.need.order.empty();
  if (ordered) order = GetOrder(suite, each.need.order);
  each.need.severity_sign = SignsOf(each);
  const slots::CareNeed need = each.need.Need(suite, ordered ? &order : nullptr);
  auto& member = *request.add_members();
  *member.mutable_appointment() = Draft(suite, each, need, ordered ? &order : nullptr);
  member.set_hold_token(HoldOf(suite, each.slot, need, static_cast<int>(i) + 1).hold_token());
  return {each.slot, member.hold_token(), need};
}

void Book(Suite& suite, const GroupOptions& o) {
  if (o.orders.size() > 1 && o.orders.size() != o.slots.size()) {
    Suite::Usage("give one --order for all, or one for each slot");
  }
  booking::BatchCreateAppointmentsRequest request;
  request.set_parent(suite.Parent());
  request.set_kind(ParseEnum<booking::Group::Kind>("KIND_", o.kind));
  std::vector<Held> held;
  booking::BatchCreateAppointmentsResponse booked;
  try {
    for (std::size_t i = 0; i < o.slots.size(); ++i) {
      held.push_back(AddMember(suite, o, i, request));
    }
    request.set_request_id(suite.RequestId());
    booked = suite.Ask<booking::BatchCreateAppointmentsResponse>(
        RoleFor(request.members(0).appointment().entry_point()), suite.Booking(),
        &Stub::BatchCreateAppointments, request);
  } catch (const CLI::RuntimeError& left) {
    if (left.get_exit_code() == Suite::kRefused) {
      for (const Held& each : held) GiveBack(suite, each.slot, each.token, each.need);
    }
    throw;
  }
  if (suite.json()) return PrintJson(booked);
  for (const auto& appointment : booked.appointments()) ShowAppointment(suite, appointment);
}

}  // namespace

void AddBookGroup(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("book-group", "Confirms several slots together, or none");
  auto o = std::make_shared<GroupOptions>();
  sub->add_option("kind", o->kind, "family or two_resources")->required();
  sub->add_option("slots", o->slots, "Slots, one for each member")->required();
  sub->add_option("--orders", o->orders, "One order for all, or one for each slot");
  sub->add_option("--case", o->each.dossier, "Dossier, for an entry without order");
  sub->add_option("--patients", o->patients, "Ids of the patients, for entries without order");
  sub->add_option("--motif", o->each.need.motif, "HubSante.motif code");
  sub->add_option("--age", o->each.need.age, "6y, 3m, 10d");
  sub->add_option("--mode", o->each.need.modes, "amb, hh, vr");
  sub->add_option("--entry", o->each.need.entry, "Entry point, line_15 unless given");
  sub->add_option("--severity-sign", o->each.need.severity_sign,
                  "yes, no, unknown, of all that were asked");
  AddTransmissionOptions(*sub, o->each);
  sub->callback([&suite, o] { Book(suite, *o); });
}

}  // namespace sasctl
