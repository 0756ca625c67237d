#include "services/regulation/protocol_loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/regulation/protocol_file.h"
#include "services/regulation/protocol_library.h"

namespace sas::regulation {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<fs::path>> FilesOf(const std::string& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator each(directory, error), end; !error && each != end;
       each.increment(error)) {
    if (each->path().extension() == ".json") files.push_back(each->path());
  }
  if (error) {
    return base::Fail(absl::StatusCode::kUnavailable, "PROTOCOLS_UNREADABLE",
                      "the directory of protocols cannot be read; what is in force stays",
                      {{"directory", directory}});
  }
  std::sort(files.begin(), files.end());
  if (files.size() > kProtocolFilesMax) files.resize(kProtocolFilesMax);
  return files;
}

std::string TextOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void LogRefused(const v1::ProtocolFault& fault) {
  observe::Log(observe::Level::kError, "protocol_file_refused",
               {{"file", std::string_view(fault.file())},
                {"line", static_cast<std::int64_t>(fault.line())},
                {"field", std::string_view(fault.field())},
                {"reason", std::string_view(fault.reason())},
                {"what", std::string_view(fault.message())}});
}

}  // namespace

ProtocolLoader::ProtocolLoader(std::string directory, Desk& desk, ProtocolMetrics& metrics)
    : directory_(std::move(directory)), desk_(desk), metrics_(metrics) {}

absl::Status ProtocolLoader::Look(const base::Call& call) {
  if (directory_.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const auto files, FilesOf(directory_));
  std::map<std::string, std::string> texts;
  for (const fs::path& path : files) texts.emplace(path.filename().string(), TextOf(path));
  std::erase_if(pending_, [&](const auto& each) { return texts.count(each.first) == 0; });
  std::erase_if(seen_, [&](const auto& each) { return texts.count(each.first) == 0; });
  absl::Status status;
  for (const auto& [file, text] : texts) {
    const auto seen = seen_.find(file);
    if (seen != seen_.end() && seen->second == text) continue;
    if (status = Take(call, file, text); !status.ok()) break;
    seen_[file] = text;
  }
  Keep(pending_);
  return status;
}

absl::Status ProtocolLoader::Take(const base::Call& call, const std::string& file,
                                  const std::string& text) {
  ProtocolFile read = ProtocolFile::Read(file, text, desk_.test_identities);
  if (read.sound()) SAS_RETURN_IF_ERROR(ShelveProtocol(desk_, call, read));
  pending_.erase(file);
  if (read.sound()) {
    observe::Log(
        observe::Level::kInfo, "protocol_file_read",
        {{"file", std::string_view(file)}, {"protocol", std::string_view(read.protocol().name())}});
    return absl::OkStatus();
  }
  for (const v1::ProtocolFault& fault : read.faults()) LogRefused(fault);
  pending_.emplace(file, read.faults().front());
  return absl::OkStatus();
}

void ProtocolLoader::Keep(std::map<std::string, v1::ProtocolFault> refused) {
  metrics_.Refused(static_cast<int>(refused.size()));
  const std::lock_guard lock(mutex_);
  refused_ = std::move(refused);
}

std::vector<v1::ProtocolFault> ProtocolLoader::Refused() const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::ProtocolFault> faults;
  for (const auto& [file, fault] : refused_) faults.push_back(fault);
  return faults;
}

absl::Status ProtocolLoader::Health() const {
  const std::vector<v1::ProtocolFault> refused = Refused();
  if (refused.empty()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PROTOCOL_FILES_REFUSED",
                    "files of protocols are refused; what was in force stays",
                    {{"file", refused.front().file()},
                     {"line", std::to_string(refused.front().line())},
                     {"reason", refused.front().reason()}});
}

}  // namespace sas::regulation
