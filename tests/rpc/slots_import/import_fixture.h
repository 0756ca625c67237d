#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/sql/database.h"
#include "common/testing/fake_clock.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_database.h"
#include "sas/slots/v1/import_service.grpc.pb.h"
#include "services/slots/directory.h"
#include "services/slots/import_service.h"
#include "services/slots/store_sql.h"

namespace sas::slots {

using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;

/// A file on its way.
struct FileSent {
  std::string bytes;
  v1::ImportHeader::Format format = v1::ImportHeader::FORMAT_FINESS;
  std::string import_id = "import-1";
  std::vector<std::string> territories;
  bool validate_only = false;
  std::size_t chunk = 100'000;  ///< Bytes a message.
  int break_after = -1;         ///< Breaks the connection after so many chunks.
  base::Actor actor = ActorWith(base::Role::kPlanner);
};

/// What was told of it.
struct FileTold {
  absl::Status status;
  std::int64_t resumed_at = 0;   ///< Offset of the first answer.
  v1::ImportFileResponse first;  ///< To the header.
  v1::ImportFileResponse last;
  std::vector<v1::RefusedLine> refused;
};

/// ImportService over a ledger on SQLite, on Tuesday 24 November 2026, 10:00 in Paris.
class ImportTest : public ::testing::Test {
 protected:
  static constexpr char kRegion[] = "fr-pdl";
  static constexpr int kHorizonDays = 21;
  static constexpr char kCommunes[] =
      "code_insee,nom,departement,region,codes_postaux,population,lat,lon,coord_source\n"
      "85047,Challans,85,52,85300,22943,46.8458,-1.87942,laposte\n"
      "85071,Commequiers,85,52,85220,3735,46.76264,-1.83815,laposte\n"
      "44087,Machecoul-Saint-Même,44,52,44270,7689,46.99108,-1.82346,laposte\n"
      "97408,La Possession,974,04,97419,36568,-20.99403,55.39751,laposte\n"
      "2A004,Ajaccio,2A,94,20000|20090|20167,76320,41.91886,8.73812,geonames\n";

  void SetUp() override;
  void TearDown() override;

  /// Another process on the same ledger: nothing but the ledger is left.
  void Restart();

  FileTold Send(const FileSent& file);
  /// Expects that all of it went well.
  FileTold SendWell(const FileSent& file);
  void ImportCommunes();

  Directory Read();
  RegionState Region();
  SiteChanges ChangesAfter(std::int64_t version);
  /// Everything that the directory holds, as one text.
  std::string Picture();

  template <typename Get>
  auto Got(Get get) {
    typename decltype(get(std::declval<SlotsTransaction&>()))::value_type value{};
    EXPECT_THAT(store_->Read(base::InternalCall("test", clock_, std::chrono::seconds(30)),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               auto result = get(transaction);
                               if (!result.ok()) return result.status();
                               value = *std::move(result);
                               return absl::OkStatus();
                             }),
                IsOk());
    return value;
  }

  /// A line of the register's first section; invented.
  static std::string Establishment(const std::string& finess, const std::string& category,
                                   const std::string& commune = "047",
                                   const std::string& department = "85",
                                   const std::string& name = "MSP D ESSAI");
  static std::string Position(const std::string& finess, const std::string& x, const std::string& y,
                              const std::string& source = "1,ESSAI,94,IGN,LAMBERT_93");
  /// The n-th valid FINESS number of a département.
  static std::string Finess(int n, const std::string& department = "85");

  testing::FakeClock clock_;
  testing::TempSqlite file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlSlotsStore> store_;
  std::unique_ptr<testing::InProcessServer> server_;
  std::vector<std::string> changes_;  ///< Regions given to on_change.
  std::unique_ptr<ImportService> service_;
  std::unique_ptr<v1::ImportService::Stub> stub_;
};

}  // namespace sas::slots
