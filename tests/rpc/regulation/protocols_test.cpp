#include <filesystem>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/protocol_fixture.h"

// The library of protocols: files, versions, signatures.
namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;

class Protocols : public ProtocolTest {
 protected:
  v1::ListProtocolsResponse List(const base::Actor& actor, int page_size = 0,
                                 const std::string& token = "") {
    v1::ListProtocolsRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto page = AskProtocols(actor, &ProtocolStub::ListProtocols, request);
    EXPECT_THAT(page, IsOk());
    return page.value_or(v1::ListProtocolsResponse());
  }

  // "file:line reason" of each refused file.
  std::vector<std::string> Refused() {
    std::vector<std::string> shown;
    const v1::ListProtocolsResponse page = List(doctor_);
    for (const v1::ProtocolFault& fault : page.refused_files()) {
      shown.push_back(fault.file() + ":" + std::to_string(fault.line()) + " " + fault.reason());
    }
    return shown;
  }

  absl::StatusOr<v1::Protocol> Acknowledge(const base::Actor& actor, const std::string& name) {
    v1::AcknowledgeProtocolRequest request;
    request.set_name(name);
    return AskProtocols(actor, &ProtocolStub::AcknowledgeProtocol, request);
  }
};

TEST_F(Protocols, EveryDemoProtocolIsSound) {
  int count = 0;
  for (const auto& each :
       std::filesystem::directory_iterator(std::string(SAS_DEMO) + "/protocols")) {
    if (each.path().extension() != ".json") continue;
    v1::CheckProtocolRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_file(each.path().filename().string());
    request.set_text(Demo(each.path().stem().string()));
    const auto checked = AskProtocols(doctor_, &ProtocolStub::CheckProtocol, request);
    ASSERT_THAT(checked, IsOk());
    EXPECT_EQ(checked->faults_size(), 0) << checked->DebugString();
    ++count;
  }
  EXPECT_GE(count, 8);
}

TEST_F(Protocols, H47_EveryMethodHasAPolicy) {
  rpc::RoleTable roles;
  AllowProtocolMethods(roles);
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "sas.regulation.v1.ProtocolService");
  EXPECT_EQ(roles.entries().size(), static_cast<std::size_t>(service->method_count()));
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string method = "/sas.regulation.v1.ProtocolService/" + service->method(i)->name();
    ASSERT_TRUE(roles.Knows(method)) << method;
    for (const auto role : {base::Role::kUnspecified, base::Role::kSteering, base::Role::kPartner,
                            base::Role::kOperations}) {
      EXPECT_FALSE(roles.Check(method, testing::ActorWith(role)).ok()) << method;
    }
  }
  for (const auto role :
       {base::Role::kArm, base::Role::kOsnp, base::Role::kPlanner, base::Role::kSupervisor}) {
    EXPECT_FALSE(
        roles.Check("/sas.regulation.v1.ProtocolService/SignProtocol", testing::ActorWith(role))
            .ok());
  }
}

