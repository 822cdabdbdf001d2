"""Patterns and small things that several pictures share: batik, weave, wood, beans, chillies."""

from .canvas import at, circle, ellipse, group, line, path, rect

WOOD = ("#b98450", "#9a6636", "#7d4e27")
TEAK = ("#dcab70", "#bf8a4f", "#8a5a2c")


def kawung(d, ground="#3a2113", petal="#ecd5a8", core="#8a5a2b", scale=1):
    """Four almond petals round a point: the palm fruit cut across."""
    petals = []
    for x, y, turn in ((20, 20, 45), (60, 20, -45), (20, 60, -45), (60, 60, 45)):
        petals.append(
            group(
                ellipse(0, 0, 25, 14.5, petal),
                ellipse(0, 0, 19, 9.5, "none", stroke=core, stroke_width=1.6),
                circle(-7, 0, 2.6, core),
                circle(7, 0, 2.6, core),
                transform=at(x, y, turn),
            )
        )
    cross = "M40 35v10M35 40h10M0-5v10M-5 0h10M80-5v10M75 0h10M0 75v10M-5 80h10M80 75v10M75 80h10"
    return d.pattern(
        80,
        80,
        rect(0, 0, 80, 80, ground),
        *petals,
        line(cross, petal, 2.4),
        transform=at(scale=scale),
    )


def parang(d, ground="#f0deb9", blade="#4a2a17", accent="#a3682f", turn=-45, scale=1):
    """Rows of knife curves on the slant, with lozenges between the rows."""
    curl = (
        "M2 62C0 36 27 42 25 22C24 6 46 2 50 15C53 26 40 32 35 25"
        "C38 24 41 20 38 17C34 14 31 18 32 24C36 46 23 47 24 62Z"
    )
    return d.pattern(
        44,
        96,
        rect(0, 0, 44, 96, ground),
        path(curl, blade),
        path(curl, blade, transform=at(-44)),
        path("M26 62C27 52 34 50 36 42C40 50 38 58 40 62Z", accent),
        rect(0, 64, 44, 3, blade),
        rect(0, 91, 44, 3, blade),
        path("M11 72L18 79L11 86L4 79ZM33 72L40 79L33 86L26 79Z", accent),
        circle(11, 79, 2.4, ground),
        circle(33, 79, 2.4, ground),
        circle(22, 79, 2, blade),
        circle(0, 79, 2, blade),
        circle(44, 79, 2, blade),
        transform=at(rotate=turn, scale=scale),
    )


def megamendung(d, shades, scale=1):
    """Rain clouds of Cirebon: one outline in bands that darken inwards, each edged in white.

    The shades are ground, edge, outer band, middle band, heart.
    """
    ground, edge, outer, middle, heart = shades
    cloud = d.define(
        "path",
        d="M-58 12C-76 8-70-18-46-12C-48-36-14-40-6-22C2-42 36-36 32-14"
        "C50-26 72-6 58 10C48 18 40 8 30 12C20 26-2 26-8 12C-22 26-46 22-58 12Z",
    )

    def bands(x, y, flip=1):
        rings = [
            d.use(cloud, stroke=colour, stroke_width=width, fill=colour)
            for colour, width in zip(
                (edge, outer, edge, middle, edge, heart), (37, 32, 20, 15, 5, 1)
            )
        ]
        curls = line(
            "M-46-8c10-3 17 7 9 13c-6 3-11-4-6-7M32-10c-10-3-17 7-9 13c6 3 11-4 6-7"
            "M-6-20c10 0 12 13 3 15c-7 0-7-8-2-8",
            edge,
            3,
        )
        return group(*rings, curls, transform=at(x, y, 0, (flip, 1)))

    unit = d.symbol(bands(0, 0))
    places = [
        (55, 42),
        (245, 42),
        (-40, 122),
        (150, 122),
        (340, 122),
        (55, 202),
        (245, 202),
        (-135, 42),
        (150, -38),
        (-40, -38),
    ]
    return d.pattern(
        190,
        160,
        rect(0, 0, 190, 160, ground),
        *[d.use(unit, x, y) for x, y in places if -90 < x < 290],
        transform=at(scale=scale),
    )


def bitmap(rows, cell, colour, x=0, y=0, height=None):
    """A stepped motif, as a weaver counts it: '#' is a thread of the colour."""
    height = height or cell
    d = []
    for r, row in enumerate(rows):
        start = None
        for c, mark in enumerate(row + " "):
            if mark == "#" and start is None:
                start = c
            elif mark != "#" and start is not None:
                w = (c - start) * cell
                d.append(f"M{x + start * cell:g} {y + r * height:g}h{w:g}v{height:g}h{-w:g}z")
                start = None
    return path("".join(d), colour)


