#include "common/mail/message.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace sas::mail {
namespace {

constexpr std::size_t kLineCharacters = 76;
constexpr std::size_t kWordBytes = 45;  // Of an encoded word: 60 characters of base64.

// A header's value is one line: whatever ends a line is dropped.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20U && c != 0x7F) line += c;
  }
  return line;
}

// As encoded words (RFC 2047), cut between characters.
std::string EncodedWords(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t end = std::min(text.size(), kWordBytes);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + Base64(text.substr(0, end)) + "?=";
    text.remove_prefix(end);
  }
  return words;
}

}  // namespace

std::string Base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < count ? static_cast<unsigned char>(text[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kAlphabet[(bits >> (18U - 6U * i)) & 63U] : '=';
    }
  }
  return out;
}

std::string DateText(long long unix_seconds) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d +0000",
                kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
  return text.data();
}

std::string Render(const Message& message) {
  std::string crlf;
  for (const char c : message.body) {
    if (c == '\n') crlf += '\r';
    crlf += c;
  }
  std::string text;
  const auto header = [&](std::string_view name, const std::string& value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  header("From", "<" + OneLine(message.from) + ">");
  header("To", "<" + OneLine(message.to) + ">");
  header("Subject", EncodedWords(OneLine(message.subject)));
  header("Date", OneLine(message.date));
  header("Message-ID", "<" + OneLine(message.id) + ">");
  header("Auto-Submitted", "auto-generated");
  if (message.wants_receipt) {
    header("Disposition-Notification-To", "<" + OneLine(message.from) + ">");
  }
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=UTF-8");
  header("Content-Transfer-Encoding", "base64");
  text += "\r\n";
  const std::string body = Base64(crlf);
  for (std::size_t at = 0; at < body.size(); at += kLineCharacters) {
    text.append(body, at, kLineCharacters).append("\r\n");
  }
  return text;
}

}  // namespace sas::mail