TEST_F(Protocols, H49_ABadFileIsRefusedWithItsLineAndTheLastGoodStays) {
  const std::string good = InForce("fievre-nourrisson");
  Write("2-cycle.json",
        Demo("fievre-nourrisson", {{"versions/1.0", "versions/1.1"},
                                   {"\"text\": \"Boit-il, même peu ?\",",
                                    "\"text\": \"Boit-il ?\", \"ask_when\": [{\"question\": "
                                    "\"couches\", \"is\": [\"yes\"]}],"}}));
  Write("3-code.json", Demo("fievre-nourrisson",
                            {{"versions/1.0", "versions/1.2"}, {"[\"M03.14\"]", "[\"M99.99\"]"}}));
  Write("4-unsigned.json",
        Demo("fievre-nourrisson",
             {{"versions/1.0", "versions/1.3"},
              {"  \"signatory\": {\"rpps\": \"99704000027\", \"display_name\": \"Dr Marc Référent "
               "(inventé)\"},\n",
               ""}}));
  Write("5-broken.json", "{\n  \"name\": \"x\",\n");
  Write("6-flag.json", Demo("fievre-nourrisson",
                            {{"versions/1.0", "versions/1.4"}, {"PRIORITY_P0", "PRIORITY_P3"}}));
  ASSERT_THAT(Look(), IsOk());
  const auto refused = Refused();
  ASSERT_THAT(refused, SizeIs(5));
  EXPECT_THAT(refused, Contains("3-code.json:6 UNKNOWN_CODE"));
  EXPECT_THAT(refused, Contains("4-unsigned.json:1 SIGNATORY_REQUIRED"));
  EXPECT_THAT(refused, Contains("6-flag.json:16 SEVERITY_BELOW_BOUND"));
  EXPECT_THAT(loader_->Health(), ReasonIs("PROTOCOL_FILES_REFUSED"));
  const auto in_force = Get(Name("fievre-nourrisson").substr(0, good.find("/versions/")), arm_);
  ASSERT_THAT(in_force, IsOk());
  EXPECT_EQ(in_force->name(), good);
  EXPECT_EQ(List(doctor_).protocols_size(), 1);
  // Repaired, it is read again without a restart.
  for (const char* file : {"2-cycle.json", "4-unsigned.json", "5-broken.json", "6-flag.json"}) {
    std::filesystem::remove(protocols_folder_ + "/" + file);
  }
  Write("3-code.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/1.2"}}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Refused(), IsEmpty());
  EXPECT_THAT(loader_->Health(), IsOk());
  EXPECT_EQ(Get(Name("fievre-nourrisson", "1.2"), doctor_)->state(), v1::Protocol::STATE_DRAFT);
}

TEST_F(Protocols, H49_AMissingDirectoryLeavesWhatIsInForce) {
  const std::string good = InForce("fievre-nourrisson");
  std::filesystem::remove_all(protocols_folder_);
  EXPECT_THAT(Look(), ReasonIs("PROTOCOLS_UNREADABLE"));
  EXPECT_EQ(Get(good, arm_)->state(), v1::Protocol::STATE_IN_FORCE);
}

