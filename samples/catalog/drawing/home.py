"""Rattan work, teak, stone and clay for the house."""

from . import motifs
from .canvas import at, circle, ellipse, group, line, mirrored, path, rect
from .pantry import ROUND

RATTAN = ("#d8a866", "#b98143", "#80501f")


def rattan_bag(d):
    """The round Ata-grass bag of Lombok and Bali, with a leather strap and button."""
    d.table_scene()
    d.ground(400, 690, 220, 32)
    d.add(
        line("M214 420C160 40 640 40 586 420", "#4f2d18", 19),
        line("M214 420C160 40 640 40 586 420", "#7d4c2a", 11),
        line("M216 400C170 54 630 54 584 400", "#c08f62", 2, stroke_dasharray="8 7"),
    )
    spokes = d.symbol(
        *[line("M0-30V-206", "#7d4f20", 3.4, transform=at(rotate=t)) for t in range(0, 90, 9)]
    )
    d.add(
        circle(412, 484, 212, "#6b4219"),
        circle(400, 480, 210, d.radial("#dcae6c", "#a9723a", "#8d5c2a", cx=0.4, cy=0.35, r=0.7)),
        *[d.use(spokes, 400, 480, t, opacity="0.7") for t in range(0, 360, 90)],
    )
    for r in range(36, 200, 18):
        d.add(
            circle(
                400,
                480,
                r,
                "none",
                stroke="#f0cc92",
                stroke_width=8,
                stroke_dasharray=f"{r * 0.157:.2f}",
                opacity="0.75",
            ),
            circle(400, 480, r + 9, "none", stroke="#8a5a2a", stroke_width=3, opacity="0.65"),
        )
    d.add(
        circle(400, 480, 24, "#b57d3f"),
        circle(400, 480, 12, "#8a5a2a"),
        circle(400, 480, 206, "none", stroke="#a36c33", stroke_width=16),
        circle(400, 480, 206, "none", stroke="#e4b878", stroke_width=12, stroke_dasharray="10 6"),
        circle(
            400,
            480,
            214,
            d.radial(
                (0, "#ffffff", 0.25),
                (0.5, "#ffffff", 0),
                (1, "#2a1606", 0.5),
                cx=0.38,
                cy=0.32,
                r=0.75,
            ),
        ),
        path("M372 258H428V352Q400 384 372 352Z", d.linear("#8a5530", "#5b351b")),
        line("M379 266V350Q400 372 421 350V266", "#d9ab7c", 2, stroke_dasharray="6 5"),
        circle(400, 336, 12, "#d8b06a"),
        circle(397, 333, 4, "#fff2cf"),
        *[
            rect(x, 384, 30, 60, "#5b351b", 8) + circle(x + 15, 424, 5, "#d8b06a")
            for x in (202, 568)
        ],
    )


def rattan_lamp(d):
    """A pendant lamp: bent splits crossing in lozenges, a warm bulb inside."""
    d.flat_scene()
    dome = "M400 236C300 240 214 330 196 520Q194 548 222 556Q400 590 578 556Q606 548 604 520C586 330 500 240 400 236Z"
    glow = d.radial((0, "#ffdf8e", 0.95), (0.45, "#ffdf8e", 0.4), (1, "#ffdf8e", 0))
    d.add(
        circle(400, 500, 330, glow),
        line("M400 0V190", "#4a3526", 7),
        path("M376 186H424L434 244H366Z", d.across("#5b3a1c", "#c69356", "#5b3a1c")),
    )
    back = d.radial("#ffeeb0", "#f2c063", "#b9813c", cx=0.5, cy=0.7, r=0.75)
    slats = "".join(
        f"M400 226C{400 + k * 0.9:.0f} 300 {400 + k * 1.3:.0f} 430 {400 + k * 0.86:.0f} 580"
        for k in range(-220, 221, 40)
    )
    twist = "".join(
        f"M{400 + k} 226C{400 + k + 120} 340 {400 + k + 150} 470 {400 + k + 170} 590"
        for k in range(-420, 180, 40)
    )
    rings = "".join(f"M180 {y}Q400 {y + 46} 620 {y}" for y in (280, 350, 420, 490))
    d.add(
        path(dome, back),
        ellipse(400, 470, 64, 76, "#fff8dd"),
        d.clipped(
            dome,
            line(twist, RATTAN[2], 7),
            line(twist, RATTAN[0], 3.5),
            mirrored(line(twist, RATTAN[2], 7), line(twist, RATTAN[0], 3.5)),
            line(slats, "#8d5c2a", 5, opacity="0.8"),
            line(rings, RATTAN[2], 12),
            line(rings, RATTAN[0], 6),
            path(
                dome,
                d.across(
                    (0, "#2a1606", 0.5),
                    (0.3, "#2a1606", 0),
                    (0.7, "#2a1606", 0),
                    (1, "#2a1606", 0.5),
                ),
            ),
        ),
        line("M198 534Q400 606 602 534", RATTAN[2], 26),
        line("M198 530Q400 600 602 530", RATTAN[0], 15),
        line("M198 530Q400 600 602 530", RATTAN[2], 15, stroke_dasharray="3 17", opacity="0.8"),
        line("M366 244H434", RATTAN[2], 10),
        path(
            "M250 600L150 800H650L550 600Q400 626 250 600Z",
            d.linear((0, "#ffe7a6", 0.5), (1, "#ffe7a6", 0)),
        ),
    )


