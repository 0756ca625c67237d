#pragma once

#include <string>
#include <string_view>

/// French in the alphabet of SMS (GSM 03.38, 7 bits), so that 160 characters make one.
namespace sas::booking {

/// Every character of the result is in the alphabet: ê becomes e, ’ becomes ', what has no likeness
/// becomes a dot. UTF-8 in and out.
std::string ToGsm7(std::string_view text);

/// SMS that a text of this alphabet takes: 160 characters in one, else 153 in each.
int SmsCount(std::string_view text);

/// Lower case without accents, to look for words.
std::string PlainLower(std::string_view text);

}  // namespace sas::booking