TEST_F(Protocols, H49_ASignedVersionNeverChanges) {
  InForce("fievre-nourrisson");
  Write("fievre-nourrisson-1.0.json",
        Demo("fievre-nourrisson", {{"\"at_least\": 40", "\"at_least\": 41"}}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Refused(), ElementsAre("fievre-nourrisson-1.0.json:2 VERSION_CHANGED"));
}

TEST_F(Protocols, ADraftIsReplacedByItsFileAndSimulatedAnew) {
  Write("a.json", Demo("fievre-nourrisson"));
  ASSERT_THAT(Look(), IsOk());
  const auto simulated = Simulate(Name("fievre-nourrisson"));
  ASSERT_THAT(simulated, IsOk());
  ASSERT_THAT(Look(), IsOk());  // The same file changes nothing.
  EXPECT_EQ(Get(Name("fievre-nourrisson"), doctor_)->etag(), simulated->etag());
  Write("a.json", Demo("fievre-nourrisson", {{"\"at_least\": 40", "\"at_least\": 41"}}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_FALSE(Get(Name("fievre-nourrisson"), doctor_)->has_simulation());
  EXPECT_THAT(Sign(Name("fievre-nourrisson"), doctor_), ReasonIs("SIMULATION_REQUIRED"));
}

TEST_F(Protocols, H49_OnlyTheNamedDoctorSigns) {
  Write("a.json", Demo("fievre-nourrisson"));
  ASSERT_THAT(Look(), IsOk());
  const std::string name = Name("fievre-nourrisson");
  EXPECT_THAT(Sign(name, doctor_), ReasonIs("SIMULATION_REQUIRED"));
  ASSERT_THAT(Simulate(name), IsOk());
  EXPECT_THAT(Sign(name, mrl_), ReasonIs("NOT_THE_SIGNATORY"));
  EXPECT_THAT(Sign(name, arm_), ReasonIs("ROLE_FORBIDDEN"));
  base::Actor author = doctor_;
  author.rpps = "99704000019";
  EXPECT_THAT(Sign(name, author), ReasonIs("NOT_THE_SIGNATORY"));
  v1::SignProtocolRequest stale;
  stale.set_name(name);
  EXPECT_THAT(AskProtocols(doctor_, &ProtocolStub::SignProtocol, stale), ReasonIs("ETAG_REQUIRED"));
  stale.set_etag("\"1\"");
  EXPECT_THAT(AskProtocols(doctor_, &ProtocolStub::SignProtocol, stale),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  const auto sealed = Sign(name, doctor_);
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(sealed->state(), v1::Protocol::STATE_IN_FORCE);
  EXPECT_EQ(sealed->signed_by().subject(), "referent-1");
  EXPECT_EQ(ToInstant(sealed->in_force_time()), ToInstant(sealed->sign_time()));
  EXPECT_THAT(Sign(name, doctor_), ReasonIs("ALREADY_SIGNED"));
  EXPECT_THAT(EventTypes(),
              ElementsAre("protocol.loaded", "protocol.simulated", "protocol.signed"));
}

TEST_F(Protocols, S2_54_ALaterVersionTakesOverAtItsInstantAndOneCommandReturns) {
  const std::string first = InForce("fievre-nourrisson");
  Write("next.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/2.0"},
                                                {"2026-01-05T07:00:00Z", "2026-11-24T12:00:00Z"}}));
  ASSERT_THAT(Look(), IsOk());
  const std::string next = Name("fievre-nourrisson", "2.0");
  ASSERT_THAT(Simulate(next), IsOk());
  EXPECT_EQ(Sign(next, doctor_)->state(), v1::Protocol::STATE_SIGNED);
  EXPECT_EQ(Get(first, arm_)->state(), v1::Protocol::STATE_IN_FORCE);
  clock_.Advance(std::chrono::hours(3));
  EXPECT_EQ(Get(first, arm_)->state(), v1::Protocol::STATE_SUPERSEDED);
  EXPECT_EQ(Get(next, arm_)->state(), v1::Protocol::STATE_IN_FORCE);
  EXPECT_EQ(Sign(first, doctor_)->state(), v1::Protocol::STATE_IN_FORCE);
  EXPECT_EQ(Get(next, arm_)->state(), v1::Protocol::STATE_SUPERSEDED);
}

TEST_F(Protocols, H49_ASignIsTakenAwayByNameOrNotAtAll) {
  InForce("fievre-nourrisson");
  // The sign "convulsion" under another id: to the rules it is gone.
  Write("next.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/2.0"},
                                                {"\"id\": \"convulsion\"", "\"id\": \"autre\""}}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Refused(), ElementsAre("next.json:1 SEVERITY_SIGN_REMOVED"));
  Write("next.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/2.0"},
                                                {"\"id\": \"convulsion\"", "\"id\": \"autre\""},
                                                {"\"author\"",
                                                 "\"removed_signs\": [\"convulsion\"], "
                                                 "\"author\""}}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Refused(), IsEmpty());
}

