#pragma once

#include <chrono>
#include <string_view>

#include "common/base/clock.h"
#include "services/booking/metrics.h"

namespace sas::booking {

/// Observes the time of one stage.
class Stage {
 public:
  Stage(BookingMetrics& metrics, const base::Clock& clock, std::string_view name)
      : metrics_(metrics), clock_(clock), name_(name), started_(clock.Steady()) {}

  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

 private:
  BookingMetrics& metrics_;
  const base::Clock& clock_;
  const std::string_view name_;
  const std::chrono::nanoseconds started_;
};

}  // namespace sas::booking
