"""A small SVG writer: elements, gradients, patterns and the scene behind an object.

Everything is written as presentation attributes: no scripts, no style attributes or
elements, no fonts and no outside references, so the files are safe under a strict
content security policy.
"""

SIZE = 800

# One tint per category: (light, mid, deep).
TINTS = {
    "batik": ("#fbf1e2", "#ecd3ae", "#c99f6c"),
    "tenun": ("#fbeae3", "#eac3b3", "#c48570"),
    "kopi": ("#f3e9df", "#d8bfa6", "#a37f60"),
    "rotan": ("#f0f4e8", "#cbd6b7", "#93a578"),
    "dapur": ("#eaf1f3", "#bfd1d8", "#7f9ba6"),
    "bumbu": ("#fdf3d6", "#f1d48d", "#cf9f3c"),
    "perak": ("#f1ecf6", "#cdc0dd", "#8f7ba9"),
    "seni": ("#e7f3ef", "#b2d4ca", "#6a9c90"),
}


def num(value):
    """Formats a coordinate with at most one decimal and no trailing zeros."""
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.1f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def el(tag, *children, **attributes):
    """Writes one element; underscores in attribute names become hyphens, None is left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{num(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"


def path(d, fill, **more):
    return el("path", d=d, fill=fill, **more)


def rect(x, y, width, height, fill, rx=None, **more):
    return el("rect", x=x, y=y, width=width, height=height, rx=rx, fill=fill, **more)


def circle(cx, cy, r, fill, **more):
    return el("circle", cx=cx, cy=cy, r=r, fill=fill, **more)


def ellipse(cx, cy, rx, ry, fill, **more):
    return el("ellipse", cx=cx, cy=cy, rx=rx, ry=ry, fill=fill, **more)


def line(d, colour, width, **more):
    """A stroked, unfilled path with round ends."""
    return el(
        "path",
        d=d,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
        **more,
    )


def group(*children, **attributes):
    return el("g", *children, **attributes)


def at(x=0, y=0, rotate=0, scale=1):
    """A transform that scales, then turns, then moves."""
    parts = []
    if x or y:
        parts.append(f"translate({num(x)} {num(y)})")
    if rotate:
        parts.append(f"rotate({num(rotate)})")
    if isinstance(scale, tuple):
        parts.append(f"scale({scale[0]:g} {scale[1]:g})")
    elif scale != 1:
        parts.append(f"scale({scale:g})")
    return " ".join(parts) or None


def mirrored(*children):
    """The children flipped about the vertical middle line of the picture."""
    return group(*children, transform=f"translate({SIZE} 0) scale(-1 1)")


class Drawing:
    """One picture: collects definitions and body, then writes the file's text."""

    def __init__(self, tint):
        self.light, self.mid, self.deep = TINTS[tint]
        self._defs = []
        self._body = []
        self._count = 0
        self._known = {}

    def add(self, *markup, transform=None):
        self._body.extend([group(*markup, transform=transform)] if transform else markup)

    def define(self, tag, *children, **attributes):
        """Puts an element with a fresh id in <defs> (or finds its equal) and returns the id."""
        key = el(tag, *children, **attributes)
        if key not in self._known:
            self._count += 1
            name = f"d{self._count}"
            self._known[key] = name
            self._defs.append(el(tag, *children, id=name, **attributes))
        return self._known[key]

    @staticmethod
    def _stops(stops):
        written = []
        for index, stop in enumerate(stops):
            if isinstance(stop, str):
                stop = (index / max(1, len(stops) - 1), stop)
            opacity = stop[2] if len(stop) > 2 else None
            offset = f"{stop[0]:.3g}"
            if opacity is not None:
                opacity = f"{opacity:g}"
            written.append(el("stop", offset=offset, stop_color=stop[1], stop_opacity=opacity))
        return written

    def linear(self, *stops, to=(0, 1)):
        """A gradient over the shape's box; stops are colours or (offset, colour, opacity)."""
        return "url(#%s)" % self.define(
            "linearGradient", *self._stops(stops), x1=0, y1=0, x2=to[0], y2=to[1]
        )

    def across(self, *stops):
        return self.linear(*stops, to=(1, 0))

    def radial(self, *stops, cx=0.5, cy=0.5, r=0.5):
        return "url(#%s)" % self.define(
            "radialGradient", *self._stops(stops), cx=f"{cx:g}", cy=f"{cy:g}", r=f"{r:g}"
        )

    def pattern(self, width, height, *children, transform=None):
        return "url(#%s)" % self.define(
            "pattern",
            *children,
            width=width,
            height=height,
            patternUnits="userSpaceOnUse",
            patternTransform=transform,
        )

    def clipped(self, d, *children, **attributes):
        """The children cut to the outline d."""
        name = self.define("clipPath", el("path", d=d))
        return group(*children, clip_path=f"url(#{name})", **attributes)

    def symbol(self, *children, **attributes):
        return self.define("g", *children, **attributes)

    def use(self, name, x=0, y=0, rotate=0, scale=1, **more):
        return el("use", href=f"#{name}", transform=at(x, y, rotate, scale), **more)

    def form(self, d, *fills, **more):
        """One outline filled several times over: material first, then shading."""
        name = self.define("path", d=d)
        return "".join(self.use(name, fill=fill, **more) for fill in fills)

    def blur(self, amount):
        return "url(#%s)" % self.define(
            "filter",
            el("feGaussianBlur", stdDeviation=amount),
            x="-30%",
            y="-30%",
            width="160%",
            height="160%",
        )

    def cast(self, d, dx=10, dy=18, opacity=0.28, soft=12):
        """The soft shadow that a flat outline throws on what lies behind it."""
        self.add(
            path(d, "#3a2414", opacity=f"{opacity:g}", filter=self.blur(soft), transform=at(dx, dy))
        )

    def ground(self, cx, cy, rx, ry, opacity=0.45):
        """The shadow under a standing object."""
        fill = self.radial(
            (0, "#2c1a0e", opacity), (0.55, "#2c1a0e", opacity * 0.45), (1, "#2c1a0e", 0)
        )
        self.add(ellipse(cx, cy, rx, ry, fill))

    def table_scene(self):
        """A wall with a rounded niche, and a table top."""
        self.add(
            rect(0, 0, SIZE, SIZE, self.linear(self.light, self.mid)),
            path(
                "M150 620V330a250 250 0 0 1 500 0V620Z",
                self.linear((0, "#ffffff", 0.75), (1, "#ffffff", 0.15)),
            ),
            line("M130 620V330a270 270 0 0 1 540 0V620", "#ffffff", 3, opacity="0.55"),
            rect(0, 612, SIZE, 188, self.linear(self.mid, self.deep), opacity="0.85"),
            rect(0, 612, SIZE, 6, "#ffffff", opacity="0.45"),
        )

    def flat_scene(self):
        """A surface seen from above, with a lighter disc."""
        self.add(
            rect(0, 0, SIZE, SIZE, self.radial(self.light, self.mid, r=0.75)),
            circle(400, 400, 316, "#ffffff", opacity="0.4"),
            circle(400, 400, 340, "none", stroke="#ffffff", stroke_width=3, opacity="0.55"),
        )

    def text(self):
        defs = el("defs", *self._defs)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" '
            f'width="{SIZE}" height="{SIZE}">\n'
            + defs.replace("><", ">\n<")
            + "\n"
            + "\n".join(self._body)
            + "\n</svg>\n"
        )
