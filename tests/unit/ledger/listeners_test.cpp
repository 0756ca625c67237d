#include "common/ledger/listeners.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace sas::ledger {
namespace {

TEST(Listeners, EachIsCalledUntilItIsRemoved) {
  Listeners listeners;
  int first = 0;
  int second = 0;
  const std::uint64_t id = listeners.Add([&] { ++first; });
  listeners.Add([&] { ++second; });
  listeners.Notify();
  listeners.Remove(id);
  listeners.Remove(id);
  listeners.Notify();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST(Listeners, NoCallAfterRemoveReturned) {
  Listeners listeners;
  std::atomic<bool> stop{false};
  std::thread notifier([&] {
    while (!stop) listeners.Notify();
  });
  for (int i = 0; i < 2000; ++i) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    const std::uint64_t id = listeners.Add([counter = alive.get()] { ++*counter; });
    listeners.Remove(id);
    alive.reset();  // A call now would write to freed memory: the sanitizers see it.
  }
  stop = true;
  notifier.join();
}

}  // namespace
}  // namespace sas::ledger
