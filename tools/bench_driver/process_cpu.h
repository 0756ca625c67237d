#pragma once

#include <vector>

namespace sas::bench {

/// CPU seconds (user and system) that the processes have used so far.
double CpuSeconds(const std::vector<int>& pids);

}  // namespace sas::bench
