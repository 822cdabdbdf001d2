#include "internet_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "encoding/encoding.h"

namespace dermaga::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FixedRandom final : public Random {
 public:
  void fill(void* bytes, std::size_t size) override {
    std::fill_n(static_cast<unsigned char*>(bytes), size, 0xab);
  }
};

Result<std::string> compose(std::string_view to, std::string_view subject, std::string_view text,
                            const Sender& from = {.address = "shop@example.com",
                                                  .name = "Dermaga"}) {
  FixedRandom random;
  const Message message{.to = vault::EmailAddress(std::string(to)),
                        .subject = std::string(subject),
                        .text = vault::SecretText(std::string(text))};
  ASSIGN_OR_RETURN(
      const auto mail,
      internet_message(
          {.from = from, .now = parse_rfc3339("2026-11-22T08:30:00Z").value(), .random = random},
          message));
  return std::string(mail.reveal());
}

std::string body_of(const std::string& mail) {
  return mail.substr(mail.find("\r\n\r\n") + 4);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 2);
  }
  return lines;
}

TEST(InternetMessageTest, IsAsRfc5322HasIt) {
  EXPECT_EQ(compose("sari@example.org", "Hello", "Dear Sari,\n\nwelcome.\n").value(),
            "Date: Sun, 22 Nov 2026 08:30:00 +0000\r\n"
            "Message-ID: <abababababababababababababababab@example.com>\r\n"
            "From: Dermaga\r\n <shop@example.com>\r\n"
            "To: sari@example.org\r\n"
            "Subject: Hello\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "\r\n"
            "Dear Sari,\r\n\r\nwelcome.\r\n");
  EXPECT_THAT(*compose("a@b", "x", "y", {.address = "s@e.com"}), HasSubstr("From: s@e.com\r\n"));
}

