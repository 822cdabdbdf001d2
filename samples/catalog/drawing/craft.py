"""Kotagede silver, wayang, a dance mask and an angklung."""

from math import cos, pi, sin

from . import motifs
from .canvas import at, circle, ellipse, group, line, mirrored, path, rect

SILVER = ("#ffffff", "#c9ccd6", "#83889a", "#eef0f5", "#9499aa")


# A small filigree scroll from the origin.
CURL = "M0 0C0-26 36-30 38-6C40 14 14 18 12 2C11-8 24-10 26-2"


def silver_ring(d):
    """A ring with beaded shoulders and a garnet, on a velvet roll."""
    d.table_scene()
    d.ground(400, 690, 290, 40)
    roll = "M150 560Q150 520 400 516Q650 520 650 560V650Q650 694 400 698Q150 694 150 650Z"
    d.add(
        d.form(
            roll,
            d.linear("#7b6399", "#463461"),
            d.radial((0, "#ffffff", 0.18), (0.6, "#ffffff", 0), (1, "#000000", 0.4)),
        ),
        path("M150 560Q400 610 650 560", "none", stroke="#382a50", stroke_width=4, opacity="0.5"),
    )
    metal = d.linear(*SILVER, to=(1, 1))
    d.add(
        ellipse(400, 566, 130, 15, "#221536", opacity="0.45", filter=d.blur(5)),
        circle(400, 408, 162, "none", stroke="#5c6072", stroke_width=46),
        circle(400, 408, 162, "none", stroke=metal, stroke_width=40),
        circle(400, 408, 148, "none", stroke="#6d7284", stroke_width=8, opacity="0.55"),
        circle(400, 408, 180, "none", stroke="#ffffff", stroke_width=3, opacity="0.8"),
    )
    bead = d.symbol(
        circle(0, 0, 9, d.radial("#ffffff", "#b9bdca", "#6d7284", cx=0.35, cy=0.3, r=0.75))
    )
    scroll = d.symbol(line(CURL, "#4e5263", 7), line(CURL, "#f4f5f9", 3.5))
    side = (
        d.use(scroll, 250, 336, -24, 0.9)
        + d.use(scroll, 232, 400, -60, 0.7)
        + "".join(
            d.use(bead, x, y, 0, s)
            for x, y, s in (
                (286, 262, 1),
                (268, 284, 0.9),
                (252, 308, 0.8),
                (240, 334, 0.7),
                (230, 362, 0.6),
            )
        )
    )
    d.add(
        path(
            "M292 300Q300 236 346 222H454Q500 236 508 300Q450 246 400 246Q350 246 292 300Z", metal
        ),
        side,
        mirrored(side),
    )
    d.add(
        ellipse(400, 212, 106, 78, "#5c6072"),
        ellipse(400, 208, 104, 76, metal),
        *[d.use(bead, x, y) for x, y in ring_points(400, 208, 92, 65, 26)],
        ellipse(400, 206, 76, 52, "#4e5263"),
        ellipse(
            400, 204, 72, 49, d.radial("#f0587a", "#a30f36", "#4d0319", cx=0.4, cy=0.35, r=0.75)
        ),
        path("M352 190Q368 164 404 162Q390 178 380 196Z", "#ffffff", opacity="0.55"),
        path(
            "M340 214L376 226L400 252L424 226L460 214L432 190L400 182L368 190Z",
            "#ff9db0",
            opacity="0.22",
        ),
        sparkle(520, 160, 30),
        sparkle(250, 470, 20),
    )


def ring_points(cx, cy, rx, ry, count):
    """Points along an ellipse, rounded so that the output never varies."""
    return [
        (round(cx + rx * cos(2 * pi * i / count), 1), round(cy + ry * sin(2 * pi * i / count), 1))
        for i in range(count)
    ]


def sparkle(x, y, size):
    return path(
        "M0-1C.1-.1 .1-.1 1 0C.1 .1 .1 .1 0 1C-.1 .1-.1 .1-1 0C-.1-.1-.1-.1 0-1Z",
        "#ffffff",
        transform=at(x, y, 0, size),
    )