def rattan_chair(d):
    """A terrace armchair: bent frame, cane back and a linen cushion."""
    d.table_scene()
    d.ground(400, 716, 290, 40)
    frame, pale = "#8a5726", "#d9a562"

    def pole(path_, width=20):
        return (
            line(path_, "#6b4219", width + 4)
            + line(path_, frame, width)
            + line(path_, pale, width / 3, transform=at(-2, -2))
        )

    rear = pole("M262 500L236 690M538 500L564 690", 16)
    hoop = "M250 520C210 320 240 150 400 146C560 150 590 320 550 520"
    inner = "M276 520C246 340 270 186 400 182C530 186 554 340 524 520Z"
    d.add(
        rear,
        path(inner, "#fff6e2", opacity="0.45"),
        d.clipped(
            inner, rect(230, 170, 340, 360, motifs.cane(d, "#b98143", "translate(4 2) scale(.95)"))
        ),
        pole(hoop, 22),
        pole(inner[:-1], 9),
    )
    seat = "M214 520Q400 486 586 520L604 566Q400 600 196 566Z"
    d.add(
        path(seat, motifs.basket(d, size=22)),
        path(seat, d.linear((0, "#000000", 0.3), (1, "#000000", 0))),
    )
    d.add(
        path(
            "M232 500Q224 472 262 468Q400 454 538 468Q576 472 568 500L578 528Q580 552 546 554Q400 572 254 554Q220 552 222 528Z",
            d.linear("#f7efe0", "#d2c2a6"),
        ),
        line("M226 528Q400 552 574 528", "#b4a284", 3),
        line("M300 484q40 10 80 4M440 490q40 4 70-6", "#c4b395", 3),
        path("M196 566Q400 600 604 566L600 596Q400 630 200 596Z", motifs.basket(d, size=22)),
        path(
            "M196 566Q400 600 604 566L600 596Q400 630 200 596Z",
            d.linear((0, "#ffffff", 0.1), (1, "#000000", 0.35)),
        ),
    )
    arm = pole("M246 380C170 372 140 396 146 430C152 470 190 560 200 600", 20) + pole(
        "M200 590L186 716", 20
    )
    brace = pole("M196 650Q400 690 604 650", 12)
    wrap = line(
        "M140 420l18-6M142 432l18-6M146 444l18-6M190 600h24M188 612h24M188 624h24M234 372v18M246 372v18",
        "#e8c48e",
        6,
    )
    d.add(brace, arm, mirrored(arm), wrap, mirrored(wrap))


