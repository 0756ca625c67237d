#include "tests/rpc/regulation/exchange_fixture.h"

namespace sas::regulation {

using base::Role;
using testing::ActorWith;
using testing::IsOk;

ExchangeTest::ExchangeTest()
    : doctor_(ActorWith(Role::kEffecteur, "dr-1")),
      secretary_(ActorWith(Role::kSecretariat, "sec-1")),
      stranger_(ActorWith(Role::kEffecteur, "dr-2")),
      platform_(ActorWith(Role::kPartner, "omnidoc-1")) {
  doctor_.organization = secretary_.organization = "terrain";
  stranger_.organization = "ailleurs";
}

v1::CreateCaseExchangeRequest ExchangeTest::Phone(const std::string& parent,
                                                  const std::string& text) {
  v1::CreateCaseExchangeRequest request;
  request.set_parent(parent);
  request.mutable_exchange()->set_kind(Exchange::KIND_PHONE);
  request.mutable_exchange()->set_party(Exchange::PARTY_PHARMACIST);
  request.mutable_exchange()->set_result(v1::ContactAttempt::RESULT_REACHED);
  request.mutable_exchange()->set_text(text);
  return request;
}

v1::CreateCaseExchangeRequest ExchangeTest::Mssante(const std::string& parent,
                                                    Exchange::State state,
                                                    const std::string& reference) {
  v1::CreateCaseExchangeRequest request;
  request.set_parent(parent);
  request.mutable_exchange()->set_kind(Exchange::KIND_MSSANTE);
  request.mutable_exchange()->set_party(Exchange::PARTY_TREATING_DOCTOR);
  request.mutable_exchange()->set_state(state);
  request.mutable_exchange()->set_mssante_reference(reference);
  return request;
}

v1::CreateCaseExchangeRequest ExchangeTest::Message(const std::string& parent,
                                                    sas::type::v1::Role role,
                                                    const std::string& organization,
                                                    const std::string& text) {
  v1::CreateCaseExchangeRequest request;
  request.set_parent(parent);
  request.mutable_exchange()->set_kind(Exchange::KIND_MESSAGE);
  request.mutable_exchange()->mutable_audience()->set_role(role);
  request.mutable_exchange()->mutable_audience()->set_organization(organization);
  request.mutable_exchange()->set_text(text);
  return request;
}

absl::StatusOr<v1::CaseExchange> ExchangeTest::Create(
    const base::Actor& actor, const v1::CreateCaseExchangeRequest& request) {
  return AskExchanges(actor, &ExchangeStub::CreateCaseExchange, request);
}

absl::StatusOr<v1::CaseExchange> ExchangeTest::GetAs(const base::Actor& actor,
                                                     const std::string& name) {
  v1::GetCaseExchangeRequest request;
  request.set_name(name);
  return AskExchanges(actor, &ExchangeStub::GetCaseExchange, request);
}

absl::StatusOr<v1::CaseExchange> ExchangeTest::MarkRead(const base::Actor& actor,
                                                        const std::string& name) {
  v1::MarkExchangeReadRequest request;
  request.set_name(name);
  return AskExchanges(actor, &ExchangeStub::MarkExchangeRead, request);
}

absl::StatusOr<v1::CaseExchange> ExchangeTest::SetState(const base::Actor& actor,
                                                        const std::string& name,
                                                        Exchange::State state) {
  v1::RecordMssanteStateRequest request;
  request.set_name(name);
  request.set_state(state);
  return AskExchanges(actor, &ExchangeStub::RecordMssanteState, request);
}

std::vector<std::string> ExchangeTest::Texts(const base::Actor& actor,
                                             const std::string& case_name) {
  std::vector<std::string> texts;
  v1::ListCaseExchangesRequest request;
  request.set_parent(case_name);
  request.set_page_size(2);
  do {
    const auto page = AskExchanges(actor, &ExchangeStub::ListCaseExchanges, request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) break;
    for (const Exchange& row : page->exchanges()) texts.push_back(row.text());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return texts;
}

std::vector<std::string> ExchangeTest::Unread(const base::Actor& actor) {
  std::vector<std::string> names;
  v1::ListUnreadExchangesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(2);
  do {
    const auto page = AskExchanges(actor, &ExchangeStub::ListUnreadExchanges, request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) break;
    for (const Exchange& row : page->exchanges()) {
      EXPECT_TRUE(row.unread());
      names.push_back(row.name());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return names;
}

absl::StatusOr<v1::Journey> ExchangeTest::JourneyOf(const base::Actor& actor,
                                                    const std::string& case_name) {
  v1::GetJourneyRequest request;
  request.set_name(case_name);
  return AskExchanges(actor, &ExchangeStub::GetJourney, request);
}

}  // namespace sas::regulation
