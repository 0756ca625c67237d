// redis::Client and Script against a real server.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/redis/client.h"
#include "common/redis/script.h"
#include "common/testing/temp_redis.h"

namespace sas::redis {
namespace {

using std::chrono::milliseconds;
using Command = std::vector<std::string>;

class Redis : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
    server_ = std::make_unique<testing::TempRedis>();
    client_ = Connect();
  }

  std::unique_ptr<Client> Connect(std::size_t connections = 4) const {
    Client::Options options;
    options.address = server_->address();
    options.connections = connections;
    return std::make_unique<Client>(options, clock_);
  }

  base::Call Call(milliseconds budget = milliseconds(10000)) const {
    return base::InternalCall("test", clock_, budget);
  }

  absl::StatusOr<Reply> Do(const Command& command) { return client_->Command(Call(), command); }

  /// Number of connections that the server has, the one that asks included.
  int Connections() {
    const auto reply = Do({"CLIENT", "LIST"});
    EXPECT_TRUE(reply.ok()) << reply.status();
    int lines = 0;
    for (const char c : reply->text) lines += c == '\n' ? 1 : 0;
    return lines;
  }

  /// True when this many clients wait in blocking commands.
  bool Blocked(int clients) {
    const auto info = Do({"INFO", "clients"});
    return info.ok() && info->text.find("blocked_clients:" + std::to_string(clients) + "\r") !=
                            std::string::npos;
  }

  base::SystemClock clock_;
  std::unique_ptr<testing::TempRedis> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(Redis, KeysAndValuesAreBinarySafe) {
  const std::string key("k\0 %s\r\n", 8);
  const std::string value("\0\xff v\r\n%b", 9);
  const auto set = Do({"SET", key, value});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->type, Reply::Type::kStatus);
  EXPECT_EQ(Do({"GET", key})->text, value);
  EXPECT_EQ(Do({"SET", "empty", ""})->text, "OK");
  EXPECT_EQ(Do({"STRLEN", "empty"})->integer, 0);
}

TEST_F(Redis, RepliesOfEveryType) {
  EXPECT_TRUE(Do({"GET", "absent"})->nil());
  EXPECT_EQ(Do({"INCRBY", "n", "5000000000"})->integer, 5'000'000'000);
  ASSERT_TRUE(Do({"EVAL", "return {1, {'a', false}, 'b'}", "0"}).ok());
  const Reply nested = *Do({"EVAL", "return {1, {'a', false}, 'b'}", "0"});
  ASSERT_EQ(nested.items.size(), 3U);
  EXPECT_EQ(nested.items[0].integer, 1);
  ASSERT_EQ(nested.items[1].items.size(), 2U);
  EXPECT_EQ(nested.items[1].items[0].text, "a");
  EXPECT_TRUE(nested.items[1].items[1].nil());
}

TEST_F(Redis, ErrorReplyIsInternalAndQuotesNoArgument) {
  ASSERT_TRUE(Do({"SET", "k", "v"}).ok());
  const absl::Status wrong = Do({"LPUSH", "k", "x"}).status();
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::ReasonOf(wrong), "REDIS_ERROR");
  const absl::Status unknown = Do({"NOSUCH", "Zorglub"}).status();
  EXPECT_EQ(base::ReasonOf(unknown), "REDIS_ERROR");
  std::string seen = unknown.ToString();
  for (const auto& [key, value] : base::DetailOf(unknown).metadata) seen += key + value;
  EXPECT_EQ(seen.find("Zorglub"), std::string::npos) << seen;
  EXPECT_TRUE(Do({"GET", "k"}).ok());  // The connection is as good as before.
}

TEST_F(Redis, PipelineKeepsTheOrderAndItsErrors) {
  const std::vector<Command> commands = {{"SET", "a", "1"}, {"LPUSH", "a", "x"}, {"GET", "a"}};
  const auto replies = client_->Pipeline(Call(), commands);
  ASSERT_TRUE(replies.ok()) << replies.status();
  ASSERT_EQ(replies->size(), 3U);
  EXPECT_EQ((*replies)[0].text, "OK");
  EXPECT_EQ((*replies)[1].type, Reply::Type::kError);
  EXPECT_EQ((*replies)[2].text, "1");
}

TEST_F(Redis, ServerThatRestartsIsFoundAgain) {
  ASSERT_TRUE(Do({"SET", "k", "v"}).ok());
  server_->Restart();
  const auto reply = Do({"GET", "k"});  // The dead connection is noticed before it is used.
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_TRUE(reply->nil());
}

