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
/// invalidate. Thread-safe; bounded, and when full it starts anew.
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
    if (messages_.size() >= most_) messages_.clear();
    messages_[document] = std::move(kept);
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return messages_.size();
  }

 private:
  std::shared_ptr<const Message> Find(const std::string& document) const {
    const std::lock_guard lock(mutex_);
    const auto found = messages_.find(document);
    return found == messages_.end() ? nullptr : found->second;
  }

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Message>> messages_;
};

}  // namespace sas::ledger
