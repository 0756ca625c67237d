// A file of plans that fills a week of a pilot says so, and is applied (S0-07).

#include <string>
#include <vector>

#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPilotSites[] =
    "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date;"
    "phase\n"
    "msp-a;msp-a;MSP A;MSP;MSP A;85047;85;2024-01-01;PILOT\n"
    "msp-b;msp-a;;MSP;MSP B;85071;85;2024-01-01;PILOT\n"
    "msp-c;msp-a;;MSP;MSP C;85071;85;2024-01-01;PERMANENT\n";

constexpr char kColumns[] =
    "site_id;plan_id;agenda;weekdays;start;end;slot_minutes;seats;modes;classes;effective_start;"
    "effective_end\n";

/// A morning of the site: first day, and last day if any.
std::string Line(const std::string& site, const std::string& id, const std::string& weekdays,
                 const std::string& first = "2026-11-02", const std::string& last = "") {
  return site + ";" + id + ";" + id + ";" + weekdays + ";09:00;12:00;15;1;AMB;SNP;" + first + ";" +
         last + "\n";
}

std::vector<std::string> Weeks(const v1::ImportFileResponse& answer) {
  std::vector<std::string> told;
  for (const v1::PilotWeek& week : answer.full_pilot_weeks()) {
    told.push_back(week.site().substr(week.site().rfind('/') + 1) + " " + week.monday_date() + " " +
                   std::to_string(week.session_count()) + "/" + std::to_string(week.session_max()));
  }
  return told;
}

/// On Tuesday, 24 November; 21 days reach into the week of 14 December.
class ImportPilots : public ImportTest {
 protected:
  void SetUp() override {
    ImportTest::SetUp();
    ImportCommunes();
    Sites(kPilotSites);
  }

  void Sites(const std::string& bytes) {
    FileSent file;
    file.format = v1::ImportHeader::FORMAT_SITES;
    file.bytes = bytes;
    file.import_id = "sites-" + std::to_string(++files_);
    EXPECT_EQ(SendWell(file).last.totals().refused_count(), 0);
  }

  FileSent Plans(const std::string& lines) {
    FileSent file;
    file.format = v1::ImportHeader::FORMAT_SESSION_PLANS;
    file.bytes = kColumns + lines;
    file.import_id = "plans-" + std::to_string(++files_);
    return file;
  }

  /// The last answer; nothing of the file is refused.
  v1::ImportFileResponse Import(const FileSent& file) {
    const FileTold told = SendWell(file);
    EXPECT_EQ(told.last.totals().refused_count(), 0) << told.last.DebugString();
    return told.last;
  }

  static std::string FourOf(const std::string& site) {
    return Line(site, "lundi", "1") + Line(site, "mardi", "2") + Line(site, "jeudi", "4") +
           Line(site, "vendredi", "5");
  }

  int files_ = 0;
};

TEST_F(ImportPilots, S0_07_EachFullWeekOfEachPilotIsToldOnceAndThePlansAreThere) {
  const v1::ImportFileResponse answer =
      Import(Plans(FourOf("msp-a") + Line("msp-a", "samedi", "6", "2026-12-07") +
                   Line("msp-b", "trois", "1|2|3") +
                   Line("msp-b", "printemps", "4", "2027-03-01", "2027-03-07") +
                   Line("msp-c", "cinq", "1|2|3|4|5")));
  // The Saturdays of msp-a reach a week further than its other plans; 25 December is a holiday.
  EXPECT_THAT(Weeks(answer),
              ElementsAre("msp-a 2026-11-23 4/3", "msp-a 2026-11-30 4/3", "msp-a 2026-12-07 5/3",
                          "msp-a 2026-12-14 5/3", "msp-a 2026-12-21 4/3", "msp-b 2027-03-01 4/3"));
  EXPECT_EQ(answer.full_pilot_weeks(0).explanation(),
            "4 séances dans la semaine du 2026-11-23, la phase pilote en prévoit 3 au plus");
  EXPECT_FALSE(answer.pilot_weeks_truncated());
  EXPECT_EQ(Read().plans.size(), 8U);
}

