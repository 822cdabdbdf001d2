"""Coffee, spices, sambal and jamu."""

from . import motifs
from .canvas import at, circle, ellipse, group, line, path, rect

GLASS = [
    (0, "#ffffff", 0.55),
    (0.12, "#ffffff", 0.1),
    (0.5, "#ffffff", 0.05),
    (0.88, "#000000", 0.04),
    (1, "#000000", 0.22),
]
ROUND = [
    (0, "#000000", 0.42),
    (0.2, "#ffffff", 0.16),
    (0.42, "#ffffff", 0.05),
    (0.75, "#000000", 0.1),
    (1, "#000000", 0.45),
]


def coffee_gayo(d):
    """A stand-up pouch with a heat seal; its label shows the highlands above the lake."""
    d.table_scene()
    d.ground(400, 694, 250, 36)
    bag = (
        "M256 160H544L552 226Q578 420 572 660Q566 690 534 690H266Q234 690 228 660"
        "Q222 420 248 226Z"
    )
    d.add(
        d.form(bag, d.linear("#1f5145", "#143a32"), d.across(*ROUND)),
        rect(254, 160, 292, 46, d.linear((0, "#ffffff", 0.28), (1, "#ffffff", 0.06))),
        line("M255 172H545M254 182H546M253 192H547", "#000000", 2, opacity="0.25"),
        path("M256 218l10 10l-14 8ZM544 218l-10 10l14 8Z", "#0c2721"),
        line("M262 640Q400 600 538 640", "#000000", 3, opacity="0.3"),
        circle(400, 246, 15, "#102e27"),
        circle(400, 246, 9, "#2f6d5e"),
        *[circle(x, 246, 1.8, "#0b211b") for x in (395, 400, 405)],
    )
    label = "M282 292H518V594H282Z"
    d.add(
        d.clipped(
            label,
            rect(282, 292, 236, 302, d.linear("#f7d9a0", "#f0a869")),
            circle(442, 372, 36, "#fff3d2"),
            path("M270 490L330 390L362 432L420 346L476 430L500 404L540 490Z", "#4d7f6b"),
            path("M420 346L398 380L416 374L428 386L440 376Z", "#f7efdc"),
            path("M270 500L320 446L376 500L430 452L540 508V540H270Z", "#2a5c4c"),
            rect(270, 506, 260, 90, d.linear("#7fb4b8", "#2f6c78")),
            line(
                "M300 530h70M400 522h92M330 552h48M420 560h70M296 576h60",
                "#dff0ec",
                3,
                opacity="0.7",
            ),
        ),
        path(label, "none", stroke="#f7efdc", stroke_width=6),
    )
    motifs.scatter_beans(
        d,
        [
            (196, 690, 20),
            (240, 716, -30),
            (160, 724, 70),
            (584, 704, 12),
            (632, 722, -48),
            (560, 734, 80),
            (300, 734, 5),
        ],
        1.05,
    )


