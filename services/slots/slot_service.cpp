#include "services/slots/slot_service.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/ids.h"
#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/domain/need_criteria.h"
#include "services/slots/domain/rule_lift.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/hold_length.h"
#include "services/slots/hold_release.h"
#include "services/slots/lift_record.h"
#include "services/slots/planning_rights.h"
#include "services/slots/seat_failures.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_caps.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/slot_rules.h"
#include "services/slots/slot_search.h"
#include "services/slots/wire_answer.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr int kListPageStandard = 100;
constexpr int kListPageMax = 500;
constexpr hours kListStandard{7 * 24};
constexpr hours kListMax{31 * 24};
constexpr std::size_t kTokenCharactersMax = 64;

// A seat beyond those of the slot, within what the session allows (surnuméraire). How many of the
// session's other slots have such seats is judged at the confirmation, by the ledger.
absl::Status AskBeyond(const v1::HoldSlotRequest& request, const SlotRef& slot,
                       SeatBook::HoldRequest& wanted) {
  const std::string& reason = request.supernumerary_reason_code();
  if (reason.empty()) return absl::OkStatus();
  constexpr std::array<std::string_view, 4> kReasons{"PRACTITIONER_AGREES", "REGULATOR_ASKS",
                                                     "FAMILY", "OTHER"};
  if (std::find(kReasons.begin(), kReasons.end(), reason) == kReasons.end()) {
    return base::InvalidField("supernumerary_reason_code", "UNKNOWN_CODE",
                              "must be PRACTITIONER_AGREES, REGULATOR_ASKS, FAMILY or OTHER");
  }
  wanted.beyond_max = slot.supernumerary_max();
  wanted.beyond_reason = reason;
  return wanted.beyond_max > 0 ? absl::OkStatus() : SupernumeraryExhausted(request.name(), 0);
}

absl::Status CheckToken(std::string_view token) {
  if (!token.empty() && token.size() <= kTokenCharactersMax) return absl::OkStatus();
  return base::InvalidField("hold_token", "HOLD_TOKEN_REQUIRED", "give the token of the hold");
}

// Of what is asked, without the id by which it is asked again and not from which list or watch: a
// console that was cut off repeats from new ones.
std::string FingerprintOf(v1::HoldSlotRequest request) {
  request.clear_request_id();
  request.clear_watch();
  request.clear_list_rank();
  return ledger::Fingerprint(request);
}

absl::Status NotOurToken() {
  return base::InvalidField("page_token", "INVALID_PAGE_TOKEN", "start again without a token");
}

// What a listing asks for; the hour of the first page is part of the token.
struct Window {
  base::Instant start{};
  base::Instant end{};
};

absl::StatusOr<Window> ReadWindow(const v1::ListSlotsRequest& request, base::Instant now) {
  Window window;
  SAS_ASSIGN_OR_RETURN(window.start,
                       ReadTime(request.has_start_time(), request.start_time(), now, "start_time"));
  SAS_ASSIGN_OR_RETURN(window.end, ReadTime(request.has_end_time(), request.end_time(),
                                            window.start + kListStandard, "end_time"));
  if (window.end <= window.start) {
    return base::InvalidField("end_time", "INVALID_TIME_RANGE", "the end is not after the start");
  }
  if (window.end > window.start + kListMax) {
    return base::InvalidField("end_time", "WINDOW_TOO_LONG", "at most 31 days after the start");
  }
  return window;
}

// Where a page of a listing begins.
struct ListPlace {
  base::Instant now;  ///< Of the first page.
  base::Instant start{};
  std::string after{};  ///< The slot that was shown last; may have gone since. Empty: none was.

  bool Shows(const SlotRef& slot) const {
    if (after.empty() || slot.start() > start) return true;
    return slot.start() == start && slot.name() > after;
  }
};

absl::StatusOr<ListPlace> ReadPlace(const std::string& position, base::Instant now) {
  if (position.empty()) return ListPlace{now};
  std::int64_t micros = 0;
  const char* const last = position.data() + position.size();
  const auto [end, error] = std::from_chars(position.data(), last, micros);
  if (error != std::errc() || end == last || *end != '|') return NotOurToken();
  ListPlace place{base::Instant(std::chrono::microseconds(micros))};
  place.after = std::string(end + 1, last);
  const auto identity = ParseSlotName(place.after, "page_token");
  if (!identity.ok()) return NotOurToken();
  place.start = identity->start;
  return place;
}

}  // namespace

absl::StatusOr<grpc::ByteBuffer> SlotService::Search(const base::Call& call,
                                                     const grpc::ByteBuffer& bytes) {
  thread_local v1::SearchSlotsRequest search;  // Keeps its memory.
  SAS_RETURN_IF_ERROR(rpc::ParseRaw(bytes, search));
  SAS_ASSIGN_OR_RETURN(const auto view, FindRegion(projection_, call, search.parent()));
  const base::Instant now = runtime_.clock.Now();
  SAS_ASSIGN_OR_RETURN(SearchPage page, FindPage(call, search, *view, now));
  page.silent_partners = projection_.feeds().SilentWithin(search.parent(), *view, page.query, now);
  if (search.page_token().empty()) metrics_.Searched(static_cast<int>(page.found.total));
  return rpc::ToRaw(WriteAnswer(*view, page, call.actor.role, now));
}

