#pragma once

#include <array>
#include <cstdint>

#include "common/observe/metrics.h"
#include "services/slots/import_line.h"

namespace sas::slots {

/// Lines of a file, by what became of them.
struct LineCounts {
  std::int64_t applied = 0;
  std::int64_t unchanged = 0;
  std::int64_t refused = 0;
  std::int64_t skipped = 0;

  void Add(LineOutcome outcome);
};

/// `sas_slots_import_lines_total{outcome}`. Thread-safe.
class ImportMetrics {
 public:
  explicit ImportMetrics(observe::Metrics& metrics);

  /// Lines of a durable batch.
  void Count(const LineCounts& lines);

 private:
  prometheus::Counter& applied_;
  prometheus::Counter& unchanged_;
  prometheus::Counter& refused_;
  prometheus::Counter& skipped_;
};

}  // namespace sas::slots
