#pragma once

#include <string>
#include <string_view>

#include "accounts/ports.h"

namespace dermaga::accounts {

// The mails that accounts send, in Indonesian or, for every other locale, in English. Codes stand
// after '#' in links, so that they never reach the public zone's servers.
Mail confirm_address(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                     const vault::MailedCode& code);
Mail account_exists(const Ports& ports, vault::EmailAddress to, std::string_view locale);
Mail reset_password(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                    const vault::MailedCode& code);
Mail confirm_new_address(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                         const vault::MailedCode& code);
// To the address of before, when another one is asked for, and when it has become the account's.
Mail address_change_asked(const Ports& ports, vault::EmailAddress to, std::string_view locale);
Mail address_changed(const Ports& ports, vault::EmailAddress to, std::string_view locale);
Mail password_changed(const Ports& ports, vault::EmailAddress to, std::string_view locale);
Mail passkey_added(const Ports& ports, vault::EmailAddress to, std::string_view locale);

// Counts a mail of one kind ("sign-up", "reset", "address") to an address; false where enough were
// sent to it for now. What strangers ask for an address leaves the mails of other kinds.
Result<bool> take_mail_try(const Ports& ports, std::string_view kind,
                           const std::string& email_index);

}  // namespace dermaga::accounts