def coffee_toraja(d):
    """A kraft bag with a folded top, a Tongkonan house as label, and a cup beside it."""
    d.table_scene()
    d.ground(350, 690, 240, 36)
    d.add(
        path("M196 250H474V690H196Z", d.linear("#cf9f66", "#ad7a43")),
        path("M474 250L520 236V668L474 690Z", d.linear("#96673a", "#774c26")),
        path("M196 250L240 236H520L474 250Z", "#7c5129"),
        path("M190 184H480V262H190Z", d.linear("#dcb07a", "#b98650")),
        path("M480 184L522 176V248L480 262Z", "#96673a"),
        line("M190 262H480", "#6e4722", 3),
        rect(178, 212, 316, 13, "#3a2a20", 5),
        line("M335 262V690M497 250L500 676", "#7c5129", 2, opacity="0.5"),
        rect(
            196,
            250,
            278,
            440,
            d.across((0, "#ffffff", 0.2), (0.4, "#ffffff", 0), (1, "#000000", 0.14)),
        ),
    )
    roof = "M216 322Q244 404 335 408Q426 404 454 322Q446 440 384 456H286Q224 440 216 322Z"
    zig = "".join(f"M{x} 470l9 12l-9 12l-9-12Z" for x in range(290, 390, 18))
    d.add(
        path(roof, "#2a1a14"),
        line("M228 352Q258 418 335 422Q412 418 442 352", "#c8462c", 6),
        line("M236 384Q276 440 335 440Q394 440 434 384", "#e9bd5c", 3),
        rect(280, 456, 110, 56, "#8f2a1f"),
        path(zig, "#e9bd5c"),
        rect(268, 512, 134, 12, "#2a1a14"),
        *[rect(x, 524, 13, 66, "#4a2b1a") for x in (276, 308, 349, 381)],
        path("M335 408L318 456H352Z", "#e9bd5c"),
        circle(335, 440, 6, "#8f2a1f"),
        line("M250 604H420", "#4a2b1a", 5),
        line("M290 622H380", "#4a2b1a", 4),
    )
    d.ground(608, 700, 120, 24)
    d.add(
        motifs.steam(d, 606, 556, 0.9),
        ellipse(606, 690, 104, 20, d.linear("#f6efe4", "#cbbba6")),
        ellipse(606, 685, 74, 12, "#b8a68e"),
        line("M668 604q44-2 40 30q-6 30-52 30", "#efe5d6", 13),
        path(
            "M538 584H674Q676 660 642 684H570Q536 660 538 584Z",
            d.across("#cdbfab", "#fbf6ee", "#d6c8b3"),
        ),
        ellipse(606, 584, 68, 16, "#fbf6ee"),
        ellipse(606, 586, 59, 12, "#3a1f10"),
        path("M560 590q46-16 92 0q-46 12-92 0Z", "#7d4f2b", opacity="0.6"),
    )
    motifs.scatter_beans(d, [(150, 712, 30), (188, 734, -20), (470, 728, 60)], 1.0)


def coffee_kintamani(d):
    """A tin with a crater lake on it, half an orange and its leaf: the garden's shade tree."""
    d.table_scene()
    d.ground(370, 690, 210, 34)
    tin = "M226 236V660Q226 690 370 694Q514 690 514 660V236Z"
    d.add(
        d.clipped(
            tin,
            rect(220, 220, 300, 490, d.linear("#f6e5c8", "#f0c58c")),
            circle(370, 390, 76, "#ee7f36"),
            circle(370, 390, 58, "#f7a653"),
            path(
                "M220 560L300 430Q316 420 326 434L346 446L382 440L406 424Q420 416 432 430L520 560Z",
                "#274a56",
            ),
            path(
                "M300 430Q316 420 326 434L346 446L382 440L406 424Q420 416 432 430L418 466L396 450L370 480L340 456L316 474Z",
                "#55808a",
            ),
            path("M220 546Q300 520 370 548T520 540V720H220Z", "#3e7a6c"),
            path("M220 590Q310 560 400 592T520 584V720H220Z", "#2d5f55"),
            line(
                "M220 622Q310 594 400 624T520 616M220 654Q310 628 400 656T520 648",
                "#8fc0a0",
                3,
                opacity="0.7",
            ),
            path("M326 600V546l12-10h-6l14-14h-8l14-16l14 16h-8l14 14h-6l12 10V600Z", "#1c2f36"),
            rect(220, 220, 300, 490, d.across(*ROUND)),
        ),
        path("M218 196V250Q218 276 370 280Q522 276 522 250V196Z", d.linear("#2b3d44", "#1d2b31")),
        path("M218 196V250Q218 276 370 280Q522 276 522 250V196Z", d.across(*ROUND)),
        line("M219 236Q226 262 370 266Q514 262 521 236", "#e2b25c", 3),
        ellipse(370, 196, 152, 30, d.linear("#43585f", "#2b3d44")),
        ellipse(370, 194, 128, 22, "none", stroke="#6e858c", stroke_width=2),
    )
    d.ground(612, 694, 112, 22)
    wedge = "M0-8L-17-56Q0-66 17-56Z"
    d.add(
        circle(612, 616, 82, d.radial("#f9a13a", "#d96d12", r=0.6)),
        circle(612, 616, 72, "#fbe3b4"),
        *[path(wedge, "#f7932a", transform=at(612, 616, turn)) for turn in range(0, 360, 40)],
        circle(612, 616, 7, "#fbe3b4"),
        d.use(motifs.leaf(d), 640, 534, -28, 0.9),
    )
    motifs.scatter_beans(d, [(180, 700, 24), (214, 728, -34), (500, 726, 12), (540, 712, 70)], 1.0)


