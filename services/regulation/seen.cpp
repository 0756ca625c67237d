#include "services/regulation/seen.h"

#include "common/base/bound_etag.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

constexpr int kRecentChangesMax = 10;
constexpr std::size_t kEtagShownMax = 64;

absl::Status EtagRequired() {
  return base::InvalidField("etag", "ETAG_REQUIRED",
                            "send the version on the screen; read the dossier first");
}

absl::Status OfAnother(const std::string& name) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "ETAG_OF_ANOTHER",
                    "the screen shows another one than the act names: look whose it is, and act "
                    "on what you see",
                    {{"name", name}});
}

bool ReadsAll(base::Role role) {
  return IsRegulator(role) || role == base::Role::kArm || role == base::Role::kSupervisor;
}

// "v5 PrioritizeRegulationCase priority=P2>P1; v6 AddCaseNote fields=notes"
std::string ChangesSince(std::int64_t version, const v1::RegulationCase& row) {
  std::string changes;
  for (const v1::CaseChange& change : row.recent_changes()) {
    if (change.version() <= version) continue;
    changes += (changes.empty() ? "v" : "; v") + std::to_string(change.version()) + " " +
               change.act() + " " + change.detail();
  }
  return changes;
}

}  // namespace

absl::Status CheckSeen(const Desk& desk, const base::Actor& actor, const std::string& etag,
                       const v1::RegulationCase& row, Stale stale) {
  if (etag.empty()) {
    return desk.etags_required && stale == Stale::kRefused ? EtagRequired() : absl::OkStatus();
  }
  if (etag == row.etag()) return absl::OkStatus();
  if (!base::BelongsTo(etag, row.name())) return OfAnother(row.name());
  if (stale == Stale::kPasses) return absl::OkStatus();
  base::Metadata metadata{{"etag", row.etag()}, {"sent_etag", etag.substr(0, kEtagShownMax)}};
  if (ReadsAll(actor.role)) metadata.emplace_back("changes", ChangesSince(VersionOf(etag), row));
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the dossier has changed since it was read; look at it again", metadata);
}

absl::Status CheckSeen(const Desk& desk, const std::string& etag, const std::string& name,
                       const std::string& current) {
  if (etag.empty()) return desk.etags_required ? EtagRequired() : absl::OkStatus();
  if (etag == current) return absl::OkStatus();
  if (!base::BelongsTo(etag, name)) return OfAnother(name);
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "it has changed since it was read; look at it again",
                    {{"etag", current}, {"sent_etag", etag.substr(0, kEtagShownMax)}});
}

void KeepChange(v1::RegulationCase& row, const base::Call& call, const std::string& detail,
                base::Instant now) {
  auto& changes = *row.mutable_recent_changes();
  if (changes.size() >= kRecentChangesMax) {
    changes.DeleteSubrange(0, changes.size() - kRecentChangesMax + 1);
  }
  v1::CaseChange& change = *changes.Add();
  change.set_version(VersionOf(row.etag()));
  change.set_act(ActOf(call));
  change.set_detail(detail);
  change.set_role(ToProto(call.actor).role());
  *change.mutable_change_time() = ToTimestamp(now);
}

}  // namespace sas::regulation
