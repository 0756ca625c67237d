#pragma once

#include <vector>

#include "services/slots/domain/search.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/region_view.h"

namespace sas::slots {

/// A search of the view's index, told in the view's own sites and slots. At most
/// `excluded_limit` sites left out are named; `excluded_total` counts all.
Found SearchView(const RegionView& view, const Query& query);

/// How many slots suit beside those of `known`, and when the first of them starts.
struct Further {
  std::size_t count = 0;
  base::Instant first_start{};  ///< Zero when there is none.
};

Further CountFurther(const RegionView& view, const Query& query, const std::vector<Match>& known);

/// The slot of this name in the view's index; a null one when it has none.
SlotRef FindRef(const RegionView& view, std::string_view slot);

/// An index of the sites.
std::shared_ptr<RegionIndex> MakeIndex(
    const std::vector<std::shared_ptr<const IndexedSite>>& sites);

/// The index with other sites; an empty pointer beside a name takes that site out.
std::shared_ptr<RegionIndex> WithSites(const RegionIndex& index,
                                       const std::vector<SitePicture>& pictures);

}  // namespace sas::slots