def coffee_temanggung(d):
    """An open gunny sack heaped with beans, and a wooden scoop."""
    d.table_scene()
    d.ground(400, 696, 290, 40)
    jute = d.pattern(
        14,
        14,
        rect(0, 0, 14, 14, "#b98f57"),
        rect(0, 0, 7, 7, "#cda46b"),
        rect(7, 7, 7, 7, "#c79d63"),
        line("M0 0H14M0 7H14M0 0V14M7 0V14", "#8a6435", 1, opacity="0.7"),
    )
    sack = (
        "M232 316Q180 420 184 560Q178 664 226 688Q400 712 574 688Q622 664 616 560"
        "Q620 420 568 316Z"
    )
    d.add(
        d.form(
            sack,
            jute,
            d.radial(
                (0, "#ffffff", 0.2), (0.5, "#ffffff", 0), (1, "#2a1606", 0.6), cx=0.4, cy=0.4, r=0.7
            ),
        ),
        line(
            "M250 420Q236 520 262 600M552 420Q566 520 536 610M330 640Q400 620 470 646",
            "#5e3f1a",
            6,
            opacity="0.35",
        ),
        ellipse(400, 318, 174, 54, "#5b3a1a"),
        ellipse(400, 314, 158, 46, "#2c170b"),
    )
    d.add(
        path("M246 312Q300 214 404 208Q506 216 554 312Q480 352 400 352Q318 352 246 312Z", "#33190c")
    )
    places = []
    for row, (y, half, n) in enumerate(
        ((322, 118, 6), (300, 126, 6), (277, 112, 6), (254, 86, 5), (233, 52, 3))
    ):
        places += [
            (
                400 - half + 2 * half * i / (n - 1) + (row % 2) * 6,
                y + (i * 37 + row * 11) % 9 - 4,
                (i * 67 + row * 41) % 180,
            )
            for i in range(n)
        ]
    name = motifs.bean(d)
    d.add(*[d.use(name, float(x), y, turn, 1.15) for x, y, turn in reversed(places)])
    rim = "M222 318Q230 380 400 386Q570 380 578 318Q586 348 574 376Q540 416 400 420Q260 416 226 376Q214 348 222 318Z"
    d.add(
        d.form(rim, jute, d.linear((0, "#ffffff", 0.28), (1, "#2a1606", 0.35))),
        line("M224 322Q234 380 400 386Q566 380 576 322", "#6e4b20", 2.5),
        rect(318, 468, 164, 132, "#f3e6cf", 6),
        rect(327, 477, 146, 114, "none", 3, stroke="#5b2d16", stroke_width=3),
        d.use(name, 400, 520, -35, 1.7),
        line("M352 568H448", "#5b2d16", 5),
    )
    d.add(
        group(
            line("M54-10L180-64", "#7d4e27", 22),
            line("M60-16L176-66", "#b98450", 6),
            path(
                "M-74-22Q-60-54 0-46Q60-36 66-6Q40 44-20 36Q-78 26-74-22Z", d.linear(*motifs.WOOD)
            ),
            ellipse(-18, -14, 48, 22, "#5b3a1c", transform="rotate(10)"),
            transform=at(560, 700, -8, 0.9),
        )
    )
    motifs.scatter_beans(
        d,
        [
            (536, 680, 20),
            (562, 690, -40),
            (548, 700, 80),
            (196, 716, 30),
            (240, 736, -22),
            (470, 738, 10),
        ],
        0.95,
    )


