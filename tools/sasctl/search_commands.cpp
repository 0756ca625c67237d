#include <chrono>
#include <iostream>
#include <thread>

#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "sas/slots/v1/watch_service.grpc.pb.h"
#include "tools/sasctl/commune.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/search_text.h"
#include "tools/sasctl/slot_commands.h"

// sasctl slots search, sasctl slots watch: the same question, asked once or kept alive.
namespace sasctl {
namespace {

constexpr int kPagesMax = 20;

std::string Where(const slots::SlotMatch& match) {
  std::string text = Kilometres(match.distance_meters());
  if (match.detour_meters() > 0) text += " (détour " + Kilometres(match.detour_meters()) + ")";
  return text;
}

std::string Terms(const slots::SlotMatch& match) {
  std::string text;
  for (const slots::ScoreTerm& term : match.score_terms()) {
    text += (text.empty() ? "" : " · ") + term.label() + (term.points() < 0 ? " " : " +") +
            std::to_string(term.points());
  }
  return text;
}

// What a person has to ask before he sends a patient there.
std::string ToAsk(const slots::SlotMatch& match) {
  std::string text;
  for (const std::string& code : match.unknown_criteria()) {
    text += (text.empty() ? "" : ", ") + (code == "WHEELCHAIR" ? "fauteuil roulant" : code);
  }
  return text.empty() ? text : " (à vérifier par téléphone : " + text + ")";
}

// How many are left out beyond those that are named, and all of them by reason.
void ShowCounts(const slots::SearchSlotsResponse& found) {
  int all = 0;
  std::string reasons;
  for (const slots::ExcludedCount& each : found.excluded_counts()) {
    all += each.site_count();
    reasons += (reasons.empty() ? "" : ", ") + std::to_string(each.site_count()) + " " +
               each.reason_code();
  }
  if (all > found.excluded_sites_size()) {
    std::cout << "  " << all << " écartés en tout: " << reasons << "\n";
  }
}

void ShowSearch(const Suite& suite, const slots::SearchSlotsResponse& found) {
  if (suite.json()) return PrintJson(found);
  Table table({"DÉBUT", "DANS", "SITE", "MÉDECIN", "DISTANCE", "POINTS", "POURQUOI", "CRÉNEAU"});
  for (const slots::SlotMatch& match : found.matches()) {
    table.Row({LocalTime(match.slot().start_time()), Span(Until(suite, match.slot().start_time())),
               match.site_display_name() + (match.unverified() ? " (non vérifié)" : "") +
                   (match.past_deadline() ? " (hors délai)" : "") + ToAsk(match),
               match.practitioner_display_name(), Where(match), std::to_string(match.score()),
               Terms(match), match.slot().name()});
  }
  if (!table.empty()) {
    table.Print();
    std::cout << found.matches_size() << " sur " << found.total_count() << "\n";
  }
  std::cout << LimitsText(found);
  if (!found.excluded_sites().empty()) std::cout << "\nécartés\n";
  for (const slots::ExcludedSite& site : found.excluded_sites()) {
    std::cout << "  × " << site.site_display_name() << ": " << site.explanation() << "\n";
  }
  ShowCounts(found);
  if (!found.widenings().empty()) std::cout << "\nélargir apporterait\n";
  for (const slots::Widening& widening : found.widenings()) {
    std::cout << "  + " << WideningText(widening) << "\n";
  }
}

// What is searched; the same options for both commands.
struct SearchOptions {
  NeedOptions need;
  std::string near;
  std::string within = "48h";
  int radius_km = 0;
  int size = 0;

  void AddTo(CLI::App& app) {
    need.AddTo(app);
    app.add_option("--near", near, "Commune by name or INSEE code");
    app.add_option("--within", within, "48h, 24h…");
    app.add_option("--radius-km", radius_km, "30 unless given, at most 150");
    app.add_option("--page-size", size, "20 unless given, at most 50");
  }