def rattan_basket(d):
    """A laundry basket with lid and ear handles, a towel peeping out."""
    d.table_scene()
    d.ground(400, 700, 250, 38)
    body = "M206 300H594L560 676Q556 704 520 704H280Q244 704 240 676Z"
    weave = motifs.basket(d, size=34)
    dark = motifs.basket(d, ("#8f5a2c", "#6f4320", "#3f240f"), 34)
    d.add(
        d.clipped(
            body,
            rect(200, 290, 400, 430, weave),
            rect(200, 425, 400, 68, dark),
            rect(200, 290, 400, 430, d.across(*ROUND)),
            rect(200, 290, 400, 60, d.linear((0, "#000000", 0.5), (1, "#000000", 0))),
        ),
        line("M244 690Q400 708 556 690", "#80501f", 16),
        line("M244 688Q400 706 556 688", "#d8a866", 8, stroke_dasharray="12 5"),
    )
    towel = "M440 292Q450 270 490 278L560 296Q562 380 544 436Q530 448 518 436Q500 450 486 436Q470 446 458 430Q462 360 440 292Z"
    d.add(
        path(towel, d.across("#e7eef0", "#ffffff", "#bccbd0")),
        line("M460 400Q500 414 552 398M460 414Q500 428 550 412", "#7fa0aa", 4),
        line("M478 300Q484 360 482 430M516 300Q522 370 518 430", "#b4c4c9", 3),
    )
    lid = "M190 292Q190 196 400 186Q610 196 610 292Q610 312 400 318Q190 312 190 292Z"
    ribs = "".join(
        f"M400 186Q{400 + k * 1.1:.0f} 210 {400 + k * 1.35:.0f} 310" for k in range(-150, 151, 25)
    )
    d.add(
        d.clipped(
            lid,
            rect(180, 180, 440, 150, "#b98143"),
            line(ribs, "#80501f", 4),
            *[
                line(
                    f"M190 {y}Q400 {y - 30 - 8} 610 {y}",
                    "#e0b474",
                    9,
                    stroke_dasharray="16 9",
                    stroke_dashoffset=o,
                )
                for y, o in ((222, 0), (240, 12), (258, 0), (276, 12), (294, 0))
            ],
            path(
                lid,
                d.radial(
                    (0, "#ffffff", 0.25),
                    (0.5, "#ffffff", 0),
                    (1, "#2a1606", 0.5),
                    cx=0.4,
                    cy=0.2,
                    r=0.8,
                ),
            ),
        ),
        line("M192 296Q400 330 608 296", "#80501f", 17),
        line("M192 294Q400 328 608 294", "#dfb070", 10, stroke_dasharray="13 5"),
        line("M350 192C350 140 450 140 450 192", "#80501f", 16),
        line("M350 190C350 142 450 142 450 190", "#d8a866", 8),
        line("M350 190C350 142 450 142 450 190", "#80501f", 8, stroke_dasharray="2 10"),
    )
    ear = (
        line("M218 396C150 384 150 486 226 478", "#80501f", 18)
        + line("M218 394C152 384 152 484 226 476", "#d8a866", 9)
        + line("M218 394C152 384 152 484 226 476", "#80501f", 9, stroke_dasharray="2 11")
    )
    d.add(ear, mirrored(ear))


def cutting_board(d):
    """A teak board with a handle hole; lime, shallot rings and a chilli on it."""
    d.flat_scene()
    board = (
        "M236 268Q236 232 272 232H336Q352 232 352 214V150Q352 96 400 96Q448 96 448 150V214Q448 232 464 232"
        "H528Q564 232 564 268V660Q564 700 524 700H276Q236 700 236 660Z"
    )
    tilt = at(40, -46, 8)
    d.add(
        path(board, "#3a2414", opacity="0.38", filter=d.blur(14), transform=at(54, -20, 8)),
        group(
            path(board, "#5e3818", transform=at(5, 9)),
            d.form(
                board,
                motifs.wood_grain(d, transform="rotate(90)"),
                d.linear((0, "#ffffff", 0.22), (1, "#000000", 0.16), to=(1, 1)),
            ),
            rect(264, 262, 272, 410, "none", 26, stroke="#6b4120", stroke_width=9, opacity="0.75"),
            rect(267, 266, 272, 410, "none", 26, stroke="#d9ab78", stroke_width=3, opacity="0.7"),
            circle(400, 148, 21, d.mid),
            circle(400, 148, 21, "none", stroke="#5e3818", stroke_width=5),
            line("M400 142C380 90 330 70 318 96", "#c9b08a", 6),
            line("M400 142C424 92 470 66 486 92C494 110 440 130 400 142", "#c9b08a", 6),
            transform=tilt,
        ),
    )
    lime = d.symbol(
        circle(4, 8, 58, "#2a1606", opacity="0.25"),
        circle(0, 0, 58, d.linear("#7fb13a", "#4c7d22")),
        circle(0, 0, 50, "#f1f5d2"),
        *[
            path("M0-6L-15-40Q0-50 15-40Z", "#b9d65f", transform=at(rotate=t))
            for t in range(0, 360, 45)
        ],
        circle(0, 0, 5, "#f1f5d2"),
    )
    ring = d.symbol(
        circle(2, 4, 26, "#2a1606", opacity="0.25"),
        *[
            circle(0, 0, r, f, stroke="#a33a68", stroke_width=3)
            for r, f in ((25, "#f7e3ec"), (17, "#f3d3e0"), (9, "#f7e3ec"))
        ],
    )
    pepper = motifs.chilli(d)
    d.add(
        d.use(lime, 318, 440),
        d.use(lime, 396, 516, 20, 0.86),
        d.use(pepper, 452, 380, -38, 1.15),
        d.use(pepper, 490, 430, -22, 1.0),
        d.use(ring, 440, 590),
        d.use(ring, 398, 624, 0, 0.9),
        d.use(ring, 352, 596, 0, 0.75),
        d.use(motifs.leaf(d), 310, 330, -30, 1.0),
        d.use(motifs.leaf(d), 350, 300, 16, 0.8),
    )