def coffee_sampler(d):
    """A gift box with four sachets, one colour for each island."""
    d.table_scene()
    d.ground(400, 700, 320, 40)
    colours = (
        ("#1f5145", "#e9bd5c"),
        ("#8f2a1f", "#f2d9ae"),
        ("#274a56", "#ee7f36"),
        ("#6a4423", "#e6cfa6"),
    )
    emblems = (
        "M-34 24L-10-20L4 2L18-14L36 24Z",
        "M-38-22Q-26 10 0 12Q26 10 38-22Q34 22 18 26H-18Q-34 22-38-22Z",
        "M-26 26V-4l12-10h-6L0-34l20 20h-6l12 10V26Z",
        "M-32 20Q-32-20 0-34Q32-20 32 20Q0 34-32 20Z",
    )
    d.add(
        path("M124 420L168 250H632L676 420Z", d.linear("#5b3a22", "#3b2415")),
        path("M150 414L184 268H616L650 414Z", "#2a190e"),
    )
    for i, ((base, accent), emblem) in enumerate(zip(colours, emblems)):
        x, y = 178 + i * 114, 196 + (i % 2) * 18
        d.add(
            d.form(f"M{x} {y}H{x + 102}V{y + 340}H{x}Z", base, d.across(*ROUND)),
            rect(x, y, 102, 26, "#ffffff", opacity="0.25"),
            line(f"M{x + 2} {y + 8}h98M{x + 2} {y + 16}h98", "#000000", 1.5, opacity="0.3"),
            circle(x + 51, y + 112, 43, accent),
            path(emblem, base, transform=at(x + 51, y + 112)),
            line(f"M{x + 24} {y + 176}h54M{x + 34} {y + 190}h34", accent, 4),
        )
    front = "M124 420H676L662 690Q661 702 648 702H152Q139 702 138 690Z"
    d.add(
        d.form(front, d.linear("#d9b07c", "#b58048")),
        d.clipped(
            front,
            rect(120, 520, 560, 84, motifs.kawung(d, "#5b341a", "#ecd5a8", "#8a5a2b", 0.525)),
            line("M120 518H680M120 606H680", "#f5e6c8", 4),
            rect(
                120,
                420,
                560,
                290,
                d.across((0, "#ffffff", 0.2), (0.5, "#ffffff", 0), (1, "#000000", 0.2)),
            ),
        ),
        line("M126 422H674", "#f3dcb4", 4),
        circle(400, 562, 60, "#f5e6c8"),
        circle(400, 562, 51, "none", stroke="#5b341a", stroke_width=3),
        d.use(motifs.bean(d), 400, 562, -35, 1.7),
    )


def sambal_jar(d):
    """A jar of sambal under a checked cloth, with chillies and shallots before it."""
    d.table_scene()
    d.ground(400, 690, 220, 36)
    jar = "M272 300Q248 320 248 360V640Q248 690 298 690H502Q552 690 552 640V360Q552 320 528 300Z"
    specks = d.pattern(
        60,
        54,
        rect(0, 0, 60, 54, "#b8281a"),
        path("M8 10l14-4l4 8l-12 6Z", "#e2553a"),
        path("M38 30l12-6l6 8l-12 8Z", "#8a1710"),
        circle(14, 38, 3, "#f3d08a"),
        circle(46, 10, 2.6, "#f3d08a"),
        circle(30, 24, 2.4, "#f3d08a"),
        line("M26 46l10 4M52 48l4-6", "#f08a5d", 3),
    )
    fill = "M258 376Q400 352 542 376V640Q542 680 500 680H300Q258 680 258 640Z"
    d.add(
        path(jar, "#f7e6d8", opacity="0.75"),
        d.form(fill, specks, d.across(*ROUND)),
        path("M258 376Q400 352 542 376Q400 396 258 376Z", "#d8472c"),
        d.form(jar, d.across(*GLASS)),
        motifs.gloss(d, 270, 380, 14, 230, 0.5),
    )
    label = (
        "M298 440H502Q510 440 510 448V604Q510 612 502 612H298Q290 612 290 604V448Q290 440 298 440Z"
    )
    pepper = motifs.chilli(d)
    d.add(
        path(label, "#fbf1dc"),
        path(
            label,
            "none",
            stroke="#b8281a",
            stroke_width=3,
            transform="translate(400 526) scale(.94 .92) translate(-400 -526)",
        ),
        d.use(pepper, 396, 512, -28, 1.05),
        d.use(pepper, 408, 540, 24, 0.8),
        line("M350 586H450", "#4f7f2e", 5),
    )
    cloth = d.pattern(
        36,
        36,
        rect(0, 0, 36, 36, "#fbf1dc"),
        rect(0, 0, 18, 36, "#c3362a", opacity="0.55"),
        rect(0, 0, 36, 18, "#c3362a", opacity="0.55"),
    )
    cap = (
        "M268 232Q272 202 400 196Q528 202 532 232L538 292L562 350L528 338L500 366L466 344L432 372"
        "L398 346L364 372L330 344L298 366L272 338L238 350L262 292Z"
    )
    d.add(
        d.form(cap, cloth, d.across(*ROUND)),
        line("M262 296Q400 318 538 296", "#8a5a2b", 9),
        line("M262 294Q400 316 538 294", "#d8ac6c", 4, stroke_dasharray="8 5"),
        line(
            "M400 310q-44-30-56 0q10 24 56 2q44-34 58-2q-8 24-58 2M396 312l-22 44M404 312l26 42",
            "#a8743a",
            5,
        ),
    )
    shallot = d.symbol(
        path(
            "M0-46C10-30 40-22 40 8C40 34 20 44 0 44C-20 44-40 34-40 8C-40-22-10-30 0-46Z",
            d.across("#7c2748", "#c4628a", "#7c2748"),
        ),
        line("M0-42C-22-10-22 20-6 42M0-42C22-10 22 20 6 42M0-40V42", "#f0bfd2", 2, opacity="0.6"),
        line("M0-44q-2-14 6-22", "#a97d52", 5),
    )
    d.ground(150, 706, 90, 18)
    d.ground(640, 716, 110, 18)
    d.add(
        d.use(shallot, 172, 654, -12, 1.1),
        d.use(shallot, 232, 684, 24, 0.9),
        d.use(pepper, 608, 690, -8, 1.2),
        d.use(pepper, 640, 716, 12, 1.1),
    )


