#include "mails.h"

#include <algorithm>
#include <string>
#include <utility>

#include "accounts/accounts.h"
#include "encoding/encoding.h"
#include "proofs/tries.h"

namespace dermaga::accounts {
namespace {

// Both languages of one mail; {shop} and {link} are filled in.
struct Texts {
  std::string_view subject_id;
  std::string_view text_id;
  std::string_view subject_en;
  std::string_view text_en;
};

constexpr Texts kConfirm{
    .subject_id = "Konfirmasi alamat e-mail Anda di {shop}",
    .text_id =
        "Halo,\n\nbuka tautan ini dan masukkan kata sandi yang Anda pilih untuk "
        "menyelesaikan pembuatan akun di {shop}:\n\n{link}\n\nTautan berlaku 24 jam. Jika "
        "bukan Anda yang mendaftar, abaikan pesan ini: tanpa kata sandi itu tidak ada akun "
        "yang dibuat.\n",
    .subject_en = "Confirm your e-mail address at {shop}",
    .text_en =
        "Hello,\n\nopen this link and enter the password that you chose to finish creating "
        "your account at {shop}:\n\n{link}\n\nThe link works for 24 hours. If you did not "
        "sign up, ignore this message: without that password no account is made.\n"};

constexpr Texts kExists{
    .subject_id = "Anda sudah punya akun di {shop}",
    .text_id =
        "Halo,\n\nseseorang, mungkin Anda, ingin mendaftar di {shop} dengan alamat ini. "
        "Akunnya sudah ada: masuklah, atau buat kata sandi baru jika lupa:\n\n{link}\n\nJika "
        "bukan Anda, tidak perlu melakukan apa pun.\n",
    .subject_en = "You already have an account at {shop}",
    .text_en =
        "Hello,\n\nsomebody, perhaps you, wanted to sign up at {shop} with this address. "
        "There is an account already: sign in, or set a new password if you forgot "
        "it:\n\n{link}\n\nIf it was not you, there is nothing to do.\n"};

constexpr Texts kReset{
    .subject_id = "Kata sandi baru untuk akun Anda di {shop}",
    .text_id =
        "Halo,\n\nbuka tautan ini untuk membuat kata sandi baru:\n\n{link}\n\nTautan "
        "berlaku satu jam. Jika bukan Anda yang meminta, abaikan pesan ini: kata sandi "
        "lama tetap berlaku.\n",
    .subject_en = "A new password for your account at {shop}",
    .text_en =
        "Hello,\n\nopen this link to set a new password:\n\n{link}\n\nThe link works for "
        "one hour. If you did not ask for it, ignore this message: the old password still "
        "works.\n"};

constexpr Texts kNewAddress{
    .subject_id = "Konfirmasi alamat e-mail baru Anda di {shop}",
    .text_id =
        "Halo,\n\nbuka tautan ini dan masukkan kata sandi Anda agar alamat ini menjadi alamat "
        "akun Anda di {shop}:\n\n{link}\n\nTautan berlaku 24 jam. Jika bukan Anda yang "
        "meminta, abaikan pesan ini: tanpa kata sandi itu tidak ada yang berubah.\n",
    .subject_en = "Confirm your new e-mail address at {shop}",
    .text_en =
        "Hello,\n\nopen this link and enter your password to make this the address of your "
        "account at {shop}:\n\n{link}\n\nThe link works for 24 hours. If you did not ask for "
        "it, ignore this message: without that password nothing changes.\n"};

constexpr Texts kAddressAsked{
    .subject_id = "Alamat e-mail lain diminta untuk akun Anda di {shop}",
    .text_id =
        "Halo,\n\nseseorang yang tahu kata sandi Anda meminta agar akun Anda memakai alamat "
        "e-mail lain. Alamat ini tetap berlaku sampai alamat baru dikonfirmasi. Jika bukan Anda, "
        "segera buat kata sandi baru:\n\n{link}\n",
    .subject_en = "Another e-mail address was asked for your account at {shop}",
    .text_en =
        "Hello,\n\nsomebody who knows your password asked that your account use another e-mail "
        "address. This address stays until the new one is confirmed. If it was not you, set a new "
        "password now:\n\n{link}\n"};

constexpr Texts kAddressChanged{
    .subject_id = "Alamat e-mail akun Anda di {shop} telah diganti",
    .text_id =
        "Halo,\n\nakun Anda sekarang memakai alamat e-mail lain, dan pesan tentang akun itu "
        "tidak lagi dikirim ke sini. Jika bukan Anda yang menggantinya, hubungi {shop}:"
        "\n\n{link}\n",
    .subject_en = "The e-mail address of your account at {shop} was changed",
    .text_en =
        "Hello,\n\nyour account uses another e-mail address now, and messages about it no longer "
        "come here. If you did not change it, get in touch with {shop}:\n\n{link}\n"};

constexpr Texts kChanged{
    .subject_id = "Kata sandi akun Anda di {shop} telah diganti",
    .text_id =
        "Halo,\n\nkata sandi akun Anda baru saja diganti, dan semua perangkat lain "
        "dikeluarkan. Jika bukan Anda, segera buat kata sandi baru:\n\n{link}\n",
    .subject_en = "The password of your account at {shop} was changed",
    .text_en =
        "Hello,\n\nthe password of your account was just changed, and all other devices "
        "were signed out. If it was not you, set a new password now:\n\n{link}\n"};

constexpr Texts kPasskey{
    .subject_id = "Kunci sandi baru di akun Anda di {shop}",
    .text_id =
        "Halo,\n\nsebuah kunci sandi (passkey) baru ditambahkan ke akun Anda. Jika bukan "
        "Anda, hapus di halaman akun dan ganti kata sandi:\n\n{link}\n",
    .subject_en = "A new passkey in your account at {shop}",
    .text_en =
        "Hello,\n\na new passkey was added to your account. If it was not you, remove it "
        "on the account page and change your password:\n\n{link}\n"};

// A shop's name may hold anything but line ends: mail refuses those in a subject.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string filled(std::string_view text, std::string_view shop, std::string_view link) {
  std::string out(text);
  for (const auto& [name, value] :
       {std::pair{std::string_view("{shop}"), shop}, std::pair{std::string_view("{link}"), link}}) {
    if (const std::size_t at = out.find(name); at != std::string::npos) {
      out.replace(at, name.size(), value);
    }
  }
  return out;
}

std::string page(const Ports& ports, std::string_view locale, std::string_view path) {
  const bool served = std::ranges::find(ports.locales, locale) != ports.locales.end();
  return ports.public_url + "/" + (served ? std::string(locale) : ports.locales.front()) +
         std::string(path);
}

Mail made(const Ports& ports, const Texts& texts, vault::EmailAddress to, std::string_view locale,
          const std::string& link) {
  const bool indonesian = locale == "id";
  const std::string shop = one_line(ports.shop_name);
  return {
      .to = std::move(to),
      .subject = filled(indonesian ? texts.subject_id : texts.subject_en, shop, ""),
      .text = vault::SecretText(filled(indonesian ? texts.text_id : texts.text_en, shop, link))};
}

}  // namespace

