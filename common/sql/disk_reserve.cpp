#include "common/sql/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/sql/errors.h"

namespace sas::sql {
namespace {

constexpr std::chrono::seconds kLook{1};

std::int64_t Free(const std::string& path) {
  struct statvfs disk {};

  if (::statvfs(path.substr(0, path.rfind('/') + 1).append(".").c_str(), &disk) != 0) return 0;
  return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

}  // namespace

DiskReserve::DiskReserve(const std::string& ledger, std::int64_t bytes, const base::Clock& clock)
    : path_(ledger + ".reserve"), bytes_(bytes), clock_(clock) {
  if (bytes_ == 0) return;
  there_ = Make();
  if (!there_) ReportCause("LEDGER_RESERVE_MISSING", "no room beside the ledger for its reserve");
}

bool DiskReserve::Make() const {
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  const bool made = ::posix_fallocate(file, 0, bytes_) == 0;
  ::close(file);
  if (!made) ::unlink(path_.c_str());
  return made;
}

bool DiskReserve::GiveBack() {
  if (!there_) return false;
  there_ = false;
  spent_ = true;
  ReportCause("LEDGER_VITAL_ONLY", "the disk is full: its reserve is for vital writes alone");
  return ::unlink(path_.c_str()) == 0;
}

void DiskReserve::MakeAgain() {
  if (!spent_) return;
  const auto now = clock_.Steady();
  if (looked_ != std::chrono::nanoseconds{} && now - looked_ < kLook) return;
  looked_ = now;
  // Twice: else the first write after it would give it back again.
  if (Free(path_) < 2 * bytes_ || !Make()) return;
  there_ = true;
  spent_ = false;
  ReportCause("LEDGER_ROOM_AGAIN", "the disk has room again: every write is taken");
}

}  // namespace sas::sql
