#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/base/status.h"
#include "common/testing/child_process.h"
#include "common/testing/fake_clock.h"
#include "services/booking/mail_client_smtp.h"
#include "services/booking/sms_client_http.h"

// The channels against real servers in a process of their own: tools/lib/message_operators.py.
namespace sas::booking {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = SendOutcome::Kind;

constexpr char kPython[] = "/usr/bin/python3";  // Debian's, whose package the SMTP server is.

class Channels : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<testing::TempFolder>("operators");
    const std::string pem = folder_->path() + "/relay.pem";
    const std::string key = folder_->path() + "/relay.key";
    const std::string make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -keyout " +
        key + " -out " + pem + " 2>/dev/null";
    ASSERT_EQ(std::system(make.c_str()), 0);
    operators_ = std::make_unique<testing::ChildProcess>(testing::ChildProcess::Options{
        {kPython, SAS_OPERATORS, folder_->path(), "--mail", pem, key},
        folder_->path() + "/log",
        ""});
    const std::string told = folder_->path() + "/operators.json";
    ASSERT_TRUE(testing::PollUntil([&] { return std::filesystem::exists(told); }))
        << Content(folder_->path() + "/log");
    ports_ = json::parse(Content(told));
  }

  static void TearDownTestSuite() {
    operators_.reset();
    folder_.reset();
  }

  void SetUp() override { GoOn({{"answer", 202}, {"receipt", "queued"}, {"smtp", "250 OK"}}); }

  static std::string Content(const std::string& path) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }

  static std::string Url() {
    return "http://127.0.0.1:" + std::to_string(ports_["sms"].get<int>());
  }

  static std::string Relay(const char* port = "smtp") {
    return "localhost:" + std::to_string(ports_[port].get<int>());
  }

  static void GoOn(const json& ways) {
    http::Client client{{}};
    const auto answer = client.Send({"POST", Url() + "/control", {}, ways.dump()});
    ASSERT_TRUE(answer.ok()) << answer.status();
  }

  static json LastAttempt() {
    std::istringstream lines(Content(folder_->path() + "/attempts.jsonl"));
    std::string line;
    json last;
    while (std::getline(lines, line)) last = json::parse(line);
    return last;
  }

  static HttpSmsClient::Options Sms() {
    return {Url() + "/messages", "token-of-the-provider", "SAS", ""};
  }

  static SmtpMailClient::Options Mail() {
    SmtpMailClient::Options options;
    options.relay.address = Relay();
    options.relay.user = "sas";
    options.relay.password = "password-of-the-relay";
    options.relay.ca_file = folder_->path() + "/relay.pem";
    options.relay.timeout = std::chrono::milliseconds(1500);
    options.from = "sas@sas85.essai.mssante.fr";
    options.wants_receipt = true;
    return options;
  }

  static SendOutcome Post(const SmtpMailClient::Options& options) {
    static const testing::FakeClock clock;
    SmtpMailClient client(options, clock);
    return client.Send(
        {"a.v1-doctor", "dr.essai@medecin.essai.mssante.fr", "Été à l'hôpital", "Bonjour\n.\nété"});
  }

  static std::unique_ptr<testing::TempFolder> folder_;
  static std::unique_ptr<testing::ChildProcess> operators_;
  static json ports_;
};

std::unique_ptr<testing::TempFolder> Channels::folder_;
std::unique_ptr<testing::ChildProcess> Channels::operators_;
json Channels::ports_;

const OutgoingMessage kSms{"a.v1-sms", "+33639980001", "", "RDV à 14h10"};

TEST_F(Channels, S3_13_AnSmsIsTakenOnceForItsId) {
  HttpSmsClient client(Sms());
  const SendOutcome first = client.Send(kSms);
  EXPECT_EQ(first.kind, Kind::kAccepted);
  EXPECT_EQ(LastAttempt()["text"], "RDV à 14h10");
  EXPECT_EQ(LastAttempt()["to"], "+33639980001");
  EXPECT_EQ(LastAttempt()["key"], "a.v1-sms");
  EXPECT_EQ(client.Send(kSms).reference, first.reference);
  EXPECT_EQ(client.AskReceipt(first.reference), Receipt::kNone);
  GoOn({{"receipt", "delivered"}});
  EXPECT_EQ(client.AskReceipt(first.reference), Receipt::kReceived);
  GoOn({{"receipt", "failed"}});
  EXPECT_EQ(client.AskReceipt(first.reference), Receipt::kUndelivered);
}

