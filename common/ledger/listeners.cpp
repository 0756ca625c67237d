#include "common/ledger/listeners.h"

#include <utility>

namespace sas::ledger {

std::uint64_t Listeners::Add(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wakes_[++last_id_] = std::move(wake);
  return last_id_;
}

void Listeners::Remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  wakes_.erase(id);
}

void Listeners::Notify() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, wake] : wakes_) wake();
}

}  // namespace sas::ledger
