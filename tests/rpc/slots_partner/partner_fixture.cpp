#include "tests/rpc/slots_partner/partner_fixture.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/roles.h"
#include "services/slots/slot_standings.h"

namespace sas::slots {
namespace {

const base::Instant kTen{seconds(1'795'510'800)};

}  // namespace

void PartnerTest::SetUp() {
  std::ifstream in(std::string(SAS_DEMO) + "/challans.json");
  std::stringstream text;
  text << in.rdbuf();
  v1::Territory territory;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &territory).ok());
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) -> absl::Status {
                SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                for (const auto& each : territory.communes()) {
                  SAS_RETURN_IF_ERROR(transaction.PutCommune("fr-pdl", each));
                }
                for (const auto& each : territory.practitioners()) {
                  SAS_RETURN_IF_ERROR(transaction.PutPractitioner(each));
                }
                for (const auto& each : territory.sites()) {
                  SAS_RETURN_IF_ERROR(transaction.PutSite(each));
                }
                return absl::OkStatus();  // No plans: what is offered is the platforms'.
              }),
              IsOk());
  availability_ = std::make_unique<Availability>(Availability::Options{}, store_, book_,
                                                 projection_, health_, metrics_, clock_);
  AllowSlotMethods(server_.roles());
  AllowPartnerMethods(server_.roles());
  ASSERT_THAT(server_.Start({&slots_, &seats_, &partners_},
                            {"sas.slots.v1.SlotService", "sas.slots.v1.SeatService",
                             "sas.slots.v1.PartnerFeedService"}),
              IsOk());
  seats_stub_ = v1::SeatService::NewStub(server_.Channel());
  slots_stub_ = v1::SlotService::NewStub(server_.Channel());
  stub_ = v1::PartnerFeedService::NewStub(server_.Channel());
  Follow();
}

void PartnerTest::TearDown() {
  server_.Stop([this] { partners_.CloseStreams(); });
}

base::Actor PartnerTest::Platform(const std::string& subject, const std::string& organization) {
  base::Actor actor = sas::testing::ActorWith(base::Role::kPartner, subject);
  actor.organization = organization;
  return actor;
}

base::Actor PartnerTest::Osnp() {
  return sas::testing::ActorWith(base::Role::kOsnp, "osnp-1");
}

v1::PartnerSlot PartnerTest::SlotAt(minutes after, int free_seats) const {
  v1::PartnerSlot slot;
  slot.set_external_id("x" + std::to_string(after.count()));
  *slot.mutable_start_time() = base::ToTimestamp(kTen + after);
  *slot.mutable_end_time() = base::ToTimestamp(kTen + after + minutes(15));
  slot.set_practitioner_rpps(kRpps);
  slot.add_modes(type::v1::CONSULTATION_MODE_AMB);
  slot.add_classes(type::v1::SLOT_CLASS_SNP);
  slot.set_free_seats(free_seats);
  return slot;
}

v1::AgendaFrame PartnerTest::Delta(std::int64_t sequence,
                                   const std::vector<v1::PartnerSlot>& changed,
                                   const std::vector<minutes>& removed) const {
  v1::AgendaFrame frame;
  frame.set_agenda(kAgenda);
  frame.set_sequence(sequence);
  *frame.mutable_produced_time() = base::ToTimestamp(clock_.Now());
  frame.mutable_delta()->mutable_changed()->Assign(changed.begin(), changed.end());
  for (const minutes after : removed) {
    *frame.mutable_delta()->add_removed_start_times() = base::ToTimestamp(kTen + after);
  }
  return frame;
}

v1::AgendaFrame PartnerTest::Snapshot(std::int64_t sequence,
                                      const std::vector<v1::PartnerSlot>& slots) const {
  v1::AgendaFrame frame = Delta(sequence);
  v1::AgendaSnapshot& snapshot = *frame.mutable_snapshot();
  *snapshot.mutable_start_time() = base::ToTimestamp(clock_.Now());
  *snapshot.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(30 * 24));
  snapshot.mutable_slots()->Assign(slots.begin(), slots.end());
  return frame;
}

std::string PartnerTest::NameAt(minutes after) {
  return SlotName(kSite, "doctoplan", kTen + after);
}

std::unique_ptr<PartnerTest::Client> PartnerTest::Open(grpc::ClientContext& context,
                                                       const base::Actor& actor) {
  server_.Authorize(context, actor, seconds(30));
  return stub_->SyncAgendas(&context);
}

std::vector<v1::AgendaAck> PartnerTest::Sync(const std::vector<v1::AgendaFrame>& frames,
                                             const base::Actor& actor) {
  grpc::ClientContext context;
  const auto client = Open(context, actor);
  std::vector<v1::AgendaAck> acks;
  for (const v1::AgendaFrame& frame : frames) {
    v1::SyncAgendasRequest request;
    *request.mutable_frame() = frame;
    EXPECT_TRUE(client->Write(request));
    v1::SyncAgendasResponse response;
    if (!client->Read(&response)) break;
    acks.push_back(response.ack());
  }
  client->WritesDone();
  EXPECT_THAT(rpc::FromGrpc(client->Finish()), IsOk());
  EXPECT_EQ(acks.size(), frames.size());
  acks.resize(frames.size());
  return acks;
}

v1::AgendaAck PartnerTest::SyncOne(const v1::AgendaFrame& frame, const base::Actor& actor) {
  return Sync({frame}, actor).front();
}

