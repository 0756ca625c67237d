#include "tools/sasctl/suite.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"

namespace sasctl {
namespace {

constexpr std::chrono::minutes kTokenLifetime{5};

std::string FindSuiteFile() {
  if (const char* named = std::getenv("SASCTL_SUITE"); named != nullptr) return named;
  for (std::filesystem::path here = std::filesystem::current_path();; here = here.parent_path()) {
    const std::filesystem::path file = here / "build" / "run" / "suite.json";
    if (std::filesystem::exists(file)) return file.string();
    if (here == here.parent_path()) return "";
  }
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  std::string content = text.str();
  while (!content.empty() && content.back() == '\n') content.pop_back();
  return content;
}

}  // namespace

void Suite::AddOptions(CLI::App& app) {
  app.add_flag("--json", json_, "Answer as JSON, for scripts");
  app.add_option("--suite", suite_file_, "File that tools/run writes with addresses and key");
  app.add_option("--as", as_, "Role to act as, for example arm, regulator_mg, osnp, professional");
  app.add_option("--subject", subject_, "Pseudonymous subject to act as");
  app.add_option("--profession", profession_, "TRE_G15 code of the professional, for example 21");
  app.add_option("--entry-point", entry_point_,
                 "Entry point of the professional: pharmacie, idel, urgences…");
  app.add_option("--rpps", rpps_, "RPPS to sign with, of a médecin référent");
  app.add_option("--organization", organization_, "Site or structure to act for, whole name");
  app.add_option("--region", region_, "Region, for example fr-pdl");
  app.add_option("--territory", territory_, "SAS territory (département code), for example 85");
  app.add_option("--request-id", request_id_, "Idempotency key: the same key repeats the same act");
}

void Suite::Load() const {
  if (loaded_) return;
  loaded_ = true;
  const std::string path = suite_file_.empty() ? FindSuiteFile() : suite_file_;
  if (path.empty()) {
    Usage("no suite is known here: start one with tools/run, or name its file with --suite");
  }
  const nlohmann::json file = nlohmann::json::parse(ReadFile(path), nullptr, false);
  if (file.is_discarded()) Usage("cannot read " + path + ": start the suite with tools/run");
  endpoints_.regulation = file.value("regulation", "");
  endpoints_.slots = file.value("slots", "");
  endpoints_.booking = file.value("booking", "");
  endpoints_.key_file = file.value("key_file", "");
  endpoints_.region = region_.empty() ? file.value("region", endpoints_.region) : region_;
  endpoints_.territory =
      territory_.empty() ? file.value("territory", endpoints_.territory) : territory_;
}

const Endpoints& Suite::endpoints() const {
  Load();
  return endpoints_;
}

std::string Suite::RequestId() {
  return request_id_.empty() ? base::MakeRequestId(random_) : request_id_;
}

std::string Suite::Authorization(base::Role role) const {
  base::Actor actor;
  actor.role = as_.empty() ? role : base::ParseRole(as_);
  if (actor.role == base::Role::kUnspecified) Usage("unknown role '" + as_ + "' after --as");
  actor.subject = subject_.empty() ? "sasctl-" + std::string(base::RoleName(actor.role)) : subject_;
  actor.regions = {endpoints().region};
  actor.profession = profession_;
  actor.entry_point = entry_point_;
  actor.organization = organization_;
  actor.rpps = rpps_;
  const std::string key = ReadFile(endpoints().key_file);
  if (key.empty()) Usage("cannot read the key file " + endpoints().key_file);
  return sas::rpc::MintToken(key, actor, clock_, kTokenLifetime);
}

base::Call Suite::NewCall() {
  base::Call call;
  call.trace_id = base::MakeToken(random_);
  call.span_id = call.trace_id.substr(0, 16);
  call.deadline = clock_.Steady() + std::chrono::seconds(10);
  return call;
}

bool Suite::MayRepeat(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kDeadlineExceeded ||
         base::ReasonOf(status) == "REQUEST_IN_FLIGHT";
}

std::string Suite::CaseName(const std::string& text) const {
  if (text.rfind("regions/", 0) == 0) return text;
  if (text.rfind("cases/", 0) == 0) return Parent() + "/" + text;
  return Parent() + "/cases/" + text;
}

std::string Suite::AppointmentName(const std::string& text) const {
  return text.rfind("regions/", 0) == 0 ? text : Parent() + "/appointments/" + text;
}

// An order's name needs its dossier: a bare id is looked up among the open orders.
std::string Suite::OrderName(const std::string& text) {
  if (text.rfind("regions/", 0) == 0) return text;
  regulation::ListCareOrdersRequest request;
  request.set_parent(Parent() + "/cases/-");
  request.set_include_ended(true);
  request.set_page_size(200);
  const auto page = Ask<regulation::ListCareOrdersResponse>(
      base::Role::kOsnp, Regulation(), &regulation::RegulationService::Stub::ListCareOrders,
      request);
  for (const regulation::CareOrder& order : page.care_orders()) {
    if (base::LastId(order.name()) == text) return order.name();
  }
  Usage("no order '" + text + "' here: give its whole name (sasctl order list)");
}

std::shared_ptr<grpc::Channel> Suite::ChannelTo(const std::string& address) const {
  return sas::rpc::MakeChannel({address, {}});
}

const std::unique_ptr<regulation::RegulationService::Stub>& Suite::Regulation() {
  if (!regulation_) {
    regulation_ = regulation::RegulationService::NewStub(ChannelTo(endpoints().regulation));
  }
  return regulation_;
}

const std::unique_ptr<slots::SlotService::Stub>& Suite::Slots() {
  if (!slots_) slots_ = slots::SlotService::NewStub(ChannelTo(endpoints().slots));
  return slots_;
}

const std::unique_ptr<slots::DirectoryService::Stub>& Suite::Directory() {
  if (!directory_) directory_ = slots::DirectoryService::NewStub(ChannelTo(endpoints().slots));
  return directory_;
}

const std::unique_ptr<slots::PartnerFeedService::Stub>& Suite::Partners() {
  if (!partners_) partners_ = slots::PartnerFeedService::NewStub(ChannelTo(endpoints().slots));
  return partners_;
}

const std::unique_ptr<slots::PlanningService::Stub>& Suite::Planning() {
  if (!planning_) planning_ = slots::PlanningService::NewStub(ChannelTo(endpoints().slots));
  return planning_;
}

const std::unique_ptr<booking::BookingService::Stub>& Suite::Booking() {
  if (!booking_) booking_ = booking::BookingService::NewStub(ChannelTo(endpoints().booking));
  return booking_;
}

const std::unique_ptr<booking::RefillService::Stub>& Suite::Refill() {
  if (!refill_) refill_ = booking::RefillService::NewStub(ChannelTo(endpoints().booking));
  return refill_;
}

void Suite::Refuse(const absl::Status& status) const {
  const base::ErrorDetail detail = base::DetailOf(status);
  const std::string code(base::CodeName(status.code()));
  if (json_) {
    nlohmann::json out{{"ok", false},
                       {"code", code},
                       {"reason", detail.reason},
                       {"message", std::string(base::FromAbsl(status.message()))}};
    for (const auto& [key, value] : detail.metadata) out["metadata"][key] = value;
    for (const auto& violation : detail.violations) {
      out["violations"].push_back(
          {{"field", violation.field}, {"description", violation.description}});
    }
    std::cout << out.dump() << "\n";
  } else {
    std::cerr << "refused: " << status.message() << "\n";
    std::cerr << "  " << code << (detail.reason.empty() ? "" : " " + detail.reason) << "\n";
    for (const auto& violation : detail.violations) {
      std::cerr << "  - " << violation.field << ": " << violation.description << "\n";
    }
    for (const auto& [key, value] : detail.metadata) {
      std::cerr << "  " << key << " = " << value << "\n";
    }
    if (status.code() == absl::StatusCode::kUnavailable) {
      std::cerr << "  the service does not answer: sasctl status tells which part is down\n";
    }
  }
  throw CLI::RuntimeError(status.code() == absl::StatusCode::kUnavailable ? kNotReachable
                                                                          : kRefused);
}

void Suite::Usage(const std::string& message) {
  std::cerr << "sasctl: " << message << "\n";
  throw CLI::RuntimeError(2);
}

}  // namespace sasctl
