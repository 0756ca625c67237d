#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {

using ProtocolStub = v1::ProtocolService::Stub;

/// The demo protocols in a folder of the test, and the people around them.
class ProtocolTest : public RegulationTest {
 protected:
  void SetUp() override;

  /// The text of a demo protocol with `from` replaced by `to`, each once.
  static std::string Demo(const std::string& id,
                          const std::vector<std::pair<std::string, std::string>>& changes = {});
  void Write(const std::string& file, const std::string& text);
  absl::Status Look();
  /// Writes, loads, simulates and signs; its name.
  std::string InForce(const std::string& id, const std::string& scope = "85",
                      const std::string& version = "1.0",
                      const std::vector<std::pair<std::string, std::string>>& changes = {});

  static std::string Name(const std::string& id, const std::string& version = "1.0",
                          const std::string& scope = "85");
  absl::StatusOr<v1::Protocol> Get(const std::string& name, const base::Actor& actor);
  using RegulationTest::Get;
  absl::StatusOr<v1::Protocol> Simulate(const std::string& name);
  absl::StatusOr<v1::Protocol> Sign(const std::string& name, const base::Actor& actor);

  static v1::TriageAnswer Yes(const std::string& question);
  static v1::TriageAnswer No(const std::string& question);
  static v1::TriageAnswer Number(const std::string& question, double number);
  static v1::TriageAnswer Choice(const std::string& question, const std::string& code);
  absl::StatusOr<v1::RegulationCase> Record(const base::Actor& actor, const std::string& case_name,
                                            const std::string& protocol,
                                            const std::vector<v1::TriageAnswer>& answers,
                                            const std::string& lift = "");
  /// A complete and mild questioning of fievre-nourrisson.
  static std::vector<v1::TriageAnswer> Mild();
  /// A dossier of an infant of six months with a fever.
  std::string Infant();

  base::Actor doctor_;  ///< Named as signatory of the demo protocols.
};

}  // namespace sas::regulation
