#include "common/base/resource_name.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {
namespace {

using soci::use;
using sql::ToMicros;

}  // namespace

absl::Status SqlTransaction::AddMark(const KpiMark& mark) {
  const std::string region(base::RegionOf(mark.subject));
  const std::string role(base::RoleName(call_.actor.role));
  const long long at = ToMicros(clock_.Now());
  const long long version = mark.version;
  const int act = static_cast<int>(mark.act);
  const int priority = static_cast<int>(mark.priority);
  const int filiere = static_cast<int>(mark.filiere);
  const int level = static_cast<int>(mark.level);
  const int order_state = static_cast<int>(mark.order_state);
  const long long start = ToMicros(mark.start);
  const long long end = ToMicros(mark.end);
  const long long amount = mark.amount;
  return sql::Guard([&] {
    sql::Exec(session_,
              "INSERT INTO kpi_marks (subject, version, at_us, region, territory, act, actor, "
              "role, priority, filiere, care_level, order_state, code, start_us, end_us, amount) "
              "VALUES (:subject, :version, :at, :region, :territory, :act, :actor, :role, "
              ":priority, :filiere, :level, :order_state, :code, :start, :end, :amount)",
              use(mark.subject, "subject"), use(version, "version"), use(at, "at"),
              use(region, "region"), use(mark.territory, "territory"), use(act, "act"),
              use(call_.actor.subject, "actor"), use(role, "role"), use(priority, "priority"),
              use(filiere, "filiere"), use(level, "level"), use(order_state, "order_state"),
              use(mark.code, "code"), use(start, "start"), use(end, "end"), use(amount, "amount"));
  });
}

absl::StatusOr<std::vector<KpiMark>> SqlTransaction::ListMarks(const KpiMarkQuery& asked) {
  const std::string subject = sql_rows::ByBytes(session_, "subject");
  Query query;
  query.text =
      "SELECT subject, version, at_us, territory, act, actor, role, priority, filiere, "
      "care_level, order_state, code, start_us, end_us, amount FROM kpi_marks WHERE TRUE";
  // Without hours the text is the same for every dossier, and is parsed once.
  const bool timed = asked.start != base::Instant{} || asked.end != base::Instant::max();
  if (timed) {
    query.text += " AND at_us >= " + std::to_string(ToMicros(asked.start)) + " AND at_us < " +
                  std::to_string(ToMicros(asked.end));
  }
  // Subjects name their region; and the index of a region's hours is no way to them.
  const bool named = !asked.subjects.empty();
  if (!asked.region.empty() && !named) {
    query.text += " AND region = :region";
    query.bound.emplace_back("region", asked.region);
  }
  query.AndTerritories(asked.territories, session_);
  for (std::size_t i = 0; i < asked.subjects.size(); ++i) {
    const std::string parameter = "subject" + std::to_string(i);
    query.text += (i == 0 ? " AND subject IN (:" : ", :") + parameter;
    query.bound.emplace_back(parameter, asked.subjects[i]);
  }
  if (named) query.text += ")";
  if (asked.after) {
    query.text += " AND (at_us, " + subject + ", version) > (" +
                  std::to_string(ToMicros(asked.after->at)) + ", :after, " +
                  std::to_string(asked.after->version) + ")";
    query.bound.emplace_back("after", asked.after->subject);
  }
  query.text += (named ? " ORDER BY +at_us, " : " ORDER BY at_us, ") + subject +
                ", version LIMIT " + std::to_string(asked.limit);
  std::vector<KpiMark> marks;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    marks.clear();
    KpiMark mark;
    std::string role;
    long long version = 0, at = 0, act = 0, priority = 0, filiere = 0, level = 0, state = 0,
              start = 0, end = 0, amount = 0;
    const auto keep = [&] {
      mark.version = version;
      mark.at = sql::FromMicros(at);
      mark.act = static_cast<KpiAct>(act);
      mark.role = base::ParseRole(role);
      mark.priority = static_cast<Priority>(priority);
      mark.filiere = static_cast<Filiere>(filiere);
      mark.level = static_cast<CareLevel>(level);
      mark.order_state = static_cast<OrderState>(state);
      mark.start = sql::FromMicros(start);
      mark.end = sql::FromMicros(end);
      mark.amount = amount;
      marks.push_back(mark);
    };
    sql::Session once = sql_rows::Once(session_);
    sql_rows::EachRow(timed || asked.after ? once : session_, query.text, query.bound, keep,
                      mark.subject, version, at, mark.territory, act, mark.actor, role, priority,
                      filiere, level, state, mark.code, start, end, amount);
  }));
  return marks;
}

}  // namespace sas::regulation
