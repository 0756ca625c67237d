#include <cstdio>
#include <fstream>

#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

/// Resident memory of this process, bytes.
std::int64_t Resident() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

TEST_F(ImportTest, AFileThatBreaksOffGoesOnAndEndsAsInOneRun) {
  ImportCommunes();
  FileSent file;
  file.chunk = 1500;  // Messages end in the middle of lines.
  for (int i = 0; i < 60; ++i) {
    // One in ten has a wrong key, one in ten another category.
    std::string finess = Finess(100 + i);
    if (i % 10 == 3) finess.back() = finess.back() == '0' ? '1' : '0';
    file.bytes += Establishment(finess, i % 10 == 7 ? "500" : "603");
  }
  for (int i = 0; i < 60; ++i) {
    file.bytes += Position(Finess(100 + i), "328409.77", "6649889.05");
  }
  file.bytes.pop_back();  // The last line has no end.
  FileSent broken = file;
  std::int64_t offset = 0;
  // Ten chunks in all, and one more than is counted here may be applied each time.
  for (const int after : {1, 0, 4, 1}) {
    broken.break_after = after;
    const FileTold told = Send(broken);
    EXPECT_THAT(told.status, ReasonIs("PEER_CANCELLED"));
    EXPECT_GE(told.resumed_at, offset);
    offset = told.resumed_at;
    Restart();
  }
  broken.break_after = -1;
  const FileTold told = SendWell(broken);
  EXPECT_GT(told.resumed_at, offset);
  const std::string resumed = Picture();
  const std::string totals = told.last.totals().DebugString();
  EXPECT_EQ(told.last.totals().line_count(), 120);
  EXPECT_EQ(told.last.totals().refused_count(), 6);
  EXPECT_EQ(told.refused.size(), 6U);  // Those of before the break too.

  // The same file in one run, into an empty ledger.
  TearDown();
  std::remove(file_.path().c_str());
  std::remove((file_.path() + "-wal").c_str());
  std::remove((file_.path() + "-shm").c_str());
  Restart();
  ImportCommunes();
  EXPECT_EQ(SendWell(file).last.totals().DebugString(), totals);
  EXPECT_EQ(Picture(), resumed);
}

TEST_F(ImportTest, ARepeatOfAnEndedImportIsToldItsTotals) {
  ImportCommunes();
  FileSent file;
  file.bytes = Establishment(Finess(7), "603") + Establishment("859000000", "603");
  const FileTold first = SendWell(file);
  Restart();
  const FileTold again = Send(file);
  EXPECT_EQ(again.resumed_at, static_cast<std::int64_t>(file.bytes.size()));
  EXPECT_EQ(again.last.totals().DebugString(), first.last.totals().DebugString());
  ASSERT_EQ(again.refused.size(), 1U);
  EXPECT_EQ(again.refused[0].reason(), "INVALID_FINESS");
}

TEST_F(ImportTest, AHeaderLineIsRememberedAcrossABreak) {
  FileSent file;
  file.bytes = kCommunes;
  file.format = v1::ImportHeader::FORMAT_COMMUNES;
  file.chunk = 140;
  file.break_after = 2;
  EXPECT_THAT(Send(file).status, ReasonIs("PEER_CANCELLED"));
  Restart();
  file.break_after = -1;
  const FileTold told = SendWell(file);
  EXPECT_GT(told.resumed_at, 0);
  EXPECT_EQ(told.last.totals().applied_count(), 5);
}

TEST_F(ImportTest, TwoStreamsOfOneImportDoNotCountTwice) {
  ImportCommunes();
  grpc::ClientContext slow;
  server_->Authorize(slow, ActorWith(base::Role::kPlanner));
  const auto stream = stub_->ImportFile(&slow);
  v1::ImportFileRequest request;
  v1::ImportFileResponse answer;
  request.mutable_header()->set_parent("regions/fr-pdl");
  request.mutable_header()->set_format(v1::ImportHeader::FORMAT_FINESS);
  request.mutable_header()->set_import_id("import-1");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&answer));
  FileSent file;
  file.bytes = Establishment(Finess(7), "603");
  SendWell(file);
  request.set_chunk(file.bytes);
  stream->Write(request);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_THAT(rpc::FromGrpc(stream->Finish()), ReasonIs("IMPORT_SUPERSEDED"));
}

TEST_F(ImportTest, AWholeCountryStreamsInBoundedMemory) {
  ImportCommunes();
  constexpr int kLines = 100'000;
  FileSent file;
  file.chunk = 200'000;
  for (int i = 0; i < kLines; ++i) {
    file.bytes += Establishment(Finess(i), i % 50 == 0 ? "603" : "500");
  }
  const std::int64_t before = Resident();
  const FileTold told = SendWell(file);
  [[maybe_unused]] const std::int64_t grown = Resident() - before;
  EXPECT_EQ(told.last.totals().line_count(), kLines);
  EXPECT_EQ(told.last.totals().applied_count(), kLines / 50);
  EXPECT_EQ(told.last.totals().skipped_count(), kLines - kLines / 50);
  EXPECT_GT(file.bytes.size(), 15'000'000U);
#ifndef __SANITIZE_ADDRESS__  // It keeps freed memory aside on purpose.
  EXPECT_LT(grown, static_cast<std::int64_t>(file.bytes.size()));
#endif
}

}  // namespace
}  // namespace sas::slots
