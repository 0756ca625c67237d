#include "tests/contract/regulation_model/real_room.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/observe/metrics.h"
#include "common/testing/actors.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/board_card.h"

namespace sas::regulation::model {
namespace {

constexpr char kRegion[] = "regions/fr-pdl";
constexpr char kTerritory[] = "85";
constexpr int kPage = 200;

// What every room shares: nothing of it changes with what happens in one.
struct Building {
  observe::Metrics page;
  RegulationMetrics metrics{page};
  care::Zone zone = *care::Zone::Load("Europe/Paris");

  static Building& The() {
    static Building building;
    return building;
  }
};

base::Role RoleOf(int who) {
  switch (Operators().at(static_cast<std::size_t>(who)).post) {
    case Post::kArm:
      return base::Role::kArm;
    case Post::kRegulatorAmu:
      return base::Role::kRegulatorAmu;
    case Post::kRegulatorMg:
      return base::Role::kRegulatorMg;
    case Post::kSupervisor:
      break;
  }
  return base::Role::kSupervisor;
}

int OperatorNamed(const std::string& subject) {
  const auto& all = Operators();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Operator& each) { return subject == each.name; });
  return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

std::string NumberCalled(int which) {
  return "+3319900000" + std::to_string(which);
}

v1::CallOrigin OriginOf(const Act& act) {
  v1::CallOrigin origin;
  origin.set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  origin.set_caller_phone_number(NumberCalled(act.b));
  return origin;
}

bool Has(const Act& act, Given given) {
  return (act.c & given) != 0;
}

std::string ReasonOf(const absl::Status& status) {
  const std::string reason = base::DetailOf(status).reason;
  return reason.empty() ? status.ToString() : reason;
}

}  // namespace

RealRoom::RealRoom()
    : desk_{store_, clock_, random_, Building::The().zone, Building::The().metrics} {}

base::Call RealRoom::CallOf(const char* method, int who) const {
  base::Call call = base::InternalCall(method, clock_, std::chrono::seconds(30));
  call.actor = testing::ActorWith(RoleOf(who), Operators().at(static_cast<std::size_t>(who)).name);
  return call;
}

template <typename Response, typename Request>
absl::StatusOr<Response> RealRoom::Ask(ActOf<Response, Request> act, const char* method, int who,
                                       Request request) {
  request.set_request_id("R-" + std::to_string(++requests_));
  const auto ask = [this, act, method, who, request] {
    return act(desk_, CallOf(method, who), request);
  };
  const absl::StatusOr<Response> answer = ask();
  if (answer.ok()) last_bytes_ = answer->SerializeAsString();
  last_again_ = [ask] {
    const absl::StatusOr<Response> again = ask();
    return again.ok() ? again->SerializeAsString() : ReasonOf(again.status());
  };
  return answer;
}

int RealRoom::NumberOf(const std::string& name) const {
  const auto found = std::find(dossiers_.begin(), dossiers_.end(), name);
  return found == dossiers_.end() ? -1 : static_cast<int>(found - dossiers_.begin());
}

int RealRoom::WhichOf(const Act& act) const {
  return act.which % static_cast<int>(dossiers_.size());
}

v1::RegulationCase RealRoom::Get(int dossier) {
  v1::GetRegulationCaseRequest request;
  request.set_name(NameOf(dossier));
  return acts::GetRegulationCase(desk_, CallOf("Get", 0), request).value_or(v1::RegulationCase());
}

std::string RealRoom::EtagFor(const Act& act, int dossier) {
  if (!Has(act, kEtag)) return "";
  const std::string etag = Get(dossier).etag();
  return Has(act, kStaleEtag) ? EtagOf(VersionOf(etag) + 1) : etag;
}

Answer RealRoom::Told(const absl::StatusOr<v1::RegulationCase>& row, int which) {
  const v1::RegulationCase now = row.ok() ? *row : Get(which);
  return {row.ok() ? "" : ReasonOf(row.status()), which, now.claim().version()};
}

