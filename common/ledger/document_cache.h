#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/ledger/document.h"

namespace sas::ledger {

/// Messages of documents that are read again and again: to read the JSON of one costs twenty times
/// what it costs to copy its message. Known by the text itself, so that there is nothing to
/// invalidate. Thread-safe; bounded: what was not asked for while `most` others came is forgotten.
template <typename Message>
class DocumentCache {
 public:
  explicit DocumentCache(std::size_t most) : most_(most) {}

  /// As FromDocument.
  absl::StatusOr<Message> Read(const std::string& document, std::string_view subject) {
    if (const auto known = Find(document)) return *known;
    Message message;
    SAS_RETURN_IF_ERROR(FromDocument(document, subject, &message));
    Keep(document, message);
    return message;
  }

  /// `document` says `message`: it was just made of it.
  void Keep(const std::string& document, const Message& message) {
    auto kept = std::make_shared<const Message>(message);
    const std::lock_guard lock(mutex_);
    KeepLocked(document, std::move(kept));
  }

  /// At most twice `most`.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return fresh_.size() + old_.size();
  }

 private:
  using Shared = std::shared_ptr<const Message>;

  Shared Find(const std::string& document) {
    const std::lock_guard lock(mutex_);
    if (const auto found = fresh_.find(document); found != fresh_.end()) return found->second;
    auto node = old_.extract(document);
    if (node.empty()) return nullptr;
    Shared message = node.mapped();
    KeepLocked(document, message);
    return message;
  }

  void KeepLocked(const std::string& document, Shared message) {
    if (fresh_.size() >= most_) {
      old_ = std::move(fresh_);
      fresh_.clear();
    }
    fresh_[document] = std::move(message);
  }

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Shared> fresh_;
  std::unordered_map<std::string, Shared> old_;
};

}  // namespace sas::ledger
