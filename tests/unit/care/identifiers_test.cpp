#include "common/care/identifiers.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::care {
namespace {

using testing::IsOk;
using testing::ReasonIs;

constexpr TestIdentities kRefuse = TestIdentities::kRefuse;
constexpr TestIdentities kAccept = TestIdentities::kAccept;

TEST(Identifiers, RppsVectors) {
  for (const char* rpps :
       {"10002909371", "10005681340", "10000668540", "10101234564", "10000000017"}) {
    EXPECT_THAT(CheckRpps(rpps, "rpps", kRefuse), IsOk()) << rpps;
  }
  // Numbers of published examples whose check digit does not fit, and wrong shapes.
  for (const char* rpps : {"10100050075", "10002673899", "10001288385", "", "1000290937",
                           "100029093710", "1000290937X", "810002909371"}) {
    EXPECT_THAT(CheckRpps(rpps, "rpps", kAccept), ReasonIs("INVALID_RPPS")) << rpps;
  }
}

TEST(Identifiers, OneOrganizationIsOneHoweverItIsSpelled) {
  for (const char* finess : {"850000019", "1850000019", "85 000 001 9", "1 85 000 001 9",
                             "85\u00a0000\u202f0019", " 850000019\t"}) {
    EXPECT_EQ(NormalOrganization(finess), "850000019") << finess;
  }
  for (const char* siret : {"34173748400020", "334173748400020", "341 737 484 00020"}) {
    EXPECT_EQ(NormalOrganization(siret), "34173748400020") << siret;
  }
  EXPECT_EQ(NormalOrganization("12a0000014"), NormalOrganization("2A0000014"));
  EXPECT_EQ(NormalOrganization("Structures/MSP-Ouest "), "structures/msp-ouest");
  EXPECT_EQ(NormalOrganization(""), "");
  // A first digit that is not a prefix stays: what follows is no FINESS, no SIRET.
  EXPECT_EQ(NormalOrganization("1850000018"), "1850000018");
  EXPECT_EQ(NormalOrganization("334173748400021"), "334173748400021");
  EXPECT_NE(NormalOrganization("850000019"), NormalOrganization("920000650"));
}

TEST(Identifiers, OneStructureIsOneHoweverEachSideSpellsIt) {
  EXPECT_TRUE(SameOrganization("850000019", "1 850000019"));
  EXPECT_TRUE(SameOrganization("Structures/MSP-Ouest ", "structures/msp-ouest"));
  EXPECT_FALSE(SameOrganization("850000019", "920000650"));
  EXPECT_FALSE(SameOrganization("", "850000019"));
  EXPECT_FALSE(SameOrganization("", "")) << "nothing is nobody's";
  EXPECT_FALSE(SameOrganization(" ", " "));
}

TEST(Identifiers, H50_RppsOfTheTestRangeNeedsTheSetting) {
  EXPECT_THAT(CheckRpps("99700218896", "rpps", kAccept), IsOk());
  EXPECT_THAT(CheckRpps("99700218896", "rpps", kRefuse), ReasonIs("INVALID_RPPS"));
  EXPECT_THAT(CheckRpps("99700218897", "rpps", kAccept), ReasonIs("INVALID_RPPS"));
}

TEST(Identifiers, ViolationNamesTheField) {
  const auto detail = base::DetailOf(CheckRpps("1", "territory.practitioners[3].rpps", kRefuse));
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].field, "territory.practitioners[3].rpps");
}

TEST(Identifiers, FinessVectors) {
  for (const char* finess : {"920000650", "950047225", "750712184", "330781196", "440000289",
                             "690781810", "850000019", "590780193"}) {
    EXPECT_THAT(CheckFiness(finess, "finess"), IsOk()) << finess;
  }
  for (const char* finess : {"330781197", "33078119", "3307811960", "33A781196", "", "2C0000014"}) {
    EXPECT_THAT(CheckFiness(finess, "finess"), ReasonIs("INVALID_FINESS")) << finess;
  }
}

TEST(Identifiers, FinessOfCorsicaByShapeOnly) {
  EXPECT_THAT(CheckFiness("2A0000014", "finess"), IsOk());
  EXPECT_THAT(CheckFiness("2B0000021", "finess"), IsOk());
  EXPECT_THAT(CheckFiness("2A000001X", "finess"), ReasonIs("INVALID_FINESS"));
  EXPECT_THAT(CheckFiness("2A", "finess"), ReasonIs("INVALID_FINESS"));
}

