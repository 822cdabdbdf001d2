import type { AccountMessageKey } from "./account_id";

/** What the account pages say in English. */
export const accountEn: Readonly<Record<AccountMessageKey, string>> = {
  loading: "One moment …",
  try_again: "Try again",
  check_fields_one: "One field needs your attention.",
  check_fields_many: "{count} fields need your attention.",
  error_password_length: "A password has 10 to 128 characters.",
  error_email_same: "That is your address already.",
  error_label: "Enter a short name, at most 60 letters.",
  error_understood: "Please tick that you understand.",
  secure_needed: "Accounts can only be opened over a secure connection (https).",

  refused_sign_in_failed: "Email, password or passkey do not match.",
  refused_session_ended: "Your session has ended. Please sign in again.",
  refused_password_wrong: "The password does not match.",
  refused_passkey_refused: "This passkey was not accepted. Try again, or use another device.",
  refused_not_found: "That is no longer part of your account. Please reload this page.",
  refused_version_conflict:
    "Your profile has just been changed elsewhere. The newest entries are shown; check them and save again.",
  refused_version_conflict_password:
    "The password has just been changed elsewhere. Reload this page and try again.",
  refused_version_conflict_erase:
    "An order is still under way, or money is still to be returned. The account can be erased after that.",
  refused_code_invalid: "This link is wrong, used or too old. Ask for a new one.",
  refused_password_refused: "This password is too easy to guess. Choose another one.",
  refused_password_about_you:
    "This password is mostly your name, your email or the name of the shop. Choose another one.",
  refused_password_breached:
    "This password is common or known from a breach, so others would try it first. Choose another one.",
  refused_limit_reached:
    "That is full: an account has at most 20 addresses, 10 cards and 10 passkeys. Remove one first.",
  refused_card_expired: "This card has expired. Please use another one.",
  refused_card_vault_off: "This shop no longer saves cards. Your card was not saved.",
  refused_rate_limited: "Too many tries. Try again in {minutes} minutes.",
  refused_rate_limited_later: "Too many tries. Please try again later.",
  refused_box_field_invalid: "Something you entered cannot be used. Check it and try again.",
  refused_other: "Something went wrong ({code}). Please try again.",
  unanswered: "The shop does not answer. Check your connection and try again.",
  storage_refused:
    "Your browser would not keep your key. Allow storage for this site, or leave private browsing.",
  passkey_known: "This device already has a passkey for your account.",

  note_ended: "Your session has ended. Please sign in again.",
  note_signed_out: "You are signed out.",
  note_erased: "Your account is erased. Thank you for having been with us.",
  mail_sent_title: "Check your email",
  sign_up_sent:
    "We sent a mail to {email}. Open the link in it to activate your account; it is good for 24 hours.",
  sign_up_sent_more:
    "Nothing there? Look into your spam folder. For privacy, this page does not tell whether the address has an account already; the mail does.",
  reset_sent: "If {email} has an account here, a mail with a link is on its way. It is good for one hour.",
  code_missing_title: "Please open the link in our mail",
  code_missing_verify:
    "This page needs the code of the link in our mail. Please open that link once more.",
  to_reset: "Ask for a new link",
  to_sign_up: "Sign up again",
  to_account: "To your account",

  saved: "Saved.",
  email_is: "Email: {email}",
  email_change_sent:
    "We sent a mail to {email}. Open the link in it within 24 hours and enter your password; until then {present} stays your address.",
  since: "Account since {date}",
  addresses_none: "No addresses kept yet.",
  address_edit: "Edit",
  address_edit_of: "Edit the address of {name}",
  address_edit_title: "Edit the address",
  address_add_title: "Add an address",
  address_saved: "Address saved.",
  address_removed: "Address removed.",
  cards_none: "No cards saved yet.",
  card_valid: "Valid until {expiry}",
  card_since: "Saved {date}",
  card_expired: "Expired",
  card_saved: "Card saved.",
  card_removed: "Card removed.",
  remove_card_of: "Remove the card {name}",
  remove: "Remove",
  remove_address_of: "Remove the address of {name}",
  remove_sure: "Remove {name}?",
  remove_yes: "Yes, remove",
  remove_no: "Keep it",
  orders_none: "No orders with this account yet.",
  order_of: "{date}: {total}",
  passkeys_none: "No passkeys yet.",
  passkey_added: "Passkey added.",
  passkey_removed: "Passkey removed.",
  passkey_created: "Created {date}",
  passkey_used: "Last used {date}",
  passkey_unused: "Never used",
  remove_passkey_of: "Remove the passkey {name}",
  password_changed: "Password changed. Other devices are signed out.",
  sessions_one: "Only this device is signed in to your account.",
  sessions_many: "{count} devices are signed in to your account, this one included.",
  consent_recorded: "Recorded.",
  export_done: "The copy of your data has been downloaded.",
};
