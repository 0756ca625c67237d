#pragma once

#include <string>
#include <string_view>

/// A plain text letter as it stands on the wire (RFC 5322). Pure.
namespace sas::mail {

struct Message {
  std::string id;    ///< Without brackets: `a@b`. The same for each try of one letter.
  std::string from;  ///< Mailbox, like `to`.
  std::string to;
  std::string subject;
  std::string body;            ///< UTF-8 with \n.
  std::string date;            ///< As DateText gives it.
  bool wants_receipt = false;  ///< Asks for an acknowledgement of reading (MDN, RFC 8098).
};

/// Whole message with CRLF, body in base64: every line is short ASCII, and no line of the text can
/// be taken for a header or for the end.
std::string Render(const Message& message);

/// `Tue, 24 Nov 2026 09:00:00 +0000` of seconds since 1970.
std::string DateText(long long unix_seconds);

std::string Base64(std::string_view text);

}  // namespace sas::mail
