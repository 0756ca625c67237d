#include <algorithm>
#include <string_view>

#include "common/base/status.h"
#include "services/slots/partner_frame.h"

// Whose word counts about an agenda, as its frames say.
namespace sas::slots {
namespace {

constexpr std::size_t kBookingUrlMax = 500;

/// Does the page exist as one that parameters can be added to (sas-fhir.md §10.6)?
bool IsBookingUrl(std::string_view url) {
  const bool printable = std::all_of(url.begin(), url.end(), [](char each) {
    return each > ' ' && each < 127 && each != '"' && each != '<' && each != '>' && each != '#';
  });
  return printable && url.size() <= kBookingUrlMax && url.substr(0, 8) == "https://" &&
         url.find('?') != std::string_view::npos;
}

}  // namespace

absl::Status CheckMaster(const v1::AgendaFrame& frame) {
  if (!v1::AgendaMaster_IsValid(frame.master())) {
    return base::InvalidField("frame.master", "UNKNOWN_ENUM_VALUE", "not a known master");
  }
  const bool redirect = frame.master() == v1::AGENDA_MASTER_SOURCE_REDIRECT;
  if (redirect ? IsBookingUrl(frame.booking_url()) : frame.booking_url().empty()) {
    return absl::OkStatus();
  }
  return base::InvalidField("frame.booking_url", "INVALID_BOOKING_URL",
                            "with SOURCE_REDIRECT, and only then: https://…?…, at most 500 "
                            "characters, without a fragment");
}

// A change of master is a change of what is offered: every replica reads the site again.
void FrameWork::DeclareMaster() {
  if (frame_.master() == v1::AGENDA_MASTER_UNSPECIFIED) return;
  const MasterSaid said{static_cast<AgendaMaster>(frame_.master()), frame_.booking_url()};
  if (said == agenda_.said) return;
  agenda_.said = said;
  ++changes_;
}

}  // namespace sas::slots
