#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common/base/resource_name.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/source_commands.h"

// sasctl partner platforms|limit: what was agreed with booking platforms.
namespace sasctl {
namespace {

using Stub = slots::PartnerFeedService::Stub;

std::vector<slots::Partner> ReadPlatforms(Suite& suite) {
  std::vector<slots::Partner> all;
  slots::ListPartnersRequest request;
  request.set_parent(suite.Parent());
  request.set_page_size(500);
  do {
    const auto page = suite.Ask<slots::ListPartnersResponse>(base::Role::kPlanner, suite.Partners(),
                                                             &Stub::ListPartners, request);
    all.insert(all.end(), page.partners().begin(), page.partners().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

std::string PauseText(const google::protobuf::Duration& pause) {
  return Span(std::chrono::seconds(pause.seconds()));
}

/// What was agreed stands with a star; the rest is the service's own.
void PrintPlatforms(const std::vector<slots::Partner>& platforms) {
  const auto cell = [](int agreed, int in_force) {
    return std::to_string(in_force) + (agreed == 0 ? "" : "*");
  };
  Table table({"PLATEFORME", "AGENDAS", "AU PLUS", "MESSAGES/S", "D'UN COUP", "CRÉNEAUX", "REFUS",
               "PAUSES", "ETAG"});
  for (const slots::Partner& each : platforms) {
    const slots::PartnerLimits& agreed = each.limits();
    const slots::PartnerLimits& now = each.limits_in_force();
    const bool pauses =
        agreed.breaker_pause().seconds() > 0 || agreed.breaker_pause_max().seconds() > 0;
    table.Row({std::string(base::LastId(each.name())), std::to_string(each.agenda_count()),
               cell(agreed.agenda_max(), now.agenda_max()),
               cell(agreed.frames_per_second(), now.frames_per_second()),
               cell(agreed.frames_burst(), now.frames_burst()),
               cell(agreed.frame_slot_max(), now.frame_slot_max()),
               cell(agreed.breaker_failure_max(), now.breaker_failure_max()),
               PauseText(now.breaker_pause()) + " à " + PauseText(now.breaker_pause_max()) +
                   (pauses ? "*" : ""),
               each.etag()});
  }
  table.Print();
}

void AddPlatforms(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("platforms", "Booking platforms and their limits; * was agreed");
  sub->callback([&suite] {
    const auto platforms = ReadPlatforms(suite);
    if (!suite.json()) return PrintPlatforms(platforms);
    slots::ListPartnersResponse all;
    all.mutable_partners()->Assign(platforms.begin(), platforms.end());
    PrintJson(all);
  });
}

/// What the command line says; absent: as it was.
struct Terms {
  std::string platform;
  std::optional<int> frames, burst, agendas, slots, failures;
  std::optional<std::string> pause, pause_max;
  std::string etag;
  bool fresh = false;
};

void SetPause(const std::optional<std::string>& text, google::protobuf::Duration* pause) {
  if (text) pause->set_seconds(ParseSpan(*text).count());
}

void Put(const Terms& terms, slots::PartnerLimits& limits) {
  if (terms.frames) limits.set_frames_per_second(*terms.frames);
  if (terms.burst) limits.set_frames_burst(*terms.burst);
  if (terms.agendas) limits.set_agenda_max(*terms.agendas);
  if (terms.slots) limits.set_frame_slot_max(*terms.slots);
  if (terms.failures) limits.set_breaker_failure_max(*terms.failures);
  if (terms.pause) SetPause(terms.pause, limits.mutable_breaker_pause());
  if (terms.pause_max) SetPause(terms.pause_max, limits.mutable_breaker_pause_max());
}

void AddLimit(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand(
      "limit", "Agrees on limits of a platform; 0 (0s) leaves the service's own again");
  auto terms = std::make_shared<Terms>();
  sub->add_option("platform", terms->platform, "Subject of its credentials")->required();
  sub->add_option("--frames", terms->frames, "Frames and reports a second, 1 to 1000");
  sub->add_option("--burst", terms->burst, "At once after a silence, 1 to 2000");
  sub->add_option("--agendas", terms->agendas, "Agendas of the region, 1 to 20000");
  sub->add_option("--slots", terms->slots, "Slots of one frame, 1 to 2000");
  sub->add_option("--failures", terms->failures, "Refused frames in a row, 1 to 100");
  sub->add_option("--pause", terms->pause, "First pause of the breaker, 1s to 1h");
  sub->add_option("--pause-max", terms->pause_max, "Longest pause of the breaker, 1s to 1h");
  sub->add_option("--etag", terms->etag, "Version that was read; the present one unless given");
  sub->add_flag("--new", terms->fresh, "Also when it has no agenda here yet");
  sub->callback([&suite, terms] {
    slots::UpdatePartnerRequest request;
    slots::Partner& partner = *request.mutable_partner();
    partner.set_name(suite.Parent() + "/partners/" + terms->platform);
    for (const slots::Partner& each : ReadPlatforms(suite)) {
      if (each.name() != partner.name()) continue;
      *partner.mutable_limits() = each.limits();
      partner.set_etag(each.etag());
    }
    if (!terms->etag.empty()) partner.set_etag(terms->etag);
    Put(*terms, *partner.mutable_limits());
    request.set_allow_missing(terms->fresh);
    request.set_request_id(suite.RequestId());
    const auto done = suite.Ask<slots::Partner>(base::Role::kPlanner, suite.Partners(),
                                                &Stub::UpdatePartner, request);
    if (suite.json()) return PrintJson(done);
    PrintPlatforms({done});
  });
}

}  // namespace

void AddPartnerRecordCommands(CLI::App& group, Suite& suite) {
  AddPlatforms(group, suite);
  AddLimit(group, suite);
}

}  // namespace sasctl
