#include "common/care/nomenclature_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"
#include "embedded/care_nomenclature.h"

namespace sas::care {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;

/// A directory of files; the lists that are built in are back afterwards.
class NomenclatureFiles : public ::testing::Test {
 protected:
  NomenclatureFiles() {
    std::string path = ::testing::TempDir() + "nomenclature.XXXXXX";
    directory_ = ::mkdtemp(path.data());
  }

  ~NomenclatureFiles() override {
    std::filesystem::remove_all(directory_);
    EXPECT_THAT(UseNomenclatures(""), IsOk());
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  }

  /// The message of the refusal; the file is gone again.
  std::string Refusal(const std::string& name, const std::string& text) {
    Write(name, text);
    const absl::Status status = UseNomenclatures(directory_);
    EXPECT_THAT(status, ReasonIs("INVALID_NOMENCLATURE")) << text;
    std::filesystem::remove(directory_ + "/" + name);
    return std::string(base::FromAbsl(status.message()));
  }

  /// The built-in file without the line of a code.
  static std::string Without(std::string_view name, const std::string& code) {
    std::string text;
    for (const auto& [file, content] : nomenclature::kFiles) {
      if (file == name) text = content;
    }
    const std::size_t line = text.find("\n" + code + "\t");
    return text.erase(line, text.find('\n', line + 1) - line);
  }

  std::string directory_;
};

TEST_F(NomenclatureFiles, AFileReplacesItsListAndNoOther) {
  Write("cadre.tsv", "# version 27.01 HubSante.cadre\r\nDRSIS\tDépart réflexe\r\n\nNEUF\tNeuf");
  Write("notes.txt", "not read");
  ASSERT_THAT(UseNomenclatures(directory_), IsOk());
  ASSERT_EQ(Frameworks().size(), 2);
  EXPECT_EQ(LabelIn(Frameworks(), "DRSIS"), "Départ réflexe");
  EXPECT_EQ(LabelIn(Frameworks(), "NEUF"), "Neuf");
  EXPECT_EQ(Motifs().size(), 52);
  ASSERT_THAT(UseNomenclatures(""), IsOk());
  EXPECT_EQ(Frameworks().size(), 10);
}

TEST_F(NomenclatureFiles, H02_H04_VitalAndReflexListsAreFilesToo) {
  Write("vital_motifs.tsv", "# version 2\nM03.11\tCéphalée\nM04.*\tIntoxications\n");
  Write("reflex.tsv", "# version 2\nM02.*\t!C02.01.00\tBlessure\n");
  ASSERT_THAT(UseNomenclatures(directory_), IsOk());
  EXPECT_TRUE(IsVitalMotif("M03.11"));
  EXPECT_TRUE(IsVitalMotif("M04.02"));
  EXPECT_FALSE(IsVitalMotif("M03.06"));
  EXPECT_TRUE(IsReflexMotif("M02.06", ""));
  EXPECT_FALSE(IsReflexMotif("M02.06", "C02.01.00"));
  EXPECT_FALSE(IsReflexMotif("M01.01", ""));
}

TEST_F(NomenclatureFiles, ABadLineIsRefusedWithFileAndLineAndNothingIsReplaced) {
  Write("canal.tsv", "# version 27.01\nPERSONNE\tPersonne\n");
  const std::string version = "# version 27.01\n# more\n";
  EXPECT_THAT(Refusal("cadre.tsv", version + "DRSIS\n"), HasSubstr("cadre.tsv:3: write code"));
  EXPECT_THAT(Refusal("cadre.tsv", version + "DRSIS\t\n"), HasSubstr("cadre.tsv:3"));
  EXPECT_THAT(Refusal("cadre.tsv", version + "\tDépart\n"), HasSubstr("cadre.tsv:3"));
  EXPECT_THAT(Refusal("cadre.tsv", version + "A\tb\tc\n"), HasSubstr("cadre.tsv:3"));
  EXPECT_THAT(Refusal("cadre.tsv", version + std::string(33, 'A') + "\tb\n"),
              HasSubstr("cadre.tsv:3"));
  EXPECT_THAT(Refusal("cadre.tsv", version + "A\tb\nB\tb\nA\tc\n"),
              HasSubstr("cadre.tsv:5: this code came before"));
  EXPECT_THAT(Refusal("reflex.tsv", version + "M01.01\tArrêt\n"), HasSubstr("reflex.tsv:3"));
  EXPECT_THAT(Refusal("reflex.tsv", version + "M01.01\t*\ta\nM01.01\t*\tb\n"),
              HasSubstr("reflex.tsv:4: this code came before"));
  EXPECT_THAT(Refusal("cadre.tsv", "DRSIS\tDépart\n"), HasSubstr("begin with `# version"));
  EXPECT_THAT(Refusal("cadre.tsv", ""), HasSubstr("begin with `# version"));
  EXPECT_THAT(Refusal("cadre.tsv", version), HasSubstr("no line has a code"));
  EXPECT_THAT(Refusal("cadre.tsv", version + std::string(1 << 20, '#')), HasSubstr("over 1 MiB"));
  EXPECT_THAT(Refusal("cadres.tsv", version + "DRSIS\tDépart\n"), HasSubstr("file of no list"));
  EXPECT_EQ(CodesOf("canal").size(), 6);
  EXPECT_THAT(UseNomenclatures(directory_ + "/absent"), ReasonIs("INVALID_NOMENCLATURE"));
}

TEST_F(NomenclatureFiles, AListThatLacksACodeOfARuleIsRefused) {
  EXPECT_THAT(Refusal("motif.tsv", Without("motif.tsv", "M03.06")),
              HasSubstr("motif.tsv: lacks M03.06, which vital_motifs.tsv names"));
  EXPECT_THAT(Refusal("motif.tsv", Without("motif.tsv", "M07.00")), HasSubstr("lacks M07.00"));
  EXPECT_THAT(Refusal("fait.tsv", Without("fait.tsv", "C02.12.00")),
              HasSubstr("fait.tsv: lacks C02.12.00, which reflex.tsv names"));
  EXPECT_THAT(Refusal("vital_motifs.tsv", "# version 2\nM08.*\tInconnu\n"),
              HasSubstr("lacks M08.*, which vital_motifs.tsv names"));
  EXPECT_THAT(Refusal("reflex.tsv", "# version 2\nM01.01\t!C12.*\tInconnu\n"),
              HasSubstr("lacks C12.*, which reflex.tsv names"));
  Write("motif.tsv", Without("motif.tsv", "M03.14"));
  EXPECT_THAT(UseNomenclatures(directory_), IsOk());  // No rule names it.
}

}  // namespace
}  // namespace sas::care
