#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/care/identifiers.h"
#include "common/config/json_lines.h"
#include "sas/regulation/v1/protocol.pb.h"
#include "sas/regulation/v1/protocol_service.pb.h"
#include "services/regulation/domain/protocol_check.h"

namespace sas::regulation {

inline constexpr std::size_t kProtocolFileMax = 256 * 1024;  ///< Bytes.

/// A file of a protocol as it was read: proto3 JSON of v1::Protocol. Sound when it has no faults.
class ProtocolFile {
 public:
  /// Reads and checks `text`; every fault has the line of what it is about.
  static ProtocolFile Read(std::string file, std::string_view text, care::TestIdentities test);

  const std::vector<v1::ProtocolFault>& faults() const { return faults_; }

  bool sound() const { return faults_.empty(); }

  const v1::Protocol& protocol() const { return protocol_; }

  const std::string& file() const { return file_; }

  /// A fault that only the ledger shows.
  void Add(const ProtocolFault& fault);

 private:
  explicit ProtocolFile(std::string file) : file_(std::move(file)) {}

  void AddAt(int line, const std::string& field, const std::string& reason,
             const std::string& message);
  bool Parse(std::string_view text);
  void CheckNameAndOutput();

  std::string file_;
  config::JsonLines lines_;
  v1::Protocol protocol_;
  std::vector<v1::ProtocolFault> faults_;
};

}  // namespace sas::regulation
