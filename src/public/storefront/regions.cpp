#include "regions.h"

namespace dermaga::storefront {

namespace {

constexpr Region kProvinces[] = {
    {"ID-AC", "Aceh"},
    {"ID-BA", "Bali"},
    {"ID-BT", "Banten"},
    {"ID-BE", "Bengkulu"},
    {"ID-YO", "DI Yogyakarta"},
    {"ID-JK", "DKI Jakarta"},
    {"ID-GO", "Gorontalo"},
    {"ID-JA", "Jambi"},
    {"ID-JB", "Jawa Barat"},
    {"ID-JT", "Jawa Tengah"},
    {"ID-JI", "Jawa Timur"},
    {"ID-KB", "Kalimantan Barat"},
    {"ID-KS", "Kalimantan Selatan"},
    {"ID-KT", "Kalimantan Tengah"},
    {"ID-KI", "Kalimantan Timur"},
    {"ID-KU", "Kalimantan Utara"},
    {"ID-BB", "Kepulauan Bangka Belitung"},
    {"ID-KR", "Kepulauan Riau"},
    {"ID-LA", "Lampung"},
    {"ID-MA", "Maluku"},
    {"ID-MU", "Maluku Utara"},
    {"ID-NB", "Nusa Tenggara Barat"},
    {"ID-NT", "Nusa Tenggara Timur"},
    {"ID-PA", "Papua"},
    {"ID-PB", "Papua Barat"},
    {"ID-PD", "Papua Barat Daya"},
    {"ID-PE", "Papua Pegunungan"},
    {"ID-PS", "Papua Selatan"},
    {"ID-PT", "Papua Tengah"},
    {"ID-RI", "Riau"},
    {"ID-SR", "Sulawesi Barat"},
    {"ID-SN", "Sulawesi Selatan"},
    {"ID-ST", "Sulawesi Tengah"},
    {"ID-SG", "Sulawesi Tenggara"},
    {"ID-SA", "Sulawesi Utara"},
    {"ID-SB", "Sumatera Barat"},
    {"ID-SS", "Sumatera Selatan"},
    {"ID-SU", "Sumatera Utara"},
};

constexpr Country kCountries[] = {
    {"ID", "Indonesia", "Indonesia"},
    {"AU", "Australia", "Australia"},
    {"BE", "Belgia", "Belgium"},
    {"NL", "Belanda", "Netherlands"},
    {"BN", "Brunei Darussalam", "Brunei Darussalam"},
    {"PH", "Filipina", "Philippines"},
    {"HK", "Hong Kong", "Hong Kong"},
    {"IN", "India", "India"},
    {"GB", "Inggris Raya", "United Kingdom"},
    {"IT", "Italia", "Italy"},
    {"JP", "Jepang", "Japan"},
    {"DE", "Jerman", "Germany"},
    {"KH", "Kamboja", "Cambodia"},
    {"CA", "Kanada", "Canada"},
    {"KR", "Korea Selatan", "South Korea"},
    {"LA", "Laos", "Laos"},
    {"MY", "Malaysia", "Malaysia"},
    {"MM", "Myanmar", "Myanmar"},
    {"FR", "Prancis", "France"},
    {"SA", "Arab Saudi", "Saudi Arabia"},
    {"NZ", "Selandia Baru", "New Zealand"},
    {"SG", "Singapura", "Singapore"},
    {"ES", "Spanyol", "Spain"},
    {"LK", "Sri Lanka", "Sri Lanka"},
    {"CH", "Swiss", "Switzerland"},
    {"TW", "Taiwan", "Taiwan"},
    {"TH", "Thailand", "Thailand"},
    {"TL", "Timor-Leste", "Timor-Leste"},
    {"CN", "Tiongkok", "China"},
    {"AE", "Uni Emirat Arab", "United Arab Emirates"},
    {"US", "Amerika Serikat", "United States"},
    {"VN", "Vietnam", "Vietnam"},
};

}  // namespace

std::span<const Region> indonesian_provinces() {
  return kProvinces;
}

std::span<const Country> offered_countries() {
  return kCountries;
}

}  // namespace dermaga::storefront
