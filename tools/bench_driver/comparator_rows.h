#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sas/slots/v1/directory_service.pb.h"
#include "tools/bench_driver/questions.h"
#include "tools/bench_driver/synthetic_region.h"

/// The region's sites and slots as flat rows, so that a database or Redis can be asked what the
/// service is asked. Rules become masks; slots are made by the service's own generator.
namespace sas::bench {

struct RowCounts {
  std::int64_t sites = 0;
  std::int64_t slots = 0;  ///< Free and to come.
};

/// `sites.csv`: id, latitude, longitude, territories ({85,44}), entry mask (bit = EntryPoint),
/// motif mask (bit = index in kSyntheticMotifs), youngest in months. `slots.csv`: id, site, start
/// in Unix seconds, mode mask (bit = ConsultationMode), entry mask.
RowCounts WriteSiteRows(const slots::v1::Territory& territory, const RegionOptions& options,
                        const std::string& folder);

/// `questions.csv`: latitude, longitude, territory, entry bit, motif bit, age in months.
void WriteQuestionRows(const std::vector<Question>& questions, const std::string& folder);

/// What WriteQuestionRows has written, fields as text.
std::vector<std::vector<std::string>> ReadRows(const std::string& file);

}  // namespace sas::bench
