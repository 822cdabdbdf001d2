"""Batik and handwoven cloth."""

from . import motifs
from .canvas import at, circle, ellipse, group, line, mirrored, path, rect

FOLDS = [
    (0, "#000000", 0.30),
    (0.12, "#ffffff", 0.10),
    (0.27, "#000000", 0.20),
    (0.42, "#ffffff", 0.14),
    (0.58, "#000000", 0.16),
    (0.74, "#ffffff", 0.12),
    (0.88, "#000000", 0.10),
    (1, "#000000", 0.32),
]


def fringe(x0, x1, y, length, step, colour, sway=4):
    """Knotted warp ends along a hem."""
    d = "".join(
        f"M{x} {y}q{sway if i % 2 else -sway} {length // 2} 0 {length}"
        for i, x in enumerate(range(x0, x1 + 1, step))
    )
    knots = "".join(f"M{x} {y + 7}v3" for x in range(x0, x1 + 1, step))
    return line(d, colour, 4) + line(knots, colour, 8)


def folded_kawung(d):
    """A folded length of cloth with a turned corner, a paper-thin sash and a canting."""
    d.flat_scene()
    block = "M190 214Q190 200 204 200H560Q574 200 574 214V586Q574 600 560 600H204Q190 600 190 586Z"
    tilt = at(-14, -6, -6, 1.1)
    d.add(path(block, "#3a2414", opacity="0.35", filter=d.blur(14), transform=at(12, 26, -6, 1.1)))
    cloth = motifs.kawung(d)
    layers = [
        path(block, colour, transform=at(dx, dy))
        for dx, dy, colour in ((18, 18, "#5b371d"), (12, 12, "#d8b984"), (6, 6, "#6d4426"))
    ]
    teeth = "".join(f"M{x} 582l14-28l14 28Z" for x in range(198, 560, 28))
    border = rect(190, 548, 384, 34, "#5b341a") + path(teeth, "#ecd5a8")
    corner = "M574 350V214Q574 200 560 200H424Z"
    back = "M574 350Q500 330 470 372Q440 300 424 200Z"
    d.add(
        group(
            *layers,
            d.clipped(
                block,
                rect(190, 200, 384, 400, cloth),
                border,
                rect(
                    190,
                    200,
                    384,
                    400,
                    d.linear(
                        (0, "#ffffff", 0.16), (0.5, "#ffffff", 0), (1, "#000000", 0.22), to=(1, 1)
                    ),
                ),
            ),
            path(corner, "#d8b984"),
            path(corner, cloth, opacity="0.16"),
            path(
                "M574 350Q470 352 424 200L400 230Q450 372 574 380Z",
                "#000000",
                opacity="0.28",
                filter=d.blur(6),
            ),
            path(back, d.linear("#e8d2a6", "#a97f48", to=(1, 1))),
            line("M574 350Q500 330 470 372Q440 300 424 200", "#7a5128", 2),
            rect(190, 420, 384, 56, d.linear("#8f2f24", "#6d1f18")),
            line("M190 428H574M190 468H574", "#e8c27a", 2.5),
            circle(382, 448, 19, "#e8c27a"),
            path(
                "M382 432q9 8 0 16q-9-8 0-16M382 448q9 8 0 16q-9-8 0-16M366 448q8-9 16 0q-8 9-16 0"
                "M382 448q8-9 16 0q-8 9-16 0",
                "#7a251c",
            ),
            transform=tilt,
        )
    )
    d.add(
        group(
            line("M6 14H196", "#3a2414", 14, opacity="0.3", filter=d.blur(6)),
            line("M0 0H190", "#8a5a2b", 17),
            line("M0-4H186", "#c48d52", 4),
            line("M190 0H226", "#b3692f", 9),
            path(
                "M220-15C250-22 262-6 260 10C250 26 226 24 218 10Z", d.linear("#e2a05c", "#9a5522")
            ),
            ellipse(238, -12, 18, 6, "#3a1e0c"),
            line("M258 14q18 6 24 20", "#c98243", 5),
            transform=at(440, 726, -32, 1.15),
        )
    )