TEST(Identifiers, SiretVectors) {
  EXPECT_THAT(CheckSiret("34173748400020", "siret"), IsOk());
  EXPECT_THAT(CheckSiret("34173748400021", "siret"), ReasonIs("INVALID_SIRET"));
  EXPECT_THAT(CheckSiret("3417374840002", "siret"), ReasonIs("INVALID_SIRET"));
  // La Poste: the sum of the digits divides by 5 (3 + 5 + 6 + 6 = 20), Luhn does not hold.
  EXPECT_THAT(CheckSiret("35600000000006", "siret"), IsOk());
  EXPECT_THAT(CheckSiret("35600000000007", "siret"), ReasonIs("INVALID_SIRET"));
  EXPECT_THAT(CheckSiret("34173748400025", "siret"), ReasonIs("INVALID_SIRET"));
}

TEST(Identifiers, H05_InseeCodeIsNoPostalCodeShape) {
  for (const char* code : {"85047", "2A004", "2B033", "97411", "01001", "75056"}) {
    EXPECT_THAT(CheckInseeCode(code, "insee_code"), IsOk()) << code;
  }
  for (const char* code : {"", "8504", "850470", "2C004", "2a004", "A2004", "00123", "8504X"}) {
    const absl::Status status = CheckInseeCode(code, "insee_code");
    EXPECT_THAT(status, ReasonIs("INVALID_INSEE_CODE")) << code;
    EXPECT_NE(std::string(status.message()).find("postal"), std::string::npos);
  }
}

TEST(Identifiers, PhoneNumberIsNeverRepeated) {
  EXPECT_THAT(CheckPhoneNumber("+33199000001", "phone"), IsOk());
  EXPECT_THAT(CheckPhoneNumber("+12345678", "phone"), IsOk());
  EXPECT_THAT(CheckPhoneNumber("+123456789012345", "phone"), IsOk());
  for (const char* number : {"", "+", "0199000001", "+1234567", "+1234567890123456",
                             "+33 199000001", "+3319900000a", "+0199000001"}) {
    const absl::Status status = CheckPhoneNumber(number, "phone");
    EXPECT_THAT(status, ReasonIs("INVALID_PHONE_NUMBER")) << number;
    EXPECT_EQ(std::string(status.message()).find("9900"), std::string::npos);
    for (const auto& [name, value] : base::DetailOf(status).metadata) {
      EXPECT_EQ(value.find("9900"), std::string::npos) << name;
    }
  }
}

TEST(Identifiers, AnAddressIsOneMailboxAndIsNeverRepeated) {
  EXPECT_THAT(CheckEmailAddress("camille.essai+rdv@fai.example", "email"), IsOk());
  for (const char* address :
       {"", "camille", "@fai.example", "camille@", "camille@fai", "camille@.example",
        "camille@fai..example", ".c@fai.example", "a b@fai.example", "a@fai.example,b@fai.example",
        "a@fai.example\r\nBcc: b@fai.example", "<a@fai.example>", "a@b@fai.example",
        "\xc3\xa9@fai.example"}) {
    const absl::Status status = CheckEmailAddress(address, "email");
    EXPECT_THAT(status, ReasonIs("INVALID_EMAIL_ADDRESS")) << address;
    EXPECT_EQ(std::string(status.message()).find("@fai.example,"), std::string::npos);
  }
  EXPECT_THAT(
      CheckEmailAddress(std::string(64, 'a') + "@" + std::string(181, 'b') + ".example", "email"),
      IsOk());
  EXPECT_THAT(
      CheckEmailAddress(std::string(64, 'a') + "@" + std::string(182, 'b') + ".example", "email"),
      ReasonIs("INVALID_EMAIL_ADDRESS"));
}

TEST(Identifiers, S2_50_NoLetterLeavesTheSpaceOfSecureMail) {
  EXPECT_THAT(CheckSecureAddress("dr@medecin.essai.mssante.fr", "mss"), IsOk());
  for (const char* address : {"dr@fai.example", "dr@mssante.fr.example", "dr@notmssante.example",
                              "dr@.mssante.fr", "mssante.fr"}) {
    EXPECT_THAT(CheckSecureAddress(address, "mss"), ReasonIs("INVALID_SECURE_ADDRESS")) << address;
  }
}

TEST(Identifiers, TerritoriesOfTheCog) {
  for (const char* code : {"01", "09", "42", "85", "95", "2A", "2B", "971", "974", "976"}) {
    EXPECT_THAT(CheckTerritory(code, "territory"), IsOk()) << code;
  }
  for (const char* code : {"", "00", "1", "20", "96", "97", "970", "977", "2C", "085"}) {
    EXPECT_THAT(CheckTerritory(code, "territory"), ReasonIs("INVALID_TERRITORY")) << code;
  }
}

TEST(Identifiers, DepartmentOfACommune) {
  EXPECT_EQ(DepartmentOf("85047"), "85");
  EXPECT_EQ(DepartmentOf("2A004"), "2A");
  EXPECT_EQ(DepartmentOf("97411"), "974");
}

}  // namespace
}  // namespace sas::care
