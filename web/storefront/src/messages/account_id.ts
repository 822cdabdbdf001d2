/** What the account pages say in Indonesian. account_en.ts has the same keys. */
export const accountId = {
  loading: "Sebentar …",
  try_again: "Coba lagi",
  check_fields_one: "Satu isian perlu diperbaiki.",
  check_fields_many: "{count} isian perlu diperbaiki.",
  error_password_length: "Kata sandi terdiri dari 10 sampai 128 karakter.",
  error_email_same: "Itu sudah alamat email Anda.",
  error_label: "Tulis nama yang pendek, paling banyak 60 huruf.",
  error_understood: "Centang dulu bahwa Anda mengerti.",
  secure_needed: "Akun hanya dapat dibuka lewat sambungan aman (https).",

  refused_sign_in_failed: "Email, kata sandi, atau kunci sandi tidak cocok.",
  refused_session_ended: "Sesi Anda telah berakhir. Silakan masuk lagi.",
  refused_password_wrong: "Kata sandi tidak cocok.",
  refused_passkey_refused: "Kunci sandi ini tidak diterima. Coba lagi, atau pakai perangkat lain.",
  refused_not_found: "Itu sudah tidak ada di akun Anda. Muat ulang halaman ini.",
  refused_version_conflict:
    "Profil baru saja diubah di tempat lain. Isian terbaru sudah tampil; periksa, lalu simpan lagi.",
  refused_version_conflict_password:
    "Kata sandi baru saja diganti di tempat lain. Muat ulang halaman ini, lalu coba lagi.",
  refused_version_conflict_erase:
    "Masih ada pesanan yang berjalan atau uang yang harus dikembalikan. Akun dapat dihapus setelah itu selesai.",
  refused_code_invalid:
    "Tautan ini salah, sudah dipakai, atau sudah terlalu lama. Minta tautan baru.",
  refused_password_refused: "Kata sandi ini terlalu mudah ditebak. Pilih yang lain.",
  refused_password_about_you:
    "Kata sandi ini hampir sama dengan nama, email, atau nama toko. Pilih yang lain.",
  refused_password_breached:
    "Kata sandi ini umum dipakai atau pernah bocor, jadi orang akan mencobanya lebih dulu. Pilih yang lain.",
  refused_limit_reached:
    "Sudah penuh: satu akun punya paling banyak 20 alamat, 10 kartu, dan 10 kunci sandi. Hapus satu lebih dulu.",
  refused_card_expired: "Masa berlaku kartu ini sudah habis. Pakailah kartu lain.",
  refused_card_vault_off: "Toko ini tidak lagi menyimpan kartu. Kartu Anda tidak tersimpan.",
  refused_rate_limited: "Terlalu banyak percobaan. Coba lagi {minutes} menit lagi.",
  refused_rate_limited_later: "Terlalu banyak percobaan. Coba lagi nanti.",
  refused_box_field_invalid: "Ada isian yang tidak dapat diterima. Periksa, lalu coba lagi.",
  refused_other: "Ada yang tidak beres ({code}). Silakan coba lagi.",
  unanswered: "Toko tidak menjawab. Periksa sambungan internet Anda, lalu coba lagi.",
  storage_refused:
    "Peramban menolak menyimpan kunci Anda. Izinkan penyimpanan untuk situs ini, atau tinggalkan mode samaran.",
  passkey_known: "Perangkat ini sudah punya kunci sandi untuk akun Anda.",

  note_ended: "Sesi Anda telah berakhir. Silakan masuk lagi.",
  note_signed_out: "Anda sudah keluar.",
  note_erased: "Akun Anda sudah dihapus. Terima kasih pernah bersama kami.",
  mail_sent_title: "Periksa email Anda",
  sign_up_sent:
    "Kami mengirim surat ke {email}. Buka tautan di dalamnya untuk mengaktifkan akun; tautan itu berlaku 24 jam.",
  sign_up_sent_more:
    "Surat belum datang? Lihat folder spam. Demi kerahasiaan, halaman ini tidak memberitahu apakah alamat itu sudah punya akun; suratnyalah yang memberitahu.",
  reset_sent:
    "Bila {email} punya akun di sini, surat dengan tautan sudah kami kirim. Tautan itu berlaku satu jam.",
  code_missing_title: "Bukalah tautan dari surat kami",
  code_missing_verify:
    "Halaman ini memerlukan kode dari tautan di surat kami. Buka tautan itu sekali lagi.",
  to_reset: "Minta tautan baru",
  to_sign_up: "Daftar lagi",
  to_account: "Ke akun Anda",

  saved: "Tersimpan.",
  email_is: "Email: {email}",
  email_change_sent:
    "Kami mengirim surat ke {email}. Buka tautan di dalamnya dalam 24 jam dan masukkan kata sandi Anda; sampai saat itu alamat Anda tetap {present}.",
  since: "Akun sejak {date}",
  addresses_none: "Belum ada alamat tersimpan.",
  address_edit: "Ubah",
  address_edit_of: "Ubah alamat {name}",
  address_edit_title: "Ubah alamat",
  address_add_title: "Tambah alamat",
  address_saved: "Alamat tersimpan.",
  address_removed: "Alamat dihapus.",
  cards_none: "Belum ada kartu tersimpan.",
  card_valid: "Berlaku sampai {expiry}",
  card_since: "Disimpan {date}",
  card_expired: "Kedaluwarsa",
  card_saved: "Kartu tersimpan.",
  card_removed: "Kartu dihapus.",
  remove_card_of: "Hapus kartu {name}",
  remove: "Hapus",
  remove_address_of: "Hapus alamat {name}",
  remove_sure: "Hapus {name}?",
  remove_yes: "Ya, hapus",
  remove_no: "Tidak jadi",
  orders_none: "Belum ada pesanan dengan akun ini.",
  order_of: "{date}: {total}",
  passkeys_none: "Belum ada kunci sandi.",
  passkey_added: "Kunci sandi ditambahkan.",
  passkey_removed: "Kunci sandi dihapus.",
  passkey_created: "Dibuat {date}",
  passkey_used: "Terakhir dipakai {date}",
  passkey_unused: "Belum pernah dipakai",
  remove_passkey_of: "Hapus kunci sandi {name}",
  password_changed: "Kata sandi diganti. Perangkat lain sudah dikeluarkan.",
  sessions_one: "Hanya perangkat ini yang masuk ke akun Anda.",
  sessions_many: "{count} perangkat masuk ke akun Anda, termasuk yang ini.",
  consent_recorded: "Dicatat.",
  export_done: "Salinan data Anda sudah diunduh.",
} as const;

export type AccountMessageKey = keyof typeof accountId;
