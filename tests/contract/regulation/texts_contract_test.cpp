#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/testing/texts.h"
#include "tests/contract/regulation/stores.h"

// text_roundtrip_every_hop: what a ledger is given it gives back, character by character.
namespace sas::regulation {
namespace {

using testing::HardTexts;
using testing::IsOk;

constexpr int kRounds = 8;
constexpr std::size_t kCharacters = 60;

class Texts : public StoreContract {
 protected:
  // Stores what `put` puts, opens the ledger anew, and gives what `get` gets.
  template <typename Message, typename Put, typename Get>
  void ComesBack(const Message& row, Put put, Get get) {
    ASSERT_THAT(Write([&](RegulationTransaction& t) { return put(t, row); }), IsOk());
    if (GetParam() != testing::Backend::kMemory) Reopen();
    ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(const Message kept, get(t, row.name()));
                  EXPECT_EQ(kept.SerializeAsString(), row.SerializeAsString());
                  return absl::OkStatus();
                }),
                IsOk());
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, Texts, testing::EveryBackend(), testing::BackendName);

TEST_P(Texts, H16_TextRoundtripEveryHop) {
  HardTexts texts(16);
  for (int round = 0; round < kRounds; ++round) {
    const std::string id = std::to_string(round);
    v1::RegulationCase row = Case(id, v1::PRIORITY_P2);
    texts.Fill(row, kCharacters);
    ComesBack(
        row, [](RegulationTransaction& t, const auto& r) { return t.PutCase(r); },
        [](RegulationTransaction& t, const std::string& name) { return t.GetCase(name); });
    v1::CareOrder order;
    order.set_name(row.name() + "/orders/o");
    order.set_state(v1::CareOrder::STATE_TO_DO);
    order.set_territory("85");
    order.set_version(1);
    texts.Fill(order, kCharacters);
    ComesBack(
        order, [](RegulationTransaction& t, const auto& r) { return t.PutOrder(r); },
        [](RegulationTransaction& t, const std::string& name) { return t.GetOrder(name); });
    v1::LostCall lost;
    lost.set_name("regions/fr-pdl/lostCalls/" + id);
    lost.set_territory("85");
    texts.Fill(lost, kCharacters);
    ComesBack(
        lost, [](RegulationTransaction& t, const auto& r) { return t.PutLostCall(r); },
        [](RegulationTransaction& t, const std::string& name) { return t.GetLostCall(name); });
    v1::CaseExchange exchange;
    exchange.set_name(row.name() + "/exchanges/e");
    exchange.set_territory("85");
    exchange.set_etag(EtagOf(1));
    texts.Fill(exchange, kCharacters);
    exchange.clear_reads();  // Rows of their own.
    ComesBack(
        exchange,
        [](RegulationTransaction& t, const auto& r) { return t.exchanges().PutExchange(r); },
        [](RegulationTransaction& t, const std::string& name) {
          return t.exchanges().GetExchange(name);
        });
    v1::CareTask task;
    task.set_name("regions/fr-pdl/tasks/" + id);
    task.set_territory("85");
    task.set_etag(EtagOf(1));
    texts.Fill(task, kCharacters);
    ComesBack(
        task, [](RegulationTransaction& t, const auto& r) { return t.tasks().PutTask(r); },
        [](RegulationTransaction& t, const std::string& name) { return t.tasks().GetTask(name); });
  }
}

TEST_P(Texts, H16_ADecisionKeepsItsWords) {
  HardTexts texts(17);
  Put({Case("a", v1::PRIORITY_P2)});
  v1::Decision decision;
  decision.set_name("regions/fr-pdl/cases/a/decisions/d");
  texts.Fill(decision, kCharacters);
  ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.AddDecision(decision); }), IsOk());
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(const auto kept,
                                     t.ListDecisions("regions/fr-pdl/cases/a", "", 9));
                EXPECT_EQ(kept.size(), 1U);
                EXPECT_EQ(kept.at(0).SerializeAsString(), decision.SerializeAsString());
                return absl::OkStatus();
              }),
              IsOk());
}

}  // namespace
}  // namespace sas::regulation
