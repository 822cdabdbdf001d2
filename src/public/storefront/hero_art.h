#pragma once

#include "html.h"

namespace dermaga::storefront {

// The picture of the home page: a pier at first light, a phinisi at anchor. Its colours come from
// the style sheet, so that the night of a dark screen falls here as well.
// clang-format off
inline constexpr Literal kHeroArt =
    R"(<svg class="hero-art" viewBox="0 0 1440 620" width="1440" height="620" preserveAspectRatio="xMaxYMax slice" aria-hidden="true" focusable="false">)"
    R"(<rect class="sky" width="1440" height="620"/>)"
    R"(<circle class="sun-glow" cx="1010" cy="270" r="190"/><circle class="sun-glow" cx="1010" cy="270" r="130"/><circle class="sun" cx="1010" cy="270" r="78"/>)"
    R"(<path class="bird" d="M1172 120q12-12 22 0q10-12 22 0M1240 158q9-9 17 0q8-9 17 0M1120 166q8-8 15 0q7-8 15 0"/>)"
    R"(<path class="mountain-far" d="M560 384c60-16 96-52 150-108 22-22 44-22 66 0 50 52 84 76 130 88 40-26 70-62 112-112 14-16 32-16 46 0 52 60 96 104 150 118 60-18 110-20 226 14v40H560z"/>)"
    R"(<path class="mountain-near" d="M820 396c70-8 120-40 176-66 40 22 84 44 140 58 70-28 120-40 170-52 50 14 90 34 134 44v44H820z"/>)"
    R"(<path class="sea-1" d="M-40 620V386L-120 386q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0q30 -4 60 0t60 0V620z"/>)"
    R"(<path class="glint" d="M930 404h160M950 420h128M968 436h84M986 452h60"/>)"
    R"(<g class="ship"><path class="hull" d="M1130 430c60 12 190 12 262-10-8 26-26 42-48 46h-160c-26-4-44-18-54-36z"/><path class="mast" d="M1214 428V262M1288 428V244M1130 430l-44-20M1214 262v-12M1288 244v-14"/><path class="sail" d="M1208 276c-6 50-34 104-84 136 28 6 58 6 84 4zM1220 268c34 46 46 98 44 148h-44zM1294 252c44 48 62 108 58 164h-58zM1282 262c-10 34-14 66-14 90 6-22 10-32 14-40z"/><path class="sail sail-small" d="M1126 404l-34 8 84-92z"/></g>)"
    R"(<path class="sea-2" d="M-40 620V452L-130 452q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0q40 -7 80 0t80 0V620z"/>)"
    R"(<g class="boat"><path class="hull" d="M700 452c34 14 92 14 126-2-6 14-18 22-30 24h-62c-16-2-28-10-34-22z"/><path class="mast" d="M758 458V380M690 470q60-14 150 0"/><path class="sail" d="M764 384c30 22 44 46 46 68h-46z"/></g>)"
    R"(<path class="sea-3" d="M-40 620V498L-140 498q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0q50 -9 100 0t100 0V620z"/>)"
    R"(<path class="post" d="M880 540v80h16v-80zM980 540v80h16v-80zM1080 540v80h16v-80zM1180 540v80h16v-80zM1280 540v80h16v-80zM1380 540v80h16v-80z"/>)"
    R"(<path class="deck" d="M820 528h660v20H820z"/><path class="deck-edge" d="M820 548h660v7H820z"/>)"
    R"(<path class="plank" d="M856 528v20M892 528v20M928 528v20M964 528v20M1000 528v20M1036 528v20M1072 528v20M1108 528v20M1144 528v20M1180 528v20M1216 528v20M1252 528v20M1288 528v20M1324 528v20M1360 528v20M1396 528v20M1432 528v20M1468 528v20"/>)"
    R"(<path class="post" d="M900 486h18v44h-18zM1130 486h18v44h-18zM1360 486h18v44h-18z"/><path class="rope" d="M909 498q115 52 230 0q115 52 230 0"/>)"
    R"(<path class="mast" d="M1250 528V424h34"/><circle class="lamp-glow" cx="1284" cy="446" r="34"/><path class="lamp" d="M1276 432h16l6 24h-28z"/>)"
    R"(<path class="crate" d="M1000 488h58v40h-58z"/><path class="crate-line" d="M1000 501h58M1000 515h58M1029 488v40"/><path class="basket" d="M946 500h44l-6 28h-32z"/><path class="crate-line" d="M948 509h40M950 518h36"/>)"
    R"(</svg>)";
// clang-format on

}  // namespace dermaga::storefront