TEST(InternetMessageTest, EncodesWhatHeadersCannotHold) {
  const std::string mail = compose("a@b.example", "Pesanan Anda – “Toko Élite”", "x",
                                   {.address = "s@e.com", .name = "Tokö, \"Dua\""})
                               .value();
  EXPECT_THAT(
      mail, HasSubstr("From: =?UTF-8?B?" + encoding::base64("Tokö, \"Dua\"") + "?=\r\n <s@e.com>"));
  EXPECT_THAT(mail, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(*compose("a@b", "really =?UTF-8?B?eA==?=", "x"), Not(HasSubstr("really =?")));
  EXPECT_THAT(*compose("a@b", "x", "y", {.address = "s@e.com", .name = "a (b)"}),
              Not(HasSubstr("(b)")));
}

TEST(InternetMessageTest, LongSubjectsFoldBetweenCharacters) {
  std::string subject;
  for (int i = 0; i < 100; ++i) {
    subject += "é€a";
  }
  subject.resize(498);  // whole characters: 83 × 6
  const std::string mail = compose("a@b.example", subject, "x").value();
  std::string decoded;
  for (const std::string& line : lines_of(mail)) {
    EXPECT_LE(line.size(), 76U) << line;
    const std::size_t begin = line.find("=?UTF-8?B?");
    if (begin != line.npos) {
      const std::string word =
          encoding::base64_decode(line.substr(begin + 10, line.size() - begin - 12)).value();
      EXPECT_TRUE(encoding::is_utf8(word)) << line;
      decoded += word;
    }
  }
  EXPECT_EQ(decoded, subject);
}

TEST(InternetMessageTest, TextIsQuotedPrintable) {
  const auto body = [](std::string_view text) {
    return body_of(compose("a@b", "s", text).value());
  };
  EXPECT_EQ(body("a=b é\n"), "a=3Db =C3=A9\r\n");
  EXPECT_EQ(body("end \n\ttab\t\nlast "), "end=20\r\n=09tab=09\r\nlast=20\r\n");
  EXPECT_EQ(body(".\n..x\nFrom me\n"), "=2E\r\n=2E.x\r\n=46rom me\r\n");
  EXPECT_EQ(body(""), "");
  const std::string line(200, 'x');
  const std::string folded = body(line + "\n");
  for (const std::string& one : lines_of(folded)) {
    EXPECT_LE(one.size(), 76U);
  }
  EXPECT_EQ(folded, std::string(75, 'x') + "=\r\n" + std::string(75, 'x') + "=\r\n" +
                        std::string(50, 'x') + "\r\n");
  const std::string three(76, '=');  // an escape is never torn
  EXPECT_THAT(body(three), Not(HasSubstr("=3=\r\n")));
}

TEST(InternetMessageTest, NothingGetsIntoTheHeaders) {
  for (const std::string_view bad :
       {std::string_view("a\r\nBcc: x@y"), std::string_view("a\nb"), std::string_view("a\rb"),
        std::string_view("a\0b", 3), std::string_view("\x7f"), std::string_view("\xff")}) {
    EXPECT_EQ(compose("a@b", bad, "x").error().code(), ErrorCode::kInvalidArgument);
    const Sender named{.address = "s@e.com", .name = std::string(bad)};
    EXPECT_EQ(check_sender(named).error().code(), ErrorCode::kInvalidArgument);
    const std::string to = "a@b" + std::string(bad);
    EXPECT_EQ(compose(to, "s", "x").error().code(), ErrorCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(compose("a@b", std::string(501, 'x'), "x").has_value());
}

TEST(InternetMessageTest, ATextIsBoundedAndClean) {
  EXPECT_TRUE(compose("a@b", "s", std::string(256 * 1024, 'x')).has_value());
  EXPECT_FALSE(compose("a@b", "s", std::string(256 * 1024 + 1, 'x')).has_value());
  for (const std::string_view bad :
       {std::string_view("a\r\n"), std::string_view("a\0", 2), std::string_view("\xc3")}) {
    EXPECT_EQ(compose("a@b", "s", bad).error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST(InternetMessageTest, Addresses) {
  for (const std::string_view good :
       {"a@b", "sari.dewi+x@mail.example.co.id", "o'neil_1@x-y.z", "!#$%&'*+-/=?^_`{|}~@b.c"}) {
    EXPECT_TRUE(check_address(good).has_value()) << good;
  }
  const std::string long_local(65, 'a');
  const std::string long_domain = "a@" + std::string(64, 'b') + ".c";
  const std::string too_long = "a@" + std::string(60, 'b') + "." + std::string(60, 'b') + "." +
                               std::string(60, 'b') + "." + std::string(60, 'b') + "." +
                               std::string(12, 'c');
  for (const std::string& bad : {std::string("a"),
                                 std::string("@b"),
                                 std::string("a@"),
                                 std::string("a@@b"),
                                 std::string("a b@c"),
                                 std::string("a@b c"),
                                 std::string("<a@b>"),
                                 std::string("a@b>"),
                                 std::string("a@b,c@d"),
                                 std::string(".a@b"),
                                 std::string("a..b@c"),
                                 std::string("a@b."),
                                 std::string("a@-b"),
                                 std::string("a@b-.c"),
                                 std::string("\"a b\"@c"),
                                 std::string("a@[::1]"),
                                 std::string("a@b\n"),
                                 long_local + "@b",
                                 long_domain,
                                 too_long}) {
    EXPECT_FALSE(check_address(bad).has_value()) << bad;
  }
  EXPECT_THAT(check_address("sarí@example.org").error().message(), HasSubstr("SMTPUTF8"));
  EXPECT_THAT(check_address("a@münchen.de").error().message(), HasSubstr("SMTPUTF8"));
}

TEST(InternetMessageTest, ErrorsTellNobody) {
  EXPECT_THAT(compose("secret@@example.org", "s", "x").error().message(), Not(HasSubstr("secret")));
  EXPECT_THAT(compose("a@b", "secret\n", "x").error().message(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace dermaga::mail
