#include "services/booking/message_ledger_sql.h"

#include <soci/soci.h>

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

// Columns as SOCI binds them.
struct Bound {
  explicit Bound(const v1::Message& message)
      : name(message.name()),
        region(base::RegionOf(message.name())),
        territory(message.territory()),
        appointment(AppointmentOf(message.name())),
        site(message.site()),
        kind(message.kind()),
        state(message.state()),
        task(message.task()),
        open_task(message.task_open() ? message.task() : 0),
        due_us(DueMicros(message)),
        version(VersionOf(message)),
        document(ledger::ToDocument(message)) {}

  std::string name;
  std::string region;
  std::string territory;
  std::string appointment;
  std::string site;
  long long kind;
  long long state;
  long long task;
  long long open_task;
  long long due_us;
  long long version;
  std::string document;
};

}  // namespace

absl::Status SqlMessageLedger::Add(const v1::Message& message) {
  return sql::Guard([&]() -> absl::Status {
    const Bound bound(message);
    const long long added = Exec(
        session_,
        "INSERT INTO messages (name, region, territory, appointment, site, kind, state, task, "
        "open_task, due_us, version, document) VALUES (:name, :region, :territory, "
        ":appointment, :site, :kind, :state, :task, :open_task, :due_us, :version, :document) "
        "ON CONFLICT DO NOTHING",
        use(bound.name, "name"), use(bound.region, "region"), use(bound.territory, "territory"),
        use(bound.appointment, "appointment"), use(bound.site, "site"), use(bound.kind, "kind"),
        use(bound.state, "state"), use(bound.task, "task"), use(bound.open_task, "open_task"),
        use(bound.due_us, "due_us"), use(bound.version, "version"),
        use(bound.document, "document"));
    return added > 0 ? absl::OkStatus() : MessageExists(bound.name);
  });
}

absl::StatusOr<v1::Message> SqlMessageLedger::Get(const std::string& name) {
  v1::Message message;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string document;
    if (!FetchOne(session_, "SELECT document FROM messages WHERE name = :name", use(name, "name"),
                  into(document))) {
      return MessageNotFound(name);
    }
    return ledger::FromDocument(document, name, &message);
  }));
  return message;
}

absl::Status SqlMessageLedger::Update(const v1::Message& message) {
  return sql::Guard([&]() -> absl::Status {
    const Bound bound(message);  // Name, kind and appointment of a message never change.
    const long long changed =
        Exec(session_,
             "UPDATE messages SET state = :state, task = :task, open_task = :open_task, "
             "due_us = :due_us, site = :site, version = :version, document = :document "
             "WHERE name = :name AND version = :version - 1",
             use(bound.state, "state"), use(bound.task, "task"), use(bound.open_task, "open_task"),
             use(bound.due_us, "due_us"), use(bound.site, "site"), use(bound.version, "version"),
             use(bound.document, "document"), use(bound.name, "name"));
    return changed > 0 ? absl::OkStatus() : MessageChanged(bound.name);
  });
}

absl::StatusOr<std::vector<v1::Message>> SqlMessageLedger::OfAppointment(
    const std::string& appointment) {
  std::vector<v1::Message> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    const long long limit = kMessagesOfOneMax;
    std::string name;
    std::string document;
    absl::Status read;
    FetchEach(
        session_,
        "SELECT name, document FROM messages WHERE appointment = :appointment "
        "ORDER BY sequence DESC LIMIT :limit",
        [&] {
          if (read.ok()) read = ledger::FromDocument(document, name, &found.emplace_back());
        },
        use(appointment, "appointment"), use(limit, "limit"), into(name), into(document));
    return read;
  }));
  std::reverse(found.begin(), found.end());
  return found;
}

