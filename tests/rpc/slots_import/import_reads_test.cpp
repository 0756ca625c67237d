#include "common/sql/statement.h"
#include "tests/rpc/slots_import/import_fixture.h"

/// What a line of a file of plans reads of the ledger: the writer's lock is held meanwhile.
namespace sas::slots {
namespace {

constexpr char kFar[] = "regions/fr-pdl/sites/msp-c";
constexpr char kDoctor[] = "regions/fr-pdl/practitioners/z-essai";
constexpr char kRpps[] = "99702000771";
constexpr char kReadColumns[] =
    "site_id;plan_id;agenda;rpps;weekdays;start;end;slot_minutes;seats;modes;classes;"
    "effective_start\n";

class ImportReadsTest : public ImportTest {
 protected:
  void SetUp() override {
    ImportTest::SetUp();
    ImportCommunes();
    FileSent file;
    file.format = v1::ImportHeader::FORMAT_SITES;
    file.bytes =
        "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;"
        "opening_date\n"
        "msp-a;msp-a;MSP A;MSP;MSP A;85047;85;2024-01-01\n"
        "msp-b;msp-a;;MSP;MSP B;85071;85;2024-01-01\n"
        "msp-c;msp-a;;MSP;MSP C;85047;85;2024-01-01\n";
    ASSERT_EQ(SendWell(file).last.totals().applied_count(), 3);
    ASSERT_THAT(store_->Write(base::InternalCall("test", clock_, std::chrono::seconds(30)),
                              [&](SlotsTransaction& transaction) {
                                v1::Practitioner doctor;
                                doctor.set_name(kDoctor);
                                doctor.set_rpps(kRpps);
                                return transaction.PutPractitioner(doctor);
                              }),
                IsOk());
  }

  FileTold Plans(const std::string& lines) {
    FileSent file;
    file.format = v1::ImportHeader::FORMAT_SESSION_PLANS;
    file.bytes = kReadColumns + lines;
    file.import_id = "import-" + std::to_string(++files_);
    return SendWell(file);
  }

  static std::string Line(const std::string& site, const std::string& plan,
                          const std::string& rpps = "") {
    return site + ";" + plan + ";" + plan + ";" + rpps + ";1;09:00;12:00;15;1;AMB;SNP;2026-11-02\n";
  }

  /// From now on whoever reads a plan of the site fails.
  void MakeUnreadable(const std::string& site) {
    ASSERT_THAT(database_->Run(base::InternalCall("test", clock_, std::chrono::seconds(10)),
                               sql::Access::kWrite,
                               [&](sql::Session& session) {
                                 EXPECT_GT(sql::Exec(session,
                                                     "UPDATE session_plans SET document = 'x' "
                                                     "WHERE site = :site",
                                                     soci::use(site, "site")),
                                           0);
                                 return absl::OkStatus();
                               }),
                IsOk());
  }

  int files_ = 0;
};

TEST_F(ImportReadsTest, ALineReadsNoPlanOfASiteThatItCannotMeet) {
  ASSERT_EQ(Plans(Line("msp-c", "loin")).last.totals().applied_count(), 1);
  MakeUnreadable(kFar);
  const FileTold told = Plans(Line("msp-a", "matin", kRpps) + Line("msp-b", "matin-b"));
  EXPECT_EQ(told.last.totals().applied_count(), 2);
}

TEST_F(ImportReadsTest, H22_ALineMeetsWhatItsPractitionerHoldsAtAnotherSite) {
  // The first line's plan is of the same transaction.
  const FileTold told = Plans(Line("msp-a", "matin", kRpps) + Line("msp-b", "matin-b", kRpps));
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].line(), 3);
  EXPECT_EQ(told.refused[0].reason(), "PRACTITIONER_TAKEN");
  const FileTold later = Plans(Line("msp-c", "matin-c", kRpps));
  ASSERT_EQ(later.refused.size(), 1U);
  EXPECT_EQ(later.refused[0].reason(), "PRACTITIONER_TAKEN");
}

}  // namespace
}  // namespace sas::slots
