#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "sas/slots/v1/slot_service.grpc.pb.h"
#include "tools/bench_driver/bench.h"
#include "tools/bench_driver/echo_queue.h"

namespace sas::bench {
namespace {

namespace v1 = sas::slots::v1;

// Parses the request, as a real server must, and answers a copy of one message.
class Typed final : public v1::SlotService::CallbackService {
 public:
  explicit Typed(const std::vector<std::string>& answers) : answers_(answers.size()) {
    for (std::size_t i = 0; i < answers.size(); ++i) answers_[i].ParseFromString(answers[i]);
  }

  grpc::ServerUnaryReactor* SearchSlots(grpc::CallbackServerContext* context,
                                        const v1::SearchSlotsRequest*,
                                        v1::SearchSlotsResponse* response) override {
    *response = answers_[next_.fetch_add(1, std::memory_order_relaxed) % answers_.size()];
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  std::vector<v1::SearchSlotsResponse> answers_;
  std::atomic<std::size_t> next_ = 0;
};

// Answers prepared bytes.
class Raw final
    : public v1::SlotService::WithRawCallbackMethod_SearchSlots<v1::SlotService::Service> {
 public:
  explicit Raw(const std::vector<std::string>& answers) {
    for (const std::string& bytes : answers) {
      const grpc::Slice slice(bytes);
      answers_.emplace_back(&slice, 1);
    }
  }

  grpc::ServerUnaryReactor* SearchSlots(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer*,
                                        grpc::ByteBuffer* response) override {
    *response = answers_[next_.fetch_add(1, std::memory_order_relaxed) % answers_.size()];
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  std::vector<grpc::ByteBuffer> answers_;
  std::atomic<std::size_t> next_ = 0;
};

/// By the values of EchoServer::Kind.
constexpr std::array kNames{"typed", "raw", "typed-queue", "raw-queue"};

// Answers in a file: each after its size in decimal and a line feed.
void WriteAnswers(const std::string& file, const std::vector<std::string>& answers) {
  std::ofstream out(file, std::ios::binary);
  for (const std::string& bytes : answers) out << bytes.size() << '\n' << bytes;
}

std::vector<std::string> ReadAnswers(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> answers;
  for (std::string size; std::getline(in, size);) {
    std::string bytes(std::stoul(size), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    answers.push_back(std::move(bytes));
  }
  return answers;
}

}  // namespace

// Runs in a process of its own, started anew: a fork of one that has used gRPC would hang.
int ServeEcho(const std::string& kind, const std::string& file, int port_pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::vector<std::string> answers = ReadAnswers(file);
  if (answers.empty()) return 1;
  Typed typed(answers);
  Raw raw(answers);
  QueueEcho queue(kind == "raw-queue", answers);
  const bool queued = kind == "typed-queue" || kind == "raw-queue";
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  if (queued) {
    queue.Register(builder);
  } else {
    builder.RegisterService(kind == "typed" ? static_cast<grpc::Service*>(&typed)
                                            : static_cast<grpc::Service*>(&raw));
  }
  const auto server = builder.BuildAndStart();
  if (!server || write(port_pipe, &port, sizeof port) != sizeof port) return 1;
  if (queued) {
    queue.Serve();
  } else {
    server->Wait();
  }
  return 0;
}

EchoServer::EchoServer(Kind kind, const std::vector<std::string>& answers) {
  char file[] = "/tmp/sas-echo-XXXXXX";
  const int out = mkstemp(file);
  if (out < 0) throw std::runtime_error("no temporary file");
  close(out);
  file_ = file;
  WriteAnswers(file_, answers);
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const std::string pipe_end = std::to_string(ends[1]);
  const char* name = kNames.at(static_cast<std::size_t>(kind));
  pid_ = fork();
  if (pid_ == 0) {
    execl("/proc/self/exe", "sas-bench", "echo-server", name, file, pipe_end.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  int port = 0;
  const bool told = read(ends[0], &port, sizeof port) == sizeof port;
  close(ends[0]);
  if (!told) throw std::runtime_error("the echo server does not start");
  address_ = "127.0.0.1:" + std::to_string(port);
}

EchoServer::~EchoServer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  unlink(file_.c_str());
}

}  // namespace sas::bench