Mail confirm_address(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                     const vault::MailedCode& code) {
  return made(ports, kConfirm, std::move(to), locale,
              page(ports, locale, "/account/verify#") + std::string(code.reveal()));
}

Mail account_exists(const Ports& ports, vault::EmailAddress to, std::string_view locale) {
  return made(ports, kExists, std::move(to), locale, page(ports, locale, "/account/sign-in"));
}

Mail reset_password(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                    const vault::MailedCode& code) {
  return made(ports, kReset, std::move(to), locale,
              page(ports, locale, "/account/reset#") + std::string(code.reveal()));
}

Mail confirm_new_address(const Ports& ports, vault::EmailAddress to, std::string_view locale,
                         const vault::MailedCode& code) {
  return made(ports, kNewAddress, std::move(to), locale,
              page(ports, locale, "/account/verify#") + std::string(code.reveal()));
}

Mail address_change_asked(const Ports& ports, vault::EmailAddress to, std::string_view locale) {
  return made(ports, kAddressAsked, std::move(to), locale, page(ports, locale, "/account/reset"));
}

Mail address_changed(const Ports& ports, vault::EmailAddress to, std::string_view locale) {
  return made(ports, kAddressChanged, std::move(to), locale, page(ports, locale, ""));
}

Mail password_changed(const Ports& ports, vault::EmailAddress to, std::string_view locale) {
  return made(ports, kChanged, std::move(to), locale, page(ports, locale, "/account/reset"));
}

Mail passkey_added(const Ports& ports, vault::EmailAddress to, std::string_view locale) {
  return made(ports, kPasskey, std::move(to), locale, page(ports, locale, "/account"));
}

Result<bool> take_mail_try(const Ports& ports, std::string_view kind,
                           const std::string& email_index) {
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
  const proofs::Budget budget{
      .key = "shopper|mail|" + std::string(kind) + "|" + encoding::hex(email_index),
      .tries_max = kMailsOfAddress};
  const Status taken = proofs::take_try(*connection, std::span(&budget, 1), ports.clock.now());
  if (!taken.has_value() && taken.error().code() != ErrorCode::kRateLimited) {
    return std::unexpected(taken.error());
  }
  return taken.has_value();
}

}  // namespace dermaga::accounts
