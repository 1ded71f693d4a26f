"""Charts as SVG text: bars by month, lines by month, and a ranking. No script, no font and no file from elsewhere."""
import html
import math

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 12, 28
BAR_HEIGHT, LABEL_WIDTH, VALUE_WIDTH = 24, 170, 150
GRID_LINES = 4
MAXIMUM_LABELS = 8


def short(value: float) -> str:
    """An axis label: 1200000 is 1.2M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"


def nice_step(span: float) -> float:
    """The distance of grid lines: 1, 2 or 5 times a power of ten."""
    if span <= 0:
        return 1.0
    raw = span / GRID_LINES
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)


def by_month(title: str, points: list[tuple[str, float | None]], write, color: str, line: bool = False) -> str:
    """One number per month (label, value), as bars or as a line; a month without a value is left out."""
    known = [value for _, value in points if value is not None]
    if not known:
        return f'<p class="empty">{html.escape(title)}: nothing to show.</p>'
    low = min(known) if line else 0.0
    step = nice_step((max(known) - low) or abs(max(known)) or 1.0)
    bottom = math.floor(low / step) * step if line else 0.0
    top = max(math.ceil(max(known) / step) * step, bottom + step)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    slot = inner_width / len(points)

    def height(value: float) -> float:
        return TOP + inner_height * (1 - (value - bottom) / (top - bottom))

    parts = []
    for number in range(round((top - bottom) / step) + 1):
        value = bottom + number * step
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height(value):.1f}" y2="{height(value):.1f}"/>')
        label = write(value) if line else short(value)
        parts.append(f'<text x="{LEFT - 6}" y="{height(value) + 4:.1f}" text-anchor="end">{html.escape(label)}</text>')
    every = math.ceil(len(points) / MAXIMUM_LABELS)
    track = []
    for number, (label, value) in enumerate(points):
        middle = LEFT + slot * (number + 0.5)
        if number % every == 0:
            parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{html.escape(label)}</text>')
        if value is None:
            continue
        tip = f"<title>{html.escape(label)}: {html.escape(write(value))}</title>"
        if line:
            track.append(f"{middle:.1f},{height(value):.1f}")
            parts.append(f'<circle cx="{middle:.1f}" cy="{height(value):.1f}" r="3" fill="{color}">{tip}</circle>')
        else:
            parts.append(
                f'<rect x="{middle - slot * 0.38:.1f}" y="{height(value):.1f}" width="{slot * 0.76:.1f}" '
                f'height="{max(TOP + inner_height - height(value), 0):.1f}" fill="{color}">{tip}</rect>')
    if line:
        parts.append(f'<polyline points="{" ".join(track)}" fill="none" stroke="{color}" stroke-width="2"/>')
    return figure(title, f"0 0 {WIDTH} {HEIGHT}", parts)


def ranking(title: str, rows: list[tuple[str, float]], write, color: str) -> str:
    """The greatest first: label, bar, number."""
    if not rows:
        return f'<p class="empty">{html.escape(title)}: nothing to show.</p>'
    most = max(value for _, value in rows) or 1.0
    space = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    parts = []
    for number, (label, value) in enumerate(rows):
        y = number * BAR_HEIGHT
        width = max(space * value / most, 0)
        shown = label if len(label) <= 24 else label[:23] + "…"
        parts += [
            f'<text x="{LABEL_WIDTH - 8}" y="{y + 16}" text-anchor="end">{html.escape(shown)}</text>',
            f'<rect x="{LABEL_WIDTH}" y="{y + 4}" width="{width:.1f}" height="16" fill="{color}">'
            f"<title>{html.escape(label)}: {html.escape(write(value))}</title></rect>",
            f'<text x="{LABEL_WIDTH + width + 6:.1f}" y="{y + 16}">{html.escape(write(value))}</text>',
        ]
    return figure(title, f"0 0 {WIDTH} {len(rows) * BAR_HEIGHT + 4}", parts)


def figure(title: str, box: str, parts: list[str]) -> str:
    return (
        f'<figure><figcaption>{html.escape(title)}</figcaption><svg viewBox="{box}" role="img" aria-label="{html.escape(title)}">'
        f'{"".join(parts)}</svg></figure>')
