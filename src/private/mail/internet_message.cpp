#include "internet_message.h"

#include <algorithm>
#include <cctype>

#include "encoding/encoding.h"

namespace dermaga::mail {

namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kLocalPartBytesMax = 64;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kSubjectBytesMax = 500;
constexpr std::size_t kTextBytesMax = std::size_t{256} * 1024;
constexpr std::size_t kMessageIdBytes = 16;
// Of text in one encoded word: with the longest field name before it a line stays below 76 bytes.
constexpr std::size_t kWordBytesMax = 39;
constexpr std::size_t kPlainBytesMax = 60;    // longer header texts are encoded, since words fold
constexpr std::size_t kQuotedLineBytes = 75;  // and a soft line end, "="

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 5322 §3.2.3.
bool is_atom_character(char c) {
  return is_letter_or_digit(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c));
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Parts between dots, none empty.
template <typename Accepts>
bool dotted(std::string_view text, std::size_t part_bytes_max, Accepts accepts) {
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || part.size() > part_bytes_max || !std::ranges::all_of(part, accepts)) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

bool is_domain(std::string_view text) {
  const auto accepts = [](char c) { return is_letter_or_digit(c) || c == '-'; };
  const bool edges =
      text.starts_with('-') || text.ends_with('-') || text.contains("-.") || text.contains(".-");
  return dotted(text, kLabelBytesMax, accepts) && !edges;
}

Status check_header_text(std::string_view text, std::string_view what) {
  if (text.size() > kSubjectBytesMax || !encoding::is_utf8(text) ||
      std::ranges::any_of(text, is_control)) {
    return make_error(ErrorCode::kInvalidArgument, std::string(what) +
                                                       " must be one line of UTF-8, at most " +
                                                       std::to_string(kSubjectBytesMax) + " bytes");
  }
  return {};
}

// As many bytes of the text as fit, never a part of a character.
std::string_view take_characters(std::string_view& text, std::size_t bytes_max) {
  std::size_t end = std::min(text.size(), bytes_max);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

// RFC 2047, one word a line.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    words += words.empty() ? "" : "\r\n ";
    words += "=?UTF-8?B?" + encoding::base64(take_characters(text, kWordBytesMax)) + "?=";
  }
  return words;
}

std::string subject_text(std::string_view text) {
  const bool plain = is_ascii(text) && text.size() <= kPlainBytesMax && !text.contains("=?") &&
                     !text.starts_with(' ') && !text.ends_with(' ');
  return plain ? std::string(text) : encoded_words(text);
}

// A name that is not all atoms would have to be quoted: encoded instead.
std::string mailbox(const Sender& from) {
  if (from.name.empty()) {
    return from.address;
  }
  const bool plain =
      from.name.size() <= kPlainBytesMax && !from.name.starts_with(' ') &&
      !from.name.ends_with(' ') && !from.name.contains("=?") &&
      std::ranges::all_of(from.name, [](char c) { return is_atom_character(c) || c == ' '; });
  return (plain ? from.name : encoded_words(from.name)) + "\r\n <" + from.address + ">";
}

// "Sun, 22 Nov 2026 08:30:00 +0000".
std::string date_text(UtcTime now) {
  std::string date = format_http_date(now);
  date.replace(date.rfind("GMT"), 3, "+0000");
  return date;
}

// RFC 2045 §6.7 with CRLF line ends. Beyond what it asks for a line begins neither with '.', which
// SMTP doubles, nor with "From ", which mail folders mark.
std::string quoted_printable(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c > ' ' && c < 0x7f && c != '=') || (c == ' ' && !ends_line);
    if (column + (plain ? 1 : 3) > kQuotedLineBytes) {
      out += "=\r\n";
      column = 0;
    }
    if (plain && !(column == 0 && (c == '.' || c == 'F'))) {
      out += c;
      column += 1;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'=', kHex[byte >> 4U], kHex[byte & 0x0fU]};
      column += 3;
    }
  }
  return out + (column == 0 ? "" : "\r\n");
}

}  // namespace

Status check_address(std::string_view address) {
  if (!is_ascii(address)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "mail addresses beyond ASCII (SMTPUTF8) are not served");
  }
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || address.size() > kAddressBytesMax ||
      at > kLocalPartBytesMax ||
      !dotted(address.substr(0, at), kLocalPartBytesMax, is_atom_character) ||
      !is_domain(address.substr(at + 1))) {
    return make_error(ErrorCode::kInvalidArgument, "not a mail address of the form name@host");
  }
  return {};
}

Status check_sender(const Sender& from) {
  RETURN_IF_ERROR(check_address(from.address));
  return check_header_text(from.name, "the sender's name");
}

Result<vault::SecretText> internet_message(const Letterhead& head, const Message& message) {
  RETURN_IF_ERROR(check_address(message.to.reveal()));
  RETURN_IF_ERROR(check_header_text(message.subject, "a mail's subject"));
  const std::string_view text = message.text.reveal();
  const auto refused = [](char c) { return is_control(c) && c != '\n' && c != '\t'; };
  if (text.size() > kTextBytesMax || !encoding::is_utf8(text) ||
      std::ranges::any_of(text, refused)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a mail's text must be UTF-8 with LF line ends, at most " +
                          std::to_string(kTextBytesMax) + " bytes");
  }
  const std::string& from = head.from.address;
  std::string body = quoted_printable(text);
  std::string out;
  out.reserve(body.size() + 2 * kAddressBytesMax + 2 * kSubjectBytesMax +
              512);  // one buffer to wipe
  out += "Date: " + date_text(head.now) + "\r\n";
  out += "Message-ID: <" + encoding::hex(head.random.bytes(kMessageIdBytes)) +
         from.substr(from.rfind('@')) + ">\r\n";
  out += "From: " + mailbox(head.from) + "\r\n";
  out += "To: ";
  out += message.to.reveal();
  out += "\r\nSubject: " + subject_text(message.subject) + "\r\n";
  out +=
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n"
      "Auto-Submitted: auto-generated\r\n\r\n";
  out += body;
  vault::wipe(body);
  return vault::SecretText(std::move(out));
}

}  // namespace dermaga::mail
