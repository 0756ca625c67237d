#include "common/sql/statement.h"
#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

FileSent Communes(const std::string& bytes) {
  FileSent file;
  file.format = v1::ImportHeader::FORMAT_COMMUNES;
  file.bytes = bytes;
  return file;
}

TEST_F(ImportTest, OnlyPlannersAndSupervisorsImport) {
  FileSent file = Communes(kCommunes);
  file.actor = ActorWith(base::Role::kOsnp);
  EXPECT_THAT(Send(file).status, ReasonIs("ROLE_FORBIDDEN"));
  file.actor = ActorWith(base::Role::kPlanner);
  file.actor.regions = {"fr-naq"};
  EXPECT_THAT(Send(file).status, ReasonIs("REGION_FORBIDDEN"));
  EXPECT_TRUE(Read().communes.empty());
}

TEST_F(ImportTest, TheHeaderIsJudgedFirst) {
  FileSent file = Communes(kCommunes);
  file.import_id = "";
  EXPECT_THAT(Send(file).status, ReasonIs("INVALID_IMPORT_ID"));
  file.import_id = "Dr Dupont 06";
  EXPECT_THAT(Send(file).status, ReasonIs("INVALID_IMPORT_ID"));
  file.import_id = "import-1";
  file.format = v1::ImportHeader::FORMAT_UNSPECIFIED;
  EXPECT_THAT(Send(file).status, ReasonIs("UNKNOWN_ENUM_VALUE"));
  file.format = v1::ImportHeader::FORMAT_COMMUNES;
  file.territories = {"2C"};
  EXPECT_THAT(Send(file).status, ReasonIs("INVALID_TERRITORY"));
}

TEST_F(ImportTest, AnImportKeepsItsTerritories) {
  FileSent file = Communes(kCommunes);
  file.territories = {"85"};
  EXPECT_EQ(SendWell(file).last.totals().applied_count(), 2);
  file.territories = {"44"};
  EXPECT_THAT(Send(file).status, ReasonIs("IMPORT_ID_REUSED"));
}

TEST_F(ImportTest, PiecesComeInTheirOrder) {
  grpc::ClientContext context;
  server_->Authorize(context, ActorWith(base::Role::kPlanner));
  const auto stream = stub_->ImportFile(&context);
  v1::ImportFileRequest request;
  v1::ImportFileResponse answer;
  request.set_chunk("85047");
  stream->Write(request);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_THAT(rpc::FromGrpc(stream->Finish()), ReasonIs("IMPORT_PIECE_ORDER"));
}

TEST_F(ImportTest, AChunkHasALimit) {
  FileSent file = Communes(std::string(300'000, 'x'));
  file.chunk = 300'000;
  EXPECT_THAT(Send(file).status, ReasonIs("CHUNK_TOO_LARGE"));
}

TEST_F(ImportTest, WrongColumnsEndTheImportAtItsFirstLine) {
  EXPECT_THAT(Send(Communes("nom;lat;lon\nChallans;46;-1\n")).status, ReasonIs("MISSING_COLUMN"));
  EXPECT_THAT(Send(Communes("code_insee;nom;lat;lon;maire\n")).status, ReasonIs("UNKNOWN_COLUMN"));
}

TEST_F(ImportTest, H05_AWrongEncodingIsRefusedAndNeverGuessed) {
  EXPECT_THAT(Send(Communes("\xFF\xFE"
                            "c\0o\0"))
                  .status,
              ReasonIs("INVALID_ENCODING"));
  const std::string header = "code_insee;nom;lat;lon\n";
  const FileTold told = SendWell(Communes(header + "44087;Machecoul-Saint-M\xEAme;46.99;-1.82\n" +
                                          "85113;L\x92\xCEle-d\x92Yeu;46.72;-2.34\n"));
  EXPECT_EQ(Read().communes.at("44087").display_name(), "Machecoul-Saint-Même");
  ASSERT_EQ(told.refused.size(), 1U);
  EXPECT_EQ(told.refused[0].reason(), "INVALID_ENCODING");
  EXPECT_EQ(told.refused[0].line(), 3);
}

TEST_F(ImportTest, AtMostAThousandRefusedLinesAreToldAndAllAreCounted) {
  std::string bytes = "code_insee;nom;lat;lon\n";
  for (int i = 0; i < 1500; ++i) bytes += "85047;;0;0\n";
  bytes += std::string(20'000, 'x') + "\n85047;Challans;46.8458;-1.87942\n";
  const FileTold told = SendWell(Communes(bytes));
  EXPECT_EQ(told.refused.size(), 1000U);
  EXPECT_EQ(told.last.totals().refused_count(), 1501);
  EXPECT_EQ(told.last.totals().applied_count(), 1);
}

TEST_F(ImportTest, EachBatchLeavesAnAuditRecordAndTheEndAnEvent) {
  ImportCommunes();
  const auto events = store_->feed().Read(
      base::InternalCall("test", clock_, std::chrono::seconds(10)), "fr-pdl", "", 10);
  ASSERT_THAT(events, IsOk());
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->at(0).type, "territory.imported");
  long long records = 0;
  ASSERT_THAT(database_->Run(base::InternalCall("test", clock_, std::chrono::seconds(10)),
                             sql::Access::kRead,
                             [&](sql::Session& session) -> absl::Status {
                               sql::FetchOne(session,
                                             "SELECT count(*) FROM audit WHERE action = "
                                             "'ImportFile'",
                                             soci::into(records));
                               return absl::OkStatus();
                             }),
              IsOk());
  EXPECT_EQ(records, 2);  // The lines, and the end.
}

}  // namespace
}  // namespace sas::slots