  slots::SearchSlotsRequest Request(Suite& suite) const {
    slots::SearchSlotsRequest request;
    request.set_parent(suite.Parent());
    regulation::CareOrder order;
    if (!need.order.empty()) {
      order = GetOrder(suite, need.order);
      request.set_insee_code(order.place().insee_code());
      if (order.place().has_point()) *request.mutable_point() = order.place().point();
      *request.mutable_due_time() = order.due_time();
    }
    *request.mutable_need() = need.Need(suite, need.order.empty() ? nullptr : &order);
    if (!near.empty()) {
      request.set_insee_code(FindCommune(suite, near).insee_code());
      request.clear_point();
    }
    if (request.insee_code().empty() && !request.has_point()) {
      Suite::Usage("search around what? --near COMMUNE, or --order ORDER");
    }
    const base::Instant now = suite.clock().Now();
    *request.mutable_start_time() = ToProto(now);
    *request.mutable_end_time() = ToProto(now + ParseSpan(within));
    request.set_radius_meters(radius_km * 1000);
    request.set_page_size(size);
    return request;
  }
};

void AddSearch(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("search", "Finds slots, best first, with reasons");
  auto options = std::make_shared<SearchOptions>();
  auto pages = std::make_shared<int>(1);
  options->AddTo(*sub);
  sub->add_option("--pages", *pages, "So many pages, one after the other")
      ->check(CLI::Range(1, kPagesMax));
  sub->callback([&suite, options, pages] {
    slots::SearchSlotsRequest request = options->Request(suite);
    const auto ask = [&] {
      return suite.Ask<slots::SearchSlotsResponse>(RoleFor(request.need().entry_point()),
                                                   suite.Slots(),
                                                   &slots::SlotService::Stub::SearchSlots, request);
    };
    slots::SearchSlotsResponse found = ask();
    for (int page = 1; page < *pages && !found.next_page_token().empty(); ++page) {
      request.set_page_token(found.next_page_token());
      const slots::SearchSlotsResponse next = ask();
      found.mutable_matches()->MergeFrom(next.matches());
      found.set_next_page_token(next.next_page_token());
    }
    ShowSearch(suite, found);
  });
}

void ShowPlaced(const char* sign, const slots::PlacedMatch& placed) {
  const slots::SlotMatch& match = placed.match();
  std::cout << "  " << sign << " " << LocalTime(match.slot().start_time()) << "  "
            << match.site_display_name() << (match.unverified() ? " (non vérifié)" : "")
            << ToAsk(match) << "  " << match.slot().free_seat_count() << " libre(s)  "
            << match.slot().name() << "\n";
}

void ShowStep(const Suite& suite, const slots::WatchAvailabilityResponse& step) {
  if (suite.json()) {
    PrintJson(step);
  } else if (step.has_snapshot()) {
    ShowSearch(suite, step.snapshot());
  } else if (step.has_changes()) {
    std::cout << LocalTime(step.fresh_time()) << "  " << step.changes().total_count()
              << " en tout\n";
    for (const std::string& slot : step.changes().taken()) std::cout << "  - " << slot << "\n";
    for (const auto& placed : step.changes().added()) ShowPlaced("+", placed);
    for (const auto& placed : step.changes().changed()) ShowPlaced("~", placed);
  }
  std::cout.flush();
}

// Reads one stream to its end, or until nothing is left to show. Why it ended.
absl::Status ReadStream(Suite& suite, const slots::WatchAvailabilityRequest& request, int& left) {
  const auto stub =
      slots::AvailabilityWatchService::NewStub(suite.ChannelTo(suite.endpoints().slots));
  grpc::ClientContext context;
  context.AddMetadata("authorization",
                      suite.Authorization(RoleFor(request.search().need().entry_point())));
  const auto reader = stub->WatchAvailability(&context, request);
  slots::WatchAvailabilityResponse step;
  while (left != 0 && reader->Read(&step)) {
    ShowStep(suite, step);
    const bool heartbeat = !step.has_snapshot() && !step.has_changes();
    if (left > 0 && !heartbeat) --left;
  }
  if (left == 0) context.TryCancel();  // Not always: it would stand in front of a refusal.
  return sas::rpc::FromGrpc(reader->Finish());
}

void AddSlotWatch(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("watch", "Keeps a search alive; Ctrl-C ends, or its window");
  auto options = std::make_shared<SearchOptions>();
  auto limit = std::make_shared<int>(-1);
  options->AddTo(*sub);
  sub->add_option("--count", *limit, "End after so many answers and changes");
  sub->callback([&suite, options, limit] {
    slots::WatchAvailabilityRequest request;
    *request.mutable_search() = options->Request(suite);
    int left = *limit;
    while (left != 0) {
      const absl::Status ended = ReadStream(suite, request, left);
      if (left == 0 || base::ReasonOf(ended) == "WINDOW_PASSED") return;
      // A replica that stops or is killed: the next answer is whole again.
      const bool away = absl::IsUnavailable(ended) || absl::IsAborted(ended) ||
                        base::ReasonOf(ended).rfind("PEER_", 0) == 0;
      if (!away) suite.Refuse(ended);
      *request.mutable_search()->mutable_start_time() = ToProto(suite.clock().Now());
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
  });
}

}  // namespace

void AddSearchCommands(CLI::App& group, Suite& suite) {
  AddSearch(group, suite);
  AddSlotWatch(group, suite);
}

}  // namespace sasctl
