#include "tools/bench_driver/load.h"

#include <algorithm>
#include <random>

namespace sas::bench {

std::uint64_t NowNs() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

bool FromBuffer(const grpc::ByteBuffer& buffer, google::protobuf::Message* message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return message->ParseFromString(bytes);
}

struct Load::Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
  std::size_t caller = 0;
  std::uint64_t scheduled_ns = 0;
  bool counted = true;
};

Load::Load(const std::vector<std::string>& addresses, int connections,
           std::chrono::milliseconds patience)
    : patience_(patience), connections_(static_cast<std::size_t>(connections)) {
  for (const std::string& address : addresses) {
    for (int i = 0; i < connections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection each, truly.
      stubs_.push_back(std::make_unique<grpc::GenericStub>(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }
}

void Load::Start(Step step, std::size_t caller, std::uint64_t scheduled_ns) {
  auto* flight = new Flight;
  flight->caller = caller;
  flight->scheduled_ns = scheduled_ns;
  flight->counted = step.counted;
  flight->context.set_deadline(std::chrono::system_clock::now() + patience_);
  if (!step.authorization.empty()) {
    flight->context.AddMetadata("authorization", step.authorization);
  }
  grpc::GenericStub& stub = *stubs_[step.target * connections_ + next_stub_++ % connections_];
  flight->reader = stub.PrepareUnaryCall(&flight->context, step.method, step.request, &queue_);
  flight->reader->StartCall();
  flight->reader->Finish(&flight->response, &flight->status, flight);
}

Result Load::Closed(std::vector<std::unique_ptr<Caller>>& callers,
                    std::chrono::milliseconds duration) {
  Result result;
  const std::uint64_t start = NowNs();
  const std::uint64_t end = start + static_cast<std::uint64_t>(duration.count()) * 1'000'000;
  std::uint64_t last = start;
  std::size_t out = 0;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    if (!callers[i]->More()) continue;
    Start(callers[i]->Next(), i, NowNs());
    ++out;
  }
  void* tag = nullptr;
  bool ok = false;
  while (out > 0 && queue_.Next(&tag, &ok)) {
    const std::unique_ptr<Flight> flight(static_cast<Flight*>(tag));
    const std::uint64_t now = NowNs();
    const bool good = callers[flight->caller]->Answered(flight->status, flight->response);
    if (!good) {
      ++result.faults;
    } else if (flight->counted && now <= end) {
      ++result.counted;
      result.latency.Add(now - flight->scheduled_ns);
      last = now;
    }
    if (now < end && callers[flight->caller]->More()) {
      Start(callers[flight->caller]->Next(), flight->caller, NowNs());
    } else {
      --out;
    }
  }
  result.seconds = static_cast<double>(std::max<std::uint64_t>(1, last - start)) / 1e9;
  return result;
}

Result Load::Open(const std::function<Step()>& next, double rate,
                  std::chrono::milliseconds duration, int in_flight_max) {
  Result result;
  std::mt19937_64 random(20261124);
  std::exponential_distribution<double> gap(rate / 1e9);
  const std::uint64_t start = NowNs();
  const std::uint64_t end = start + static_cast<std::uint64_t>(duration.count()) * 1'000'000;
  double due = static_cast<double>(start);
  int out = 0;
  while (true) {
    const std::uint64_t now = NowNs();
    while (due <= static_cast<double>(now) && due < static_cast<double>(end)) {
      if (out < in_flight_max) {
        Start(next(), 0, static_cast<std::uint64_t>(due));
        ++result.started;
        ++out;
      } else {
        ++result.faults;
      }
      due += gap(random);
    }
    if (now >= end && out == 0) break;
    const auto wait =
        std::chrono::nanoseconds(due > static_cast<double>(now) ? static_cast<std::int64_t>(due) -
                                                                      static_cast<std::int64_t>(now)
                                                                : 0);
    void* tag = nullptr;
    bool ok = false;
    const auto deadline = std::chrono::system_clock::now() +
                          std::chrono::duration_cast<std::chrono::system_clock::duration>(wait);
    if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) continue;
    const std::unique_ptr<Flight> flight(static_cast<Flight*>(tag));
    --out;
    if (!flight->status.ok()) {
      ++result.faults;
      continue;
    }
    ++result.counted;
    result.latency.Add(NowNs() - flight->scheduled_ns);
  }
  result.seconds = static_cast<double>(end - start) / 1e9;
  return result;
}

grpc::Status Load::One(const Step& step, grpc::ByteBuffer* response) {
  Start(step, 0, NowNs());
  void* tag = nullptr;
  bool ok = false;
  queue_.Next(&tag, &ok);
  const std::unique_ptr<Flight> flight(static_cast<Flight*>(tag));
  *response = flight->response;
  return flight->status;
}

}  // namespace sas::bench
