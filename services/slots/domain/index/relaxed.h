#pragma once

#include <atomic>

namespace sas::slots {

/// A value that one thread writes while others read: every access is relaxed, because each value
/// stands for itself. Copying takes what is there at the moment, so that arrays of them can grow
/// and be copied while nobody writes.
template <typename T>
class Relaxed {
 public:
  Relaxed() = default;

  explicit Relaxed(T value) : value_(value) {}

  Relaxed(const Relaxed& other) : value_(other.Load()) {}

  Relaxed& operator=(const Relaxed& other) {
    Store(other.Load());
    return *this;
  }

  ~Relaxed() = default;

  T Load() const { return value_.load(std::memory_order_relaxed); }

  void Store(T value) { value_.store(value, std::memory_order_relaxed); }

 private:
  std::atomic<T> value_{};
  static_assert(std::atomic<T>::is_always_lock_free, "readers never wait");
};

}  // namespace sas::slots
