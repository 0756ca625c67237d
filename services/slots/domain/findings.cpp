#include "services/slots/domain/findings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace sas::slots {
namespace {

constexpr std::string_view kCountKey = "finding_count";

/// A status that Result made from several: its violations carry their reasons already.
bool IsComposed(const base::ErrorDetail& detail) {
  return std::any_of(detail.metadata.begin(), detail.metadata.end(),
                     [](const auto& entry) { return entry.first == kCountKey; });
}

}  // namespace

void Findings::Add(const absl::Status& status) {
  if (status.ok()) return;
  base::ErrorDetail detail = base::DetailOf(status);
  if (count_ == 0) first_ = status;
  if (detail.violations.empty()) detail.violations.push_back({"", std::string(status.message())});
  const bool composed = IsComposed(detail);
  for (base::FieldViolation& violation : detail.violations) {
    ++count_;
    if (violations_.size() == kMax) continue;
    if (!composed) violation.description = detail.reason + ": " + violation.description;
    violations_.push_back(std::move(violation));
  }
}

absl::Status Findings::Result() const {
  if (count_ <= 1) return first_;
  base::ErrorDetail detail = base::DetailOf(first_);
  detail.violations = violations_;
  const auto count = std::pair(std::string(kCountKey), std::to_string(count_));
  if (IsComposed(detail)) {
    for (auto& entry : detail.metadata) {
      if (entry.first == kCountKey) entry = count;
    }
  } else {
    detail.metadata.push_back(count);
  }
  return base::WithDetail(first_, detail);
}

}  // namespace sas::slots