def shirt(d, cloth, dark, button, long_sleeves, inside="#2a1a10"):
    """A shirt on a wooden hanger against the wall."""
    d.flat_scene()
    body = (
        "M326 200L252 232Q262 300 258 380L248 652Q400 676 552 652L542 380Q538 300 548 232"
        "L474 200Q400 246 326 200Z"
    )
    if long_sleeves:
        sleeve = "M254 231C214 246 202 282 194 330L138 596L208 614L258 420L268 330Q262 280 254 231Z"
        cuff = "M145 560L138 596Q136 606 146 608L202 622Q210 624 212 612L220 578Z"
    else:
        sleeve = "M254 231C214 244 192 272 178 310L138 398L222 438L264 370Q266 290 254 231Z"
        cuff = "M145 383L138 398L222 438L230 425Z"
    whole = body + sleeve
    d.cast(whole, 12, 22)
    d.add(
        line("M400 196V160C400 142 424 138 424 116A23 23 0 1 0 378 114", "#8d8378", 7),
        path("M316 214Q400 150 484 214L470 222Q400 176 330 222Z", d.linear(*motifs.WOOD)),
        path("M330 204Q400 172 470 204Q440 250 400 256Q360 250 330 204Z", inside),
    )
    arm = (
        d.form(
            sleeve,
            cloth,
            d.across((0, "#000000", 0.26), (0.45, "#ffffff", 0.12), (1, "#000000", 0.34)),
        )
        + path(cuff, dark)
        + line(sleeve, "#000000", 1.5, opacity="0.25")
    )
    if long_sleeves:
        arm += line(
            "M226 330Q214 400 190 470M236 300Q226 330 226 350", "#000000", 4, opacity="0.18"
        )
    d.add(arm, mirrored(arm))
    d.add(d.form(body, cloth, d.across(*FOLDS)), line(body, "#000000", 1.5, opacity="0.25"))
    collar = "M326 200L350 176Q392 206 400 238L366 280Q338 246 326 200Z"
    flap = d.form(collar, dark) + line(collar, "#ffffff", 2, opacity="0.35")
    d.add(
        rect(388, 236, 24, 428, cloth),
        rect(388, 236, 24, 428, dark, opacity="0.55"),
        line("M388 244V664M412 244V664", "#000000", 1.5, opacity="0.35"),
        flap,
        mirrored(flap),
    )
    d.add(*[circle(400, y, 7, button) + line(f"M397 {y}h6", dark, 2) for y in range(290, 650, 66)])
    pocket = "M446 334H520V410L483 428L446 410Z"
    d.add(
        d.form(pocket, cloth, d.linear((0, "#ffffff", 0.12), (1, "#000000", 0.15))),
        line(pocket, "#000000", 2, opacity="0.4"),
        rect(446, 334, 74, 13, dark, opacity="0.8"),
    )


def shirt_parang(d):
    shirt(d, motifs.parang(d, scale=0.9), "#4a2a17", "#f0deb9", True)


def shirt_megamendung(d):
    shades = ("#16345f", "#eef6fb", "#a5cbe8", "#5b95cb", "#23579a")
    shirt(d, motifs.megamendung(d, shades, 1.0), "#142c50", "#e9f3f8", False, "#0c1c33")


