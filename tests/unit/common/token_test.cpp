#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "common/rpc/auth.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"

namespace sas::rpc {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;

constexpr char kKey[] = "key-of-the-tests-only";
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

base::Actor Pharmacist() {
  base::Actor actor;
  actor.subject = "pro-17";
  actor.role = base::Role::kProfessional;
  actor.regions = {"fr-pdl", "fr-bre"};
  actor.territories = {"44"};
  actor.profession = "21";
  actor.entry_point = "pharmacie";
  actor.organization = "sites/ph-1";
  return actor;
}

// A token with any payload and the right signature.
std::string Signed(const std::string& payload) {
  std::string encoded;
  absl::WebSafeBase64Escape(payload, &encoded);
  const std::string text = "sas1." + encoded;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), kKey, sizeof kKey - 1, reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest, &length);
  std::string signature;
  absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(digest), length),
                            &signature);
  return "Bearer " + text + "." + signature;
}

class TokenTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  TokenVerifier verifier_{kKey, clock_};
};

TEST_F(TokenTest, CarriesTheActor) {
  const auto actor = verifier_.Verify(MintToken(kKey, Pharmacist(), clock_, std::chrono::hours(8)));
  ASSERT_THAT(actor, IsOk());
  EXPECT_EQ(actor->subject, "pro-17");
  EXPECT_EQ(actor->role, base::Role::kProfessional);
  EXPECT_THAT(actor->regions, ElementsAre("fr-pdl", "fr-bre"));
  EXPECT_THAT(actor->territories, ElementsAre("44"));
  EXPECT_EQ(actor->profession, "21");
  EXPECT_EQ(actor->entry_point, "pharmacie");
  EXPECT_EQ(actor->organization, "sites/ph-1");
}

TEST_F(TokenTest, Missing) {
  EXPECT_THAT(verifier_.Verify(""), StatusIs(kUnauthenticated, "CREDENTIALS_MISSING"));
}

TEST_F(TokenTest, ExpiresAtTheSecond) {
  const std::string token = MintToken(kKey, Pharmacist(), clock_, std::chrono::seconds(60));
  clock_.Advance(std::chrono::milliseconds(59'999));
  EXPECT_THAT(verifier_.Verify(token), IsOk());
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_THAT(verifier_.Verify(token), StatusIs(kUnauthenticated, "CREDENTIALS_EXPIRED"));
}

TEST_F(TokenTest, OtherKeysAreRefused) {
  const std::string token = MintToken("another key", Pharmacist(), clock_, std::chrono::hours(8));
  EXPECT_THAT(verifier_.Verify(token), StatusIs(kUnauthenticated, "CREDENTIALS_INVALID"));
}

TEST_F(TokenTest, NoCharacterMayChange) {
  const std::string token = MintToken(kKey, Pharmacist(), clock_, std::chrono::hours(8));
  // The last character of an unpadded signature has two bits that mean nothing: it must count too.
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(verifier_.Verify(forged), StatusIs(kUnauthenticated, "CREDENTIALS_INVALID")) << i;
  }
}

TEST_F(TokenTest, OtherFormsAreRefused) {
  for (const char* wrong :
       {"Bearer", "Bearer ", "Bearer sas1.", "Bearer sas1..", "Bearer sas1", "Basic dTpw",
        "sas1.a.b", "Bearer sas2.a.b", "bearer sas1.a.b", "Bearer sas1.a", "."}) {
    EXPECT_THAT(verifier_.Verify(wrong), StatusIs(kUnauthenticated, "CREDENTIALS_INVALID"))
        << wrong;
  }
}

TEST_F(TokenTest, AtMostFourKilobytes) {
  base::Actor actor = Pharmacist();
  actor.organization = std::string(3500, 'o');
  EXPECT_THAT(verifier_.Verify(MintToken(kKey, actor, clock_, std::chrono::hours(1))),
              StatusIs(kUnauthenticated, "CREDENTIALS_INVALID"));
}

TEST_F(TokenTest, WellSignedNonsenseIsRefused) {
  for (const char* payload :
       {"", "not json", "[]", "17", "{}", R"({"sub":"a","role":"osnp"})",
        R"({"sub":"a","role":"osnp","exp":"9999999999"})",
        R"({"sub":"","role":"osnp","exp":9999999999})", R"({"role":"osnp","exp":9999999999})",
        R"({"sub":17,"role":"osnp","exp":9999999999})",
        R"({"sub":"a","role":"chief","exp":9999999999})", R"({"sub":"a","exp":9999999999})"}) {
    EXPECT_THAT(verifier_.Verify(Signed(payload)),
                StatusIs(kUnauthenticated, "CREDENTIALS_INVALID"))
        << payload;
  }
  EXPECT_THAT(verifier_.Verify(Signed(R"({"sub":"a","role":"osnp","exp":9999999999})")), IsOk());
}

TEST_F(TokenTest, SubjectsHaveAtMost64Characters) {
  base::Actor actor = Pharmacist();
  actor.subject = std::string(64, 's');
  EXPECT_THAT(verifier_.Verify(MintToken(kKey, actor, clock_, std::chrono::hours(1))), IsOk());
  actor.subject += 's';
  EXPECT_THAT(verifier_.Verify(MintToken(kKey, actor, clock_, std::chrono::hours(1))),
              StatusIs(kUnauthenticated, "CREDENTIALS_INVALID"));
}

TEST_F(TokenTest, AnEmptyKeyStopsTheProcess) {
  EXPECT_DEATH(TokenVerifier("", clock_), "empty key");
}

TEST_F(TokenTest, ARememberedTokenIsTheSameAndEndsWithItsTime) {
  const std::string token = MintToken(kKey, Pharmacist(), clock_, std::chrono::hours(8));
  ASSERT_THAT(verifier_.Verify(token), IsOk());
  EXPECT_EQ(verifier_.Remembered(), 1u);
  const auto again = verifier_.Verify(token);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->subject, "pro-17");
  EXPECT_THAT(again->regions, ElementsAre("fr-pdl", "fr-bre"));
  EXPECT_EQ(verifier_.Remembered(), 1u);
  clock_.Advance(std::chrono::hours(8));
  EXPECT_THAT(verifier_.Verify(token), StatusIs(kUnauthenticated, "CREDENTIALS_EXPIRED"));
  EXPECT_EQ(verifier_.Remembered(), 0u);
}

TEST_F(TokenTest, WhatIsRefusedIsNotRemembered) {
  const std::string token = MintToken(kKey, Pharmacist(), clock_, std::chrono::hours(8));
  ASSERT_THAT(verifier_.Verify(token), IsOk());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier_.Verify(other).ok()) << i;
  }
  EXPECT_EQ(verifier_.Remembered(), 1u);
}

TEST_F(TokenTest, RemembersNoMoreThanItMay) {
  base::Actor actor = Pharmacist();
  for (std::size_t i = 0; i <= TokenVerifier::kRememberedMax; ++i) {
    actor.subject = "pro-" + std::to_string(i);
    ASSERT_THAT(verifier_.Verify(MintToken(kKey, actor, clock_, std::chrono::hours(8))), IsOk());
    ASSERT_LE(verifier_.Remembered(), TokenVerifier::kRememberedMax);
  }
  EXPECT_GE(verifier_.Remembered(), 1u);
}

}  // namespace
}  // namespace sas::rpc