def teak_utensils(d):
    """Teak spatula, spoon, slotted turner and ladle in a glazed pot."""
    d.table_scene()
    d.ground(400, 696, 200, 34)
    grain = motifs.wood_grain(d, transform="rotate(90)")
    shade = d.across((0, "#ffffff", 0.25), (0.5, "#ffffff", 0), (1, "#000000", 0.3))

    def tool(head, x, turn, cut=""):
        handle = "M-11 0L-9 360H9L11 0Z"
        d.add(
            group(
                d.form(handle, grain, shade),
                d.form(head, grain, shade),
                cut,
                transform=at(x, 250, turn),
            )
        )

    tool(
        "M-46-6Q-56-120-30-138Q0-150 30-138Q56-120 46-6Q20 22 0 22Q-20 22-46-6Z",
        330,
        -15,
        line("M-20-104V-24M0-110V-20M20-104V-24", "#f2f5f5", 9),
    )
    tool(
        "M0 30C-46 20-58-40-44-90C-30-132 30-132 44-90C58-40 46 20 0 30Z",
        448,
        11,
        ellipse(0, -52, 32, 52, "#6b4120", opacity="0.45")
        + line("M-22-78q8-22 26-20", "#f0cfa0", 4, opacity="0.6"),
    )
    tool("M-40-110L40-140Q46-20 22 16Q0 30-22 16Q-44-30-40-110Z", 388, -2)
    tool("M0 20C-30 14-36-26-26-60C-16-86 16-86 26-60C36-26 30 14 0 20Z", 500, 24)
    pot = "M272 420H528L514 664Q512 696 478 696H322Q288 696 286 664Z"
    d.add(
        d.clipped(
            pot,
            rect(260, 410, 280, 300, d.linear("#5e8790", "#3c626c")),
            path(
                "M260 410H540V500Q510 530 488 504Q460 560 430 512Q400 540 376 508Q344 556 318 510Q290 530 260 496Z",
                "#e9efe9",
            ),
            line("M280 590H520M280 604H520", "#2f525b", 4),
            line("".join(f"M{x} 620l16 22l16-22" for x in range(270, 540, 32)), "#2f525b", 4),
            rect(260, 410, 280, 300, d.across(*ROUND)),
        ),
        path("M272 420Q400 448 528 420L526 440Q400 466 274 440Z", "#ffffff", opacity="0.5"),
        motifs.gloss(d, 304, 470, 12, 150, 0.4),
    )