def silver_earrings(d):
    """Filigree drops hanging from a rail: scrolls of wire inside a leaf outline."""
    d.flat_scene()
    d.add(
        rect(176, 158, 448, 18, d.linear("#a88bc4", "#5c4680"), 9),
        circle(176, 167, 16, "#5c4680"),
        circle(624, 167, 16, "#5c4680"),
    )
    metal = d.linear(*SILVER, to=(1, 1))
    bead = d.symbol(
        circle(0, 0, 9, d.radial("#ffffff", "#b9bdca", "#6d7284", cx=0.35, cy=0.3, r=0.75))
    )
    scroll = d.symbol(line(CURL, "#595e70", 6.5), line(CURL, "#f7f8fb", 3.2))
    drop = "M0 96C60 130 122 210 112 296C104 356 56 392 0 420C-56 392-104 356-112 296C-122 210-60 130 0 96Z"
    half = "".join(
        d.use(scroll, x, y, t, s)
        for x, y, t, s in (
            (6, 176, -10, 1.15),
            (10, 250, 4, 1.5),
            (8, 322, 20, 1.35),
            (60, 214, 50, 0.9),
            (66, 300, 60, 0.85),
            (26, 372, 30, 0.8),
        )
    )
    earring = d.symbol(
        line("M0-20C-30-20-30 26 0 26C18 26 20 10 14 2", "#8b90a3", 7),
        line("M0-20C-30-20-30 26 0 26", "#f4f5f9", 2.5),
        circle(0, 56, 32, "#5c6072"),
        circle(0, 54, 31, metal),
        circle(0, 54, 19, "#3d2a5c"),
        circle(0, 53, 17, d.radial("#c7a3f0", "#7b4bb8", "#38176b", cx=0.35, cy=0.3, r=0.8)),
        circle(-5, 46, 4, "#ffffff", opacity="0.8"),
        path(drop, "#ffffff", opacity="0.35"),
        line(drop, "#5c6072", 13),
        line(drop, metal, 9),
        half,
        group(half, transform="scale(-1 1)"),
        line("M0 110V400", "#595e70", 6),
        line("M0 110V400", "#f7f8fb", 3),
        *[d.use(bead, x, y, 0, 0.75) for x, y in LEAF_BEADS],
        d.use(bead, 0, 250, 0, 1.7),
        d.use(bead, 0, 330, 0, 1.1),
        d.use(bead, 0, 176, 0, 1.1),
        *[
            line(f"M{x} {y}v24", "#8b90a3", 3) + d.use(bead, x, y + 34, 0, 1.3)
            for x, y in ((0, 424), (-48, 400), (48, 400))
        ],
    )
    d.add(
        group(
            d.use(earring, 290, 182),
            d.use(earring, 530, 182),
            opacity="0.3",
            filter=d.blur(7),
            transform=at(-6, 16),
        ),
        d.use(earring, 274, 182),
        d.use(earring, 526, 182),
        sparkle(396, 300, 22),
        sparkle(640, 300, 26),
    )


# Where beads sit on an earring's outline.
LEAF_BEADS = [
    (48, 132),
    (84, 176),
    (106, 226),
    (112, 280),
    (98, 334),
    (64, 376),
    (-48, 132),
    (-84, 176),
    (-106, 226),
    (-112, 280),
    (-98, 334),
    (-64, 376),
]


