#include "services/regulation/marks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/dialled_number.h"
#include "services/regulation/domain/kpi.h"

namespace sas::regulation {
namespace {

constexpr std::string_view kVisitingDoctors = "LIBERAL.SOS";

struct ActRow {
  std::string_view event;
  std::string_view act;  ///< Empty: whatever it was.
  KpiAct mark;
};

// The first row that fits counts; what no row names leaves no mark.
constexpr std::array kActs{ActRow{"case.created", "", KpiAct::kOpened},
                           ActRow{"case.updated", "AttachCall", KpiAct::kCalled},
                           ActRow{"case.updated", "DetachCall", KpiAct::kPrioritized},
                           ActRow{"case.updated", "RecordCallbackAttempt", KpiAct::kCalledBack},
                           ActRow{"case.updated", "Reorient", KpiAct::kPrioritized},
                           ActRow{"case.updated", "ReturnCareOrder", KpiAct::kPrioritized},
                           ActRow{"case.prioritized", "", KpiAct::kPrioritized},
                           ActRow{"case.reflex", "", KpiAct::kPrioritized},
                           ActRow{"case.bilan", "", KpiAct::kPrioritized},
                           ActRow{"case.transferred", "", KpiAct::kPrioritized},
                           ActRow{"case.escalated", "", KpiAct::kPrioritized},
                           ActRow{"case.claimed", "", KpiAct::kTaken},
                           ActRow{"case.decided", "", KpiAct::kDecided},
                           ActRow{"case.closed", "", KpiAct::kClosed},
                           ActRow{"order.created", "", KpiAct::kOrdered},
                           ActRow{"order.updated", "", KpiAct::kOrderMoved},
                           ActRow{"lost_call.recorded", "", KpiAct::kLostCall},
                           ActRow{"lost_call.resolved", "", KpiAct::kCallReturned}};

KpiAct ActOf(const Fact& fact) {
  const auto* row = std::find_if(kActs.begin(), kActs.end(), [&](const ActRow& each) {
    return each.event == fact.event && (each.act.empty() || each.act == fact.act);
  });
  return row == kActs.end() ? KpiAct::kUnspecified : row->mark;
}

// "LINE_15" of ENTRY_POINT_LINE_15.
std::string EntryName(const v1::CallOrigin& call) {
  return sas::type::v1::EntryPoint_Name(call.entry_point())
      .substr(std::string_view("ENTRY_POINT_").size());
}

// How an order came: empty of a regulator's decision.
std::string OrderOrigin(const v1::CareOrder& order) {
  if (!order.has_entry()) return "";
  if (order.entry().local()) return std::string(kLocalOrigin);
  return sas::type::v1::EntryPoint_Name(order.entry().entry_point())
      .substr(std::string_view("ENTRY_POINT_").size());
}

// The value of `key` in the `key=value` codes of an audit record.
std::string CodeIn(const std::string& detail, std::string_view key) {
  const std::size_t at = (" " + detail).find(" " + std::string(key) + "=");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size() + 1;
  return detail.substr(begin, detail.find(' ', begin) - begin);
}

// By which channel a booked order is served; empty of an ordinary slot.
absl::StatusOr<std::string> ChannelOf(RegulationTransaction& transaction,
                                      const v1::CareOrder& order, const Fact& fact) {
  const v1::CommunityRequest& community = order.community_request();
  if (community.state() == v1::CommunityRequest::STATE_ACCEPTED &&
      ToInstant(community.slot_start_time()) == ToInstant(order.appointment_start_time())) {
    return std::string(kChannelCommunity);
  }
  if (CodeIn(fact.detail, "supernumerary") == "yes") return std::string(kChannelOverbooking);
  SAS_ASSIGN_OR_RETURN(const auto decisions,
                       transaction.ListDecisions(CaseOf(order.name()), "", kDecisionsMax));
  const bool sos = std::any_of(decisions.begin(), decisions.end(), [&](const v1::Decision& each) {
    return each.name() == order.decision() && each.resource_code() == kVisitingDoctors;
  });
  if (sos) return std::string(kChannelSos);
  const bool remote =
      order.modes_size() == 1 && order.modes(0) == sas::type::v1::CONSULTATION_MODE_VR;
  return remote ? std::string(kChannelRemote) : "";
}

void FillWindow(const v1::RegulationCase& row, KpiMark& mark) {
  const auto window = WindowOf(row);
  if (!window) return;
  mark.start = window->start;
  mark.end = window->end;
}

void FillCall(const v1::CallOrigin& call, KpiMark& mark) {
  mark.code = EntryName(call);
  mark.start = ToInstant(call.arrival_time());
  mark.end = ToInstant(call.pickup_time());
  mark.amount = PackDialled(call.dialled_number());
}

}  // namespace

absl::Status MarkCase(RegulationTransaction& transaction, const v1::RegulationCase& row,
                      const Fact& fact) {
  KpiMark mark;
  mark.act = ActOf(fact);
  if (mark.act == KpiAct::kUnspecified) return absl::OkStatus();
  mark.subject = row.name();
  mark.version = VersionOf(row.etag());
  mark.territory = row.territory();
  mark.priority = ToValue(row.priority());
  mark.filiere = ToValue(row.filiere());
  mark.level = ToValue(row.care_level());
  switch (mark.act) {
    case KpiAct::kOpened:
      // A call that was detached was counted when it was attached.
      if (fact.act != "DetachCall") FillCall(row.origin(), mark);
      break;
    case KpiAct::kCalled:
      FillCall(row.further_calls(row.further_calls_size() - 1), mark);
      break;
    case KpiAct::kDecided:
      mark.code = CodeIn(fact.detail, "code");
      // What was promised before the decision was marked then.
      if (row.callback().kind() == v1::CallbackPromise::KIND_REASSESSMENT) FillWindow(row, mark);
      break;
    default:
      FillWindow(row, mark);
      break;
  }
  return transaction.AddMark(mark);
}

absl::Status MarkTalk(RegulationTransaction& transaction, const v1::WaitingCall& waiting) {
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row,
                       transaction.GetCase(waiting.regulation_case()));
  KpiMark mark;
  mark.act = KpiAct::kCallEnded;
  mark.subject = waiting.name();
  mark.version = VersionOf(waiting.etag());
  mark.territory = waiting.territory();
  mark.priority = ToValue(row.priority());
  mark.filiere = ToValue(row.filiere());
  mark.code = base::RoleName(static_cast<base::Role>(waiting.picked_up_by().role()));
  mark.start = ToInstant(waiting.pickup_time());
  mark.end = ToInstant(waiting.end_time());
  return transaction.AddMark(mark);
}

