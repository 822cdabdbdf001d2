#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace dermaga::vault {

void wipe(std::string& text);

// A sensitive text. No stream operator, no JSON writer, no log form, no implicit conversion, no
// copy by accident; wiped on destruction. Whoever needs the text says reveal(), which is easy to
// search for.
class SecretText {
 public:
  SecretText() = default;
  // Copied rather than moved: a short text would stay where it was moved from.
  explicit SecretText(std::string text) : text_(text) { wipe(text); }
  SecretText(SecretText&& other) noexcept : text_(other.text_) { wipe(other.text_); }
  SecretText& operator=(SecretText&& other) noexcept {
    if (this != &other) {
      wipe(text_);
      text_ = other.text_;
      wipe(other.text_);
    }
    return *this;
  }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(text_); }

  SecretText clone() const { return SecretText(text_); }
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// The same text under types that do not pass for one another.
template <typename Tag>
class Secret : public SecretText {
 public:
  using SecretText::SecretText;
};

using PersonName = Secret<struct PersonNameTag>;
using EmailAddress = Secret<struct EmailAddressTag>;
using PhoneNumber = Secret<struct PhoneNumberTag>;
using StreetAddress = Secret<struct StreetAddressTag>;
using CardNumber = Secret<struct CardNumberTag>;
using CardSecurityCode = Secret<struct CardSecurityCodeTag>;
using PaymentToken = Secret<struct PaymentTokenTag>;
using AccessToken = Secret<struct AccessTokenTag>;
using ChallengeCode = Secret<struct ChallengeCodeTag>;
using SessionSecret = Secret<struct SessionSecretTag>;
using MailedCode = Secret<struct MailedCodeTag>;
using Password = Secret<struct PasswordTag>;

}  // namespace dermaga::vault