absl::StatusOr<v1::ListSlotsResponse> SlotService::List(const base::Call& call,
                                                        const v1::ListSlotsRequest& request) const {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const auto view,
                       FindRegion(projection_, call, base::JoinName({{"regions", ids[0]}})));
  SAS_ASSIGN_OR_RETURN(const int page_size,
                       base::PageSize(request.page_size(), kListPageStandard, kListPageMax));
  v1::ListSlotsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const std::string identity = bound.SerializeAsString();
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(identity, request.page_token()));
  SAS_ASSIGN_OR_RETURN(const ListPlace place, ReadPlace(position, runtime_.clock.Now()));
  SAS_ASSIGN_OR_RETURN(const Window window, ReadWindow(request, place.now));
  const SiteRef site = view->index->FindSite(request.parent());
  if (!site) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", request.parent()}});
  }
  const auto& readers = site.rules().readers;
  const Asker asker{call.actor.role, OrganizationIn(call.actor.organization, ids[0])};
  v1::ListSlotsResponse response;
  for (const SlotRef& slot : site.Slots(std::max(window.start, place.start), window.end)) {
    if (!place.Shows(slot)) continue;
    if (readers != nullptr && !MayRead(*readers, asker, slot.agenda())) continue;
    if (response.slots_size() == page_size) {
      const std::string next = std::to_string(place.now.time_since_epoch().count()) + "|" +
                               response.slots(page_size - 1).name();
      response.set_next_page_token(base::MakePageToken(identity, next));
      break;
    }
    *response.add_slots() = ToSlot(*view, slot);
  }
  return response;
}

absl::StatusOr<v1::SlotHold> SlotService::Hold(const base::Call& call,
                                               const v1::HoldSlotRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(const milliseconds length,
                       ReadHoldLength(request.has_hold_duration(), request.hold_duration()));
  SAS_ASSIGN_OR_RETURN(Need need, ReadNeed(request.need(), call.actor.profession, "need"));
  SAS_ASSIGN_OR_RETURN(const std::string lifted, ReadLift(request, call.actor));
  need.lifted = ParseLifted(lifted);
  SAS_ASSIGN_OR_RETURN(const SlotInView found, FindSlot(projection_, call, request.name(), "name"));
  need.asker = AskerOf(call.actor, *found.view, base::RegionOf(request.name()));
  const std::string& moving = request.need().moving_slot();
  SlotRef leaving;
  if (!moving.empty()) {
    SAS_ASSIGN_OR_RETURN(leaving,
                         FindMovingSlot(*found.view, request.name(), moving, "need.moving_slot"));
  }
  if (MovesWithinOwnSite(call.actor, found.card->rules.name, moving)) {
    SAS_RETURN_IF_ERROR(CheckMover(call.actor, found.card->rules, need));
  } else {
    SAS_RETURN_IF_ERROR(CheckAsker(call.actor, need));
  }
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckSiteRight(call.actor, found.card->site, identity.agenda, Right::kBook));
  SAS_RETURN_IF_ERROR(CheckSlotFor(found.slot, need, runtime_.clock.Now(), Stage::kHold, nullptr));
  SAS_RETURN_IF_ERROR(CheckSigns(call.actor, request.need()));
  SeatBook::HoldRequest wanted;
  wanted.refusal = CheckCaps(found, leaving);
  wanted.region = found.region;
  wanted.slot = request.name();
  wanted.token = base::MakeToken(runtime_.random);
  wanted.request_id = request.request_id();
  wanted.fingerprint = FingerprintOf(request);
  wanted.holder = call.actor.subject;
  wanted.order = request.need().care_order();
  wanted.profession = call.actor.profession;
  wanted.lifted = lifted;
  wanted.criteria = CriteriaCodes(need);
  wanted.duration = length;
  wanted.holds_max = request.for_group() ? kHoldsOfGroupMax : kHoldsPerHolderMax;
  wanted.order_holds_max = request.for_group() ? kHoldsOfGroupMax : holds_per_order_;
  wanted.organization = care::NormalOrganization(call.actor.organization);
  wanted.organization_holds_max = holds_per_organization_;
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.watch(), "watch", kTokenCharactersMax));
  wanted.watch = request.watch();
  SAS_RETURN_IF_ERROR(AskBeyond(request, found.slot, wanted));
  if (request.list_rank() < 0) {
    return base::InvalidField("list_rank", "NEGATIVE_NUMBER", "use 0 when it is unknown");
  }
  SAS_ASSIGN_OR_RETURN(const auto hold, book_.TakeHold(call, wanted));
  base::AtCrashPoint("slots.hold.taken");
  if (absl::Status settled = Settle(call, request, found.slot, lifted); !settled.ok()) {
    book_.ReleaseHold(call, {found.region, request.name(), hold.token, hold.holder}).IgnoreError();
    return settled;
  }
  return ToHoldProto(*found.view, found.slot, hold);
}

