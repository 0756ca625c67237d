#include "services/booking/message_ledger_memory.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

bool Shows(const MessageQuery& query, const v1::Message& message) {
  const auto fits = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  const auto& territories = query.territories;
  return base::RegionOf(message.name()) == query.region &&
         fits(query.appointment, AppointmentOf(message.name())) &&
         fits(query.site, message.site()) &&
         (territories.empty() || std::find(territories.begin(), territories.end(),
                                           message.territory()) != territories.end()) &&
         (query.task == v1::Message::TASK_UNSPECIFIED || query.task == message.task()) &&
         (query.state == v1::Message::STATE_UNSPECIFIED || query.state == message.state()) &&
         (!query.open_tasks_only || message.task_open());
}

base::Instant DueOf(const v1::Message& message) {
  return base::Instant(std::chrono::microseconds(DueMicros(message)));
}

}  // namespace

absl::Status MemoryMessageLedger::Add(const v1::Message& message) {
  if (Get(message.name()).ok()) return MessageExists(message.name());
  const std::int64_t last = messages_.rows.empty() ? 0 : messages_.rows.rbegin()->first;
  messages_.rows[last + 1] = std::make_shared<const v1::Message>(message);
  return absl::OkStatus();
}

absl::StatusOr<v1::Message> MemoryMessageLedger::Get(const std::string& name) {
  for (const auto& [sequence, message] : messages_.rows) {
    if (message->name() == name) return *message;
  }
  return MessageNotFound(name);
}

absl::Status MemoryMessageLedger::Update(const v1::Message& message) {
  for (auto& [sequence, row] : messages_.rows) {
    if (row->name() != message.name()) continue;
    if (VersionOf(*row) + 1 != VersionOf(message)) break;
    row = std::make_shared<const v1::Message>(message);
    return absl::OkStatus();
  }
  return MessageChanged(message.name());
}

absl::StatusOr<std::vector<v1::Message>> MemoryMessageLedger::OfAppointment(
    const std::string& appointment) {
  std::vector<v1::Message> found;
  for (const auto& [sequence, message] : messages_.rows) {
    if (AppointmentOf(message->name()) == appointment) found.push_back(*message);
  }
  if (found.size() > kMessagesOfOneMax) found.erase(found.begin(), found.end() - kMessagesOfOneMax);
  return found;
}

absl::StatusOr<std::vector<MessageRow>> MemoryMessageLedger::List(const MessageQuery& query) {
  std::vector<MessageRow> page;
  for (const auto& [sequence, message] : messages_.rows) {
    if (static_cast<int>(page.size()) >= query.limit) break;
    if (sequence > query.after && Shows(query, *message)) page.push_back({sequence, *message});
  }
  return page;
}

absl::StatusOr<std::vector<std::string>> MemoryMessageLedger::Due(v1::Message::Kind kind,
                                                                  base::Instant now, int limit) {
  std::map<std::pair<base::Instant, std::int64_t>, std::string> due;
  for (const auto& [sequence, message] : messages_.rows) {
    if (message->kind() != kind || DueMicros(*message) == 0 || DueOf(*message) > now) continue;
    due[{DueOf(*message), sequence}] = message->name();
  }
  std::vector<std::string> names;
  for (const auto& [position, name] : due) {
    if (static_cast<int>(names.size()) < limit) names.push_back(name);
  }
  return names;
}

absl::StatusOr<MessageBacklog> MemoryMessageLedger::Backlog(base::Instant now) {
  MessageBacklog backlog;
  for (const auto& [sequence, message] : messages_.rows) {
    if (message->task_open()) ++backlog.open_tasks;
    if (!IsPending(*message) || DueMicros(*message) == 0 || DueOf(*message) > now) continue;
    ++backlog.waiting;
    backlog.oldest = std::min(backlog.oldest.value_or(DueOf(*message)), DueOf(*message));
  }
  return backlog;
}

absl::StatusOr<bool> MemoryMessageLedger::Lease(v1::Message::Kind kind, const std::string& holder,
                                                base::Instant now, base::Instant until) {
  auto& [owner, end] = messages_.leases[kind];
  if (owner != holder && now < end) return false;
  owner = holder;
  end = until;
  return true;
}

}  // namespace sas::booking
