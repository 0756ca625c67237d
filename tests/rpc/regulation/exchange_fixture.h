#pragma once

#include <string>
#include <vector>

#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {

using ExchangeStub = v1::ExchangeService::Stub;

/// People who exchange something about a dossier.
class ExchangeTest : public RegulationTest {
 protected:
  using Exchange = v1::CaseExchange;

  ExchangeTest();

  /// A telephone exchange with a pharmacist.
  static v1::CreateCaseExchangeRequest Phone(const std::string& parent,
                                             const std::string& text = "délivre sans ordonnance");
  static v1::CreateCaseExchangeRequest Mssante(const std::string& parent, Exchange::State state,
                                               const std::string& reference = "<a.1@x.example>");
  static v1::CreateCaseExchangeRequest Message(const std::string& parent, sas::type::v1::Role role,
                                               const std::string& organization = "",
                                               const std::string& text = "rappeler demain");

  absl::StatusOr<Exchange> Create(const base::Actor& actor,
                                  const v1::CreateCaseExchangeRequest& request);
  absl::StatusOr<Exchange> GetAs(const base::Actor& actor, const std::string& name);
  absl::StatusOr<Exchange> MarkRead(const base::Actor& actor, const std::string& name);
  absl::StatusOr<Exchange> SetState(const base::Actor& actor, const std::string& name,
                                    Exchange::State state);
  /// Texts that the actor sees of the dossier, oldest first.
  std::vector<std::string> Texts(const base::Actor& actor, const std::string& case_name);
  /// Names of what waits for the actor.
  std::vector<std::string> Unread(const base::Actor& actor);
  absl::StatusOr<v1::Journey> JourneyOf(const base::Actor& actor, const std::string& case_name);

  base::Actor doctor_;     ///< Effecteur of the structure "terrain".
  base::Actor secretary_;  ///< Of the same.
  base::Actor stranger_;   ///< Effecteur of another structure.
  base::Actor platform_;   ///< Of téléexpertise, as the desk is set up.
  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

}  // namespace sas::regulation