// The source is asked once the seat is held, so that one operator asks and not each who looks.
absl::Status SlotService::Settle(const base::Call& call, const v1::HoldSlotRequest& request,
                                 const SlotRef& slot, const std::string& lifted) {
  const bool asks =
      slot.source() != nullptr && slot.source()->master() == AgendaMaster::kSourceStream;
  if (asks && sources_ == nullptr) return SourceUnreachable(slot.source()->partner(), "NO_STREAM");
  if (asks) SAS_RETURN_IF_ERROR(sources_->Check(call, request.name()));
  base::AtCrashPoint("slots.hold.vouched");
  return lifted.empty() ? absl::OkStatus() : RecordLift(store_, call, request);
}

absl::StatusOr<v1::SlotHold> SlotService::Renew(const base::Call& call,
                                                const v1::RenewSlotHoldRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckToken(request.hold_token()));
  SAS_ASSIGN_OR_RETURN(const milliseconds length,
                       ReadHoldLength(request.has_hold_duration(), request.hold_duration()));
  HoldKey key{"", request.name(), request.hold_token(), call.actor.subject};
  SAS_ASSIGN_OR_RETURN(const SlotInView found, FindHeld(projection_, book_, call, "name", key));
  key.region = found.region;
  SAS_ASSIGN_OR_RETURN(const auto hold, book_.RenewHold(call, key, length));
  return ToHoldProto(*found.view, found.slot, hold);
}

absl::StatusOr<v1::Slot> SlotService::Release(const base::Call& call,
                                              const v1::ReleaseSlotHoldRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckToken(request.hold_token()));
  return GiveBack(projection_, book_, call, "name",
                  {"", request.name(), request.hold_token(), call.actor.subject});
}

grpc::ServerUnaryReactor* SlotService::GetSlot(grpc::CallbackServerContext* context,
                                               const v1::GetSlotRequest* request,
                                               v1::Slot* response) {
  return rpc::ServeInline(
      runtime_, context, request, response, "/sas.slots.v1.SlotService/GetSlot",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::Slot> {
        SAS_ASSIGN_OR_RETURN(const SlotInView found,
                             FindSlot(projection_, call, proto.name(), "name"));
        SAS_RETURN_IF_ERROR(
            CheckSiteRight(call.actor, found.card->site, found.slot.agenda(), Right::kRead));
        return ToSlot(*found.view, found.slot);
      });
}

grpc::ServerUnaryReactor* SlotService::ListSlots(grpc::CallbackServerContext* context,
                                                 const v1::ListSlotsRequest* request,
                                                 v1::ListSlotsResponse* response) {
  return rpc::ServeInline(
      runtime_, context, request, response, "/sas.slots.v1.SlotService/ListSlots",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* SlotService::GetOffer(grpc::CallbackServerContext* context,
                                                const v1::GetOfferRequest* request,
                                                v1::Offer* response) {
  return rpc::ServeInline(
      runtime_, context, request, response, "/sas.slots.v1.SlotService/GetOffer",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::Offer> {
        SAS_ASSIGN_OR_RETURN(const auto view, FindRegion(projection_, call, proto.parent()));
        if (!proto.territory().empty()) {
          SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), "territory"));
        }
        const Asker asker = AskerOf(call.actor, *view, base::LastId(proto.parent()));
        return MakeOffer(*view, proto.territory(), asker, runtime_.clock.Now());
      });
}

grpc::ServerUnaryReactor* SlotService::HoldSlot(grpc::CallbackServerContext* context,
                                                const v1::HoldSlotRequest* request,
                                                v1::SlotHold* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.SlotService/HoldSlot",
                         [this](const base::Call& call, const auto& proto) {
                           auto hold = Hold(call, proto);
                           metrics_.HoldAsked(hold.status().code(), base::ReasonOf(hold.status()));
                           if (hold.ok()) metrics_.Chosen(proto.list_rank());
                           return hold;
                         });
}

grpc::ServerUnaryReactor* SlotService::RenewSlotHold(grpc::CallbackServerContext* context,
                                                     const v1::RenewSlotHoldRequest* request,
                                                     v1::SlotHold* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SlotService/RenewSlotHold",
      [this](const base::Call& call, const auto& proto) { return Renew(call, proto); });
}

grpc::ServerUnaryReactor* SlotService::ReleaseSlotHold(grpc::CallbackServerContext* context,
                                                       const v1::ReleaseSlotHoldRequest* request,
                                                       v1::Slot* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SlotService/ReleaseSlotHold",
      [this](const base::Call& call, const auto& proto) { return Release(call, proto); });
}

}  // namespace sas::slots