TEST_F(Channels, WhatTheProviderAnswersIsUnderstood) {
  HttpSmsClient client(Sms());
  for (const auto& [status, kind] : std::vector<std::pair<int, Kind>>{{400, Kind::kRefused},
                                                                      {422, Kind::kRefused},
                                                                      {401, Kind::kNotSent},
                                                                      {429, Kind::kNotSent},
                                                                      {409, Kind::kUnknown},
                                                                      {500, Kind::kUnknown},
                                                                      {503, Kind::kUnknown}}) {
    GoOn({{"answer", status}});
    EXPECT_EQ(client.Send(kSms).kind, kind) << status;
  }
  HttpSmsClient::Options wrong = Sms();
  wrong.token = "other";
  HttpSmsClient stranger(wrong);
  EXPECT_EQ(stranger.Send(kSms).kind, Kind::kNotSent);
}

TEST_F(Channels, NobodyThereIsNotSentAndNoAnswerIsUnknown) {
  HttpSmsClient::Options nowhere = Sms();
  nowhere.url = "http://127.0.0.1:1/messages";
  HttpSmsClient absent(nowhere);
  const SendOutcome outcome = absent.Send(kSms);
  EXPECT_EQ(outcome.kind, Kind::kNotSent);
  EXPECT_EQ(outcome.reason, "HTTP_NOT_SENT");

  GoOn({{"answer", 0}});
  http::Client impatient({"", std::chrono::milliseconds(500), std::chrono::milliseconds(300)});
  const auto answer =
      impatient.Send({"POST",
                      Url() + "/messages",
                      {{"Authorization", "Bearer token-of-the-provider"}, {"Idempotency-Key", "k"}},
                      "{}"});
  EXPECT_EQ(base::ReasonOf(answer.status()), "HTTP_NO_ANSWER");
}

TEST_F(Channels, S2_50_ALetterGoesByStarttlsWithItsId) {
  const SendOutcome outcome = Post(Mail());
  EXPECT_EQ(outcome.kind, Kind::kAccepted) << outcome.reason;
  const json attempt = LastAttempt();
  EXPECT_EQ(attempt["to"][0], "dr.essai@medecin.essai.mssante.fr");
  const std::string letter = attempt["letter"];
  EXPECT_THAT(letter, HasSubstr("Message-ID: <a.v1-doctor@sas85.essai.mssante.fr>"));
  EXPECT_THAT(letter, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(letter, HasSubstr("Disposition-Notification-To: <sas@sas85.essai.mssante.fr>"));
  EXPECT_THAT(letter, HasSubstr("Date: Tue, 24 Nov 2026 09:00:00 +0000"));
  EXPECT_THAT(letter, Not(HasSubstr("Bonjour")));  // In base64: no line can pass for a command.
}

TEST_F(Channels, WhatTheRelayAnswersIsUnderstood) {
  for (const auto& [reply, kind] :
       std::vector<std::pair<const char*, Kind>>{{"550 no such mailbox", Kind::kRefused},
                                                 {"451 later", Kind::kNotSent},
                                                 {"hold", Kind::kUnknown}}) {
    GoOn({{"smtp", reply}});
    SmtpMailClient::Options options = Mail();
    options.relay.timeout = std::chrono::seconds(2);
    EXPECT_EQ(Post(options).kind, kind) << reply;
  }
}

TEST_F(Channels, S2_50_H34_NoClearMail) {
  // A certificate that nobody has signed for us.
  SmtpMailClient::Options untrusted = Mail();
  untrusted.relay.ca_file.clear();
  EXPECT_EQ(Post(untrusted).kind, Kind::kNotSent);
  // A relay that does not offer STARTTLS: nothing is sent, not even the password.
  SmtpMailClient::Options clear = Mail();
  clear.relay.address = Relay("clear");
  const json before = LastAttempt();
  const SendOutcome outcome = Post(clear);
  EXPECT_EQ(outcome.kind, Kind::kNotSent);
  EXPECT_EQ(LastAttempt(), before);
  // The same letter is taken there when the setting allows it: the relay itself is sound.
  clear.relay.tls = false;
  clear.relay.user.clear();
  EXPECT_EQ(Post(clear).kind, Kind::kAccepted);
}

TEST_F(Channels, AWrongPasswordIsOursToMend) {
  SmtpMailClient::Options options = Mail();
  options.relay.password = "wrong";
  EXPECT_EQ(Post(options).kind, Kind::kNotSent);
}

}  // namespace
}  // namespace sas::booking
