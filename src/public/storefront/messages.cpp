#include "messages.h"

#include <array>
#include <cstddef>

#include "result/result.h"

namespace dermaga::storefront {

namespace {

struct Row {
  Message message;
  std::string_view indonesian;
  std::string_view english;
};

using enum Message;

// In the order of the enumeration.
constexpr Row kRows[] = {
    {kSkipToContent, "Langsung ke isi halaman", "Skip to content"},
    {kMenuMain, "Menu utama", "Main menu"},
    {kMenuLanguage, "Pilihan bahasa", "Choice of language"},
    {kLanguageName, "Bahasa Indonesia", "English"},
    {kLocaleOpenGraph, "id_ID", "en_US"},
    {kHome, "Beranda", "Home"},
    {kCart, "Keranjang", "Cart"},
    {kCartOpen, "Buka keranjang belanja", "Open your cart"},
    {kSearch, "Cari", "Search"},
    {kSearchPlaceholder, "Cari batik, kopi, rotan …", "Search batik, coffee, rattan …"},
    {kAllProducts, "Semua produk", "All products"},
    {kBreadcrumbs, "Letak halaman ini", "Where this page is"},
    {kFooterHelp, "Bantuan", "Help"},
    {kFooterShop, "Belanja", "Shop"},
    {kFooterPromise,
     "Barang yang Anda pesan kami simpankan, dan data Anda hanya kami yang dapat membacanya.",
     "What you order is set aside for you, and nobody but us can read your details."},
    {kFooterMade, "Toko ini berjalan di atas Dermaga.", "This shop runs on Dermaga."},
    {kPrivacyTitle, "Cara kami melindungi data Anda", "How we protect your data"},
    {kHeroTitle, "Dari tangan perajin, merapat di rumah Anda",
     "From the maker’s hands to your harbour"},
    {kHeroText,
     "Batik, tenun, kopi, rotan, dan perak dari bengkel kecil di seluruh Nusantara. Dipilih satu "
     "per satu, dikirim langsung dari pembuatnya.",
     "Batik, ikat, coffee, rattan and silver from small workshops across the Indonesian islands. "
     "Chosen one by one, sent straight from the people who make them."},
    {kHeroAction, "Lihat semua produk", "Browse all products"},
    {kHeroSecondary, "Jelajahi kategori", "Explore by category"},
    {kHomeDescription,
     "Belanja kerajinan, kain, kopi, dan bumbu Nusantara di {shop}. Pembayaran aman, data pribadi "
     "tersegel.",
     "Shop Indonesian crafts, textiles, coffee and spices at {shop}. Safe payment, your personal "
     "details sealed."},
    {kHomeCategoriesTitle, "Mau mulai dari mana?", "Where would you like to start?"},
    {kHomeCategoriesText, "Setiap kategori punya ceritanya sendiri.",
     "Every category has a story of its own."},
    {kHomeFeaturedTitle, "Baru merapat", "Fresh off the boat"},
    {kHomeFeaturedText, "Pilihan kami pekan ini, siap dikirim.",
     "Our picks of the week, ready to ship."},
    {kHomeOfferTitle, "Harga istimewa", "Good prices right now"},
    {kHomeOfferText, "Selama persediaan masih ada.", "While stocks last."},
    {kPromiseMakersTitle, "Langsung dari perajin", "Straight from the makers"},
    {kPromiseMakersText, "Nama pembuatnya tertera pada setiap barang.",
     "Every piece carries the name of the workshop behind it."},
    {kPromiseHeldTitle, "Stok yang jujur", "Honest stock"},
    {kPromiseHeldText, "Begitu Anda memesan, barang disisihkan 15 menit untuk dibayar.",
     "The moment you order, it is set aside for 15 minutes while you pay."},
    {kPromiseSealedTitle, "Data Anda tersegel", "Your details are sealed"},
    {kPromiseSealedText, "Nama dan alamat dikunci di perangkat Anda sebelum dikirim.",
     "Name and address are locked on your device before they are sent."},
    {kProductCountOne, "1 produk", "1 product"},
    {kProductCountMany, "{count} produk", "{count} products"},
    {kPriceFrom, "Mulai {price}", "From {price}"},
    {kPriceWas, "Harga semula", "Was"},
    {kPriceNow, "Harga sekarang", "Now"},
    {kPriceOff, "Hemat {percent}%", "Save {percent}%"},
    {kStateLow, "Tinggal sedikit", "Almost gone"},
    {kStateSoldOut, "Habis", "Sold out"},
    {kCategoryDescription, "{count} pilihan {category} di {shop}.",
     "{category} at {shop}: {count} to choose from."},
    {kSearchTitle, "Semua produk", "All products"},
    {kSearchTitleFor, "Hasil untuk “{text}”", "Results for “{text}”"},
    {kSearchDescription, "Cari di seluruh koleksi {shop}.", "Search everything at {shop}."},
    {kSearchCorrected, "Tidak ada “{text}”. Ini hasil untuk “{corrected}”.",
     "Nothing matched “{text}”. Showing results for “{corrected}”."},
    {kResultsLabel, "Daftar produk", "Products"},
    {kNothingFoundTitle, "Belum ada yang cocok", "Nothing matches yet"},
    {kNothingFoundText,
     "Coba kata yang lebih umum, periksa ejaannya, atau lepaskan beberapa saringan.",
     "Try a more general word, check the spelling, or remove a filter or two."},
    {kNothingFoundAction, "Lihat semua produk", "See all products"},
    {kResultsNone, "Tidak ada produk", "No products"},
    {kFilters, "Saring", "Filter"},
    {kFiltersOpen, "Saring hasil", "Filter results"},
    {kFiltersClose, "Kembali ke hasil", "Back to results"},
    {kFiltersApply, "Terapkan", "Apply"},
    {kFiltersReset, "Hapus semua saringan", "Clear all filters"},
    {kFacetCategory, "Kategori", "Category"},
    {kFacetPrice, "Harga", "Price"},
    {kFacetPriceAny, "Semua harga", "Any price"},
    {kFacetPriceBelow, "Di bawah {to}", "Under {to}"},
    {kFacetPriceBetween, "{from} sampai {to}", "{from} to {to}"},
    {kFacetPriceAbove, "{from} ke atas", "{from} and up"},
    {kFacetVendor, "Pembuat", "Maker"},
    {kFacetAvailability, "Ketersediaan", "Availability"},
    {kFacetInStockOnly, "Hanya yang tersedia", "In stock only"},
    {kSort, "Urutkan", "Sort by"},
    {kSortRelevance, "Paling sesuai", "Best match"},
    {kSortPriceUp, "Harga terendah", "Lowest price"},
    {kSortPriceDown, "Harga tertinggi", "Highest price"},
    {kSortTitle, "Nama A–Z", "Name A–Z"},
    {kPages, "Halaman hasil", "Pages of results"},
    {kPagePrevious, "Sebelumnya", "Previous"},
    {kPageNext, "Berikutnya", "Next"},
    {kPageNumber, "Halaman {page}", "Page {page}"},
    {kPageOf, "Halaman {page} dari {pages}", "Page {page} of {pages}"},
    {kProductGallery, "Gambar produk", "Product images"},
    {kProductBy, "Buatan", "Made by"},
    {kOptionUnavailable, "habis", "sold out"},
    {kQuantity, "Jumlah", "Quantity"},
    {kQuantityLess, "Kurangi satu", "One less"},
    {kQuantityMore, "Tambah satu", "One more"},
    {kAddToCart, "Masukkan keranjang", "Add to cart"},
    {kSoldOutButton, "Sedang habis", "Sold out"},
    {kAvailableInStock, "Tersedia, siap dikirim", "In stock, ready to ship"},
    {kAvailableLow, "Tinggal sedikit, segera pesan bila berminat",
     "Only a few left, so do not wait too long"},
    {kAvailableSoldOut, "Sedang habis. Pilihan lain mungkin masih ada.",
     "Sold out. Another option may still be available."},
    {kTaxIncluded, "Harga sudah termasuk {tax}.", "Price includes {tax}."},
    {kTaxExcluded, "{tax} dihitung saat pembayaran.", "{tax} is added at checkout."},
    {kDescription, "Tentang produk ini", "About this product"},
    {kDetails, "Rincian", "Details"},
    {kWeight, "Berat kirim", "Shipping weight"},
    {kSku, "Kode barang", "Item code"},
    {kVendor, "Pembuat", "Maker"},
    {kCategory, "Kategori", "Category"},
    {kNoteHeld, "Disisihkan 15 menit sejak Anda memesan.",
     "Set aside for 15 minutes once you order."},
    {kNoteSealed, "Nama dan alamat Anda disegel di perangkat ini.",
     "Your name and address are sealed on this device."},
    {kRelated, "Mungkin Anda juga suka", "You may also like"},
    {kCartTitle, "Keranjang belanja", "Your cart"},
    {kCartDescription, "Barang yang Anda pilih di {shop}.", "What you have chosen at {shop}."},
    {kScriptNeededTitle, "Bagian ini memerlukan JavaScript", "This part needs JavaScript"},
    {kScriptNeededText,
     "Keranjang disimpan dan data Anda disegel di peramban Anda sendiri, dan itu dikerjakan oleh "
     "JavaScript. Aktifkan JavaScript untuk situs ini, lalu muat ulang halaman. Melihat-lihat "
     "produk tetap bisa tanpa JavaScript.",
     "Your cart is kept and your details are sealed inside your own browser, and JavaScript does "
     "that work. Please turn JavaScript on for this site and reload the page. Browsing works "
     "without it."},
    {kCheckoutTitle, "Selesaikan pesanan", "Checkout"},
    {kCheckoutDescription, "Selesaikan pesanan Anda di {shop}.", "Complete your order at {shop}."},
    {kCheckoutSealedNote,
     "Semua yang Anda isi di sini disegel di perangkat ini sebelum dikirim. Hanya ruang dalam toko "
     "yang dapat membukanya.",
     "Everything you enter here is sealed on this device before it is sent. Only the shop’s "
     "private "
     "side can open it."},
    {kContact, "Kontak", "Contact"},
    {kFullName, "Nama lengkap", "Full name"},
    {kEmail, "Email", "Email"},
    {kEmailHint, "Untuk bukti pesanan dan kabar pengiriman.",
     "For your receipt and delivery updates."},
    {kPhone, "Nomor telepon", "Phone number"},
    {kPhoneHint, "Kurir akan menghubungi nomor ini, misalnya +62 812 3456 7890.",
     "The courier may call it, for example +62 812 3456 7890."},
    {kShippingAddress, "Alamat pengiriman", "Delivery address"},
    {kCountry, "Negara", "Country"},
    {kAddressLine1, "Alamat jalan dan nomor rumah", "Street and house number"},
    {kAddressLine2, "RT/RW, gedung, atau patokan", "Flat, building or landmark"},
    {kOptional, "opsional", "optional"},
    {kCity, "Kota/kabupaten", "City or regency"},
    {kProvince, "Provinsi", "Province"},
    {kProvinceChoose, "Pilih provinsi", "Choose a province"},
    {kPostalCode, "Kode pos", "Postal code"},
    {kShippingMethod, "Pengiriman", "Delivery"},
    {kShippingHint, "Isi alamat dahulu agar ongkos kirimnya terlihat.",
     "Fill in the address to see what delivery costs."},
    {kPayment, "Pembayaran", "Payment"},
    {kPaymentText,
     "Toko ini memakai pembayaran uji coba: tidak ada uang yang berpindah. Gunakan salah satu "
     "kartu uji di bawah.",
     "This shop uses test payments: no money moves. Use one of the test cards below."},
    {kCardNumber, "Nomor kartu", "Card number"},
    {kCardExpiry, "Berlaku sampai", "Expiry date"},
    {kCardExpiryHint, "Bulan dan tahun, misalnya 12/30", "Month and year, for example 12/30"},
    {kCardCode, "Kode keamanan", "Security code"},
    {kTestCards, "Kartu uji", "Test cards"},
    {kTestCardsText, "Masa berlaku di masa depan dan kode tiga angka apa pun diterima.",
     "Any expiry date in the future and any three-digit code will do."},
    {kTestCardUse, "Pakai", "Use"},
    {kTestCardApprove, "Pembayaran langsung berhasil", "Payment succeeds at once"},
    {kTestCardDecline, "Pembayaran ditolak", "Payment is declined"},
    {kTestCardChallenge, "Bank meminta kode konfirmasi", "The bank asks for a confirmation code"},
    {kTestCardLate, "Kabar pembayaran datang terlambat", "News of the payment arrives late"},
    {kOrderSummary, "Pesanan Anda", "Your order"},
    {kPlaceOrder, "Pesan dan bayar", "Place order and pay"},
    {kPlaceOrderNote, "Barang disisihkan untuk Anda selama 15 menit, lalu kartu ditagih.",
     "Your items are set aside for 15 minutes, then your card is charged."},
    {kBackToCart, "Kembali ke keranjang", "Back to cart"},
    {kOrderTitle, "Status pesanan", "Order status"},
    {kOrderDescription, "Perjalanan pesanan Anda di {shop}.", "Where your order at {shop} is now."},
    {kOrderNumber, "Nomor pesanan", "Order number"},
    {kAccount, "Akun", "Account"},
    {kAccountOpen, "Buka akun Anda", "Open your account"},
    {kAccountTitle, "Akun Anda", "Your account"},
    {kAccountDescription, "Akun Anda di {shop}.", "Your account at {shop}."},
    {kAccountSealedNote,
     "Yang Anda isi di sini disegel di perangkat ini sebelum dikirim. Hanya ruang dalam toko yang "
     "dapat membukanya.",
     "What you enter here is sealed on this device before it is sent. Only the shop’s private side "
     "can open it."},
    {kSignIn, "Masuk", "Sign in"},
    {kSignInWithPasskey, "Masuk dengan kunci sandi", "Sign in with a passkey"},
    {kSignInForgotten, "Lupa kata sandi?", "Forgotten your password?"},
    {kSignInNoAccount, "Belum punya akun?", "No account yet?"},
    {kSignUp, "Buat akun", "Create an account"},
    {kSignUpHasAccount, "Sudah punya akun?", "Do you have an account already?"},
    {kPassword, "Kata sandi", "Password"},
    {kPasswordNew, "Kata sandi baru", "New password"},
    {kPasswordPresent, "Kata sandi sekarang", "Present password"},
    {kPasswordHint,
     "10 sampai 128 karakter. Beberapa kata acak lebih kuat daripada satu kata yang rumit.",
     "10 to 128 characters. A few random words are stronger than one complicated word."},
    {kPasswordShow, "Lihat", "Show"},
    {kPasswordShowLabel, "Lihat kata sandi", "Show the password"},
    {kAccountEmailHint, "Ke alamat inilah tautan pengaktifan dikirim.",
     "The link that activates your account goes here."},
    {kConsents, "Persetujuan", "Consents"},
    {kConsentsText, "Tidak wajib, dan bisa Anda ubah kapan saja.",
     "Neither is needed, and you can change your mind at any time."},
    {kConsentMarketing, "Kirimi saya kabar dan penawaran toko lewat email.",
     "Send me news and offers of the shop by email."},
    {kConsentRecommendations, "Pakai riwayat belanja saya untuk menyarankan barang.",
     "Use what I have bought to suggest products to me."},
    {kVerifyTitle, "Konfirmasi alamat email", "Confirm your email address"},
    {kVerifyText,
     "Masukkan kata sandi akun Anda, atau yang Anda pilih saat mendaftar. Dengan begitu tidak ada "
     "orang lain yang dapat memakai alamat ini.",
     "Enter your account’s password, or the one that you chose when you signed up. So nobody else "
     "can use this address."},
    {kVerifyAction, "Konfirmasi dan masuk", "Confirm and sign in"},
    {kResetTitle, "Atur ulang kata sandi", "Reset your password"},
    {kResetText, "Tulis email akun Anda. Kami mengirim tautan yang berlaku satu jam.",
     "Enter the email of your account. We send a link that is good for one hour."},
    {kResetAction, "Kirim tautan", "Send the link"},
    {kResetSetText, "Pilih kata sandi baru. Semua perangkat yang masih masuk akan dikeluarkan.",
     "Choose a new password. Every device that is still signed in is signed out."},
    {kResetSetAction, "Simpan dan masuk", "Save and sign in"},
    {kBackToSignIn, "Kembali ke halaman masuk", "Back to signing in"},
    {kAccountMenu, "Bagian akun", "Parts of your account"},
    {kSignOut, "Keluar", "Sign out"},
    {kSave, "Simpan", "Save"},
    {kCancel, "Batal", "Cancel"},
    {kProfile, "Profil", "Profile"},
    {kProfileLanguage, "Bahasa surat dari toko", "Language of the shop’s mails"},
    {kEmailChange, "Ganti alamat email", "Change your email address"},
    {kEmailNew, "Alamat email baru", "New email address"},
    {kEmailNewHint,
     "Ke alamat inilah tautan untuk konfirmasi dikirim. Sampai itu dibuka, alamat sekarang tetap "
     "berlaku.",
     "The link that confirms it goes here. Until you open that, your present address stays."},
    {kEmailChangeAction, "Kirim tautan", "Send the link"},
    {kAddresses, "Alamat", "Addresses"},
    {kAddressName, "Nama penerima", "Name of the recipient"},
    {kAddressAdd, "Tambah alamat", "Add an address"},
    {kAddressSave, "Simpan alamat", "Save the address"},
    {kCards, "Kartu pembayaran", "Payment cards"},
    {kCardsText,
     "Nomornya dienkripsi dengan kunci akun Anda sendiri dan hanya ditampilkan sebagai merek dan "
     "empat angka terakhir. Kartu dihapus begitu Anda menghapusnya, bersama akun Anda, atau 30 "
     "hari setelah masa berlakunya habis.",
     "The number is encrypted under your account’s own key and shown only as brand and last four "
     "digits. A card is deleted when you remove it, with your account, or 30 days after it "
     "expires."},
    {kCardAdd, "Tambah kartu", "Add a card"},
    {kCardSave, "Simpan kartu", "Save the card"},
    {kCardNoCode,
     "Kode keamanan tidak ditanyakan di sini karena tidak pernah kami simpan: Anda mengisinya "
     "setiap kali membayar. Siapa pun yang mendapatkan kartu tersimpan tetap tidak punya kodenya.",
     "The security code is not asked for here, because we never keep it: you enter it each time "
     "you pay. Whoever gets hold of a saved card still lacks its code."},
    {kOrders, "Pesanan", "Orders"},
    {kOrdersMore, "Pesanan sebelumnya", "Earlier orders"},
    {kPasskeys, "Kunci sandi", "Passkeys"},
    {kPasskeysText, "Masuk dengan sidik jari, wajah, atau PIN perangkat, tanpa kata sandi.",
     "Sign in with your fingerprint, face or the PIN of your device, without a password."},
    {kPasskeyLabel, "Nama kunci sandi", "Name of the passkey"},
    {kPasskeyLabelHint, "Misalnya “HP saya”.", "For example “My phone”."},
    {kPasskeyAdd, "Tambah kunci sandi", "Add a passkey"},
    {kPasskeysUnknown, "Peramban ini tidak mengenal kunci sandi.",
     "This browser does not know passkeys."},
    {kPasswordChange, "Ganti kata sandi", "Change the password"},
    {kSessions, "Perangkat yang masuk", "Signed-in devices"},
    {kSignOutEverywhere, "Keluar di semua perangkat", "Sign out everywhere"},
    {kExport, "Salinan data Anda", "A copy of your data"},
    {kExportText,
     "Semua yang toko ketahui tentang Anda, sebagai berkas JSON: profil, alamat, pesanan, "
     "persetujuan, dan, bila Anda menyimpan kartu, merek dan empat angka terakhirnya. Nomor kartu "
     "yang lengkap tidak pernah keluar dari toko kecuali kepada penyedia pembayaran.",
     "Everything that the shop knows about you, as a JSON file: profile, addresses, orders, "
     "consents and, of cards that you saved, brand and last four digits. A full card number never "
     "leaves the shop except to the payment provider."},
    {kExportAction, "Unduh data saya", "Download my data"},
    {kErase, "Hapus akun", "Erase your account"},
    {kEraseText,
     "Akun, alamat, kartu tersimpan, kunci sandi, dan data diri pada semua pesanan Anda dihapus "
     "untuk selamanya. "
     "Nomor dan jumlah pesanan tetap, karena pembukuan membutuhkannya.",
     "Your account, addresses, saved cards, passkeys and the personal details of all your orders "
     "are erased for "
     "good. Order numbers and amounts stay, because the books need them."},
    {kEraseOpen, "Hapus akun saya …", "Erase my account …"},
    {kEraseUnderstood, "Saya mengerti bahwa ini tidak dapat dibatalkan.",
     "I understand that this cannot be undone."},
    {kEraseAction, "Hapus untuk selamanya", "Erase for good"},
    {kPrivacyDescription,
     "Bagaimana {shop} menyegel nama, alamat, dan pembayaran Anda, dan apa yang tidak kami simpan.",
     "How {shop} seals your name, address and payment, and what we do not keep."},
    {kPrivacyLead,
     "Toko ini dibagi dua. Bagian depan, yang sedang Anda lihat, tidak dapat membaca siapa Anda. "
     "Bagian dalam, yang tertutup dari internet, membuka pesanan Anda dan hanya itu.",
     "This shop has two sides. The front, which you are looking at, cannot read who you are. The "
     "inside, which is closed to the internet, opens your order and nothing else."},
    {kPrivacySealTitle, "Disegel di perangkat Anda", "Sealed on your device"},
    {kPrivacySealText,
     "Sebelum pesanan berangkat, peramban Anda mengunci nama, email, nomor telepon, alamat, dan "
     "data pembayaran dengan kunci umum milik bagian dalam toko (ECDH-ES pada P-256 dengan "
     "AES-256-GCM). Isinya ditambah spasi sampai kelipatan 1 KiB, sehingga panjangnya pun tidak "
     "bercerita.",
     "Before an order leaves, your browser locks name, email, phone number, address and payment "
     "details with the public key of the shop’s private side (ECDH-ES on P-256 with AES-256-GCM). "
     "The contents are padded to steps of 1 KiB, so that not even their length tells a story."},
    {kPrivacyZonesTitle, "Bagian depan hanya meneruskan", "The front only passes it on"},
    {kPrivacyZonesText,
     "Server yang melayani halaman ini menerima kotak yang terkunci dan meneruskannya. Program di "
     "sana bahkan tidak memuat kode untuk membukanya.",
     "The servers behind this page receive a locked box and pass it on. The programs there do not "
     "even contain the code that could open it."},
    {kPrivacySeenTitle, "Yang terlihat tanpa segel", "What travels unsealed"},
    {kPrivacySeenText,
     "Isi keranjang, negara, provinsi, kode pos, dan cara pengiriman, karena ongkos kirim dan "
     "pajak "
     "dihitung darinya. Tujuan itu tidak dicatat dan tidak disimpan di bagian depan.",
     "The contents of the cart, country, province, postal code and delivery method, because "
     "delivery and tax are worked out from them. The front neither logs nor stores the "
     "destination."},
    {kPrivacyReadTitle, "Hanya Anda yang dapat membaca kembali", "Only you can read it back"},
    {kPrivacyReadText,
     "Rincian pesanan dijawab tersegel kepada kunci yang dibuat peramban Anda saat memesan. Kunci "
     "itu tidak dapat disalin keluar. Tautan status pesanan yang jatuh ke tangan orang lain tidak "
     "membuka apa pun.",
     "Order details are answered sealed to a key that your browser made when you ordered. That key "
     "cannot be copied out. A link to your order status in someone else’s hands opens nothing."},
    {kPrivacyCardsTitle, "Kartu yang Anda simpan", "Cards that you save"},
    {kPrivacyCardsText,
     "Kartu hanya disimpan bila toko menyediakannya dan Anda memintanya, di akun Anda. Nomornya "
     "dienkripsi dengan kunci akun Anda sendiri, hanya ditampilkan sebagai merek dan empat angka "
     "terakhir, dan hanya dikirim kepada penyedia pembayaran. Kode keamanan tidak pernah disimpan. "
     "Kartu dihapus begitu Anda menghapusnya, bersama akun Anda, atau 30 hari setelah masa "
     "berlakunya habis.",
     "A card is saved only if the shop offers it and you ask for it, in your account. Its number "
     "is encrypted under your account’s own key, shown only as brand and last four digits, and "
     "sent to the payment provider alone. The security code is never kept. A card is deleted when "
     "you remove it, with your account, or 30 days after it expires."},
    {kPrivacyBrowserTitle, "Yang tersimpan di peramban Anda", "What your browser keeps"},
    {kPrivacyBrowserText,
     "Keranjang (kode barang dan jumlah), bahasa yang Anda pilih, kunci untuk setiap pesanan, dan, "
     "selama Anda masuk, kunci sesi akun. "
     "Tidak ada pelacak, tidak ada iklan, tidak ada pihak ketiga.",
     "Your cart (item codes and quantities), the language you chose, a key for each order and, "
     "while you are signed in, the key of your session. No trackers, no advertising, no third "
     "parties."},
    {kPrivacyLimitsTitle, "Batasnya, dengan jujur", "The limits, honestly"},
    {kPrivacyLimitsText,
     "Bila seseorang mencuri cakram, cadangan, atau lalu lintas server depan, tidak ada data "
     "pribadi yang terbaca. Bila seseorang mengubah halaman ini, bagian dalam toko akan "
     "mengetahuinya karena memeriksa halaman secara berkala, tetapi tidak dapat mencegahnya.",
     "If someone steals the disks, backups or traffic of the front servers, no personal data can "
     "be "
     "read. If someone changes this page, the private side notices, because it checks the page "
     "regularly, but it cannot prevent it."},
    {kNotFoundTitle, "Halaman ini sudah berlayar", "This page has sailed"},
    {kNotFoundText, "Alamatnya mungkin berubah atau salah ketik. Mari cari dari dermaga lagi.",
     "The address may have changed or been mistyped. Let us start again from the pier."},
    {kNotFoundAction, "Kembali ke beranda", "Back to the home page"},
    {kErrorTitle, "Ada yang kandas di pihak kami", "Something ran aground on our side"},
    {kErrorText, "Kesalahannya bukan pada Anda. Silakan coba lagi sebentar lagi.",
     "It is not your fault. Please try again in a moment."},
    {kUnavailableTitle, "Toko sedang bersiap", "The shop is getting ready"},
    {kUnavailableText, "Katalog sedang dimuat. Halaman ini siap dalam beberapa detik.",
     "The catalog is being loaded. This page will be ready in a few seconds."},
    {kErrorAction, "Coba lagi", "Try again"},
};

consteval bool rows_are_complete() {
  if (std::size(kRows) != static_cast<std::size_t>(kCount)) return false;
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].message) != i) return false;
    if (kRows[i].indonesian.empty() || kRows[i].english.empty()) return false;
  }
  return true;
}
static_assert(rows_are_complete(), "every message stands once, in order, in both languages");

}  // namespace

Language language_of(std::string_view locale) {
  return locale == "id" ? Language::kIndonesian : Language::kEnglish;
}

std::string_view say(Language language, Message message) {
  const Row& row = kRows[static_cast<std::size_t>(message)];
  return language == Language::kIndonesian ? row.indonesian : row.english;
}

std::string say(Language language, Message message,
                std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string_view pattern = say(language, message);
  std::string text;
  for (std::size_t start = pattern.find('{'); start != std::string_view::npos;
       start = pattern.find('{')) {
    const std::size_t end = pattern.find('}', start);
    CHECK(end != std::string_view::npos);
    const std::string_view name = pattern.substr(start + 1, end - start - 1);
    text += pattern.substr(0, start);
    for (const auto& [known, value] : values) {
      if (known == name) text += value;
    }
    pattern.remove_prefix(end + 1);
  }
  text += pattern;
  return text;
}

}  // namespace dermaga::storefront