def silver_cuff(d):
    """An open cuff with chased vines between beaded rims."""
    d.table_scene()
    d.ground(400, 668, 280, 40)
    lower = at(0, 74)
    metal = d.across("#6d7284", "#f4f5f9", "#a4a9b9", "#ffffff", "#9a9fb0", "#e6e8ef", "#666b7d")
    dark = d.across("#4e5263", "#8b90a3", "#5c6072", "#9aa0b2", "#4a4e60")
    inside = "M150 350A250 96 0 0 1 650 350V480A250 96 0 0 0 150 480Z"
    d.add(path(inside, dark), line("M150 352A250 96 0 0 1 650 352", "#d5d8e2", 8), transform=lower)
    gap = "M150 350V480A250 110 0 0 0 650 480V350A250 110 0 0 1 150 350Z"
    vine = (
        "M168 446C200 500 250 470 270 492C300 524 350 490 376 510C404 530 440 490 470 510C510 526 540 480 570 490"
        "C600 490 620 466 634 440"
    )
    d.add(
        path(
            "M150 350V486A250 110 0 0 0 650 486V350A250 110 0 0 1 150 350Z",
            "#3d4151",
            transform=at(0, 8),
        ),
        path(gap, metal),
        transform=lower,
    )
    scroll = d.symbol(line(CURL, "#4e5263", 7), line(CURL, "#ffffff", 3))
    leaf = d.symbol(
        path("M0 0C10-20 34-20 44-4C30 10 12 12 0 0Z", "#5c6072"),
        path("M4-1C13-15 30-15 38-4C28 4 13 6 4-1Z", "#f4f5f9"),
    )
    d.add(
        d.clipped(
            gap,
            group(
                line(vine, "#4e5263", 9),
                line(vine, "#ffffff", 4),
                *[
                    d.use(scroll, x, y, t, 0.9)
                    for x, y, t in (
                        (196, 452, -10),
                        (300, 490, 0),
                        (406, 506, -8),
                        (512, 494, -20),
                        (596, 462, -50),
                    )
                ],
                *[
                    d.use(leaf, x, y, t)
                    for x, y, t in (
                        (236, 486, 50),
                        (340, 508, 40),
                        (446, 508, 30),
                        (544, 490, 20),
                        (268, 484, -60),
                        (376, 508, -70),
                        (480, 500, -70),
                        (180, 420, -50),
                    )
                ],
                transform=at(0, 12),
            ),
        ),
        transform=lower,
    )
    bead = d.symbol(
        circle(0, 0, 8, d.radial("#ffffff", "#b9bdca", "#6d7284", cx=0.35, cy=0.3, r=0.75))
    )
    rims = [(x, y) for x, y in ring_points(400, 352, 248, 110, 64) if y > 352]
    d.add(
        *[d.use(bead, x, y + off) for off in (4, 122) for x, y in rims],
        line("M150 480A250 110 0 0 0 650 480", "#ffffff", 3, opacity="0.8"),
        sparkle(250, 340, 24),
        sparkle(560, 560, 30),
        sparkle(420, 470, 18),
        transform=lower,
    )


def gunungan(d):
    """The mountain that opens every shadow play: tree of life above a guarded gate."""
    d.flat_scene()
    shape = "M400 66C424 132 470 170 528 250C590 340 604 440 560 520C536 562 500 580 486 640H314C300 580 264 562 240 520C196 440 210 340 272 250C330 170 376 132 400 66Z"
    d.cast(shape, 14, 20)
    d.add(line("M400 90V760", "#2f1b0d", 17), line("M400 90V756", "#d8b070", 9))
    gold = d.linear("#f6d98a", "#d9a441", "#b5762a")
    d.add(
        path(shape, gold),
        path(
            shape,
            d.linear("#a52a20", "#5c1413"),
            transform="translate(400 380) scale(.93 .95) translate(-400 -380)",
        ),
        line(shape, "#4a230f", 3),
    )
    branch = "M400 470C396 420 350 420 330 390M400 430C380 380 316 372 290 330M400 370C384 330 330 310 312 270M400 310C388 270 356 250 350 210M400 250C394 220 384 196 386 172"
    frond = d.symbol(
        path(
            "M0 0C-26-16-34-44-12-56C6-62 22-46 12-32C4-24-6-30-2-38M0 0C22-10 42-30 34-48",
            "none",
            stroke=gold,
            stroke_width=6,
            stroke_linecap="round",
        ),
        path("M0 0C-10-16 0-34 14-36C18-20 12-6 0 0Z", "#2f7d6b"),
    )
    spots = (
        (330, 390, -40, 1),
        (290, 330, -50, 1.05),
        (312, 270, -46, 1),
        (350, 210, -36, 0.85),
        (384, 176, -8, 0.7),
        (262, 392, -70, 0.95),
        (362, 350, -20, 0.7),
        (366, 290, -20, 0.65),
        (262, 450, -80, 0.9),
        (326, 440, -60, 0.8),
        (290, 496, -80, 0.7),
    )
    half = line(branch, gold, 8) + "".join(d.use(frond, x, y, t, s) for x, y, t, s in spots)
    d.add(
        half,
        mirrored(half),
        rect(391, 150, 18, 360, gold, 8),
        line("M400 160V500", "#7a4a16", 2, stroke_dasharray="6 8"),
    )
    bird = "M0 0C8-14 26-16 34-6L46-8L36 2C28 14 8 12 0 0L-18 8Z"
    beast = "M0 0C-4-30 16-42 34-36C40-56 66-54 68-36C80-30 74-14 62-16C60 0 66 20 62 40H50L46 14H22L18 40H6Z"
    side = (
        path(bird, "#f6d98a", transform=at(316, 318))
        + path(bird, "#7fc0b0", transform=at(346, 246, -10, 0.8))
        + path(beast, gold, transform=at(258, 556, 0, 1.1))
        + circle(312, 522, 3, "#5c1413")
    )
    d.add(side, mirrored(side))
    gate = (
        rect(352, 560, 96, 78, "#7a1d18")
        + rect(362, 570, 34, 68, "#f6d98a")
        + rect(404, 570, 34, 68, "#f6d98a")
        + rect(368, 578, 22, 60, "#2f7d6b")
        + rect(410, 578, 22, 60, "#2f7d6b")
    )
    d.add(
        path("M336 560L400 486L464 560Z", gold),
        path("M356 553L400 502L444 553Z", "#7a1d18"),
        circle(400, 534, 12, "#f6d98a"),
        gate,
        rect(330, 554, 140, 10, gold, 4),
        rect(308, 632, 184, 14, gold, 6),
        line("M340 628v-50M460 628v-50", gold, 10),
        path(
            shape,
            d.linear((0, "#ffffff", 0.18), (0.4, "#ffffff", 0), (1, "#000000", 0.22), to=(1, 1)),
        ),
    )