TEST_F(Redis, ServerThatIsAwayIsUnavailableAtOnce) {
  ASSERT_TRUE(client_->Ping(Call()).ok());
  server_->Kill();
  const auto start = clock_.Steady();
  for (int i = 0; i < 100; ++i) {
    const absl::Status status = Do({"GET", "k"}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(base::ReasonOf(status), "REDIS_UNAVAILABLE");
    EXPECT_TRUE(base::DetailOf(status).retry_after.has_value());
  }
  EXPECT_LT(clock_.Steady() - start, milliseconds(2000));  // A hundred time-outs would be 25 s.
  server_->Start();
  EXPECT_TRUE(Do({"GET", "k"}).ok());
}

TEST_F(Redis, TimeOutDropsTheConnectionWithItsLateReply) {
  ASSERT_TRUE(Do({"SET", "k", "late"}).ok());
  server_->Freeze();
  const auto start = clock_.Steady();
  const absl::Status status =
      client_->Command(Call(milliseconds(60)), Command{"GET", "k"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(clock_.Steady() - start, milliseconds(250));  // Cut to the call, not the setting.
  server_->Thaw();
  ASSERT_TRUE(Do({"SET", "other", "fresh"}).ok());
  EXPECT_EQ(Do({"GET", "other"})->text, "fresh");
  EXPECT_EQ(Connections(), 1);
}

TEST_F(Redis, CallWithoutTimeIsNotSent) {
  const absl::Status status =
      client_->Command(Call(milliseconds(0)), Command{"SET", "k", "v"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Do({"GET", "k"})->nil());
}

TEST_F(Redis, ManyThreadsShareFewConnections) {
  client_ = Connect(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 50; ++j) {
        const auto reply = Do({"INCR", "n"});
        EXPECT_TRUE(reply.ok()) << reply.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Do({"GET", "n"})->text, "600");
  EXPECT_LE(Connections(), 3);
}

TEST_F(Redis, PoolThatStaysBusyRefusesWithinTheDeadline) {
  Client::Options options;
  options.address = server_->address();
  options.connections = 1;
  options.command_timeout = milliseconds(10000);
  Client narrow(options, clock_);
  std::thread holder([&] {
    const auto popped = narrow.Command(Call(), Command{"BLPOP", "q", "10"});
    EXPECT_TRUE(popped.ok()) << popped.status();
  });
  EXPECT_TRUE(testing::PollUntil([this] { return Blocked(1); }));
  const absl::Status status = narrow.Command(Call(milliseconds(30)), Command{"GET", "k"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(status), "REDIS_BUSY");
  EXPECT_TRUE(Do({"LPUSH", "q", "v"}).ok());
  holder.join();
  EXPECT_TRUE(narrow.Ping(Call()).ok());
}

TEST_F(Redis, BlockingCommandWaitsOutsideThePool) {
  client_ = Connect(1);
  const Command read = {"XREAD", "COUNT", "10", "BLOCK", "5000", "STREAMS", "s", "0"};
  std::thread writer([this] {
    // The only pooled connection is free although a blocking command waits.
    EXPECT_TRUE(testing::PollUntil([this] { return Blocked(1); }));
    EXPECT_TRUE(Do({"XADD", "s", "*", "f", "v"}).ok());
  });
  const auto reply = client_->Blocking(Call(), read, milliseconds(5000));
  writer.join();
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->items.size(), 1U);
  EXPECT_EQ(reply->items[0].items[0].text, "s");
}

TEST_F(Redis, BlockingCommandThatSeesNothingIsNil) {
  for (int i = 0; i < 3; ++i) {
    const Command read = {"XREAD", "BLOCK", "20", "STREAMS", "s", "$"};
    const auto reply = client_->Blocking(Call(), read, milliseconds(20));
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_TRUE(reply->nil());
  }
  EXPECT_EQ(Connections(), 2);  // One for the three, one that counts.
}

TEST_F(Redis, BlockingCommandOnADeadServerIsUnavailable) {
  server_->Freeze();
  const Command read = {"XREAD", "BLOCK", "20", "STREAMS", "s", "$"};
  const auto reply = client_->Blocking(Call(), read, milliseconds(20));
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kUnavailable);
  server_->Thaw();
}

TEST_F(Redis, PasswordIsSentAndAWrongOneIsTold) {
  testing::TempRedis guarded({"--requirepass", "s3cret"});
  Client::Options options;
  options.address = guarded.address();
  options.password = "s3cret";
  EXPECT_TRUE(Client(options, clock_).Ping(Call()).ok());
  options.password = "wrong-one";
  const absl::Status status = Client(options, clock_).Ping(Call());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.ToString().find("wrong-one"), std::string::npos);
}

TEST_F(Redis, UserOfAnAclIsSent) {
  ASSERT_TRUE(Do({"ACL", "SETUSER", "slots", "on", ">pw", "~*", "+@all"}).ok());
  Client::Options options;
  options.address = server_->address();
  options.user = "slots";
  options.password = "pw";
  Client client(options, clock_);
  EXPECT_EQ(client.Command(Call(), Command{"ACL", "WHOAMI"})->text, "slots");
}

TEST_F(Redis, ScriptRunsWithKeysAndArguments) {
  const Script script("join", "return KEYS[1] .. ARGV[1] .. ARGV[2]");
  const auto reply = script.Run(*client_, Call(), Command{"k"}, Command{"a", "b"});
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->text, "kab");
}

TEST_F(Redis, ScriptThatTheServerForgotIsSentAgain) {
  const Script script("count", "return redis.call('INCR', KEYS[1])");
  EXPECT_EQ(script.Run(*client_, Call(), Command{"n"}, Command{})->integer, 1);
  EXPECT_EQ(script.Run(*client_, Call(), Command{"n"}, Command{})->integer, 2);
  ASSERT_TRUE(Do({"SCRIPT", "FLUSH"}).ok());
  EXPECT_EQ(script.Run(*client_, Call(), Command{"n"}, Command{})->integer, 3);
  const auto cached = Do({"SCRIPT", "EXISTS", script.sha1()});
  EXPECT_EQ(cached->items[0].integer, 1);  // EVAL keeps it: the next run is EVALSHA again.
}

TEST_F(Redis, RunsOfOneTripKeepTheirOrderAlsoWhenTheServerForgot) {
  const Script script("append", "return redis.call('APPEND', KEYS[1], ARGV[1])");
  const auto run = [](const std::string& text) { return Script::Arguments{{"n"}, {text}}; };
  const std::vector<Script::Arguments> runs = {run("a"), run("bc"), run("d")};
  for (int round = 1; round <= 3; ++round) {
    const auto replies = script.RunAll(*client_, Call(), runs);
    ASSERT_TRUE(replies.ok()) << replies.status();
    ASSERT_EQ(replies->size(), 3u);
    EXPECT_EQ(replies->at(0).integer, 4 * round - 3);
    EXPECT_EQ(replies->at(1).integer, 4 * round - 1);
    EXPECT_EQ(replies->at(2).integer, 4 * round);
    if (round == 2) {
      ASSERT_TRUE(Do({"SCRIPT", "FLUSH"}).ok());
    }
  }
  EXPECT_EQ(Do({"GET", "n"})->text, "abcdabcdabcd");
  EXPECT_TRUE(script.RunAll(*client_, Call(), {})->empty());
  const Script broken("refuse", "return redis.error_reply('HELD by another')");
  EXPECT_FALSE(broken.RunAll(*client_, Call(), runs).ok());
}

TEST_F(Redis, FaultOfAScriptNamesItsLine) {
  const Script script("broken", "local x = nil\nreturn x.y");
  const absl::Status status = script.Run(*client_, Call(), Command{}, Command{}).status();
  EXPECT_EQ(base::ReasonOf(status), "REDIS_ERROR");
  std::string fault;
  for (const auto& [key, value] : base::DetailOf(status).metadata) {
    if (key == "script_error") fault = value;
  }
  EXPECT_NE(fault.find("user_script:2"), std::string::npos) << fault;
}

TEST_F(Redis, ErrorThatAScriptReturnsKeepsItsCode) {
  const Script script("refuse", "return redis.error_reply('HELD by another')");
  const absl::Status status = script.Run(*client_, Call(), Command{}, Command{}).status();
  EXPECT_EQ(base::ReasonOf(status), "REDIS_ERROR");
  ASSERT_FALSE(base::DetailOf(status).metadata.empty());
  EXPECT_EQ(base::DetailOf(status).metadata[0].second, "HELD");
}

TEST_F(Redis, ServerThatIsStuckInAScriptIsUnavailable) {
  ASSERT_TRUE(Do({"CONFIG", "SET", "busy-reply-threshold", "1"}).ok());
  std::thread stuck([this] {
    const Command endless = {"EVAL", "while true do end", "0"};
    EXPECT_FALSE(client_->Command(Call(milliseconds(5000)), endless).ok());
  });
  EXPECT_TRUE(testing::PollUntil([this] {
    const absl::Status status = Do({"GET", "k"}).status();
    return status.code() == absl::StatusCode::kUnavailable &&
           status.ToString().find("BUSY") != std::string::npos;
  }));
  EXPECT_TRUE(testing::PollUntil([this] { return Do({"SCRIPT", "KILL"}).ok(); }));
  stuck.join();
}

}  // namespace
}  // namespace sas::redis
