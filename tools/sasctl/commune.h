#pragma once

#include <string>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// A commune by name, INSEE code or postal code. Several of one name: leaves with the list, each
/// with its département, because the wrong valley is worse than a second try (hazard H-05).
type::Commune FindCommune(Suite& suite, const std::string& text);

}  // namespace sasctl