def mask_panji(d):
    """A refined Panji mask: pale face, narrow eyes, gilded crown, on a stand."""
    d.table_scene()
    d.ground(400, 706, 170, 30)
    d.add(
        rect(386, 560, 28, 130, d.across(*motifs.WOOD)),
        path("M286 706Q290 676 400 672Q510 676 514 706Z", d.linear(*motifs.WOOD)),
    )
    gold = d.linear("#fbe29a", "#dba73f", "#a96f20")
    crown = "M232 330C220 240 262 190 300 170C316 200 340 176 352 140C372 160 392 132 400 100C408 132 428 160 448 140C460 176 484 200 500 170C538 190 580 240 568 330Q400 270 232 330Z"
    face = "M250 312Q400 262 550 312C570 420 540 530 470 590Q436 618 400 620Q364 618 330 590C260 530 230 420 250 312Z"
    ear = "M250 330C204 330 190 400 222 440C236 456 226 490 236 520C250 500 262 470 262 440Z"
    d.cast(crown + face, 12, 18, 0.3)
    d.add(path(ear, gold), mirrored(path(ear, gold)))
    d.add(d.form(face, d.radial("#fffdf4", "#f3e6cb", "#cdb48b", cx=0.42, cy=0.4, r=0.7)))
    eye = (
        path("M288 410Q326 384 370 418Q330 432 288 410Z", "#ffffff")
        + line("M284 410Q326 380 374 420", "#23150f", 6)
        + line("M296 414Q330 432 366 420", "#23150f", 2.5)
        + ellipse(334, 410, 13, 9, "#23150f")
        + circle(338, 407, 3, "#ffffff")
        + path("M278 372Q320 336 378 372Q324 354 278 372Z", "#23150f")
        + ellipse(306, 480, 34, 22, "#e89a86", opacity="0.35")
        + line("M254 440Q262 530 330 586", "#23150f", 5, opacity="0.8")
    )
    d.add(
        eye,
        mirrored(eye),
        path(
            "M386 372C392 420 374 460 366 478Q372 496 388 490Q400 500 412 490Q428 496 434 478C426 460 408 420 414 372Z",
            "#e3cfa8",
            opacity="0.8",
        ),
        line("M366 478Q372 496 388 490Q400 500 412 490Q428 496 434 478", "#8d6b45", 3.5),
        path(
            "M346 534Q376 514 400 524Q424 514 454 534Q428 566 400 566Q372 566 346 534Z", "#b5271f"
        ),
        path("M358 535Q400 526 442 535Q420 546 400 546Q380 546 358 535Z", "#fff6e4"),
        line("M340 532Q400 540 460 532", "#5c1413", 2.5, opacity="0.6"),
        path("M400 330l9 14l-9 18l-9-18Z", gold),
        path("M384 508Q400 500 416 508Q400 514 384 508Z", "#23150f"),
    )
    flower = d.symbol(
        *[ellipse(0, -13, 7, 12, "#c6392c", transform=at(rotate=t)) for t in range(0, 360, 60)],
        circle(0, 0, 6, "#fbe29a"),
    )
    d.add(
        path(crown, gold),
        line(crown, "#7a4a12", 3),
        d.clipped(
            crown,
            line("M236 300Q400 240 564 300", "#7a1d18", 15),
            line("M240 274Q400 214 560 274", "#2f7d6b", 8),
            *[
                circle(x, y, 6, "#fdf3cf")
                for x, y in (
                    (262, 292),
                    (300, 281),
                    (350, 273),
                    (400, 270),
                    (450, 273),
                    (500, 281),
                    (538, 292),
                )
            ],
            line(
                "M300 180C280 220 300 240 320 220M352 156C340 200 360 220 376 200M500 180C520 220 500 240 480 220M448 156C460 200 440 220 424 200",
                "#7a4a12",
                4,
            ),
        ),
        path("M400 120L424 200L400 240L376 200Z", "#7a1d18"),
        circle(400, 196, 13, "#7fd0bd"),
        d.use(flower, 214, 470),
        d.use(flower, 586, 470),
        d.use(flower, 300, 236, 0, 0.9),
        d.use(flower, 500, 236, 0, 0.9),
    )