def sarong_pekalongan(d):
    """A coastal sarong over a drying rail: bouquets, and a panel with rows of points."""
    d.table_scene()
    d.ground(400, 700, 330, 40)
    wood = d.linear(*motifs.WOOD)
    post = rect(140, 170, 20, 520, d.across(*motifs.WOOD), 6) + path(
        "M92 704Q94 680 150 678Q206 680 208 704Z", wood
    )
    d.add(post, mirrored(post))
    rose = "M0-16q12-10 16 3q14 3 6 15q4 14-10 13q-8 11-17 1q-14 3-13-11q-11-9 1-16q1-14 17-5Z"
    spray = d.symbol(
        line("M0 14Q-4 40-26 52M-6 36Q12 40 22 54", "#f4e3c1", 2.5),
        path(
            "M-26 52q-16-14-6-26q14 10 6 26M22 54q16-8 12-24q-16 6-12 24M-8 40q-18-2-20-16q16 0 20 16",
            "#8fc0a0",
        ),
        path(rose, "#e8879a"),
        path(rose, "#f8c8cf", transform=at(1, 1, 0, 0.6)),
        circle(2, 2, 4, "#f2c14e"),
    )
    bird = d.symbol(
        path("M-24 0C-14-16 4-14 10-6L24-10L14 2C8 14-12 12-24 0Z", "#f2c14e"),
        path("M-6-8Q-18-28-30-26Q-22-10-6-8Z", "#e8879a"),
        circle(10, -3, 1.8, "#123a33"),
    )
    specks = "".join(
        f"M{x} {y}h.1"
        for x, y in (
            (10, 12),
            (66, 8),
            (120, 22),
            (14, 90),
            (70, 118),
            (124, 96),
            (66, 60),
            (30, 130),
            (100, 140),
        )
    )
    cloth = d.pattern(
        140,
        150,
        rect(0, 0, 140, 150, "#11695b"),
        line(specks, "#a8d9c6", 4),
        d.use(spray, 40, 34),
        d.use(spray, 108, 100, 14, 0.85),
        d.use(bird, 104, 32),
        d.use(bird, 34, 112, -8, 0.9),
    )
    back = "M196 186L184 560Q230 580 300 566V186Z"
    front = "M206 184Q206 164 226 164H574Q594 164 594 184L602 640Q552 662 500 642T398 646T296 644T198 640Z"
    d.add(d.form(back, "#0b453c"))
    d.cast(front, 6, 14, 0.3)
    points = "".join(f"M{x} 200l22 92l22-92ZM{x} 606l22-92l22 92Z" for x in (334, 378, 422))
    centre = "".join(
        f"M{x} {y}l12 17l-12 17l-12-17Z" for y in (318, 366, 414, 462) for x in (356, 400, 444)
    )
    d.add(
        d.clipped(
            front,
            rect(180, 160, 440, 520, cloth),
            rect(318, 160, 164, 520, "#8c1f3a"),
            path(points, "#f4e3c1"),
            path(
                points,
                "#d6763c",
                transform="translate(400 400) scale(.84 .86) translate(-400 -400)",
            ),
            path(centre, "#f2c14e"),
            line("M326 160V680M474 160V680", "#f4e3c1", 4),
            line("M334 200H466M334 606H466", "#f2c14e", 4),
            rect(180, 612, 440, 8, "#f4e3c1", opacity="0.8"),
            rect(180, 626, 440, 4, "#f2c14e"),
            rect(180, 160, 440, 520, d.across(*FOLDS)),
            rect(
                180,
                164,
                440,
                40,
                d.linear((0, "#ffffff", 0.35), (0.5, "#ffffff", 0.05), (1, "#000000", 0.12)),
            ),
        )
    )
    d.add(rect(118, 158, 90, 22, wood, 11), rect(592, 158, 90, 22, wood, 11))


HORSE = [
    "...........#..",
    "..........###.",
    ".........#####",
    "#........##.##",
    "##......###...",
    ".#.########...",
    ".##########...",
    "..#########...",
    "..#########...",
    "..##....##....",
    "..#.#...#.#...",
    "..#.#...#.#...",
    ".##.##..##.##.",
]
BIRD = [
    "..##....",
    ".####..#",
    "..###.##",
    "..#####.",
    "..####..",
    "...##...",
    "...#....",
    "..##....",
]
DIAMOND = [
    "......#......",
    ".....###.....",
    "....##.##....",
    "...##.#.##...",
    "..##.###.##..",
    ".##.##.##.##.",
    "..##.###.##..",
    "...##.#.##...",
    "....##.##....",
    ".....###.....",
    "......#......",
]


def ikat_sumba(d):
    """A warp ikat hanging from a rod: horses, birds and lozenges in bands."""
    d.flat_scene()
    sheet = "M206 170H594V610H206Z"
    d.cast("M206 170H594V676H206Z", 12, 18)
    horse = d.symbol(motifs.bitmap(HORSE, 7, "#f1dcb4", height=6))
    bird = d.symbol(motifs.bitmap(BIRD, 6, "#d99a4e"))
    gem = d.symbol(motifs.bitmap(DIAMOND, 6, "#f1dcb4"))
    stripes = "".join(f"M206 {y}H594" for y in (186, 282, 300, 336, 444, 480, 498, 594))
    d.add(
        fringe(210, 590, 610, 56, 12, "#8c3222"),
        d.clipped(
            sheet,
            rect(206, 170, 388, 440, "#23304f"),
            rect(206, 170, 388, 122, "#8c3222"),
            rect(206, 488, 388, 122, "#8c3222"),
            *[d.use(horse, x, 195) for x in (222, 350, 478)],
            *[d.use(horse, x, 510) for x in (222, 350, 478)],
            *[d.use(gem, x, 357) for x in (226, 361, 496)],
            *[d.use(bird, x, 366) for x in (308, 443)],
            *[
                path("".join(f"M{x} {y}l9 9l-9 9l-9-9Z" for x in range(216, 600, 24)), "#d99a4e")
                for y in (309, 453)
            ],
            line(stripes, "#e0b064", 3),
            rect(206, 170, 388, 440, d.pattern(5, 9, rect(0, 0, 2, 9, "#000000", opacity="0.16"))),
            rect(
                206,
                170,
                388,
                440,
                d.across(
                    (0, "#000000", 0.2),
                    (0.3, "#ffffff", 0.1),
                    (0.55, "#000000", 0.08),
                    (0.8, "#ffffff", 0.08),
                    (1, "#000000", 0.22),
                ),
            ),
        ),
        rect(176, 156, 448, 20, d.linear(*motifs.WOOD), 10),
        circle(176, 166, 15, "#7d4e27"),
        circle(624, 166, 15, "#7d4e27"),
        line("M196 156L400 76L604 156", "#6d4a2c", 4),
        circle(400, 76, 8, "#8d8378"),
    )


