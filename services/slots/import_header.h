#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/import_service.pb.h"
#include "services/slots/import_line.h"

namespace sas::slots {

/// Judges the first message of an import: shape, then rights. See ImportRun::Take.
absl::StatusOr<ImportScope> CheckImportHeader(const base::Call& call,
                                              const v1::ImportHeader& header, base::Instant now);

}  // namespace sas::slots