def angklung(d):
    """Eight bamboo rattles in a stand, from the low note to the high one."""
    d.table_scene()
    d.ground(400, 716, 340, 36)
    bamboo = d.across("#a67c33", "#f3d991", "#d6b05a", "#8d6424")
    wood = d.linear(*motifs.WOOD)
    post = rect(84, 130, 22, 574, d.across(*motifs.WOOD), 6) + path(
        "M50 714Q52 688 95 686Q138 688 140 714Z", wood
    )
    d.add(post, mirrored(post), rect(64, 136, 672, 24, wood, 12), rect(84, 666, 632, 24, wood, 8))

    def tube(x, top, bottom, width):
        cut = top + (bottom - top) * 0.42
        outline = (
            f"M{x} {bottom}V{top + 6}Q{x} {top} {x + 6} {top}H{x + width * .5:.0f}L{x + width * .56:.0f} {cut:.0f}"
            f"Q{x + width} {cut + 4:.0f} {x + width} {cut + 30:.0f}V{bottom}Z"
        )
        return (
            path(outline, bamboo, stroke="#6f4d18", stroke_width=2)
            + line(f"M{x} {(cut + bottom) / 2:.0f}h{width}M{x} {bottom - 14}h{width}", "#7d5a20", 4)
            + line(f"M{x + 6} {top + 14}V{bottom - 22}", "#fff4cf", 3.5, opacity="0.8")
        )

    # One rattle 66 wide and 440 high, hung by its top; the others are this one, smaller.
    rattle = d.symbol(
        rect(0, 0, 7, 440, bamboo, 3),
        rect(30, 8, 6, 430, bamboo, 3),
        rect(59, 120, 7, 320, bamboo, 3),
        rect(-5, 8, 46, 9, bamboo, 4),
        rect(-5, 176, 76, 9, bamboo, 4),
        tube(4, 36, 432, 29),
        tube(37, 196, 432, 26),
        rect(-7, 428, 80, 20, bamboo, 8, stroke="#6f4d18", stroke_width=2),
        line("M4 428v20M34 428v20M62 428v20", "#8f1f1a", 6),
        line(
            "M-2 8l12 10m0-10l-12 10M28 8l12 10m0-10l-12 10M-2 176l12 10m0-10l-12 10M57 176l12 10m0-10l-12 10",
            "#8f1f1a",
            3,
        ),
    )
    for i in range(8):
        scale = 1 - i * 0.062
        x = 122 + i * 73 - i * i * 0.6
        d.add(
            line(f"M{x + 33 * scale:.0f} 158V198", "#c6392c", 5),
            d.use(rattle, x, 190.0, 0, (0.94 - i * 0.03, scale)),
        )
    tassel = d.symbol(
        line("M0 0V14", "#c6392c", 5),
        circle(0, 20, 9, "#e9bd5c"),
        path("M-9 26H9L14 74H-14Z", "#c6392c"),
        line("M-5 30L-8 72M0 30V72M5 30L8 72", "#7a1d18", 2),
    )
    d.add(d.use(tassel, 74, 160), d.use(tassel, 726, 160))