def stone_mortar(d):
    """A wide stone cobek with its pestle, chillies and garlic being ground."""
    d.table_scene()
    d.ground(400, 690, 310, 42)
    stone = d.pattern(
        46,
        42,
        rect(0, 0, 46, 42, "#6d6f70"),
        circle(8, 9, 2.4, "#8e9192"),
        circle(30, 6, 1.8, "#4c4e50"),
        circle(20, 22, 2.8, "#55585a"),
        circle(40, 28, 2.2, "#909394"),
        circle(10, 34, 2, "#4c4e50"),
        circle(32, 38, 1.6, "#a3a6a7"),
    )
    bowl = "M126 470Q130 610 280 660L270 690H530L520 660Q670 610 674 470Z"
    d.add(
        d.form(
            bowl,
            stone,
            d.across(
                (0, "#000000", 0.5),
                (0.3, "#ffffff", 0.18),
                (0.6, "#000000", 0.1),
                (1, "#000000", 0.6),
            ),
            d.linear((0, "#000000", 0), (1, "#000000", 0.35)),
        ),
        ellipse(400, 466, 276, 84, stone),
        ellipse(400, 466, 276, 84, d.linear((0, "#ffffff", 0.1), (1, "#ffffff", 0.4))),
        ellipse(400, 470, 236, 64, stone),
        ellipse(400, 470, 236, 64, d.linear((0, "#000000", 0.65), (1, "#000000", 0.15))),
    )
    paste = "M226 486C250 446 320 462 360 448C420 432 470 452 520 458C570 470 560 508 500 514C440 532 320 530 270 516C236 510 218 500 226 486Z"
    pepper = motifs.chilli(d)
    clove = d.symbol(
        path("M0-30C26-16 28 20 2 26C-26 22-24-14 0-30Z", d.across("#fffaf0", "#d8c9b0")),
        line("M2-28Q10 0 2 24", "#b9a78a", 2),
    )
    seeds = "".join(f"M{258 + i * 53 % 270} {478 + i * 17 % 36}h.1" for i in range(26))
    d.add(
        d.form(paste, d.linear("#d64a2a", "#98200f")),
        line(seeds, "#f6d98f", 5),
        line("M300 478q60-16 120-8M330 508q80 10 150-6", "#f08a62", 5, opacity="0.7"),
        d.use(pepper, 300, 468, 14, 1.0),
        d.use(pepper, 350, 500, -10, 0.9),
        d.use(clove, 262, 494, -20, 0.9),
    )
    d.add(
        path(
            "M474 476Q430 470 436 434Q452 400 486 396L620 236Q648 214 670 234Q690 256 670 282L534 440Q526 474 474 476Z",
            stone,
        ),
        path(
            "M474 476Q430 470 436 434Q452 400 486 396L620 236Q648 214 670 234Q690 256 670 282L534 440Q526 474 474 476Z",
            d.linear((0, "#ffffff", 0.35), (0.5, "#ffffff", 0), (1, "#000000", 0.5), to=(0.7, 0.7)),
        ),
        d.use(pepper, 180, 712, 8, 1.15),
        d.use(clove, 610, 706, 30, 1.1),
        d.use(clove, 656, 716, -50, 1.0),
    )


def ceramic_bowls(d):
    """Three nested bowls, glaze running over bare clay."""
    d.table_scene()
    d.ground(400, 706, 260, 38)
    clay = d.pattern(
        24,
        20,
        rect(0, 0, 24, 20, "#b9744a"),
        circle(5, 5, 1.6, "#7d4526"),
        circle(16, 14, 1.3, "#e0a67c"),
    )

    def rim(y, w, glaze, deep):
        return (
            ellipse(400, y, w, w * 0.16, "#f4efe4")
            + ellipse(400, y + 2, w - 8, w * 0.14, d.linear(deep, glaze))
            + ellipse(400, y + 12, w - 40, w * 0.09, "#1d120a", opacity="0.18")
        )

    def wall(y, w, glaze, deep):
        h, foot, step = w * 0.62, w * 0.4, w / 5
        body = (
            f"M{400 - w} {y}A{w} {w * 0.16:.0f} 0 0 0 {400 + w} {y}C{400 + w - 8} {y + h * 0.6:.0f} {400 + foot + 40:.0f} {y + h:.0f} "
            f"{400 + foot:.0f} {y + h:.0f}V{y + h + 18:.0f}Q400 {y + h + 34:.0f} {400 - foot:.0f} {y + h + 18:.0f}V{y + h:.0f}"
            f"C{400 - foot - 40:.0f} {y + h:.0f} {400 - w + 8} {y + h * 0.6:.0f} {400 - w} {y}Z"
        )
        drip = (
            f"M{400 - w} {y}v{h * 0.42:.0f}"
            + "".join(
                f"q{step / 2:.0f} {(60, 96, 44, 84, 56)[i % 5]} {step:.0f} {(16, 10, 6, -4, -2)[i % 5] if i < 5 else (-6, -10, 4, -12, -4)[i % 5]}"
                for i in range(10)
            )
            + f"V{y}Z"
        )
        box = (400 - w, y - 10, 2 * w, h + 70)
        return (
            d.clipped(
                body,
                rect(*box, clay),
                path(drip, d.linear(glaze, deep)),
                line(drip, "#ffffff", 2.5, opacity="0.4"),
                rect(*box, d.across(*ROUND)),
            )
            + line(f"M{400 - w} {y}A{w} {w * 0.16:.0f} 0 0 0 {400 + w} {y}", "#f4efe4", 5)
            + line(
                f"M{400 - w * 0.84:.0f} {y + 52}Q{400 - w * 0.78:.0f} {y + h * 0.5:.0f} {400 - w * 0.62:.0f} {y + h * 0.74:.0f}",
                "#ffffff",
                9,
                opacity="0.4",
            )
        )

    bowls = (
        (528, 256, "#4c8a94", "#2c5c68"),
        (428, 214, "#efe5cf", "#cbb993"),
        (340, 176, "#dd9450", "#a25a26"),
    )
    d.add(*[rim(*bowl) for bowl in bowls], *[wall(*bowl) for bowl in reversed(bowls)])


