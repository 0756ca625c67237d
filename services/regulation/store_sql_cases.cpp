#include "common/base/resource_name.h"
#include "services/regulation/store_sql_repeat.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {

using soci::into;
using soci::use;
using sql::Exec;
using sql::ToMicros;

namespace {

constexpr char kInsertCase[] =
    "INSERT INTO cases (state, filiere, priority, waits, band, rank, since_us, alarm_us, "
    "callback_start_us, callback_end_us, owner, claim_expire_us, claim_act_us, ended_us, "
    "opened_us, numbers, insee_code, latitude_e6, longitude_e6, last_call_us, version, document, "
    "territory, name, region) VALUES (:state, :filiere, :priority, :waits, :band, :rank, :since, "
    ":alarm, :callback_start, :callback_end, :owner, :expire, :acted, :ended, :opened, :numbers, "
    ":insee, :latitude, :longitude, :last_call, :version, :document, :territory, :name, :region) "
    "ON CONFLICT (name) DO NOTHING";
constexpr char kUpdateCase[] =
    "UPDATE cases SET state = :state, filiere = :filiere, priority = :priority, waits = :waits, "
    "band = :band, rank = :rank, since_us = :since, alarm_us = :alarm, "
    "callback_start_us = :callback_start, callback_end_us = :callback_end, owner = :owner, "
    "claim_expire_us = :expire, claim_act_us = :acted, ended_us = :ended, opened_us = :opened, "
    "version = :version, document = :document, territory = :territory";
constexpr char kWithRepeat[] =
    ", numbers = :numbers, insee_code = :insee, latitude_e6 = :latitude, "
    "longitude_e6 = :longitude, last_call_us = :last_call";
constexpr char kOfVersion[] = " WHERE name = :name AND region = :region AND version = ";

}  // namespace

absl::StatusOr<v1::RegulationCase> SqlTransaction::GetCase(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::RegulationCase>(session_, access_, "cases", name));
  if (!found) return CaseNotFound(name);
  if (access_ == sql::Access::kWrite) repeat_read_[name] = ColumnsOf(RepeatFactsOf(*found));
  return *std::move(found);
}

absl::Status SqlTransaction::PutCase(const v1::RegulationCase& row) {
  const CaseIndex index = IndexOf(row);
  const RepeatFacts facts = RepeatFactsOf(row);
  const RepeatColumns repeat = ColumnsOf(facts);
  const QueueKey key = KeyOf(index.queue, base::Instant{});
  const std::string document = ledger::ToDocument(row);
  const int state = static_cast<int>(index.state);
  const int filiere = static_cast<int>(index.filiere);
  const int priority = static_cast<int>(index.queue.priority);
  const int waits = index.waits ? 1 : 0;
  const long long since = key.wait_start_us;
  const long long alarm = ToMicros(index.alarm);
  const long long callback_start = ToMicros(index.queue.callback_start);
  const long long callback_end = ToMicros(index.queue.callback_end);
  const long long expire = ToMicros(index.claim_expire);
  const long long acted = ToMicros(index.claim_acted);
  const long long ended = ToMicros(index.ended);
  const long long opened = ToMicros(index.opened);
  const long long version = index.version;
  const long long before = version - 1;
  const std::string name = row.name();
  long long changed = 0;
  // SQLite writes an index anew with each of its columns that is set, changed or not.
  const auto read = repeat_read_.find(name);
  const bool known = before != 0 && read != repeat_read_.end() && read->second == repeat;
  std::string text = kInsertCase;
  if (before != 0) {
    text =
        kUpdateCase + std::string(known ? "" : kWithRepeat) + kOfVersion + std::to_string(before);
  }
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    sql::Query query(session_, text);
    const auto bind = [&](auto&&... each) { (query.Bind(each), ...); };
    bind(use(state, "state"), use(filiere, "filiere"), use(priority, "priority"),
         use(waits, "waits"), use(key.band, "band"), use(key.rank, "rank"), use(since, "since"),
         use(alarm, "alarm"), use(callback_start, "callback_start"),
         use(callback_end, "callback_end"), use(index.owner, "owner"), use(expire, "expire"),
         use(acted, "acted"), use(ended, "ended"), use(opened, "opened"), use(version, "version"),
         use(document, "document"), use(index.territory, "territory"), use(name, "name"),
         use(index.region, "region"));
    if (!known) {
      bind(use(repeat.numbers, "numbers"), use(repeat.insee_code, "insee"),
           use(repeat.latitude, "latitude"), use(repeat.longitude, "longitude"),
           use(repeat.last_call, "last_call"));
    }
    query.Run(true);
    changed = query.Changed();
    if (changed == 1 && !known) PutNumbers(name, facts.numbers);
  }));
  if (changed != 1) return ConcurrentChange(name);
  repeat_read_[name] = repeat;
  sql_rows::Known<v1::RegulationCase>().Keep(document, row);
  return absl::OkStatus();
}

// One that the dossier has no longer stays, and finds nothing: `numbers` is asked, too.
void SqlTransaction::PutNumbers(const std::string& name, const std::vector<std::string>& numbers) {
  for (const std::string& number : numbers) {
    Exec(session_,
         "INSERT INTO case_numbers (number, case_name) VALUES (:number, :name) "
         "ON CONFLICT (number, case_name) DO NOTHING",
         use(number, "number"), use(name, "name"));
  }
}

// The index decides between two who type the same form at once.
absl::StatusOr<std::string> SqlTransaction::KeepPaperForm(const PaperForm& form) {
  const std::string region(base::RegionOf(form.case_name));
  std::string known;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long kept =
        Exec(session_,
             "INSERT INTO paper_forms (region, territory, form_number, case_name) VALUES (:region, "
             ":territory, :number, :name) ON CONFLICT (region, territory, form_number) DO NOTHING",
             use(region, "region"), use(form.territory, "territory"), use(form.number, "number"),
             use(form.case_name, "name"));
    if (kept == 1) return;
    sql::FetchOne(session_,
                  "SELECT case_name FROM paper_forms WHERE region = :region AND territory = "
                  ":territory AND form_number = :number",
                  use(region, "region"), use(form.territory, "territory"),
                  use(form.number, "number"), into(known));
  }));
  return known;
}

absl::Status SqlTransaction::DropPaperForm(const PaperForm& form) {
  const std::string region(base::RegionOf(form.case_name));
  return sql::Guard([&] {
    Exec(session_,
         "DELETE FROM paper_forms WHERE region = :region AND territory = :territory AND "
         "form_number = :number AND case_name = :name",
         use(region, "region"), use(form.territory, "territory"), use(form.number, "number"),
         use(form.case_name, "name"));
  });
}

}  // namespace sas::regulation
