#pragma once

#include <string>
#include <string_view>

namespace sas::slots {

/// Name of a commune for comparison: lower case without accents, œ as oe, one space for everything
/// that is no letter or digit, "st" and "ste" before another word as "saint" and "sainte". Made of
/// [a-z0-9 ] alone. Letters beyond Latin-1 and œ are dropped.
std::string FoldPlaceName(std::string_view name);

/// The same without a leading article: "barre de monts" of "la barre de monts".
std::string_view WithoutArticle(std::string_view folded);

}  // namespace sas::slots