absl::StatusOr<std::vector<MessageRow>> SqlMessageLedger::List(const MessageQuery& query) {
  std::vector<MessageRow> page;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    const bool postgres = session_.dialect == sql::Dialect::kPostgres;
    const long long task = query.task;
    const long long state = query.state;
    const long long after = query.after;
    const long long limit = query.limit;
    std::string territories = ",";
    for (const std::string& territory : query.territories) territories += territory + ",";
    std::string text =
        "SELECT sequence, name, document FROM messages WHERE region = :region AND "
        "sequence > :after";
    if (!query.appointment.empty()) text += " AND appointment = :appointment";
    if (!query.territories.empty()) {
      text += std::string(" AND ") + (postgres ? "strpos" : "instr") +
              "(:territories, ',' || territory || ',') > 0";
    }
    if (!query.site.empty()) text += " AND site = :site";
    if (task != 0) text += " AND task = :task";
    if (state != 0) text += " AND state = :state";
    if (query.open_tasks_only) text += " AND open_task > 0";
    text += " ORDER BY sequence LIMIT :limit";

    long long sequence = 0;
    std::string name;
    std::string document;
    sql::Query statement(session_, text);
    statement.Bind(use(query.region, "region"));
    statement.Bind(use(after, "after"));
    if (!query.appointment.empty()) statement.Bind(use(query.appointment, "appointment"));
    if (!query.territories.empty()) statement.Bind(use(territories, "territories"));
    if (!query.site.empty()) statement.Bind(use(query.site, "site"));
    if (task != 0) statement.Bind(use(task, "task"));
    if (state != 0) statement.Bind(use(state, "state"));
    statement.Bind(use(limit, "limit"));
    statement.Bind(into(sequence));
    statement.Bind(into(name));
    statement.Bind(into(document));
    statement.Run(false);
    while (statement.Fetch()) {
      MessageRow& row = page.emplace_back();
      row.sequence = sequence;
      SAS_RETURN_IF_ERROR(ledger::FromDocument(document, name, &row.message));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<std::string>> SqlMessageLedger::Due(v1::Message::Kind kind,
                                                               base::Instant now, int limit) {
  std::vector<std::string> names;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long of_kind = kind;
    const long long now_us = sql::ToMicros(now);
    const long long rows = limit;
    std::string name;
    FetchEach(
        session_,
        "SELECT name FROM messages WHERE kind = :kind AND due_us > 0 AND due_us <= :now_us "
        "ORDER BY due_us, sequence LIMIT :rows",
        [&] { names.push_back(name); }, use(of_kind, "kind"), use(now_us, "now_us"),
        use(rows, "rows"), into(name));
  }));
  return names;
}

absl::StatusOr<MessageBacklog> SqlMessageLedger::Backlog(base::Instant now) {
  MessageBacklog backlog;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long now_us = sql::ToMicros(now);
    const long long waiting = v1::Message::STATE_WAITING;
    const long long sending = v1::Message::STATE_SENDING;
    long long count = 0;
    long long oldest_us = 0;
    long long tasks = 0;
    FetchOne(session_,
             "SELECT count(*), coalesce(min(due_us), 0) FROM messages WHERE due_us > 0 AND "
             "due_us <= :now_us AND state IN (:waiting, :sending)",
             use(now_us, "now_us"), use(waiting, "waiting"), use(sending, "sending"), into(count),
             into(oldest_us));
    FetchOne(session_, "SELECT count(*) FROM messages WHERE open_task > 0", into(tasks));
    backlog.waiting = count;
    backlog.open_tasks = tasks;
    if (count > 0) backlog.oldest = sql::FromMicros(oldest_us);
  }));
  return backlog;
}

absl::StatusOr<bool> SqlMessageLedger::Lease(v1::Message::Kind kind, const std::string& holder,
                                             base::Instant now, base::Instant until) {
  bool leased = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long of_kind = kind;
    const long long now_us = sql::ToMicros(now);
    const long long until_us = sql::ToMicros(until);
    leased = Exec(session_,
                  "INSERT INTO message_workers (kind, holder, until_us) "
                  "VALUES (:kind, :holder, :until_us) ON CONFLICT (kind) DO UPDATE SET "
                  "holder = excluded.holder, until_us = excluded.until_us WHERE "
                  "message_workers.holder = :holder OR message_workers.until_us <= :now_us",
                  use(of_kind, "kind"), use(holder, "holder"), use(until_us, "until_us"),
                  use(now_us, "now_us")) > 0;
  }));
  return leased;
}

}  // namespace sas::booking