def clay_teapot(d):
    """A Tegal tea set: unglazed pot, two small cups and rock sugar."""
    d.table_scene()
    d.ground(390, 664, 300, 40)
    clay = d.radial("#d98a5a", "#a4532c", "#6b2f16", cx=0.38, cy=0.3, r=0.8)
    tray = "M110 664Q110 640 400 636Q690 640 690 664Q690 716 400 722Q110 716 110 664Z"
    d.add(
        path(tray, "#5b3517"),
        ellipse(400, 660, 290, 36, motifs.wood_grain(d)),
        ellipse(400, 660, 262, 28, "#7d4e27", opacity="0.55"),
    )
    d.ground(360, 664, 190, 20)
    d.add(
        path(
            "M216 520C150 500 140 420 104 396L126 378C180 400 200 440 244 456Z",
            d.linear("#c57445", "#7d3b1c"),
        ),
        line("M494 446C590 410 606 560 498 584", "#7d3b1c", 27),
        line("M494 444C586 412 600 556 498 580", "#c57445", 14),
        path(
            "M360 376C480 376 534 470 520 550C510 620 460 660 360 660C260 660 210 620 200 550C186 470 240 376 360 376Z",
            clay,
        ),
        line("M204 520Q360 556 518 520M202 536Q360 574 520 536", "#6b2f16", 4, opacity="0.7"),
        line(
            "".join(
                f"M{x} {y}l11 14l11-14"
                for x, y in (
                    (222, 548),
                    (256, 556),
                    (290, 562),
                    (324, 566),
                    (358, 566),
                    (392, 563),
                    (426, 558),
                    (460, 550),
                )
            ),
            "#f0c39c",
            3.5,
            opacity="0.8",
        ),
        path(
            "M270 392Q280 350 360 346Q440 350 450 392Q360 414 270 392Z",
            d.linear("#cf7d4c", "#8a4422"),
        ),
        line("M268 394Q360 416 452 394", "#6b2f16", 5),
        path("M340 350Q330 314 360 310Q390 314 380 350Z", clay),
        ellipse(300, 452, 34, 52, "#ffffff", opacity="0.16", transform="rotate(24 300 452)"),
        motifs.steam(d, 112, 372, 0.8),
    )
    cup = d.symbol(
        path("M-58-62H58Q56 0 30 10H-30Q-56 0-58-62Z", d.across("#7d3b1c", "#d98a5a", "#8a4422")),
        ellipse(0, -62, 58, 15, "#cf7d4c"),
        ellipse(0, -60, 49, 11, "#7a2f08"),
        ellipse(-8, -60, 30, 5, "#c4702a", opacity="0.7"),
        line("M-52-34Q0-22 52-34", "#f0c39c", 3, opacity="0.7"),
    )
    d.ground(556, 682, 80, 14)
    d.add(d.use(cup, 598, 646, 0, 0.86), d.use(cup, 532, 684))
    d.add(
        *[
            path(
                "M-20 10L-14-12L8-18L22-2L16 14L-6 18Z",
                d.linear("#fffdf6", "#d9c7a0"),
                transform=at(x, y, t),
            )
            for x, y, t in ((222, 684, 0), (262, 694, 40), (240, 668, 80))
        ]
    )
