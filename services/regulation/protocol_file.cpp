#include "services/regulation/protocol_file.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert_protocol.h"

namespace sas::regulation {
namespace {

constexpr char kUnknownField[] = ": Cannot find field.";

// Protobuf tells a fault as `(questions[0].kind): what`, or `what` at the top, and an unknown field
// as `name: Cannot find field.`
std::pair<std::string, std::string> Located(std::string message) {
  std::string path;
  if (message.rfind('(', 0) == 0) {
    const std::size_t end = message.find("): ");
    if (end != std::string::npos) {
      path = message.substr(1, end - 1);
      message = message.substr(end + 3);
    }
  }
  const std::size_t unknown = message.rfind(kUnknownField);
  if (unknown != std::string::npos) {
    path += (path.empty() ? "" : ".") + message.substr(0, unknown);
    message = "no such field";
  }
  return {path, message};
}

}  // namespace

void ProtocolFile::AddAt(int line, const std::string& field, const std::string& reason,
                         const std::string& message) {
  if (static_cast<int>(faults_.size()) >= kProtocolFaultsMax) return;
  v1::ProtocolFault& fault = faults_.emplace_back();
  fault.set_file(file_);
  fault.set_line(line);
  fault.set_field(field);
  fault.set_reason(reason);
  fault.set_message(message);
}

void ProtocolFile::Add(const ProtocolFault& fault) {
  AddAt(lines_.LineOf(fault.field), fault.field, fault.reason, fault.message);
}

bool ProtocolFile::Parse(std::string_view text) {
  auto lines = config::JsonLines::Read(text);
  if (!lines.ok()) {
    const base::ErrorDetail detail = base::DetailOf(lines.status());
    AddAt(std::stoi(detail.metadata.front().second), "", detail.reason,
          std::string(base::FromAbsl(lines.status().message())));
    return false;
  }
  lines_ = *std::move(lines);
  const auto status = google::protobuf::util::JsonStringToMessage(
      {text.data(), text.size()}, &protocol_, google::protobuf::util::JsonParseOptions());
  if (status.ok()) return true;
  auto [path, message] = Located(std::string(status.message().data(), status.message().size()));
  Add({path, "UNREADABLE_FIELD", message});
  return false;
}

void ProtocolFile::CheckNameAndOutput() {
  if (const auto ids = base::ParseName(kVersionName, protocol_.name(), "name"); !ids.ok()) {
    Add({"name", base::ReasonOf(ids.status()),
         "regions/…/scopes/…/protocols/…/versions/…, of a-z, 0-9, '.', '_', '~' and '-'"});
  } else if (const absl::Status known =
                 care::CheckTerritory(TerritoryOfScope(ScopeOf(protocol_.name())), "name");
             !known.ok()) {
    Add({"name", base::ReasonOf(known), "the scope begins with a SAS territory: 85, 2a, 85-lvo"});
  }
  if (WrittenPart(protocol_).ByteSizeLong() != protocol_.ByteSizeLong()) {
    Add({"", "OUTPUT_ONLY_FIELD", "state, signature, simulation and etag are the server's"});
  }
  if (rpc::CountCharacters(protocol_.source()) > kExplanationMax) {
    Add({"source", "TEXT_TOO_LONG", "at most 300 characters"});
  }
  if (const absl::Status enums = rpc::CheckKnownEnums(protocol_); !enums.ok()) {
    const auto detail = base::DetailOf(enums);
    Add({detail.violations.empty() ? "" : detail.violations.front().field, detail.reason,
         "no such value"});
  }
}

ProtocolFile ProtocolFile::Read(std::string file, std::string_view text,
                                care::TestIdentities test) {
  ProtocolFile read(std::move(file));
  if (text.size() > kProtocolFileMax) {
    read.AddAt(1, "", "FILE_TOO_LARGE", "at most 256 kB");
    return read;
  }
  if (!read.Parse(text)) return read;
  read.CheckNameAndOutput();
  for (const ProtocolFault& fault : CheckProtocol(ToValue(read.protocol_), test)) read.Add(fault);
  return read;
}

}  // namespace sas::regulation