def basket(d, colours=("#d9aa68", "#c08b4a", "#8a5a2a"), size=36, transform=None):
    """Over-and-under weave of flat rattan strips."""
    light, mid, dark = colours
    h, q = size / 2, size / 2 - 2
    across = d.linear(light, mid)
    down = d.across(light, mid)
    return d.pattern(
        size,
        size,
        rect(0, 0, size, size, dark),
        rect(-1, 1, h + 2, q, across, 2),
        rect(h - 1, h + 1, h + 2, q, across, 2),
        rect(h + 1, -1, q, h + 2, down, 2),
        rect(1, h - 1, q, h + 2, down, 2),
        transform=transform,
    )


def cane(d, strand="#c99a5b", transform=None):
    """Open cane webbing: pairs of strands crossed by diagonals."""
    return d.pattern(
        30,
        30,
        line("M4 0V30M11 0V30M0 4H30M0 11H30", strand, 3.2),
        line("M-5 20L20-5M10 35L35 10M-5 10L20 35M10-5L35 20", strand, 2.2),
        transform=transform,
    )


def wood_grain(d, colours=TEAK, transform=None):
    """Long wavy grain, for boards."""
    light, mid, dark = colours
    waves = "".join(f"M-10 {y}C60 {y - 9} 110 {y + 11} 210 {y}" for y in (10, 26, 38, 57, 70, 88))
    eye = "M60 46c20-9 50-9 66 0c-16 8-46 9-66 0Z"
    return d.pattern(
        200,
        96,
        rect(0, 0, 200, 96, mid),
        line(waves, dark, 1.8, opacity="0.55"),
        line(waves, light, 3, opacity="0.6", transform=at(0, 5)),
        line(eye, dark, 1.6, opacity="0.5"),
        transform=transform,
    )


def bean(d, light="#8a5a36", dark="#3d2112"):
    """One roasted coffee bean about the origin, 44 long."""
    return d.symbol(
        ellipse(0, 0, 22, 15, d.radial(light, dark, cx=0.35, cy=0.3, r=0.75)),
        line("M-21 2C-10-7 4 8 21-2", "#24120a", 3.2),
        line("M-12-8C-6-11 2-12 8-10", "#c99a74", 2, opacity="0.7"),
    )


def scatter_beans(d, places, scale=1.0):
    name = bean(d)
    d.add(
        *[
            ellipse(x + 3, y + 11 * scale, 22 * scale, 9 * scale, "#2c1a0e", opacity="0.25")
            for x, y, _ in places
        ]
    )
    d.add(*[d.use(name, x, y, turn, scale) for x, y, turn in places])


def chilli(d, colour="#d9271c", dark="#8f120e"):
    """A red chilli about the origin, 130 long, stalk at the left."""
    return d.symbol(
        path(
            "M-58-6C-40-24-4-18 20-6C42 4 58 4 70-4C64 16 38 26 8 20C-24 16-52 14-58-6Z",
            d.linear(colour, dark),
        ),
        line("M-44-9C-24-16 2-9 22 0", "#ffb59e", 3.5, opacity="0.75"),
        path("M-64-12C-52-14-46-6-48 6C-56 10-64 4-64-12Z", "#4f7f2e"),
        line("M-62-4C-72-8-78-18-76-26", "#4f7f2e", 5),
    )


def leaf(d, light="#7fae4d", dark="#3f7030"):
    """A leaf about the origin, tip at the right, 100 long."""
    return d.symbol(
        path("M-50 0C-30-30 20-30 50 0C20 26-30 28-50 0Z", d.linear(light, dark)),
        line(
            "M-50 0H44M-26 0l14-13M-4 0l14-14M18 0l10-9M-26 0l14 12M-4 0l14 12M18 0l10 8",
            "#dfeec0",
            1.8,
            opacity="0.6",
        ),
    )


def steam(d, x, y, scale=1.0):
    return line(
        "M-14 0C-34-30 6-50-14-84M16 4C-4-28 36-48 14-90",
        "#ffffff",
        7,
        opacity="0.6",
        transform=at(x, y, 0, scale),
    )


def gloss(d, x, y, width, height, opacity=0.45):
    """A tall highlight on glass or glaze."""
    return rect(x, y, width, height, "#ffffff", width / 2, opacity=f"{opacity:g}")
