#include "services/regulation/store_sql_conditions.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

// Lists of dossiers and the next one, in the order of the queue; and all that wait.
namespace sas::regulation {
namespace {

using sql::ToMicros;
using sql_rows::ByBytes;
using sql_rows::Claimed;
using sql_rows::Number;
using sql_rows::PromiseDue;
using sql_rows::Waiting;

std::string InView(v1::CaseListView view, long long now) {
  switch (view) {
    case v1::CASE_LIST_VIEW_WAITING:
      return Waiting(now);
    case v1::CASE_LIST_VIEW_CLAIMED:
      return Claimed(now);
    case v1::CASE_LIST_VIEW_CALLBACKS:
      return Waiting(now) + " AND priority = 4 AND callback_end_us > " + Number(now);
    case v1::CASE_LIST_VIEW_OPEN:
      return "state IN (1, 2)";
    case v1::CASE_LIST_VIEW_ENDED:
      return "state IN (3, 4, 5, 6)";
    case v1::CASE_LIST_VIEW_PROGRAMMED:
      return "state = 1";
    default:
      return "state = 2 AND (" + Waiting(now) + " OR " + Claimed(now) + ")";
  }
}

std::string BandColumn(long long now) {
  return "CASE WHEN " + PromiseDue(now) + " THEN " + Number(kDueCallbackBand) + " ELSE band END";
}

// Columns of QueueKey but the name.
std::string KeyColumns(v1::CaseListView view, long long now) {
  if (view == v1::CASE_LIST_VIEW_ENDED) return "-ended_us";
  return BandColumn(now) + ", CASE WHEN " + PromiseDue(now) + " THEN 0 ELSE 1 END, rank, since_us";
}

std::string KeyValues(v1::CaseListView view, const QueueKey& key) {
  if (view == v1::CASE_LIST_VIEW_ENDED) return Number(key.wait_start_us);
  return Number(key.band) + ", " + Number(key.not_due) + ", " + Number(key.rank) + ", " +
         Number(key.wait_start_us);
}

std::string CoveredBy(Filiere chain) {
  std::string numbers;
  for (const Filiere of :
       {Filiere::kUnspecified, Filiere::kAmu, Filiere::kSnp, Filiere::kPsy, Filiere::kNeonat}) {
    if (!Covers(chain, of)) continue;
    numbers += (numbers.empty() ? "" : ", ") + Number(static_cast<int>(of));
  }
  return numbers;
}

Query Where(const CaseQuery& asked, const std::string& condition, const sql::Session& session) {
  Query query;
  query.text = " FROM cases WHERE " + condition;
  if (!asked.region.empty()) {
    query.text += " AND region = :region";
    query.bound.emplace_back("region", asked.region);
  }
  if (asked.filiere != Filiere::kUnspecified) {
    query.text += " AND (filiere IN (" + CoveredBy(asked.filiere) + ")";
    if (!asked.any_chain.empty()) {
      query.text += " OR " + sql_rows::Among(session, "any_chain", "territory");
      query.bound.emplace_back("any_chain", sql_rows::ListOf(asked.any_chain));
    }
    query.text += ")";
  }
  query.AndTerritories(asked.territories, session);
  return query;
}

// Of those that may be taken next, in order; without its SELECT and its limit. Of one band alone
// when it is given.
Query Ready(const CaseQuery& asked, const sql::Session& session, const std::string& band = "") {
  const long long now = ToMicros(asked.now);
  Query query = Where(asked,
                      Waiting(now) +
                          " AND priority <> 5 AND (priority <> 4 OR rank < 0 OR "
                          "callback_start_us <= " +
                          Number(now) + ")",
                      session);
  if (!band.empty()) query.text += " AND " + BandColumn(now) + " = " + band;
  query.text += " ORDER BY " + KeyColumns(v1::CASE_LIST_VIEW_WAITING, now) + ", " +
                ByBytes(session, "name") + " LIMIT ";
  return query;
}

/// Names of one page, found in the order of an index and thus without looking at the whole room: a
/// row that is part of the page of the list is part of the page of its own branch.
class Branches {
 public:
  Branches(const CaseQuery& asked, std::string where, std::string name)
      : asked_(asked), where_(std::move(where)), name_(std::move(name)) {}

  std::string Text() {
    const long long now = ToMicros(asked_.now);
    if (asked_.view == v1::CASE_LIST_VIEW_ENDED) {
      Add(asked_.after ? " AND ended_us <= " + Number(-asked_.after->wait_start_us) : "",
          "ended_us DESC, ");
      return text_;
    }
    const std::string in_order = " AND NOT " + PromiseDue(now) + AfterInOrder();
    const bool prepared = asked_.view == v1::CASE_LIST_VIEW_PROGRAMMED;
    if (prepared || asked_.view == v1::CASE_LIST_VIEW_OPEN) {
      Add(in_order + " AND state = 1", kInOrder);
    }
    if (!prepared) Add(in_order + " AND state = 2", kInOrder);
    Add(" AND " + PromiseDue(now), "rank, since_us, ");
    return text_;
  }

 private:
  static constexpr char kInOrder[] = "band, rank, since_us, ";