template <typename Request>
Answer RealRoom::OnCase(ActOf<v1::RegulationCase, Request> act, const char* method,
                        const Act& asked, Request request) {
  const int which = WhichOf(asked);
  request.set_name(NameOf(which));
  return Told(Ask(act, method, asked.who, request), which);
}

Answer RealRoom::Open(const Act& act) {
  v1::CreateRegulationCaseRequest request;
  request.set_parent(kRegion);
  v1::RegulationCase& row = *request.mutable_regulation_case();
  row.set_territory(kTerritory);
  row.set_motif_code(act.a == 1 ? "M02.02" : "M03.14");
  *row.mutable_origin() = OriginOf(act);
  row.mutable_patient_place()->set_insee_code("85047");
  v1::Patient& patient = *row.add_patients();
  patient.mutable_age()->set_value(20 + act.c % 70);
  patient.mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  // Of what the reference knows nothing: the order must not either (hazard H-51).
  patient.set_medical_history(act.c % 2 == 0 ? "appelle souvent" : "dialyse, greffe");
  if (act.c % 3 == 0) patient.set_current_treatment("anticoagulant");
  const auto opened = Ask(acts::CreateRegulationCase, "Open", act.who, request);
  if (!opened.ok()) return {ReasonOf(opened.status()), -1, 0};
  dossiers_.push_back(opened->name());
  return {"", static_cast<int>(dossiers_.size()) - 1, opened->claim().version()};
}

Answer RealRoom::Prioritize(const Act& act) {
  v1::PrioritizeRegulationCaseRequest request;
  request.set_priority(static_cast<v1::Priority>(act.a));
  request.set_filiere(static_cast<sas::type::v1::Filiere>(act.b));
  if (Has(act, kReason)) request.set_reason("réévalué");
  request.set_vital_motif_confirmed(Has(act, kConfirmed));
  request.set_etag(EtagFor(act, WhichOf(act)));
  if (Has(act, kWindow)) {
    const auto start =
        clock_.Now() + std::chrono::seconds(Has(act, kLateWindow) ? kWindowSeconds : 0);
    *request.mutable_callback()->mutable_window_start_time() = ToTimestamp(start);
    *request.mutable_callback()->mutable_window_end_time() =
        ToTimestamp(start + std::chrono::seconds(kWindowSeconds));
    request.mutable_callback()->set_consent(!Has(act, kNoConsent));
  }
  return OnCase(acts::PrioritizeRegulationCase, "Prioritize", act, request);
}

Answer RealRoom::ClaimNext(const Act& act) {
  v1::ClaimNextRegulationCaseRequest request;
  request.set_parent(kRegion);
  request.set_filiere(static_cast<sas::type::v1::Filiere>(act.a));
  const auto row = Ask(acts::ClaimNextRegulationCase, "ClaimNext", act.who, request);
  if (!row.ok()) return {ReasonOf(row.status()), -1, 0};
  return Told(row, NumberOf(row->name()));
}

Answer RealRoom::Transfer(const Act& act) {
  v1::TransferRegulationCaseRequest request;
  request.set_filiere(static_cast<sas::type::v1::Filiere>(act.a));
  request.set_reason("autre filière");
  return OnCase(acts::TransferRegulationCase, "Transfer", act, request);
}

Answer RealRoom::Decide(const Act& act) {
  const int which = WhichOf(act);
  v1::CreateDecisionRequest request;
  request.set_parent(NameOf(which));
  v1::Decision& decision = *request.mutable_decision();
  decision.set_care_level(v1::CARE_LEVEL_R4);
  decision.set_decision_code("CONSEIL");
  decision.set_instructions("Repos.");
  const auto screen = screens_.find({act.who, which});
  std::int64_t version = screen == screens_.end() ? 0 : screen->second;
  if (act.a == 1) version = Get(which).claim().version();
  if (act.a == 2 && version > 0) --version;
  decision.set_claim_version(version);
  const auto made = Ask(acts::CreateDecision, "Decide", act.who, request);
  return {made.ok() ? "" : ReasonOf(made.status()), which, Get(which).claim().version()};
}

