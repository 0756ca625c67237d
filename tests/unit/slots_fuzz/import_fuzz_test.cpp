// Hazard H-40: whatever a register, a spreadsheet or a broken connection makes of a file, no line
// ends the program, and each that is refused says where and why.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "services/slots/import_run.h"
#include "services/slots/store_memory.h"
#include "tests/unit/slots_fuzz/damage.h"

namespace sas::slots {
namespace {

using Format = v1::ImportHeader;
using sas::testing::IsOk;
using testing::Chance;

constexpr unsigned kRounds = 120;  ///< Of each format.

constexpr char kCommunes[] =
    "code_insee,nom,departement,region,codes_postaux,population,lat,lon,coord_source\n"
    "85047,Challans,85,52,85300,22943,46.8458,-1.87942,laposte\n"
    "85071,Commequiers,85,52,85220,3735,46.76264,-1.83815,laposte\n"
    "44087,\"Machecoul-Saint-Même\",44,52,44270,7689,46.99108,-1.82346,laposte\n"
    "2A004,Ajaccio,2A,94,20000|20090|20167,76320,41.91886,8.73812,geonames\n";

constexpr char kSites[] =
    "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date;"
    "rooms;entry_rules;latitude;longitude;wheelchair;daily_appointment_max;phase;"
    "hours_caps\n"
    "msp-a;msp-a;MSP A;MSP;\"MSP A; aile nord\";85047;85;2024-01-01;box-1|box-2;"
    "LINE_116117=REGULATED|URGENCES=DIRECT;46.8458;-1.87942;oui;12;PILOT;"
    "1-5 08:00-12:00=6|6=4\n"
    "msp-b;msp-a;;MSP;MSP B;85071;85|44;2024-01-01;;;;;;;;\n";

constexpr char kPlans[] =
    "site_id;plan_id;agenda;room_id;weekdays;start;end;slot_minutes;seats;modes;classes;"
    "allocation;effective_start;own_patients_only\n"
    "msp-a;matin;csnp;box-1;1|2|3;09:00;12:00;15;1;AMB;SNP|PRO;REGULATED|SAME_DAY;2026-11-02;oui\n"
    "msp-a;soir;soir;box-2;4|5;18:00;20:00;20;2;AMB|VR;SNP;;2026-11-02;non\n";

constexpr char kFiness[] =
    "finess;etalab;94;2026-05-12\n"
    "structureet;850000019;850000019;MSP D ESSAI;;;;12;R;DES ESSAIS;;;047;85;ESSAI;85300 CHALLANS;"
    "0199000001;;603;Essai;1110;Essai;;8621Z;;;;;2020-03-01;;2024-01-15\n"
    "structureet;850000019;850000019;AUTRE;;;;1;R;DES ESSAIS;;;071;85;ESSAI;85220 COMMEQUIERS;"
    "0199000002;;500;Essai;1110;Essai;;8621Z;;;;;2020-03-01;;2024-01-15\n"
    "geolocalisation;850000019;328409.77;6649889.05;1,ESSAI,94,IGN,LAMBERT_93;2024-01-15\n";

class ImportFuzz : public ::testing::Test {
 protected:
  struct Told {
    absl::Status status;
    v1::ImportTotals totals;
    std::vector<v1::RefusedLine> refused;
  };

  base::Call Call() const {
    base::Call call = base::InternalCall("fuzz", clock_, std::chrono::seconds(30));
    call.actor.role = base::Role::kPlanner;
    call.actor.regions = {"fr-pdl"};
    return call;
  }

  // In messages of any size, as a stream brings them.
  Told Import(MemorySlotsStore& store, Format::Format format, const std::string& bytes,
              std::size_t chunk) {
    ImportRun run(store, metrics_, clock_, 21, {});
    Told told;
    const auto take = [&](const v1::ImportFileRequest& request) {
      const auto answer = run.Take(Call(), request);
      told.status = answer.status();
      if (!answer.ok()) return false;
      told.refused.insert(told.refused.end(), answer->refused_lines().begin(),
                          answer->refused_lines().end());
      if (answer->has_totals()) told.totals = answer->totals();
      return true;
    };
    v1::ImportFileRequest request;
    request.mutable_header()->set_parent("regions/fr-pdl");
    request.mutable_header()->set_format(format);
    request.mutable_header()->set_import_id("import-" + std::to_string(++imports_));
    if (!take(request)) return told;
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      request.set_chunk(bytes.substr(at, chunk));
      if (!take(request)) return told;
    }
    request.set_end(true);
    take(request);
    return told;
  }

