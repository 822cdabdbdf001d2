#!/usr/bin/env python3
"""Draws the sample catalog's illustrations into images/<handle>.svg.

Usage: python3 draw_illustrations.py [handle ...]     (no handle: all of them)

Standard library only, and deterministic: the same script writes the same bytes. The
files contain presentation attributes only, so they may be served under a strict
content security policy.
"""

import sys
from pathlib import Path

from drawing import craft, home, pantry, textiles
from drawing.canvas import Drawing

# handle: (tint of its category, function that draws it)
PICTURES = {
    "kain-batik-tulis-kawung": ("batik", textiles.folded_kawung),
    "kemeja-batik-parang": ("batik", textiles.shirt_parang),
    "kemeja-batik-megamendung": ("batik", textiles.shirt_megamendung),
    "sarung-batik-pekalongan": ("batik", textiles.sarong_pekalongan),
    "kain-tenun-ikat-sumba": ("tenun", textiles.ikat_sumba),
    "ulos-ragi-hotang": ("tenun", textiles.ulos_toba),
    "tas-tote-tenun-troso": ("tenun", textiles.tote_troso),
    "sarung-bantal-lurik": ("tenun", textiles.cushion_lurik),
    "kopi-arabika-gayo": ("kopi", pantry.coffee_gayo),
    "kopi-arabika-toraja": ("kopi", pantry.coffee_toraja),
    "kopi-arabika-kintamani": ("kopi", pantry.coffee_kintamani),
    "kopi-robusta-temanggung": ("kopi", pantry.coffee_temanggung),
    "paket-cicip-kopi-nusantara": ("kopi", pantry.coffee_sampler),
    "tas-rotan-bundar": ("rotan", home.rattan_bag),
    "lampu-gantung-rotan": ("rotan", home.rattan_lamp),
    "kursi-teras-rotan": ("rotan", home.rattan_chair),
    "keranjang-cucian-rotan": ("rotan", home.rattan_basket),
    "talenan-jati": ("dapur", home.cutting_board),
    "set-sutil-jati": ("dapur", home.teak_utensils),
    "cobek-batu-muntilan": ("dapur", home.stone_mortar),
    "mangkuk-keramik-glasir": ("dapur", home.ceramic_bowls),
    "set-teh-poci-tanah-liat": ("dapur", home.clay_teapot),
    "sambal-bawang-merah": ("bumbu", pantry.sambal_jar),
    "kotak-rempah-nusantara": ("bumbu", pantry.spice_box),
    "jamu-kunyit-asam": ("bumbu", pantry.jamu_bottle),
    "gula-semut-aren": ("bumbu", pantry.palm_sugar),
    "cincin-perak-garnet": ("perak", craft.silver_ring),
    "anting-filigri-perak": ("perak", craft.silver_earrings),
    "gelang-perak-ukir-sulur": ("perak", craft.silver_cuff),
    "gunungan-wayang-kulit": ("seni", craft.gunungan),
    "topeng-panji": ("seni", craft.mask_panji),
    "angklung-satu-oktaf": ("seni", craft.angklung),
}


def main(handles):
    folder = Path(__file__).resolve().parent / "images"
    folder.mkdir(exist_ok=True)
    for handle in handles or PICTURES:
        tint, draw = PICTURES[handle]
        drawing = Drawing(tint)
        draw(drawing)
        (folder / f"{handle}.svg").write_text(drawing.text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