def ulos_toba(d):
    """A ceremonial shawl over a wall peg rail, both ends hanging with long fringes."""
    d.flat_scene()
    step = motifs.bitmap(["#...#", ".#.#.", "..#..", ".#.#.", "#...#"], 6, "#f3e6d2")
    bandw = d.pattern(
        40,
        44,
        rect(0, 0, 40, 44, "#1d1a1c"),
        group(step, transform=at(5, 7)),
        rect(0, 0, 40, 3, "#d8b25a"),
        rect(0, 41, 40, 3, "#d8b25a"),
    )
    stripe = d.pattern(
        56,
        20,
        rect(0, 0, 56, 20, "#7a1420"),
        rect(0, 0, 10, 20, "#1d1a1c"),
        rect(14, 0, 2, 20, "#f3e6d2"),
        rect(32, 0, 4, 20, "#a92a34"),
        rect(44, 0, 2, 20, "#d8b25a"),
    )

    def panel(x, w, top, bottom):
        d_ = f"M{x} {top}H{x + w}L{x + w + 6} {bottom}H{x - 6}Z"
        d.cast(d_, 8, 16, 0.3)
        d.add(
            fringe(x - 2, x + w + 2, bottom, 84, 11, "#7a1420", 3),
            d.clipped(
                d_,
                rect(x - 10, top, w + 20, bottom - top, stripe),
                group(
                    rect(-10, 0, w + 20, 44, bandw),
                    rect(-10, 56, w + 20, 10, "#d8b25a"),
                    rect(-10, 78, w + 20, 44, bandw),
                    transform=at(x, bottom - 140),
                ),
                rect(x - 10, top, w + 20, bottom - top, d.across(*FOLDS)),
            ),
        )

    panel(410, 140, 190, 520)
    panel(258, 190, 190, 600)
    d.add(
        path("M252 196Q252 166 290 166H520Q556 166 556 196L552 214Q400 192 258 214Z", stripe),
        path(
            "M252 196Q252 166 290 166H520Q556 166 556 196L552 214Q400 192 258 214Z",
            d.linear((0, "#ffffff", 0.3), (1, "#000000", 0.25)),
        ),
        *[line(f"M{x} 180L{400} 78", "#6d4a2c", 4) for x in (164, 640)],
        circle(400, 78, 8, "#8d8378"),
        rect(136, 168, 122, 24, d.linear(*motifs.WOOD), 12),
        rect(552, 168, 116, 24, d.linear(*motifs.WOOD), 12),
        *[circle(x, 180, 15, "#7d4e27") for x in (140, 664)],
    )


