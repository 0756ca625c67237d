#include "common/rpc/status_map.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sas::rpc {
namespace {

// Everything travels in the trailers, of which gRPC 1.51 takes 8 KB; the message travels twice.
constexpr std::size_t kDetailBytesMax = 6000;
constexpr std::size_t kMessageBytesMax = 500;
constexpr std::size_t kKeyBytesMax = 64;
constexpr std::size_t kValueBytesMax = 400;

// Length of the UTF-8 sequence at the head of `text`; 0 when it is malformed. Overlong forms pass:
// the caller needs well-formed framing, protobuf checks the rest.
std::size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

// At most `bytes_max` bytes of `text`, cut between characters, malformed bytes replaced by '?'.
std::string Clip(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (out.size() + std::max<std::size_t>(length, 1) > bytes_max) break;
    if (length == 0) {
      out += '?';
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

void AddRetry(google::rpc::Status& out, std::chrono::milliseconds delay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(delay.count() % 1000) * 1'000'000);
  out.add_details()->PackFrom(retry);
}

// The wire form with the first `metadata_max` values and `violations_max` violations.
std::string Serialize(const absl::Status& status, const std::string& message,
                      const base::ErrorDetail& detail, std::size_t metadata_max,
                      std::size_t violations_max) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(
      Clip(detail.reason.empty() ? base::CodeName(status.code()) : std::string_view(detail.reason),
           kKeyBytesMax));
  info.set_domain(std::string(kErrorDomain));
  for (std::size_t i = 0; i < metadata_max; ++i) {
    const auto& [key, value] = detail.metadata[i];
    (*info.mutable_metadata())[Clip(key, kKeyBytesMax)] = Clip(value, kValueBytesMax);
  }
  out.add_details()->PackFrom(info);
  if (violations_max > 0) {
    google::rpc::BadRequest bad;
    for (std::size_t i = 0; i < violations_max; ++i) {
      auto* violation = bad.add_field_violations();
      violation->set_field(Clip(detail.violations[i].field, kValueBytesMax));
      violation->set_description(Clip(detail.violations[i].description, kValueBytesMax));
    }
    out.add_details()->PackFrom(bad);
  }
  if (detail.retry_after) AddRetry(out, *detail.retry_after);
  return out.SerializeAsString();
}

// A status that no service of the suite made: the peer could not be asked, or is none of ours.
absl::Status FromTransport(absl::Status status) {
  base::ErrorDetail detail;
  detail.reason = "PEER_" + std::string(base::CodeName(status.code()));
  return base::WithDetail(std::move(status), detail);
}

base::ErrorDetail ReadDetail(const google::rpc::Status& wire) {
  base::ErrorDetail detail;
  for (const auto& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      detail.reason = info.reason();
      detail.metadata.assign(info.metadata().begin(), info.metadata().end());
      std::sort(detail.metadata.begin(), detail.metadata.end());  // A proto map has no order.
    } else if (any.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        detail.violations.push_back({violation.field(), violation.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      detail.retry_after = std::chrono::milliseconds(retry.retry_delay().seconds() * 1000 +
                                                     retry.retry_delay().nanos() / 1'000'000);
    }
  }
  return detail;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const base::ErrorDetail detail = base::DetailOf(status);
  const std::string message = Clip(base::FromAbsl(status.message()), kMessageBytesMax);
  std::size_t metadata = detail.metadata.size();
  std::size_t violations = detail.violations.size();
  std::string wire = Serialize(status, message, detail, metadata, violations);
  // Reason and retry delay always stay; violations go first, from the end.
  while (wire.size() > kDetailBytesMax && metadata + violations > 0) {
    (violations > 0 ? violations : metadata) /= 2;
    wire = Serialize(status, message, detail, metadata, violations);
  }
  return {static_cast<grpc::StatusCode>(status.code()), message, wire};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status out(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) {
    if (const base::ErrorDetail detail = ReadDetail(wire); !detail.reason.empty()) {
      return base::WithDetail(std::move(out), detail);
    }
  }
  return FromTransport(std::move(out));
}

absl::Status FromDetails(const std::string& details) {
  google::rpc::Status wire;
  if (!wire.ParseFromString(details) || wire.code() == 0) {
    return FromTransport(absl::InternalError("the outcome cannot be read"));
  }
  return FromGrpc({static_cast<grpc::StatusCode>(wire.code()), wire.message(), details});
}

}  // namespace sas::rpc
