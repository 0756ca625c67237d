#include "services/slots/convert.h"
#include "services/slots/domain/month_day.h"

namespace sas::slots {

Barriers ToBarriers(const std::vector<v1::Barrier>& protos, const care::Zone& zone) {
  const auto points = [](const auto& from) {
    std::vector<care::Point> to;
    for (const auto& each : from) to.push_back({each.latitude_degrees(), each.longitude_degrees()});
    return to;
  };
  Barriers barriers;
  for (const v1::Barrier& proto : protos) {
    Barrier& barrier =
        barriers.emplace_back(Barrier{proto.display_name(), points(proto.points()),
                                      points(proto.crossings()), proto.detour_meters()});
    const auto first = ParseMonthDay(proto.season().start_month_day());
    const auto last = ParseMonthDay(proto.season().end_month_day());
    if (first && last) barrier.season = BarrierSeason{*first, *last, zone};
  }
  return barriers;
}

}  // namespace sas::slots
