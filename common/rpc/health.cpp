#include <grpcpp/health_check_service_interface.h>

#include <algorithm>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/server.h"

namespace sas::rpc {

void Health::Declare(const std::string& part, bool required) {
  const std::lock_guard lock(mutex_);
  parts_[part].required = required;
  PublishLocked();
}

void Health::Set(const std::string& part, bool up, const std::string& why) {
  const std::lock_guard lock(mutex_);
  const auto found = parts_.find(part);
  SAS_CHECK(found != parts_.end(), "a part of the health must be declared before it is set");
  const bool changed = found->second.up->exchange(up) != up;
  if (!changed) return;
  observe::Log(up ? observe::Level::kInfo : observe::Level::kWarn, "health",
               {{"part", part}, {"up", up}, {"why", why}});
  PublishLocked();
}

void Health::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  PublishLocked();
}

bool Health::Ready() const {
  const std::lock_guard lock(mutex_);
  return ReadyLocked();
}

void Health::Attach(grpc::HealthCheckServiceInterface* service, observe::Metrics* metrics,
                    std::string_view service_name) {
  const std::lock_guard lock(mutex_);
  service_ = service;
  metrics_ = metrics;
  service_name_ = std::string(service_name);
  PublishLocked();
}

bool Health::ReadyLocked() const {
  if (draining_ || parts_.empty()) return false;
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const auto& entry) { return *entry.second.up || !entry.second.required; });
}

void Health::PublishLocked() {
  if (metrics_ != nullptr) {
    for (const auto& [name, part] : parts_) {
      // The reader holds the flag itself: the metrics page may outlive this object.
      metrics_->OnScrape("sas_" + service_name_ + "_up", "1 when the part is up.", {{"part", name}},
                         [up = part.up] { return *up ? 1.0 : 0.0; });
    }
  }
  if (service_ == nullptr) return;
  // By name: the nameless setter flips every name, `live` included, and a draining pod would be
  // restarted.
  for (const auto& [name, part] : parts_) service_->SetServingStatus(name, *part.up);
  service_->SetServingStatus("live", true);
  service_->SetServingStatus("ready", ReadyLocked());
  service_->SetServingStatus("", ReadyLocked());
}

}  // namespace sas::rpc
