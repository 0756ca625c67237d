#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/testing/child_process.h"
#include "services/regulation/expertise_client_http.h"

// The way to a platform of téléexpertise against a real server: tools/lib/message_operators.py.
namespace sas::regulation {
namespace {

using nlohmann::json;
using Kind = ExpertiseOutcome::Kind;

class Platform : public ::testing::Test {
 protected:
  static std::string Content(const std::string& path) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }

  void SetUp() override {
    const std::string told = folder_.path() + "/operators.json";
    ASSERT_TRUE(testing::PollUntil([&] { return std::filesystem::exists(told); }))
        << Content(folder_.path() + "/log");
    url_ = "http://127.0.0.1:" + std::to_string(json::parse(Content(told))["sms"].get<int>());
  }

  void GoOn(int answer) const {
    http::Client client{{}};
    const json ways{{"answer", answer}};
    ASSERT_TRUE(client.Send({"POST", url_ + "/control", {}, ways.dump()}).ok());
  }

  std::vector<json> Attempts() const {
    std::istringstream lines(Content(folder_.path() + "/attempts.jsonl"));
    std::vector<json> attempts;
    for (std::string line; std::getline(lines, line);) attempts.push_back(json::parse(line));
    return attempts;
  }

  HttpExpertiseClient::Options Options() const {
    return {url_ + "/expertises", "token-of-the-provider", ""};
  }

  testing::TempFolder folder_{"platform"};
  testing::ChildProcess operators_{
      {{"/usr/bin/python3", SAS_OPERATORS, folder_.path()}, folder_.path() + "/log", ""}};
  std::string url_;
  const ExpertiseNotice notice_{"0123456789abcdef0123456789abcdef", "SM15", "85"};
};

TEST_F(Platform, S3_16_IsToldTheReferenceAndCodesUnderOneKey) {
  HttpExpertiseClient client(Options());
  EXPECT_EQ(client.Announce(notice_).kind, Kind::kAccepted);
  EXPECT_EQ(client.Announce(notice_).kind, Kind::kAccepted);
  const std::vector<json> attempts = Attempts();
  ASSERT_EQ(attempts.size(), 2u);
  for (const json& attempt : attempts) {
    EXPECT_EQ(attempt["kind"], "expertise");
    EXPECT_EQ(attempt["key"], notice_.case_ref);
    EXPECT_EQ(attempt["case_ref"], notice_.case_ref);
    EXPECT_EQ(attempt["specialty"], "SM15");
    EXPECT_EQ(attempt["territory"], "85");
    EXPECT_EQ(attempt.size(), 7u) << attempt;  // And hour and status, nothing else.
  }
}

TEST_F(Platform, WhatItAnswersIsUnderstood) {
  HttpExpertiseClient client(Options());
  for (const auto& [status, kind] : std::vector<std::pair<int, Kind>>{{201, Kind::kAccepted},
                                                                      {400, Kind::kRefused},
                                                                      {422, Kind::kRefused},
                                                                      {401, Kind::kNotTaken},
                                                                      {409, Kind::kNotTaken},
                                                                      {429, Kind::kNotTaken},
                                                                      {302, Kind::kNotTaken},
                                                                      {500, Kind::kNotTaken},
                                                                      {503, Kind::kNotTaken}}) {
    GoOn(status);
    EXPECT_EQ(client.Announce(notice_).kind, kind) << status;
  }
  HttpExpertiseClient::Options wrong = Options();
  wrong.token = "other";
  EXPECT_EQ(HttpExpertiseClient(wrong).Announce(notice_).reason, "HTTP_401");
}

TEST_F(Platform, NobodyThereIsNotTaken) {
  HttpExpertiseClient::Options nowhere = Options();
  nowhere.url = "http://127.0.0.1:1/expertises";
  const ExpertiseOutcome outcome = HttpExpertiseClient(nowhere).Announce(notice_);
  EXPECT_EQ(outcome.kind, Kind::kNotTaken);
  EXPECT_EQ(outcome.reason, "HTTP_NOT_SENT");
}

}  // namespace
}  // namespace sas::regulation