absl::Status MarkOrder(RegulationTransaction& transaction, const v1::CareOrder& order,
                       const Fact& fact) {
  KpiMark mark;
  mark.act = ActOf(fact);
  mark.subject = order.name();
  mark.version = order.version();
  mark.territory = order.territory();
  // A community gives no appointment: until one is made the order is searched.
  const bool asked = order.community_request().state() == v1::CommunityRequest::STATE_ASKED;
  mark.order_state = asked ? OrderState::kSearching : ToValue(order.state());
  mark.code = OrderOrigin(order);
  if (mark.act == KpiAct::kOrderMoved && mark.order_state == OrderState::kBooked) {
    SAS_ASSIGN_OR_RETURN(mark.code, ChannelOf(transaction, order, fact));
  }
  mark.start = ToInstant(order.origin_time());
  mark.end = ToInstant(order.appointment_start_time());
  mark.amount = order.refused_proposals_size();
  return transaction.AddMark(mark);
}

absl::Status MarkLostCall(RegulationTransaction& transaction, const v1::LostCall& lost_call,
                          const Fact& fact) {
  KpiMark mark;
  mark.act = ActOf(fact);
  // Who hung up on a dossier had been answered: he is no lost call of the figures, nor is his
  // return.
  const bool of_dossier = !lost_call.regulation_case().empty() && mark.act != KpiAct::kLostCall;
  if (mark.act == KpiAct::kUnspecified || of_dossier) return absl::OkStatus();
  mark.subject = lost_call.name();
  // Each call of the number, and its end: one version each.
  const bool done = lost_call.state() == v1::LostCall::STATE_DONE;
  mark.version = 2LL * lost_call.call_count() + (done ? 1 : 0);
  mark.territory = lost_call.territory();
  mark.start = ToInstant(lost_call.arrival_time());
  mark.amount = lost_call.ring_seconds();
  // A call that joined an earlier one counts with its own ringing.
  const std::string rang = CodeIn(fact.detail, "rang");
  std::from_chars(rang.data(), rang.data() + rang.size(), mark.amount);
  return transaction.AddMark(mark);
}

}  // namespace sas::regulation