TEST_F(ImportPilots, S0_07_PlansOfAnEarlierFileCountAndWhatChangesNothingIsNotTold) {
  EXPECT_THAT(Weeks(Import(Plans(Line("msp-a", "trois", "1|2|4")))), IsEmpty());
  const std::string fourth = Line("msp-a", "vendredi", "5", "2026-12-07");
  EXPECT_THAT(Weeks(Import(Plans(fourth))),
              ElementsAre("msp-a 2026-12-07 4/3", "msp-a 2026-12-14 4/3"));
  const v1::ImportFileResponse again = Import(Plans(fourth));
  EXPECT_EQ(again.totals().unchanged_count(), 1);
  EXPECT_THAT(Weeks(again), IsEmpty());
}

TEST_F(ImportPilots, S0_07_AnImportThatGoesOnTellsTheWeeksOfBeforeTheBreak) {
  FileSent file = Plans(FourOf("msp-a") + Line("msp-b", "quatre", "1|2|3|4", "2026-12-07"));
  const std::vector<std::string> weeks = {"msp-a 2026-11-23 4/3", "msp-a 2026-11-30 4/3",
                                          "msp-a 2026-12-07 4/3", "msp-a 2026-12-14 4/3",
                                          "msp-b 2026-12-07 4/3", "msp-b 2026-12-14 4/3",
                                          "msp-b 2026-12-21 4/3"};
  // All of msp-a in the message that is answered before the break.
  file.chunk = file.bytes.find("msp-b");
  file.break_after = 1;
  EXPECT_THAT(Send(file).status, ReasonIs("PEER_CANCELLED"));
  Restart();
  file.break_after = -1;
  const FileTold told = SendWell(file);
  EXPECT_GE(told.resumed_at, static_cast<std::int64_t>(file.chunk));
  EXPECT_EQ(Weeks(told.last), weeks);
  EXPECT_THAT(Weeks(told.first), IsEmpty());  // A line to come may take a session away.
  // The end's answer may be lost: whoever asks again is told again, by the first answer and the
  // last.
  Restart();
  const FileTold again = SendWell(file);
  EXPECT_EQ(Weeks(again.first), weeks);
  EXPECT_EQ(Weeks(again.last), weeks);
}

TEST_F(ImportPilots, S0_07_ALaterLineThatTakesASessionAwayIsCounted) {
  // The Friday moves to a week that is far from those that it had filled.
  FileSent file =
      Plans(FourOf("msp-a") + Line("msp-a", "vendredi", "5", "2027-03-01", "2027-03-07"));
  file.chunk = file.bytes.rfind("msp-a");  // A transaction of its own.
  EXPECT_THAT(Weeks(Import(file)), ElementsAre("msp-a 2027-03-01 4/3"));
}

TEST_F(ImportPilots, S0_07_AFileThatIsOnlyCheckedTellsTheSame) {
  FileSent file = Plans(FourOf("msp-a"));
  file.validate_only = true;
  const std::vector<std::string> checked = Weeks(Import(file));
  EXPECT_TRUE(Read().plans.empty());
  file.validate_only = false;
  EXPECT_EQ(Weeks(Import(file)), checked);
  EXPECT_EQ(checked.size(), 4U);
}

TEST_F(ImportPilots, S0_07_AtMostTwoHundredWeeksAreToldAndItIsSaidThatThereAreMore) {
  std::string sites =
      "site_id;structure_id;kind;display_name;insee_code;territories;opening_date;phase\n";
  std::string plans;
  for (int i = 10; i < 60; ++i) {  // Fifty sites of four weeks.
    const std::string id = "msp-" + std::to_string(i);
    sites += id + ";msp-a;MSP;MSP " + id + ";85047;85;2024-01-01;PILOT\n";
    plans += Line(id, "quatre", "1|2|3|4");
  }
  Sites(sites);
  FileSent file = Plans(plans);
  file.chunk = 700;  // Over many transactions.
  v1::ImportFileResponse answer = Import(file);
  EXPECT_EQ(answer.full_pilot_weeks_size(), 200);
  EXPECT_FALSE(answer.pilot_weeks_truncated());
  // One week more.
  plans.clear();
  for (int i = 10; i < 60; ++i) {
    plans += Line("msp-" + std::to_string(i), "autre", "5", "2026-11-02", "2026-12-31");
  }
  answer = Import(Plans(plans + Line("msp-a", "quatre", "1|2|3|4", "2027-03-01", "2027-03-07")));
  EXPECT_EQ(answer.full_pilot_weeks_size(), 200);
  EXPECT_TRUE(answer.pilot_weeks_truncated());
}

}  // namespace
}  // namespace sas::slots