def tote_troso(d):
    """A shoulder bag with leather handles and an ikat front."""
    d.table_scene()
    d.ground(400, 690, 250, 34)
    strap = "M310 310C300 120 500 120 490 310"
    d.add(
        line(strap, "#5d3820", 20, transform=at(0, -24)),
        line(strap, "#8a5a34", 6, transform=at(0, -24), opacity="0.6"),
    )
    body = "M212 292Q400 306 588 292L612 660Q612 690 582 690H218Q188 690 188 660Z"
    zig = "".join(f"M{x} 40l16-28l16 28l-16 28Z" for x in (0, 32, 64, 96))
    ikat = d.pattern(
        96,
        120,
        rect(0, 0, 96, 120, "#b5432e"),
        path(zig, "#f4e2c0"),
        path("".join(f"M{x + 7} 40l9-16l9 16l-9 16Z" for x in (0, 32, 64)), "#1f4a5c"),
        rect(0, 76, 96, 4, "#f0b24a"),
        rect(0, 116, 96, 4, "#f0b24a"),
        motifs.bitmap(
            ["#..##..#..##", "##.##.###.##", ".####..####.", "..##....##.."], 8, "#1f4a5c", 0, 84, 7
        ),
    )
    d.add(
        path("M222 284Q400 266 578 284L588 296Q400 312 212 296Z", "#4a2016"),
        d.clipped(
            body,
            rect(180, 280, 440, 420, ikat),
            rect(180, 590, 440, 110, d.linear("#7d5030", "#5a351d")),
            line("M180 602H620", "#e5c79b", 2.5, stroke_dasharray="9 7"),
            rect(180, 280, 440, 420, d.pattern(6, 6, rect(0, 0, 6, 2, "#000000", opacity="0.13"))),
            rect(
                180,
                280,
                440,
                420,
                d.across(
                    (0, "#000000", 0.35),
                    (0.2, "#ffffff", 0.12),
                    (0.5, "#000000", 0),
                    (0.75, "#ffffff", 0.08),
                    (1, "#000000", 0.35),
                ),
            ),
        ),
        line("M212 294Q400 308 588 294", "#f4e2c0", 4),
    )
    tab = path("M292 300H326V392Q309 406 292 392Z", d.linear("#8a5a34", "#5d3820")) + "".join(
        circle(309, y, 5, "#e0b76a") for y in (328, 376)
    )
    d.add(
        line("M309 320C296 130 504 130 491 320", "#4b2c17", 24),
        line("M309 320C296 130 504 130 491 320", "#7d5030", 16),
        line("M304 300C298 140 500 140 494 300", "#c79a6b", 2, stroke_dasharray="8 7"),
        tab,
        mirrored(tab),
    )


def cushion_lurik(d):
    """Two cushions in lurik stripes, one leaning on the other."""
    d.table_scene()
    d.ground(400, 690, 320, 40)
    back = "M-180-170Q0-146 180-170Q160 0 182 174Q0 150-182 174Q-158 0-180-170Z"

    def lurik(base, tones):
        x, bars = 0, [rect(0, 0, 96, 8, base)]
        for tone, width, gap in tones:
            bars.append(rect(x, 0, width, 8, tone))
            x += width + gap
        return d.pattern(96, 8, *bars, rect(0, 0, 96, 2, "#000000", opacity="0.14"))

    def pillow(x, y, turn, scale, cloth, piping):
        name = d.define("path", d=back)
        d.add(
            group(
                d.use(name, 14, 16, fill="#2c1a0e", opacity="0.3", filter=d.blur(12)),
                d.use(name, fill=cloth),
                d.use(
                    name,
                    fill=d.radial(
                        (0, "#ffffff", 0.28),
                        (0.55, "#ffffff", 0),
                        (1, "#000000", 0.42),
                        cx=0.42,
                        cy=0.38,
                        r=0.72,
                    ),
                ),
                line(
                    "M-176-166Q-140-120-120-100M176-166Q140-130 128-108M-178 168Q-140 130-126 104M178 168Q146 132 130 110",
                    "#000000",
                    7,
                    opacity="0.18",
                ),
                d.use(name, fill="none", stroke=piping, stroke_width=5),
                transform=at(x, y, turn, scale),
            )
        )

    pillow(
        486,
        420,
        10,
        1,
        lurik(
            "#e9dcc3",
            [
                ("#2f5d62", 14, 6),
                ("#2f5d62", 4, 10),
                ("#c46a3c", 8, 6),
                ("#2f5d62", 4, 18),
                ("#d9a441", 6, 8),
            ],
        ),
        "#2f5d62",
    )
    pillow(
        318,
        492,
        -6,
        1.08,
        lurik(
            "#6d2431",
            [
                ("#24161c", 12, 4),
                ("#e7c37e", 3, 9),
                ("#a8434a", 16, 4),
                ("#f2e4cb", 3, 12),
                ("#24161c", 8, 10),
                ("#d98a4a", 4, 6),
            ],
        ),
        "#e7c37e",
    )
