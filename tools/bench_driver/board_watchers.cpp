#include "tools/bench_driver/board_watchers.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "sas/regulation/v1/board_service.grpc.pb.h"
#include "tools/bench_driver/load.h"

namespace sas::bench {
namespace {

namespace v1 = sas::regulation::v1;

constexpr std::size_t kWatchersOfChannel = 125;  // A console has its own; the kernel has 2 cores.
constexpr std::size_t kKeepers = 4;              // Boards that are kept whole, also in a surge.

}  // namespace

/// Reads one stream on gRPC's threads; its own memory is written by one of them at a time.
class BoardWatchers::Reader final : public grpc::ClientReadReactor<v1::WatchBoardResponse> {
 public:
  Reader(std::shared_ptr<grpc::Channel> channel, const std::string& region,
         const std::string& token, const std::atomic<bool>& noting, bool keeps)
      : stub_(v1::BoardWatchService::NewStub(std::move(channel))), noting_(noting), keeps_(keeps) {
    context_.AddMetadata("authorization", token);
    request_.set_parent("regions/" + region);
    request_.set_territory("85");
    stub_->async()->WatchBoard(&context_, &request_, this);
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const std::uint64_t now = NowNs();
    {
      const std::lock_guard lock(mutex_);
      if (message_.sequence() != ++messages_) gap_ = true;
      if (noting_) Note(now);
      if (keeps_) Keep();
      heard_.notify_all();
    }
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    failed_ = status.error_code() != grpc::StatusCode::CANCELLED;
    heard_.notify_all();
  }

  bool AwaitFirst(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return heard_.wait_until(lock, until, [this] { return messages_ > 0 || done_; }) &&
           messages_ > 0;
  }

  void Stop() {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [this] { return done_; });
  }

  /// When it was shown; 0 for never.
  std::uint64_t ShownAt(const BoardAct& act) const {
    const auto found = shown_.find(act.name);
    if (found == shown_.end()) return 0;
    for (const auto& [version, at] : found->second) {
      if (version >= act.version) return at;
    }
    return 0;
  }

  std::uint64_t messages() const { return static_cast<std::uint64_t>(messages_); }

  bool broken() const { return gap_ || failed_; }

  bool disagrees() const { return disagrees_; }

 private:
  void Note(std::uint64_t now) {
    for (const v1::BoardCard& card : message_.snapshot().cards()) Note(card, now);
    for (const v1::BoardCard& card : message_.changes().cards()) Note(card, now);
    for (const std::string& name : message_.changes().removed()) {
      shown_[name].push_back({INT64_MAX, now});
    }
  }

  void Note(const v1::BoardCard& card, std::uint64_t now) {
    auto& seen = shown_[card.name()];
    if (seen.empty() || seen.back().first < card.version()) seen.push_back({card.version(), now});
  }

  // The lines as a console has them, held against what the service says that they are (H-42).
  void Keep() {
    if (message_.has_snapshot()) {
      lines_.clear();
      sum_ = 0;
    }
    for (const v1::BoardCard& card : message_.snapshot().cards()) Put(card);
    for (const v1::BoardCard& card : message_.changes().cards()) Put(card);
    for (const std::string& name : message_.changes().removed()) {
      const auto found = lines_.find(name);
      if (found == lines_.end()) continue;
      sum_ -= found->second;
      lines_.erase(found);
    }
    const v1::BoardSum& told = message_.counts().sum();
    if (!message_.counts().has_sum()) return;
    disagrees_ = disagrees_ || told.card_count() != static_cast<int>(lines_.size()) ||
                 told.version_sum() != sum_;
  }

  void Put(const v1::BoardCard& card) {
    std::int64_t& version = lines_[card.name()];
    sum_ += card.version() - version;
    version = card.version();
  }

  std::unique_ptr<v1::BoardWatchService::Stub> stub_;
  const std::atomic<bool>& noting_;
  const bool keeps_;
  grpc::ClientContext context_;
  v1::WatchBoardRequest request_;
  v1::WatchBoardResponse message_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::unordered_map<std::string, std::vector<std::pair<std::int64_t, std::uint64_t>>> shown_;
  std::unordered_map<std::string, std::int64_t> lines_;  ///< Versions by name.
  std::int64_t sum_ = 0;
  std::int64_t messages_ = 0;
  bool gap_ = false;
  bool disagrees_ = false;
  bool done_ = false;
  bool failed_ = false;
};

BoardWatchers::BoardWatchers(const std::string& address, const std::string& region,
                             const std::vector<std::string>& tokens) {
  std::shared_ptr<grpc::Channel> channel;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i % kWatchersOfChannel == 0) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    }
    readers_.push_back(std::make_unique<Reader>(channel, region, tokens[i], noting_, i < kKeepers));
  }
}

BoardWatchers::~BoardWatchers() {
  Stop();
}

bool BoardWatchers::AwaitFirst(int seconds) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  return std::all_of(readers_.begin(), readers_.end(),
                     [&](const auto& reader) { return reader->AwaitFirst(until); });
}

void BoardWatchers::Stop() {
  for (const auto& reader : readers_) reader->Stop();
}

Histogram BoardWatchers::Delays(const std::vector<BoardAct>& acts, std::uint64_t& missing) const {
  Histogram delays;
  missing = 0;
  for (const BoardAct& act : acts) {
    for (const auto& reader : readers_) {
      const std::uint64_t at = reader->ShownAt(act);
      if (at == 0) {
        ++missing;
      } else {
        delays.Add(at > act.sent_ns ? at - act.sent_ns : 0);
      }
    }
  }
  return delays;
}

std::uint64_t BoardWatchers::messages() const {
  std::uint64_t sum = 0;
  for (const auto& reader : readers_) sum += reader->messages();
  return sum;
}

std::uint64_t BoardWatchers::broken() const {
  return static_cast<std::uint64_t>(std::count_if(
      readers_.begin(), readers_.end(), [](const auto& reader) { return reader->broken(); }));
}

std::uint64_t BoardWatchers::disagreeing() const {
  return static_cast<std::uint64_t>(std::count_if(
      readers_.begin(), readers_.end(), [](const auto& reader) { return reader->disagrees(); }));
}

}  // namespace sas::bench