// In force now is "autre"; a version for Monday has "convulsion" in its place, and says so.
TEST_F(Protocols, H49_NoSignVanishesBetweenTwoSignedVersions) {
  using Changes = std::vector<std::pair<std::string, std::string>>;
  const std::pair<std::string, std::string> other{"\"id\": \"convulsion\"", "\"id\": \"autre\""};
  const auto removed = [](const std::string& sign) {
    return std::pair<std::string, std::string>("\"author\"",
                                               "\"removed_signs\": [\"" + sign + "\"], \"author\"");
  };
  const auto sign = [&](const std::string& version, const std::string& day, Changes changes) {
    changes.emplace_back("versions/1.0", "versions/" + version);
    changes.emplace_back("2026-01-05", day);
    Write(version + ".json", Demo("fievre-nourrisson", changes));
    EXPECT_THAT(Look(), IsOk());
    EXPECT_THAT(Refused(), IsEmpty());
    const std::string name = Name("fievre-nourrisson", version);
    EXPECT_THAT(Simulate(name), IsOk());
    return Sign(name, doctor_);
  };
  InForce("fievre-nourrisson", "85", "1.0", {other});
  ASSERT_THAT(sign("2.0", "2026-11-30", {removed("autre")}), IsOk());
  EXPECT_THAT(sign("3.0", "2026-12-01", {other}),
              StatusIs(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN_REMOVED"));
  ASSERT_THAT(sign("3.1", "2026-12-01", {other, removed("convulsion")}), IsOk());
  // Signed last and in force first: the one that is signed already would drop its sign.
  const auto between = sign("2.1", "2026-11-29", {removed("autre")});
  ASSERT_THAT(between, IsOk());  // 2.0, which follows it, has the sign.
  ASSERT_THAT(sign("4.0", "2026-12-05", {other}), IsOk());
  EXPECT_THAT(sign("3.9", "2026-12-04", {removed("autre")}), ReasonIs("SEVERITY_SIGN_REMOVED"));
  EXPECT_THAT(sign("5.0", "2026-12-06", {removed("autre")}), IsOk());
}

TEST_F(Protocols, S3_06_TheLibraryHasVersionsValidityAndWhoHasRead) {
  const std::string fever = InForce("fievre-nourrisson");
  const std::string chest = InForce("douleur-thoracique-adulte");
  Write("draft.json", Demo("douleur-abdominale-adulte"));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(List(arm_).protocols_size(), 3);
  EXPECT_THAT(Acknowledge(arm_, Name("douleur-abdominale-adulte")),
              ReasonIs("PROTOCOL_NOT_IN_FORCE"));
  ASSERT_THAT(Acknowledge(arm_, fever), IsOk());
  ASSERT_THAT(Acknowledge(arm_, fever), IsOk());  // Twice is once.
  ASSERT_THAT(Acknowledge(osnp_, fever), IsOk());
  const auto page = List(arm_);
  for (const v1::Protocol& each : page.protocols()) {
    EXPECT_EQ(each.acknowledged(), each.name() == fever);
    EXPECT_EQ(each.acknowledge_count(), each.name() == fever ? 2 : 0);
    EXPECT_TRUE(each.has_review_time());
    EXPECT_EQ(each.questions_size(), 0);
  }
  EXPECT_EQ(Get(fever, doctor_)->acknowledgements_size(), 2);
  EXPECT_EQ(Get(fever, arm_)->acknowledgements_size(), 0);  // Who has read is the référent's.
  // The next version has to be read anew.
  const std::string next = InForce("fievre-nourrisson", "85", "2.0");
  EXPECT_FALSE(Get(next, arm_)->acknowledged());
  // Past its review time it goes on, and says so.
  clock_.Advance(std::chrono::hours(24 * 500));
  const auto old = Get(chest, arm_);
  EXPECT_EQ(old->state(), v1::Protocol::STATE_IN_FORCE);
  EXPECT_TRUE(old->review_overdue());
}

TEST_F(Protocols, ListsArePagedAndBoundToTerritories) {
  for (const char* id : {"fievre-nourrisson", "douleur-thoracique-adulte", "entree-csnp"}) {
    Write(std::string(id) + ".json", Demo(id));
  }
  ASSERT_THAT(Look(), IsOk());
  const auto first = List(arm_, 2);
  ASSERT_EQ(first.protocols_size(), 2);
  const auto second = List(arm_, 2, first.next_page_token());
  ASSERT_EQ(second.protocols_size(), 1);
  EXPECT_TRUE(second.next_page_token().empty());
  base::Actor elsewhere = arm_;
  elsewhere.territories = {"44"};
  EXPECT_EQ(List(elsewhere).protocols_size(), 0);
  EXPECT_THAT(Get(Name("fievre-nourrisson"), elsewhere), ReasonIs("TERRITORY_FORBIDDEN"));
  base::Actor vendee = arm_;
  vendee.territories = {"85"};
  EXPECT_EQ(List(vendee).protocols_size(), 3);
  EXPECT_THAT(Get("regions/fr-naq/scopes/33/protocols/x", arm_), ReasonIs("REGION_FORBIDDEN"));
  EXPECT_THAT(Get(Name("x"), arm_), ReasonIs("PROTOCOL_NOT_FOUND"));
  EXPECT_THAT(Get("regions/fr-pdl/scopes/85/protocols/fievre-nourrisson", arm_),
              ReasonIs("NO_PROTOCOL_IN_FORCE"));
}

}  // namespace
}  // namespace sas::regulation