absl::StatusOr<v1::ImportAgendaResponse> PartnerTest::Import(const v1::AgendaFrame& frame,
                                                             const std::string& request_id,
                                                             const base::Actor& actor) {
  v1::ImportAgendaRequest request;
  *request.mutable_frame() = frame;
  request.set_request_id(request_id);
  return Invoke<v1::ImportAgendaResponse>(*stub_, &v1::PartnerFeedService::Stub::ImportAgenda,
                                          request, actor);
}

absl::StatusOr<v1::Slot> PartnerTest::Refuse(const std::string& slot, const std::string& code,
                                             const std::string& request_id,
                                             const base::Actor& actor) {
  v1::ReportSourceRefusalRequest request;
  request.set_slot(slot);
  request.set_source_code(code);
  request.set_request_id(request_id);
  return Invoke<v1::Slot>(*stub_, &v1::PartnerFeedService::Stub::ReportSourceRefusal, request,
                          actor);
}

absl::StatusOr<v1::PartnerAgenda> PartnerTest::Release(const base::Actor& actor,
                                                       const std::string& request_id) {
  v1::ReleasePartnerAgendaRequest request;
  request.set_name(kAgenda);
  request.set_request_id(request_id);
  return Invoke<v1::PartnerAgenda>(*stub_, &v1::PartnerFeedService::Stub::ReleasePartnerAgenda,
                                   request, actor);
}

absl::StatusOr<v1::ListPartnerAgendasResponse> PartnerTest::List(const base::Actor& actor,
                                                                 int page_size,
                                                                 const std::string& token) {
  v1::ListPartnerAgendasRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(page_size);
  request.set_page_token(token);
  return Invoke<v1::ListPartnerAgendasResponse>(
      *stub_, &v1::PartnerFeedService::Stub::ListPartnerAgendas, request, actor);
}

void PartnerTest::Follow() {
  EXPECT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_THAT(projection_.Follow(Internal(), "fr-pdl", std::chrono::milliseconds(0)), IsOk());
}

std::vector<v1::SlotMatch> PartnerTest::Offered() {
  Follow();
  const v1::SearchSlotsResponse found = Search();
  return {found.matches().begin(), found.matches().end()};
}

v1::SearchSlotsResponse PartnerTest::Search(int radius_meters) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_insee_code("85047");
  request.set_page_size(50);
  request.set_radius_meters(radius_meters);
  v1::CareNeed& need = *request.mutable_need();
  need.set_entry_point(type::v1::ENTRY_POINT_LINE_116117);
  need.set_care_order("regions/fr-pdl/cases/c1/orders/o1");
  need.set_motif_code("M03.14");
  need.mutable_age()->set_value(40);
  need.mutable_age()->set_unit(type::v1::Age::UNIT_YEAR);
  need.set_access_reason(type::v1::ACCESS_REASON_MT_INDISPONIBLE);
  need.set_territory("85");
  const auto found = Invoke<v1::SearchSlotsResponse>(
      *slots_stub_, &v1::SlotService::Stub::SearchSlots, request, Osnp());
  EXPECT_THAT(found, IsOk());
  return found.value_or(v1::SearchSlotsResponse());
}

std::vector<std::string> PartnerTest::OfferedNames() {
  std::vector<std::string> names;
  for (const v1::SlotMatch& match : Offered()) names.push_back(match.slot().name());
  return names;
}

v1::SlotStanding::Kind PartnerTest::Standing(minutes after) {
  v1::GetSlotStandingsRequest request;
  request.set_parent("regions/fr-pdl");
  request.add_slots(NameAt(after));
  base::Call call = Internal();
  call.actor.regions = {"fr-pdl"};
  const auto told = ReadSlotStandings(store_, call, request, clock_.Now(), 21);
  EXPECT_THAT(told, IsOk());
  return told.ok() ? told->standings(0).kind() : v1::SlotStanding::KIND_UNSPECIFIED;
}

void PartnerTest::Book(const std::string& slot, const std::string& appointment) {
  SeatFact fact{slot, 0, "regions/fr-pdl/appointments/" + appointment, true, 0};
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(fact.sequence, transaction.NextSeatSequence(slot));
                return transaction.PutSeat(fact).status();
              }),
              IsOk());
  ASSERT_THAT(book_.Commit(Internal(), fact).status(), IsOk());
}

void PartnerTest::Change(const std::function<void(v1::Site&)>& change) {
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kSite));
                change(*site);
                SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                return transaction.TouchSite("fr-pdl", kSite);
              }),
              IsOk());
}

void PartnerTest::ChangeDoctor(const std::function<void(v1::Practitioner&)>& change) {
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(auto found,
                                     transaction.partners().FindPractitioners("fr-pdl", {kRpps}));
                SAS_ASSIGN_OR_RETURN(auto doctor, transaction.GetPractitioner(found.at(kRpps)));
                change(*doctor);
                SAS_RETURN_IF_ERROR(transaction.PutPractitioner(*doctor));
                return transaction.TouchSite("fr-pdl", kSite);
              }),
              IsOk());
}

absl::Status PartnerTest::Write(const std::function<absl::Status(SlotsTransaction&)>& work) {
  return store_.Write(Internal(), work);
}

base::Call PartnerTest::Internal() const {
  return base::InternalCall("test", clock_, seconds(30));
}

}  // namespace sas::slots
