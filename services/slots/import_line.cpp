#include "services/slots/import_line.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/directory_checks.h"
#include "services/slots/directory_writes.h"
#include "services/slots/domain/findings.h"
#include "services/slots/planning_rights.h"

namespace sas::slots {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// The last part of a path without its index: `accepted_motifs` of
/// `territory.sites[0].care_policy.accepted_motifs[3]`.
std::string LastPart(std::string_view path) {
  std::string_view last =
      path.substr(path.rfind('.') == std::string_view::npos ? 0 : path.rfind('.') + 1);
  return std::string(last.substr(0, last.find('[')));
}

/// A finding of many carries its reason in front.
std::string Said(const base::ErrorDetail& detail, const absl::Status& why) {
  if (detail.violations.empty()) return std::string(why.message());
  std::string text = detail.violations[0].description;
  const std::string front = detail.reason + ": ";
  if (text.rfind(front, 0) == 0) text.erase(0, front.size());
  return text;
}

}  // namespace

bool ImportScope::Covers(std::string_view territory) const {
  return !territory.empty() && (wanted.empty() || Contains(wanted, territory)) &&
         (actor.territories.empty() || Contains(actor.territories, territory));
}

bool ImportScope::WantsOneOf(const v1::Site& site) const {
  return wanted.empty() || site.territories().empty() ||
         std::any_of(site.territories().begin(), site.territories().end(),
                     [&](const std::string& code) { return Contains(wanted, code); });
}

absl::Status ImportScope::MayWrite(const v1::Site& site) const {
  if (actor.territories.empty()) return absl::OkStatus();
  for (const std::string& code : site.territories()) {
    if (Contains(actor.territories, code)) continue;
    return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                      "your credentials do not cover the SAS territory " + code,
                      {{"territory", code}});
  }
  return absl::OkStatus();
}

absl::Status ImportScope::MayChange(const v1::Site& before, const v1::Site& site) const {
  if (SaysTheSame(before, site)) return absl::OkStatus();
  return CheckSiteRight(actor, before, "", Right::kManage);
}

absl::Status ImportScope::MayChange(const v1::Site& site, const v1::SessionPlan* before,
                                    const v1::SessionPlan& plan) const {
  if (before != nullptr && SaysTheSame(*before, plan)) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(CheckSiteRight(actor, site, plan.agenda(), Right::kManage));
  if (before == nullptr) return absl::OkStatus();
  return CheckSiteRight(actor, site, before->agenda(), Right::kManage);
}

std::unique_ptr<LineImporter> MakeLineImporter(v1::ImportHeader::Format format, ImportScope scope) {
  switch (format) {
    case v1::ImportHeader::FORMAT_FINESS:
      return MakeFinessImporter(std::move(scope));
    case v1::ImportHeader::FORMAT_COMMUNES:
      return MakeCommunesImporter(std::move(scope));
    case v1::ImportHeader::FORMAT_SITES:
      return MakeSitesImporter(std::move(scope));
    case v1::ImportHeader::FORMAT_SESSION_PLANS:
      return MakePlansImporter(std::move(scope));
    default:
      return nullptr;
  }
}

v1::RefusedLine ToRefusedLine(std::int64_t number, const absl::Status& why,
                              const std::map<std::string, std::string, std::less<>>& columns) {
  const base::ErrorDetail detail = base::DetailOf(why);
  v1::RefusedLine line;
  line.set_line(number);
  line.set_reason(detail.reason);
  line.set_message(Said(detail, why));
  if (!detail.violations.empty()) {
    const std::string field = LastPart(detail.violations[0].field);
    const auto named = columns.find(field);
    line.set_field(named == columns.end() ? field : named->second);
  }
  if (line.field().empty()) line.set_field(std::string(kWholeLine));
  return line;
}

absl::StatusOr<absl::Status> CheckSiteLine(SlotsTransaction& transaction, const ImportScope& scope,
                                           const v1::Site& site, const v1::Structure* made) {
  v1::Territory file;
  *file.add_sites() = site;
  SAS_ASSIGN_OR_RETURN(Directory around, ReadAround(transaction, scope.region, file, scope.now));
  if (made != nullptr) around.structures[made->name()] = *made;
  Findings findings;
  CheckSites(scope.region, file, around, findings);
  return absl::StatusOr<absl::Status>(absl::in_place, findings.Result());
}

absl::StatusOr<LineResult> PutSiteLine(SlotsTransaction& transaction, SiteLine line,
                                       std::set<std::string>& touched) {
  v1::Site& site = line.after;
  site.mutable_place()->set_commune(line.commune.display_name());
  const v1::Site* before = line.before ? &*line.before : nullptr;
  if (before != nullptr && before->SerializeAsString() == site.SerializeAsString()) {
    return LineResult{LineOutcome::kUnchanged, absl::OkStatus()};
  }
  SAS_ASSIGN_OR_RETURN(v1::Site written,
                       WriteSite(transaction, site, before, line.commune.display_name(), line.now));
  if (!line.confirmed) {  // A register does not speak for the site.
    written.clear_confirm_time();
    if (before != nullptr && before->has_confirm_time()) {
      *written.mutable_confirm_time() = before->confirm_time();
    }
    SAS_RETURN_IF_ERROR(transaction.PutSite(written));
  }
  touched.insert(site.name());
  return LineResult{LineOutcome::kApplied, absl::OkStatus()};
}

absl::Status UnknownCommune(std::string_view column) {
  return base::InvalidField(column, "UNKNOWN_COMMUNE",
                            "the directory has no such commune: import the communes first");
}

void PlaceAtCentre(const type::v1::Commune& commune, v1::Site& site) {
  *site.mutable_place()->mutable_point() = commune.point();
  site.mutable_place()->set_precision(type::v1::GEO_PRECISION_CITY);
}

absl::StatusOr<int> ParseWord(const google::protobuf::EnumDescriptor* words,
                              std::string_view prefix, std::string_view word,
                              std::string_view column) {
  std::string name(prefix);
  for (const char c : word) {
    name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const auto* value = words->FindValueByName(name);
  if (value != nullptr && value->number() != 0) return value->number();
  return base::InvalidField(column, "UNKNOWN_ENUM_VALUE", "use a value of the list");
}

}  // namespace sas::slots
