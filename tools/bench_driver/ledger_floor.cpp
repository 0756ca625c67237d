#include <sqlite3.h>

#include <cstdio>
#include <stdexcept>

#include "tools/bench_driver/bench.h"

namespace sas::bench {
namespace {

// What one confirmation writes: the appointment and its two unique indexes, the stored answer, the
// audit record with the head of its chain, the event, and the seat for slots. Sizes are those of
// real rows.
constexpr char kSchema[] = R"(
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000;
CREATE TABLE appointments(name TEXT PRIMARY KEY, slot TEXT, seat INTEGER, care_order TEXT, document TEXT);
CREATE UNIQUE INDEX live_seat ON appointments(slot, seat);
CREATE TABLE answers(id TEXT PRIMARY KEY, fingerprint TEXT, response TEXT, expires INTEGER);
CREATE INDEX answers_expires ON answers(expires);
CREATE TABLE audit(chain INTEGER, sequence INTEGER, record TEXT, hash TEXT, PRIMARY KEY(chain, sequence));
CREATE TABLE audit_head(chain INTEGER PRIMARY KEY, sequence INTEGER, hash TEXT);
INSERT INTO audit_head VALUES(0, 0, '');
CREATE TABLE outbox(sequence INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT, payload TEXT);
CREATE TABLE seat_outbox(sequence INTEGER PRIMARY KEY AUTOINCREMENT, slot TEXT, seat INTEGER, appointment TEXT);
)";

void Must(bool fine, sqlite3* database) {
  if (!fine) throw std::runtime_error(std::string("ledger floor: ") + sqlite3_errmsg(database));
}

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    Must(sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) == SQLITE_OK, database);
  }

  ~Statement() { sqlite3_finalize(statement_); }

  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void Run(long long number, const std::string& key, const std::string& text) {
    sqlite3_reset(statement_);
    sqlite3_bind_int64(statement_, 1, number);
    if (sqlite3_bind_parameter_count(statement_) > 1) {
      sqlite3_bind_text(statement_, 2, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    }
    if (sqlite3_bind_parameter_count(statement_) > 2) {
      sqlite3_bind_text(statement_, 3, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    Must(sqlite3_step(statement_) == SQLITE_DONE, database_);
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace

double LedgerFloorPerSecond(const std::string& folder, int callers, int seconds) {
  const std::string path = folder + "/floor.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  sqlite3* database = nullptr;
  Must(sqlite3_open(path.c_str(), &database) == SQLITE_OK, database);
  Must(sqlite3_exec(database, kSchema, nullptr, nullptr, nullptr) == SQLITE_OK, database);
  double rate = 0;
  {
    Statement appointment(database, "INSERT INTO appointments VALUES(?2, ?2, ?1, '', ?3)");
    Statement answer(database, "INSERT INTO answers VALUES(?2, ?2, ?3, ?1)");
    Statement audit(database, "INSERT INTO audit VALUES(0, ?1, ?3, ?2)");
    Statement head(database, "UPDATE audit_head SET sequence=?1, hash=?2 WHERE chain=0");
    Statement event(database, "INSERT INTO outbox(subject, payload) VALUES(?2 || ?1, ?3)");
    Statement seat(database, "INSERT INTO seat_outbox(slot, seat, appointment) VALUES(?2, ?1, ?2)");
    const std::string document(1100, 'd');
    const std::string response(1200, 'r');
    const std::string record(300, 'a');
    const std::string payload(500, 'e');
    const std::uint64_t start = NowNs();
    const std::uint64_t end = start + static_cast<std::uint64_t>(seconds) * 1'000'000'000;
    long long done = 0;
    while (NowNs() < end) {
      Must(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK,
           database);
      for (int i = 0; i < callers; ++i) {
        const std::string key = "regions/fr-pdl/sites/bench/slots/" +
                                std::to_string(done * 2654435761LL % 1'000'003'000);
        ++done;
        appointment.Run(done, key + std::to_string(done), document);
        answer.Run(done, key + std::to_string(done), response);
        audit.Run(done, key, record);
        head.Run(done, key, "");
        event.Run(done, key, payload);
        seat.Run(done, key, "");
      }
      Must(sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, database);
    }
    rate = static_cast<double>(done) * 1e9 / static_cast<double>(NowNs() - start);
  }
  sqlite3_close(database);
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  return rate;
}

}  // namespace sas::bench