  void ExpectHonest(const Told& told) {
    if (!told.status.ok()) {
      // The file as a whole: its first bytes, or its line of columns.
      EXPECT_EQ(told.status.code(), absl::StatusCode::kInvalidArgument) << told.status;
      EXPECT_FALSE(base::ReasonOf(told.status).empty()) << told.status;
      return;
    }
    const v1::ImportTotals& totals = told.totals;
    EXPECT_EQ(totals.line_count(), totals.applied_count() + totals.unchanged_count() +
                                       totals.refused_count() + totals.skipped_count());
    EXPECT_EQ(static_cast<std::size_t>(totals.refused_count()), told.refused.size());
    for (const v1::RefusedLine& line : told.refused) {
      EXPECT_GE(line.line(), 1);
      EXPECT_LE(line.line(), totals.line_count());
      EXPECT_FALSE(line.field().empty()) << line.ShortDebugString();
      EXPECT_FALSE(line.reason().empty()) << line.ShortDebugString();
      EXPECT_FALSE(line.message().empty()) << line.ShortDebugString();
    }
  }

  // Other bytes for each round; the first is the sound file.
  void Fuzz(Format::Format format, const std::string& sound) {
    std::size_t refused = 0;
    std::size_t applied = 0;
    for (unsigned round = 0; round < kRounds; ++round) {
      SCOPED_TRACE(round);
      MemorySlotsStore store(clock_);
      ASSERT_THAT(Import(store, Format::FORMAT_COMMUNES, kCommunes, 1000).status, IsOk());
      if (format == Format::FORMAT_SESSION_PLANS) {
        ASSERT_THAT(Import(store, Format::FORMAT_SITES, kSites, 1000).status, IsOk());
      }
      Chance chance(round);
      std::string bytes = sound;
      for (std::size_t i = round == 0 ? 0 : 1 + chance.Below(6); i > 0; --i) {
        testing::DamageText(chance, bytes);
      }
      const Told told = Import(store, format, bytes, 1 + chance.Below(400));
      ASSERT_NO_FATAL_FAILURE(ExpectHonest(told));
      if (round == 0) {
        ASSERT_THAT(told.status, IsOk());
        ASSERT_EQ(told.totals.refused_count(), 0) << told.refused[0].ShortDebugString();
      }
      refused += told.refused.size();
      applied +=
          static_cast<std::size_t>(told.totals.applied_count() + told.totals.unchanged_count());
    }
    EXPECT_GT(refused, kRounds / 10);
    EXPECT_GT(applied, kRounds / 10);
  }

  sas::testing::FakeClock clock_;
  observe::Metrics registry_;
  ImportMetrics metrics_{registry_};
  int imports_ = 0;
};

TEST_F(ImportFuzz, H40_DamagedCommunes) {
  Fuzz(Format::FORMAT_COMMUNES, kCommunes);
}

TEST_F(ImportFuzz, H40_DamagedSites) {
  Fuzz(Format::FORMAT_SITES, kSites);
}

TEST_F(ImportFuzz, H40_DamagedPlans) {
  Fuzz(Format::FORMAT_SESSION_PLANS, kPlans);
}

TEST_F(ImportFuzz, H40_DamagedRegister) {
  Fuzz(Format::FORMAT_FINESS, kFiness);
}

// Where a message ends says nothing: the same lines come out of the same bytes.
TEST_F(ImportFuzz, H40_LinesDoNotHangOnTheMessages) {
  for (unsigned round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Chance chance(1000 + round);
    std::string bytes = kSites;
    for (std::size_t i = chance.Below(6); i > 0; --i) testing::DamageText(chance, bytes);
    const auto lines = [&bytes](std::size_t chunk) {
      LineReader reader;
      std::vector<FileLine> all;
      for (std::size_t at = 0; at < bytes.size(); at += chunk) {
        const std::string piece = bytes.substr(at, chunk);
        reader.Feed(piece);
        while (auto line = reader.Next()) all.push_back(*std::move(line));
      }
      if (auto rest = reader.Rest()) all.push_back(*std::move(rest));
      return all;
    };
    const auto whole = lines(bytes.size() + 1);
    const auto pieces = lines(1 + chance.Below(60));
    ASSERT_EQ(whole.size(), pieces.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      ASSERT_EQ(whole[i].text, pieces[i].text) << i;
      ASSERT_EQ(whole[i].end, pieces[i].end) << i;
      ASSERT_EQ(whole[i].too_long, pieces[i].too_long) << i;
    }
  }
}

}  // namespace
}  // namespace sas::slots