def spice_box(d):
    """A teak box seen from above with six spices in it."""
    d.flat_scene()
    box = "M150 232Q150 212 170 212H630Q650 212 650 232V568Q650 588 630 588H170Q150 588 150 568Z"
    d.cast(box, 14, 26, 0.4, 16)
    d.add(
        d.form(
            box,
            motifs.wood_grain(d, motifs.WOOD),
            d.linear((0, "#ffffff", 0.2), (1, "#000000", 0.25), to=(1, 1)),
        )
    )
    cells = [(172 + 154 * (i % 3), 234 + 170 * (i // 3)) for i in range(6)]
    tones = ("#4a2c17", "#4a2c17", "#d6ad74", "#4a2c17", "#4a2c17", "#c99a5f")
    inner = d.linear((0, "#000000", 0.55), (0.2, "#000000", 0), (1, "#ffffff", 0.06))
    for (x, y), tone in zip(cells, tones):
        d.add(rect(x, y, 148, 162, tone, 8), rect(x, y, 148, 162, inner, 8))
    star = d.symbol(
        *[
            path("M0 0C-10-14-9-30 0-38C9-30 10-14 0 0Z", "#7a3b1c", transform=at(rotate=t))
            + ellipse(0, -22, 3.2, 6, "#d9a45c", transform=at(rotate=t))
            for t in range(0, 360, 45)
        ],
        circle(0, 0, 6, "#4f2411"),
    )
    stick = d.symbol(
        rect(-64, -13, 128, 26, d.linear("#c47b42", "#7d4420"), 8),
        line("M-58-2H58", "#5a2d13", 4),
        line("M-54-8H54", "#e8ae74", 2),
    )
    clove = d.symbol(
        line("M-18 0H14", "#5b2f1a", 7),
        line("M-16-2H12", "#9a6038", 2),
        circle(18, 0, 8, "#8a4d2c"),
        line("M14-8l-6-5M14 8l-6 5M26-4l4-4M26 4l4 4", "#5b2f1a", 4),
    )
    nutmeg = d.symbol(
        ellipse(0, 0, 34, 28, d.radial("#c99a68", "#6f4522", cx=0.35, cy=0.3, r=0.8)),
        line(
            "M-24-8q24 14 48 0M-26 6q26 14 52 0M-8-24q-8 24 0 48M12-24q8 24 0 48",
            "#5c391c",
            2,
            opacity="0.6",
        ),
    )
    pod = d.symbol(
        path("M-26 0Q0-24 28 0Q0 24-26 0Z", d.linear("#c6d08a", "#79894a")),
        line("M-22 0H26M-14-7Q4-14 20-4M-14 7Q4 14 20 4", "#5f6f35", 1.8),
        line("M-26 0h-8", "#79894a", 4),
    )
    d.add(
        *[
            d.use(star, x, y, t, s)
            for x, y, t, s in (
                (216, 282, 0, 1.05),
                (276, 316, 20, 0.95),
                (214, 356, 12, 0.9),
                (284, 366, 40, 0.7),
            )
        ],
        *[
            d.use(stick, x, y, t)
            for x, y, t in ((400, 272, 4), (398, 312, -8), (402, 350, 6), (398, 374, -3))
        ],
        *[
            d.use(clove, 508 + 38 * (i % 4) - (i // 4 % 2) * 6, 258 + 28 * (i // 4), i * 53 % 360)
            for i in range(20)
        ],
        *[
            d.use(nutmeg, x, y, t)
            for x, y, t in ((216, 452, 10), (284, 476, 60), (222, 518, -30), (286, 534, 20))
        ],
        *[
            d.use(pod, x, y, t, 0.95)
            for x, y, t in (
                (366, 438, 20),
                (428, 442, -40),
                (396, 472, 80),
                (354, 494, -20),
                (444, 496, 30),
                (398, 522, -8),
                (358, 546, 50),
                (440, 546, -30),
            )
        ],
    )
    corn = d.symbol(
        circle(0, 0, 11, d.radial("#75655a", "#33261f", "#1c1410", cx=0.35, cy=0.3, r=0.8))
    )
    d.add(
        *[
            d.use(corn, 500 + i % 7 * 19 + (i // 7 % 2) * 8, 424 + i // 7 * 23 + i * 5 % 7)
            for i in range(42)
        ]
    )
    d.add(
        d.use(motifs.leaf(d), 132, 640, -24, 1.2),
        d.use(motifs.leaf(d), 226, 668, 14, 1.1),
        d.use(star, 600, 660, 10, 1.1),
        d.use(stick, 470, 666, -12),
    )


def jamu_bottle(d):
    """A swing-top bottle of turmeric and tamarind jamu, a glass, and cut turmeric."""
    d.table_scene()
    d.ground(340, 692, 190, 34)
    bottle = (
        "M306 190H374V286Q374 322 418 350Q450 374 450 420V650Q450 692 408 692H272Q230 692 230 650"
        "V420Q230 374 262 350Q306 322 306 286Z"
    )
    liquid = "M312 244H368V290Q374 334 412 358Q440 380 440 420V646Q440 682 406 682H274Q240 682 240 646V420Q240 380 268 358Q306 334 312 290Z"
    d.add(
        path(bottle, "#fdf6df", opacity="0.7"),
        d.form(liquid, d.linear("#f7b51c", "#dd8a0c"), d.across(*ROUND)),
        d.form(bottle, d.across(*GLASS)),
        line(bottle, "#b98a3a", 3, opacity="0.45"),
        motifs.gloss(d, 252, 420, 14, 210, 0.55),
        motifs.gloss(d, 316, 214, 8, 70, 0.6),
        rect(300, 170, 80, 26, "#e9e0cc", 8),
        rect(310, 138, 60, 36, d.across("#d9cfba", "#fffaf0", "#c9bda5"), 12),
        rect(306, 164, 68, 10, "#b8452e", 4),
        line("M296 250Q284 214 304 156H376Q396 214 384 250M290 250H390", "#8f8a82", 5),
    )
    label = rect(262, 452, 156, 150, "#fdf6e3", 76)
    root = d.symbol(
        path(
            "M-92 10C-84-22-50-30-26-22C-10-46 14-44 18-24C44-34 84-30 92-4C96 20 60 30 30 24C20 48-10 46-14 26C-44 34-84 34-92 10Z",
            d.linear("#d39444", "#8f5a20"),
        ),
        line(
            "M-70-12q8 18 0 36M-46-20q8 24 0 48M-20-20q8 22 2 44M6-24q8 24 2 48M34-26q8 22 2 46M62-22q6 18 0 38",
            "#6d4216",
            2,
            opacity="0.6",
        ),
    )
    slice_ = d.symbol(
        ellipse(0, 6, 40, 26, "#8f5a20"),
        ellipse(0, 0, 40, 26, "#f39c12"),
        ellipse(0, 0, 25, 15, "none", stroke="#d97a06", stroke_width=3),
    )
    d.add(label, d.use(root, 340, 512, -18, 0.62), d.use(motifs.leaf(d), 346, 562, 4, 0.62))
    d.ground(560, 692, 110, 24)
    glass = "M488 470H632L618 672Q616 690 598 690H522Q504 690 502 672Z"
    d.add(
        path(glass, "#fdf6df", opacity="0.6"),
        d.form(
            "M494 520H627L616 668Q614 682 598 682H522Q506 682 504 668Z",
            d.linear("#f9bf2c", "#e0900f"),
            d.across(*ROUND),
        ),
        ellipse(560, 520, 67, 11, "#fbd05c"),
        d.form(glass, d.across(*GLASS)),
        ellipse(560, 470, 72, 12, "#ffffff", opacity="0.5"),
        motifs.gloss(d, 508, 540, 10, 110, 0.6),
        d.use(motifs.leaf(d), 600, 470, -60, 0.8),
    )
    d.add(
        d.use(root, 170, 700, 10, 0.95),
        d.use(slice_, 470, 728, 0, 0.8),
        d.use(slice_, 532, 736, 10, 0.7),
    )


def palm_sugar(d):
    """A squat jar of palm sugar grains, a spoon, and the sugar as it leaves the coconut shell."""
    d.table_scene()
    d.ground(330, 692, 240, 34)
    jar = "M172 330Q150 350 150 390V640Q150 692 202 692H458Q510 692 510 640V390Q510 350 488 330Z"
    grain = d.pattern(
        26,
        24,
        rect(0, 0, 26, 24, "#9a5a26"),
        circle(5, 6, 3, "#c8843f"),
        circle(18, 4, 2.6, "#7a4118"),
        circle(12, 14, 3, "#d99a55"),
        circle(22, 18, 2.8, "#b87233"),
        circle(4, 20, 2.4, "#7a4118"),
    )
    fill = "M160 440Q330 392 500 440V640Q500 682 456 682H204Q160 682 160 640Z"
    d.add(
        path(jar, "#fbf1dc", opacity="0.75"),
        d.form(fill, grain, d.across(*ROUND)),
        d.form(jar, d.across(*GLASS)),
        motifs.gloss(d, 174, 400, 15, 220, 0.5),
        rect(168, 258, 324, 76, motifs.wood_grain(d, motifs.WOOD), 14),
        rect(168, 258, 324, 76, d.across(*ROUND), 14),
        rect(178, 326, 304, 14, "#e8dcc6", 5),
        circle(330, 546, 74, "#fbf1dc"),
        circle(330, 546, 64, "none", stroke="#7a4118", stroke_width=3),
        line(
            "M330 594V530M330 532Q306 500 280 514M330 532Q322 492 292 482M330 532Q338 492 368 482M330 532Q354 500 380 514M330 530Q330 500 330 484",
            "#4f7a35",
            7,
        ),
        *[circle(x, 540, 7, "#7a4118") for x in (322, 338)],
    )
    block = d.symbol(
        path(
            "M-92 0Q-88-74 0-78Q88-74 92 0Z",
            d.radial("#c27a3c", "#6f3b16", cx=0.38, cy=0.25, r=0.85),
        ),
        ellipse(0, 0, 92, 22, d.linear("#9a5a26", "#6f3b16")),
        line("M-60-30q20-26 48-32", "#f0c08a", 5, opacity="0.6"),
    )
    d.ground(618, 690, 130, 26)
    d.add(
        d.use(block, 618, 680),
        d.use(block, 626, 606, -6, 0.86),
        line("M566 690Q570 600 596 520M672 690Q676 600 654 530", "#7fa04a", 11),
        line("M566 690Q570 600 596 520M672 690Q676 600 654 530", "#c2d488", 3, opacity="0.7"),
    )
    d.add(
        line("M250 736L404 716", "#7d4e27", 14),
        line("M256 732L400 713", "#b98450", 4),
        ellipse(216, 738, 52, 20, d.linear(*motifs.WOOD), transform="rotate(-6 216 738)"),
        ellipse(214, 733, 42, 13, grain, transform="rotate(-6 214 733)"),
    )