Answer RealRoom::CallAgain(const Act& act) {
  v1::AttachCallRequest request;
  *request.mutable_call() = OriginOf(act);
  return OnCase(acts::AttachCall, "AttachCall", act, request);
}

Answer RealRoom::LoseCall(const Act& act) {
  v1::RecordLostCallRequest request;
  request.set_parent(kRegion);
  request.mutable_lost_call()->set_phone_number(NumberCalled(act.b));
  request.mutable_lost_call()->set_territory(kTerritory);
  const auto lost = Ask(acts::RecordLostCall, "LoseCall", act.who, request);
  if (!lost.ok()) return {ReasonOf(lost.status()), -1, 0};
  auto found = std::find(lost_calls_.begin(), lost_calls_.end(), lost->name());
  if (found == lost_calls_.end()) found = lost_calls_.insert(found, lost->name());
  return {"", static_cast<int>(found - lost_calls_.begin()), 0};
}

Answer RealRoom::ReturnCall(const Act& act) {
  if (lost_calls_.empty()) return {"-", -1, 0};
  const int which = act.which % static_cast<int>(lost_calls_.size());
  v1::ResolveLostCallRequest request;
  request.set_name(lost_calls_.at(static_cast<std::size_t>(which)));
  const auto lost = Ask(acts::ResolveLostCall, "ReturnCall", act.who, request);
  return {lost.ok() ? "" : ReasonOf(lost.status()), which, 0};
}

Answer RealRoom::DoAgain(const Act& act) {
  if (acknowledged_.empty()) return {"-", -1, 0};
  const Repeat& repeat =
      acknowledged_.at(static_cast<std::size_t>(act.which) % acknowledged_.size());
  if (repeat.again() != repeat.bytes) return {"ANSWER_DIFFERS", repeat.answer.which, 0};
  return repeat.answer;
}

Answer RealRoom::DoNow(const Act& act) {
  switch (act.kind) {
    case ActKind::kOpen:
      return Open(act);
    case ActKind::kClaimNext:
      return ClaimNext(act);
    case ActKind::kLoseCall:
      return LoseCall(act);
    case ActKind::kReturnCall:
      return ReturnCall(act);
    default:
      break;
  }
  if (dossiers_.empty()) return {"-", -1, 0};
  switch (act.kind) {
    case ActKind::kPrioritize:
      return Prioritize(act);
    case ActKind::kClaim:
      return OnCase(acts::ClaimRegulationCase, "Claim", act, v1::ClaimRegulationCaseRequest());
    case ActKind::kRelease:
      return OnCase(acts::ReleaseRegulationCase, "Release", act,
                    v1::ReleaseRegulationCaseRequest());
    case ActKind::kTransfer:
      return Transfer(act);
    case ActKind::kDecide:
      return Decide(act);
    case ActKind::kCallAgain:
      return CallAgain(act);
    case ActKind::kNote: {
      v1::AddCaseNoteRequest request;
      request.mutable_note()->set_text("parle en phrases");
      return OnCase(acts::AddCaseNote, "Note", act, request);
    }
    case ActKind::kComplete: {
      v1::CompleteRegulationCaseRequest request;
      request.set_etag(EtagFor(act, WhichOf(act)));
      return OnCase(acts::CompleteRegulationCase, "Complete", act, request);
    }
    default: {
      v1::CloseRegulationCaseRequest request;
      request.set_etag(EtagFor(act, WhichOf(act)));
      request.set_attribution("D.D-MALV.ERR");
      return OnCase(acts::CloseRegulationCase, "Close", act, request);
    }
  }
}

Answer RealRoom::Do(const Act& act) {
  if (act.kind == ActKind::kTimePasses) {
    clock_.Advance(std::chrono::seconds(act.a));
    return {"-", -1, 0};
  }
  const auto who = static_cast<std::size_t>(act.who);
  if (act.kind == ActKind::kLeave || act.kind == ActKind::kComeBack) {
    away_.at(who) = act.kind == ActKind::kLeave;
    if (away_.at(who)) {
      std::erase_if(screens_, [&](const auto& screen) { return screen.first.first == act.who; });
    }
    return {"-", -1, 0};
  }
  if (act.kind == ActKind::kRepeat) return DoAgain(act);
  if (away_.at(who)) return {"-", -1, 0};
  const Answer answer = DoNow(act);
  if (!answer.reason.empty()) return answer;
  acknowledged_.push_back({answer, last_bytes_, last_again_});
  if (act.kind == ActKind::kClaim || act.kind == ActKind::kClaimNext) {
    screens_[{act.who, answer.which}] = answer.version;
  }
  return answer;
}

