#include "services/booking/domain/message_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/booking/domain/gsm7.h"

namespace sas::booking {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const care::Zone& Paris() {
  static const care::Zone kZone = *care::Zone::Load("Europe/Paris");
  return kZone;
}

TextFacts Facts() {
  TextFacts facts;
  facts.start = Paris().At({2026, 11, 30}, {14 * 60 + 10});
  facts.site = "CSNP de Challans";
  facts.address_line = "12 rue de l'Essai";
  facts.commune = "Challans";
  facts.directions = "Entrée par les urgences, carte Vitale.";
  facts.practitioner = "Dr Camille Essai";
  facts.reference = "01habc";
  return facts;
}

std::string Sms(Occasion occasion, const TextFacts& facts) {
  return Compose(MessageKind::kPatientSms, occasion, facts, {}, Paris()).body;
}

TEST(MessageText, S2_45_AnSmsSaysDayHourPlaceAndTheFifteen) {
  EXPECT_EQ(Sms(Occasion::kBooked, Facts()),
            "RDV lundi 30/11 à 14h10, CSNP de Challans, 12 rue de l'Essai. Si aggravation, appelez "
            "le 15.");
  TextFacts moved = Facts();
  moved.replaced = Paris().At({2026, 11, 30}, {9 * 60});
  EXPECT_THAT(Sms(Occasion::kMoved, moved), HasSubstr("(au lieu de lundi 30/11 à 9h00)"));
  EXPECT_THAT(Sms(Occasion::kCancelled, Facts()), HasSubstr("RDV annulé"));
  EXPECT_THAT(Sms(Occasion::kReminder, Facts()), HasSubstr("Rappel"));
}

TEST(MessageText, H33_HoursAreThoseOfTheSite) {
  const care::Zone reunion = *care::Zone::Load("Indian/Reunion");
  const std::string text =
      Compose(MessageKind::kPatientSms, Occasion::kBooked, Facts(), {}, reunion).body;
  EXPECT_THAT(text, HasSubstr("17h10"));
}

TEST(MessageText, H33_WhoIsSeenAtHomeIsSentNowhere) {
  TextFacts facts = Facts();
  facts.mode = Mode::kAtHome;
  EXPECT_THAT(Sms(Occasion::kBooked, facts), HasSubstr("à votre domicile"));
  EXPECT_THAT(Sms(Occasion::kBooked, facts), Not(HasSubstr("CSNP")));
}

TEST(MessageText, H35_NoTemplateHoldsAForbiddenWord) {
  EXPECT_EQ(ForbiddenWordIn("Votre MOTIF est"), "motif");
  EXPECT_EQ(ForbiddenWordIn("fièvre"), "fievre");
  int checked = 0;
  for (const MessageTemplate& each : MessageTemplates()) {
    if (each.kind == MessageKind::kTreatingDoctor) continue;  // Secure mail, from doctor to doctor.
    ++checked;
    EXPECT_EQ(ForbiddenWordIn(each.subject), "") << each.body;
    EXPECT_EQ(ForbiddenWordIn(each.body), "") << each.body;
    for (const char* field : {"{patient}", "{final_motif}", "{follow_up}"}) {
      EXPECT_THAT(std::string(each.body), Not(HasSubstr(field)));
    }
  }
  EXPECT_EQ(checked, 11);
}

TEST(MessageText, H35_ThePatientsTextsHaveEachOccasionAndTheFifteen) {
  for (const MessageKind kind : {MessageKind::kPatientSms, MessageKind::kPatientEmail}) {
    for (const Occasion occasion :
         {Occasion::kBooked, Occasion::kMoved, Occasion::kCancelled, Occasion::kReminder}) {
      const MessageText text = Compose(kind, occasion, Facts(), {}, Paris());
      EXPECT_THAT(text.body, HasSubstr("Si aggravation, appelez le 15."));
      EXPECT_THAT(text.body, HasSubstr("lundi 30/11"));
      EXPECT_THAT(text.body, Not(HasSubstr("{")));
      EXPECT_EQ(text.subject.empty(), kind == MessageKind::kPatientSms);
    }
  }
}

TEST(MessageText, S0_17_TheMailTellsTheWayInToPrint) {
  EXPECT_THAT(Compose(MessageKind::kPatientEmail, Occasion::kBooked, Facts(), {}, Paris()).body,
              HasSubstr("Entrée par les urgences, carte Vitale."));
}

TEST(MessageText, AnSmsIsOneAndNeverMoreThanTwo) {
  EXPECT_EQ(SmsCount(Sms(Occasion::kBooked, Facts())), 1);
  TextFacts facts = Facts();
  facts.site = std::string(120, 'M');
  facts.address_line = std::string(200, 'r');
  facts.commune = std::string(45, 'c');
  facts.replaced = Paris().At({2026, 11, 25}, {9 * 60});
  for (const Occasion occasion :
       {Occasion::kBooked, Occasion::kMoved, Occasion::kCancelled, Occasion::kReminder}) {
    const std::string text = Sms(occasion, facts);
    EXPECT_LE(SmsCount(text), kSmsMax);
    EXPECT_THAT(text, HasSubstr(facts.site));
    EXPECT_THAT(text, HasSubstr("14h10"));
  }
}

TEST(MessageText, EveryLetterIsInTheAlphabet) {
  EXPECT_EQ(ToGsm7("Hôpital d’Olonne « Côte » : ça ira, à bientôt… œuf ï 日 `"),
            "Hopital d'Olonne \" Cote \" : ca ira, à bientot... oeuf i . .");
  EXPECT_EQ(SmsCount(std::string(160, 'a')), 1);
  EXPECT_EQ(SmsCount(std::string(161, 'a')), 2);
  EXPECT_EQ(SmsCount(std::string(306, 'a')), 2);
  EXPECT_EQ(SmsCount(std::string(307, 'a')), 3);
  EXPECT_EQ(SmsCount(std::string(80, '{')), 1);
  EXPECT_EQ(SmsCount(std::string(81, '{')), 2);
}

TEST(MessageText, H34_TheLetterSaysWhatWasFound) {
  const MessageText text = Compose(MessageKind::kTreatingDoctor, Occasion::kOutcome, Facts(),
                                   {"Camille Essai (1988-01-01)", "Plaie", "aucune"}, Paris());
  EXPECT_THAT(text.body, HasSubstr("Camille Essai (1988-01-01)"));
  EXPECT_THAT(text.body, HasSubstr("Motif final : Plaie."));
}

}  // namespace
}  // namespace sas::booking
