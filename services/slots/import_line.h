#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/import_service.pb.h"
#include "services/slots/directory.h"
#include "services/slots/store.h"

/// One line of a file into the directory. Formats share what is here.
namespace sas::slots {

/// Where an import may write.
struct ImportScope {
  std::string region;
  std::vector<std::string> wanted;  ///< SAS territories asked for; empty: all.
  base::Actor actor;                ///< Who imports, with his own territories and structure.
  base::Instant now;
  int horizon_days = 1;        ///< Days of slots to open, today included.
  bool validate_only = false;  ///< Nothing of it stays.

  /// Asked for and the caller's own: a line of another territory is passed over.
  bool Covers(std::string_view territory) const;
  /// Nothing is asked for, or one of its territories is; without any it is refused later.
  bool WantsOneOf(const v1::Site& site) const;
  /// PERMISSION_DENIED `TERRITORY_FORBIDDEN` unless all territories of the site are the caller's.
  absl::Status MayWrite(const v1::Site& site) const;
  /// What the rights of a site keep from the caller elsewhere, a file does not give him:
  /// PERMISSION_DENIED `SITE_RIGHT_REQUIRED` when the line says something else than `before`.
  absl::Status MayChange(const v1::Site& before, const v1::Site& site) const;
  /// The same of a plan and the agendas that it leaves and enters; `before` may be null.
  absl::Status MayChange(const v1::Site& site, const v1::SessionPlan* before,
                         const v1::SessionPlan& plan) const;
};

enum class LineOutcome { kApplied, kUnchanged, kRefused, kSkipped };

/// What became of a line. A refused one has changed nothing.
struct LineResult {
  LineOutcome outcome = LineOutcome::kSkipped;
  absl::Status refusal;  ///< Of kRefused.
};

inline LineResult RefusedLine(absl::Status why) {
  return {LineOutcome::kRefused, std::move(why)};
}

/// The columns and rows of one format. Not thread-safe; a status other than OK is the ledger's.
class LineImporter {
 public:
  virtual ~LineImporter() = default;

  /// Takes the line of column names, when the format has one. INVALID_ARGUMENT ends the import.
  virtual absl::Status ReadHeader(std::string_view line) = 0;
  virtual bool HasHeader() const = 0;

  /// Forgets what was noted in an earlier transaction.
  virtual void BeginBatch() {}

  /// `line` is UTF-8. Sites that searches must read again are added to `touched`; the empty name
  /// stands for all of the region.
  virtual absl::StatusOr<LineResult> Apply(SlotsTransaction& transaction, std::string_view line,
                                           std::set<std::string>& touched) = 0;

  /// Pilots whose weeks the batch has filled, into the import's report.
  virtual absl::Status CountPilotWeeks(SlotsTransaction& /*transaction*/,
                                       v1::ImportFileResponse& /*report*/) {
    return absl::OkStatus();
  }

  /// The file's own column for a field of a message; the last part of the path unless one is
  /// listed.
  virtual const std::map<std::string, std::string, std::less<>>& columns() const = 0;
};

/// Nullptr for an unknown format.
std::unique_ptr<LineImporter> MakeLineImporter(v1::ImportHeader::Format format, ImportScope scope);

std::unique_ptr<LineImporter> MakeFinessImporter(ImportScope scope);
std::unique_ptr<LineImporter> MakeCommunesImporter(ImportScope scope);
std::unique_ptr<LineImporter> MakeSitesImporter(ImportScope scope);
std::unique_ptr<LineImporter> MakePlansImporter(ImportScope scope);

/// Field of a refusal that is about all of a line.
inline constexpr std::string_view kWholeLine = "*";

/// A refusal as it is told: field by the file's own name, reason, what to do.
v1::RefusedLine ToRefusedLine(std::int64_t number, const absl::Status& why,
                              const std::map<std::string, std::string, std::less<>>& columns);

// What the formats share.

/// Holds a site to the same rules as ImportTerritory; OK or what is wrong. `made` is the structure
/// that the line makes, or nullptr.
absl::StatusOr<absl::Status> CheckSiteLine(SlotsTransaction& transaction, const ImportScope& scope,
                                           const v1::Site& site, const v1::Structure* made);

/// A site of a line, and as it was.
struct SiteLine {
  std::optional<v1::Site> before;
  v1::Site after;
  type::v1::Commune commune;
  base::Instant now;
  bool confirmed = false;  ///< It comes from who speaks for the site.
};

/// Writes the site as any other edit does (directory_writes.h), unless it says what `before` says.
absl::StatusOr<LineResult> PutSiteLine(SlotsTransaction& transaction, SiteLine line,
                                       std::set<std::string>& touched);

/// UNKNOWN_COMMUNE, about `column`.
absl::Status UnknownCommune(std::string_view column);

/// Puts the site at its commune's centre.
void PlaceAtCentre(const type::v1::Commune& commune, v1::Site& site);

/// The number of the enumeration's value `prefix` + `word`, any case. INVALID_ARGUMENT
/// `UNKNOWN_ENUM_VALUE` about `column`.
absl::StatusOr<int> ParseWord(const google::protobuf::EnumDescriptor* words,
                              std::string_view prefix, std::string_view word,
                              std::string_view column);

}  // namespace sas::slots