std::vector<v1::RegulationCase> RealRoom::List(v1::CaseListView view) {
  v1::ListRegulationCasesRequest request;
  request.set_parent(kRegion);
  request.set_view(view);
  request.set_page_size(kPage);
  const auto page = acts::ListRegulationCases(desk_, CallOf("List", 2), request);
  if (!page.ok()) return {};
  return {page->regulation_cases().begin(), page->regulation_cases().end()};
}

Seen RealRoom::Look() {
  Seen seen;
  const base::Instant now = clock_.Now();
  for (const v1::RegulationCase& row : List(v1::CASE_LIST_VIEW_OPEN)) {
    const int number = NumberOf(row.name());
    const BoardCard card = CardOf(ToLine(row), AlarmRules(), now);
    Line line;
    line.dossier = number;
    line.level = static_cast<int>(row.priority());
    line.chain = static_cast<int>(row.filiere());
    line.calls = 1 + row.further_calls_size();
    if (card.claimed) {
      line.owner = OperatorNamed(row.claim().owner().subject());
      line.version = row.claim().version();
      seen.taken.push_back(line);
    } else if (card.column != BoardColumn::kHidden && card.column != BoardColumn::kReview) {
      for (const BoardAlarm alarm : card.alarms.List()) {
        line.alarms.push_back(static_cast<int>(alarm));
      }
      seen.waiting.push_back(line);
    } else {
      seen.at_rest.push_back(number);
    }
  }
  for (const v1::RegulationCase& row : List(v1::CASE_LIST_VIEW_ENDED)) {
    seen.ended.push_back(NumberOf(row.name()));
  }
  v1::GetBoardRequest request;
  request.set_parent(kRegion);
  const auto wall = acts::GetBoard(desk_, CallOf("GetBoard", 2), request);
  if (!wall.ok()) return seen;
  for (const auto& line : wall->lines()) {
    if (line.waiting_count() == 0) continue;
    seen.wall[static_cast<int>(line.priority())] = {line.waiting_count(), line.alarm_count()};
  }
  seen.wall_taken = wall->claimed_count();
  seen.lost_calls = wall->lost_call_count();
  const auto by_number = [](const Line& one, const Line& other) {
    return one.dossier < other.dossier;
  };
  std::sort(seen.taken.begin(), seen.taken.end(), by_number);
  std::sort(seen.at_rest.begin(), seen.at_rest.end());
  std::sort(seen.ended.begin(), seen.ended.end());
  return seen;
}

std::string RealRoom::CompareViews(const Seen& seen) {
  const auto numbers = [&](v1::CaseListView view) {
    std::vector<int> found;
    for (const v1::RegulationCase& row : List(view)) found.push_back(NumberOf(row.name()));
    return found;
  };
  std::vector<int> waiting;
  for (const Line& line : seen.waiting) waiting.push_back(line.dossier);
  if (numbers(v1::CASE_LIST_VIEW_WAITING) != waiting) return "the view of those who wait differs";
  std::vector<int> claimed = numbers(v1::CASE_LIST_VIEW_CLAIMED);
  std::sort(claimed.begin(), claimed.end());
  std::vector<int> taken;
  for (const Line& line : seen.taken) taken.push_back(line.dossier);
  if (claimed != taken) return "the view of those who are taken differs";
  for (const int promised : numbers(v1::CASE_LIST_VIEW_CALLBACKS)) {
    if (std::find(waiting.begin(), waiting.end(), promised) == waiting.end()) {
      return "a promised callback does not wait";
    }
  }
  return "";
}

}  // namespace sas::regulation::model
