"""Line charts as one SVG, for the notes in docs/: no dependency, readable on light and dark pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#3b7dd8", "#d9822b", "#2a9d6e", "#b0508e", "#7a7f87", "#a0522d")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 190, 70, 130, 34, 26


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: lines of values over the same minutes; `unit` is written at the axis.

    With `sizes`, one for each value, over these instead of minutes, at equal distances.
    """

    title: str
    unit: str
    lines: Mapping[str, Sequence[float]]
    sizes: Sequence[str] = ()


def svg(heading: str, panels: Sequence[Panel]) -> str:
    """Draw the panels one below the other, x in minutes from 0, y from 0 to a little above the highest."""
    height = 30 + len(panels) * HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="11"><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="20" font-size="14" font-weight="bold">{escape(heading)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate(0 {30 + number * HEIGHT})">{_panel(panel)}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel) -> str:
    highest = max((max(values) for values in panel.lines.values() if values), default=0.0) * 1.1 or 1.0
    minutes = max((len(values) for values in panel.lines.values()), default=1)
    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(panel.title)}</text>']
    for part in range(5):
        y = _y(part / 4)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        label = f"{_short(highest * part / 4)} {panel.unit}".strip()
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>')
    below = panel.sizes or [f"{(minutes - 1) * part / 4:.0f} min" for part in range(5)]
    for at, label in enumerate(below):
        x = LEFT + (WIDTH - LEFT - RIGHT) * at / max(1, len(below) - 1)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(label)}</text>')
    parts += [_line(values, highest, minutes, at) for at, values in enumerate(panel.lines.values())]
    parts += [_legend(name, at) for at, name in enumerate(panel.lines)]
    return "\n".join(parts)


def _line(values: Sequence[float], highest: float, minutes: int, at: int) -> str:
    step = (WIDTH - LEFT - RIGHT) / max(1, minutes - 1)
    points = " ".join(f"{LEFT + n * step:.1f},{_y(value / highest):.1f}" for n, value in enumerate(values))
    return (
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[at % len(COLOURS)]}" stroke-width="1.6"/>'
    )


def _legend(name: str, at: int) -> str:
    y = TOP + 6 + at * 16
    colour = COLOURS[at % len(COLOURS)]
    return (
        f'<rect x="{WIDTH - RIGHT + 10}" y="{y - 8}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{WIDTH - RIGHT + 26}" y="{y + 1}">{escape(name)}</text>'
    )


def _y(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= 10 * size:
            return f"{value / size:.0f}{letter}"
        if value >= size:
            return f"{value / size:.1f}{letter}"
    return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
