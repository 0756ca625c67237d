#include "common/observe/log_writer.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace sas::observe {
namespace {

constexpr std::chrono::milliseconds kDelay{20};  // Lines gather so long.

void WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // Nobody to tell.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void LogWriter::Write(std::string_view line, bool now) {
  bool full = false;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = buffer_.empty();
    buffer_ += line;
    buffer_ += '\n';
    full = buffer_.size() >= kBufferBytesMax;
    if (!working_ && !now) {
      working_ = true;
      std::thread([this] { Work(); }).detach();
    }
  }
  if (now || full) {
    Flush();
  } else if (first) {
    filled_.notify_one();
  }
}

void LogWriter::Flush() {
  const std::lock_guard file_lock(file_mutex_);
  {
    const std::lock_guard lock(mutex_);
    ready_.swap(buffer_);
  }
  WriteAll(ready_);
  ready_.clear();  // Both keep their memory.
}

void LogWriter::Work() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return !buffer_.empty(); });
    }
    std::this_thread::sleep_for(kDelay);
    Flush();
  }
}

}  // namespace sas::observe