  // Says again what the list's own condition says, in words that an index knows.
  std::string AfterInOrder() const {
    if (!asked_.after) return "";
    const QueueKey& key = *asked_.after;
    if (key.not_due == 0) return " AND band >= " + Number(key.band);
    return " AND (band, rank, since_us, " + name_ + ") > (" + Number(key.band) + ", " +
           Number(key.rank) + ", " + Number(key.wait_start_us) + ", :after)";
  }

  void Add(const std::string& condition, const std::string& order) {
    if (!text_.empty()) text_ += " UNION ALL ";
    text_ += "SELECT name FROM (SELECT name" + where_ + condition + " ORDER BY " + order + name_ +
             " LIMIT " + Number(asked_.limit) + ") AS branch" + Number(++branches_);
  }

  const CaseQuery& asked_;
  const std::string where_;
  const std::string name_;
  std::string text_;
  int branches_ = 0;
};

}  // namespace

// The page is found first, so that only its own documents are read.
absl::StatusOr<std::vector<v1::RegulationCase>> SqlTransaction::ListCases(const CaseQuery& asked) {
  const long long now = ToMicros(asked.now);
  const std::string name = ByBytes(session_, "name");
  const std::string key = KeyColumns(asked.view, now) + ", " + name;
  Query query = Where(asked, InView(asked.view, now), session_);
  if (asked.state != CaseState::kUnspecified) {
    // What the life cycle looks for has an index of its own, which is known by these words.
    const bool ages = asked.state == CaseState::kProgrammed ||
                      (asked.state >= CaseState::kValidated && asked.state <= CaseState::kFiled);
    if (ages) query.text += " AND state IN (1, 4, 5, 6)";
    query.text += " AND state = " + Number(static_cast<int>(asked.state)) +
                  " AND opened_us <= " + Number(ToMicros(asked.opened_until));
  }
  if (asked.after) {
    query.text += " AND (" + key + ") > (" + KeyValues(asked.view, *asked.after) + ", :after)";
    query.bound.emplace_back("after", asked.after->name);
  }
  query.text = "SELECT name, document FROM cases WHERE name IN (" +
               Branches(asked, query.text, name).Text() + ") ORDER BY " + key + " LIMIT " +
               Number(asked.limit);
  return sql_rows::List<v1::RegulationCase>(session_, query.text, query.bound);
}

// What a colleague is being given is passed over inside the band of the head alone: a lower band
// never comes first, nor an empty queue, because somebody edits the head at this moment (invariant
// I4). Then the end of that edit is waited for, as long as the call has time.
absl::StatusOr<std::string> SqlTransaction::NextCase(const CaseQuery& asked) {
  Query head = Ready(asked, session_);
  head.text =
      "SELECT name, CAST(" + BandColumn(ToMicros(asked.now)) + " AS TEXT)" + head.text + "1";
  SAS_ASSIGN_OR_RETURN(auto rows, sql_rows::Fetch(session_, head.text, head.bound));
  if (rows.empty()) return std::string();
  if (!sql_rows::OnPostgres(session_)) return rows.front().first;
  const std::string band = rows.front().second;
  for (const char* lock : {" FOR UPDATE SKIP LOCKED", " FOR UPDATE"}) {
    Query next = Ready(asked, session_, band);
    next.text = "SELECT name, ''" + next.text + "1" + lock;
    SAS_ASSIGN_OR_RETURN(rows, sql_rows::Fetch(session_, next.text, next.bound));
    if (!rows.empty()) return rows.front().first;
  }
  return std::string();
}

absl::StatusOr<std::vector<v1::RegulationCase>> SqlTransaction::NextCases(const CaseQuery& asked) {
  Query query = Ready(asked, session_);
  query.text = "SELECT name, document" + query.text + Number(asked.limit);
  return sql_rows::List<v1::RegulationCase>(session_, query.text, query.bound);
}

absl::StatusOr<std::vector<WaitEntry>> SqlTransaction::ListWaits(
    const std::optional<WaitEntry>& after, base::Instant now, int limit) {
  std::vector<WaitEntry> waits;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string by_name = ByBytes(session_, "name");
    const long long since = after ? ToMicros(after->start) : -1;
    const std::string last = after ? after->name : "";
    const long long most = limit;
    WaitEntry wait;
    std::string owner;
    long long priority = 0;
    long long start = 0;
    long long alarm = 0;
    long long callback_end = 0;
    long long expire = 0;
    sql::FetchEach(
        session_,
        "SELECT name, territory, owner, priority, since_us, alarm_us, callback_end_us, "
        "claim_expire_us FROM cases WHERE state = 2 AND waits = 1 AND (since_us, " +
            by_name + ") > (:since, :last) ORDER BY since_us, " + by_name + " LIMIT :most",
        [&] {
          wait.priority = static_cast<Priority>(priority);
          wait.start = sql::FromMicros(start);
          wait.alarm = sql::FromMicros(alarm);
          wait.callback_end = sql::FromMicros(callback_end);
          wait.claimed = !owner.empty() && sql::FromMicros(expire) > now;
          waits.push_back(wait);
        },
        soci::use(since, "since"), soci::use(last, "last"), soci::use(most, "most"),
        soci::into(wait.name), soci::into(wait.territory), soci::into(owner), soci::into(priority),
        soci::into(start), soci::into(alarm), soci::into(callback_end), soci::into(expire));
  }));
  return waits;
}

}  // namespace sas::regulation
