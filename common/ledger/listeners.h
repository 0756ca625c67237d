#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace sas::ledger {

/// Who wants to be woken after commits. A removed listener is not called any more once Remove has
/// returned; a listener may neither add nor remove one while it is called.
class Listeners {
 public:
  std::uint64_t Add(std::function<void()> wake);
  void Remove(std::uint64_t id);
  void Notify();

 private:
  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::function<void()>> wakes_;
};

}  // namespace sas::ledger
