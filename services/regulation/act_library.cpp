#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/facts.h"
#include "services/regulation/paging.h"
#include "services/regulation/protocol_acts.h"
#include "services/regulation/protocol_library.h"

namespace sas::regulation {
namespace {

constexpr int kAcknowledgementsMax = 500;
constexpr int kDeviationTriagesMax = 5000;
constexpr int kLibraryMax = 10'000;
constexpr std::size_t kFileNameMax = 200;

// What the caller has read, and how many have.
absl::Status ShowReaders(RegulationTransaction& transaction, const base::Actor& viewer,
                         v1::Protocol& protocol, bool whole) {
  SAS_ASSIGN_OR_RETURN(const auto readers, transaction.protocols().ListAcknowledgements(
                                               protocol.name(), kAcknowledgementsMax));
  protocol.set_acknowledge_count(static_cast<int>(readers.size()));
  for (const v1::ProtocolAcknowledgement& reader : readers) {
    if (reader.actor().subject() == viewer.subject) protocol.set_acknowledged(true);
    if (whole) *protocol.add_acknowledgements() = reader;
  }
  return absl::OkStatus();
}

// A uniform process between cabinets: who still works by another version (seed 002).
absl::Status ShowDeviations(RegulationTransaction& transaction, v1::Protocol& protocol) {
  if (protocol.state() != v1::Protocol::STATE_IN_FORCE) return absl::OkStatus();
  TriageQuery query;
  query.protocol = ProtocolOfVersion(protocol.name());
  query.since = ToInstant(protocol.in_force_time());
  query.limit = kDeviationTriagesMax;
  SAS_ASSIGN_OR_RETURN(const auto records, transaction.protocols().ListTriages(query));
  // By structure as it is compared, and by version. Newest first: shown as it was written last.
  std::map<std::pair<std::string, std::string>, v1::ProtocolDeviation> found;
  std::set<std::tuple<std::string, std::string, std::string>> counted;
  for (const v1::TriageRecord& record : records) {
    if (record.protocol() == protocol.name()) continue;
    const std::string structure = care::NormalOrganization(record.organization());
    v1::ProtocolDeviation& row = found[{structure, record.protocol()}];
    if (row.protocol().empty()) {
      row.set_protocol(record.protocol());
      if (!structure.empty()) row.set_organization(record.organization());
      *row.mutable_last_time() = record.record_time();
    }
    if (counted.emplace(structure, record.protocol(), CaseOf(record.name())).second) {
      row.set_case_count(row.case_count() + 1);
    }
  }
  for (auto& [key, row] : found) *protocol.add_deviations() = std::move(row);
  return absl::OkStatus();
}

// States of the versions on one page, each protocol looked up once.
class States {
 public:
  States(RegulationTransaction& transaction, base::Instant now)
      : transaction_(transaction), now_(now) {}

  absl::Status Show(v1::Protocol& protocol) {
    const std::string key = ProtocolOfVersion(protocol.name());
    auto found = times_.find(key);
    if (found == times_.end()) {
      SAS_ASSIGN_OR_RETURN(const auto versions, VersionsOf(transaction_, key));
      found = times_.emplace(key, TimesOf(versions)).first;
    }
    ShowState(protocol, found->second, now_);
    return absl::OkStatus();
  }

