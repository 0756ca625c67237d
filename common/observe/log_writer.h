#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace sas::observe {

/// Puts lines on standard error in the order in which they were given, many with one system call:
/// one for each line costs a call more than its search. Nothing is ever dropped: what does not fit
/// is written by whoever brings it. Thread-safe; lives as long as the process.
class LogWriter {
 public:
  /// Lines that wait, at most. Full, the next writer empties it.
  static constexpr std::size_t kBufferBytesMax = 256 * 1024;

  /// `line` without its end. `now`: it stands in the log when this returns, and all before it; else
  /// within about 20 ms.
  void Write(std::string_view line, bool now);

  /// What was written before stands in the log.
  void Flush();

 private:
  void Work();

  std::mutex file_mutex_;  ///< Taken before mutex_: keeps the order of what is written.
  std::mutex mutex_;
  std::condition_variable filled_;
  std::string buffer_;
  std::string ready_;     ///< Of whoever holds file_mutex_.
  bool working_ = false;  ///< The thread was started.
};

}  // namespace sas::observe