 private:
  RegulationTransaction& transaction_;
  const base::Instant now_;
  std::map<std::string, std::vector<VersionTimes>> times_;
};

bool IsCurrent(const v1::Protocol& protocol) {
  return protocol.state() == v1::Protocol::STATE_IN_FORCE ||
         protocol.state() == v1::Protocol::STATE_SIGNED;
}

// A list shows titles and dates; the questions are read one protocol at a time.
void KeepHead(v1::Protocol& protocol) {
  protocol.clear_questions();
  protocol.clear_rules();
  protocol.clear_otherwise();
}

absl::Status FillPage(RegulationTransaction& transaction, const base::Call& call,
                      const v1::ListProtocolsRequest& request, const ProtocolQuery& query,
                      const PageRequest& page, base::Instant now,
                      v1::ListProtocolsResponse& response) {
  SAS_ASSIGN_OR_RETURN(auto rows, transaction.protocols().ListProtocols(query));
  if (static_cast<int>(rows.size()) > page.size) {
    rows.pop_back();
    ListPosition next;
    next.key.name = rows.back().name();
    next.now = now;
    response.set_next_page_token(WritePage(page, next));
  }
  States states(transaction, now);
  for (v1::Protocol& row : rows) {
    SAS_RETURN_IF_ERROR(states.Show(row));
    if (request.current_only() && !IsCurrent(row)) continue;
    KeepHead(row);
    SAS_RETURN_IF_ERROR(ShowReaders(transaction, call.actor, row, false));
    *response.add_protocols() = std::move(row);
  }
  return absl::OkStatus();
}

bool MaySeeReaders(base::Role role) {
  return role == base::Role::kReferent || role == base::Role::kSupervisor;
}

}  // namespace

absl::Status CountLibrary(ProtocolDesk& desk, const base::Call& call) {
  int in_force = 0;
  int overdue = 0;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        in_force = overdue = 0;
        ProtocolQuery query;
        query.limit = kLibraryMax;
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.protocols().ListProtocols(query));
        States states(transaction, desk.desk.clock.Now());
        for (v1::Protocol& row : rows) {
          SAS_RETURN_IF_ERROR(states.Show(row));
          if (row.state() == v1::Protocol::STATE_IN_FORCE) ++in_force;
          if (row.review_overdue()) ++overdue;
        }
        return absl::OkStatus();
      }));
  desk.metrics.Library(in_force, overdue);
  return absl::OkStatus();
}

}  // namespace sas::regulation

namespace sas::regulation::acts {

absl::StatusOr<v1::ListProtocolsResponse> ListProtocols(ProtocolDesk& desk, const base::Call& call,
                                                        const v1::ListProtocolsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  ProtocolQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  query.scope = request.scope();
  query.territories = call.actor.territories;
  if (page.position) query.after = page.position->key.name;
  query.limit = page.size + 1;
  const base::Instant now = page.position ? page.position->now : desk.desk.clock.Now();
  v1::ListProtocolsResponse response;
  SAS_RETURN_IF_ERROR(desk.desk.store.Read(call, [&](RegulationTransaction& transaction) {
    response.Clear();
    return FillPage(transaction, call, request, query, page, now, response);
  }));
  for (const v1::ProtocolFault& fault : desk.loader.Refused()) {
    *response.add_refused_files() = fault;
  }
  return response;
}

absl::StatusOr<v1::Protocol> GetProtocol(ProtocolDesk& desk, const base::Call& call,
                                         const v1::GetProtocolRequest& request) {
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.name(), true));
  v1::Protocol protocol;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(protocol,
                             FindVersion(transaction, request.name(), desk.desk.clock.Now()));
        const bool whole = MaySeeReaders(call.actor.role);
        SAS_RETURN_IF_ERROR(ShowReaders(transaction, call.actor, protocol, whole));
        return whole ? ShowDeviations(transaction, protocol) : absl::OkStatus();
      }));
  return protocol;
}

absl::StatusOr<v1::CheckProtocolResponse> CheckProtocol(ProtocolDesk& desk, const base::Call& call,
                                                        const v1::CheckProtocolRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckNotShed(desk.desk, request.parent()));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.file(), "file", kFileNameMax));
  const ProtocolFile file =
      ProtocolFile::Read(request.file(), request.text(), desk.desk.test_identities);
  v1::CheckProtocolResponse response;
  for (const v1::ProtocolFault& fault : file.faults()) *response.add_faults() = fault;
  return response;
}

absl::StatusOr<v1::Protocol> AcknowledgeProtocol(ProtocolDesk& desk, const base::Call& call,
                                                 const v1::AcknowledgeProtocolRequest& request) {
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.name(), false));
  return ledger::WriteOnce<v1::Protocol>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Protocol> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::Protocol protocol, FindVersion(transaction, request.name(), now));
        if (protocol.state() == v1::Protocol::STATE_DRAFT) return NotInForce(protocol.name());
        v1::ProtocolAcknowledgement row;
        *row.mutable_actor() = ToProto(call.actor);
        *row.mutable_acknowledge_time() = ToTimestamp(now);
        SAS_RETURN_IF_ERROR(transaction.protocols().PutAcknowledgement(protocol.name(), row));
        SAS_RETURN_IF_ERROR(RecordProtocol(transaction, protocol,
                                           {"protocol.acknowledged", "AcknowledgeProtocol", ""}));
        KeepHead(protocol);
        SAS_RETURN_IF_ERROR(ShowReaders(transaction, call.actor, protocol, false));
        return protocol;
      });
}

}  // namespace sas::regulation::acts
