"""Charts as inline SVG: every mark has its number in words, every chart a text alternative."""

from __future__ import annotations

from xinfang_cli.formats.model import Chart, shown
from xinfang_cli.present.width import cells

COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#97266d")
_WIDTH = 900


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 13, fill: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{_safe(text)}</text>'


def chart(one: Chart) -> str:
    """One chart."""
    body, height = {"columns": _columns, "lines": _lines, "bars": _bars}[one.kind](one)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg" '
        f'class="chart {one.kind}"><title>{_safe(one.title)}</title><desc>{_safe(one.alternative())}</desc>'
        f"{''.join(body)}</svg>"
    )


def _value(one: Chart, value: float | None) -> str:
    return shown(value, "percent" if one.percent else "count")


def _ceiling(value: float) -> float:
    """A round number at or above it, for the scale."""
    size = 1.0
    while size * 10 <= value:
        size *= 10
    return next((size * step for step in (1, 2, 2.5, 4, 5, 8, 10) if size * step >= value), size * 10)


def _columns(one: Chart) -> tuple[list[str], float]:
    name, values = one.series[0]
    height, left, top, bottom = 300.0, 20.0, 30.0, 36.0
    full = _ceiling(max([value or 0 for value in values] + [1]))
    step = (_WIDTH - 2 * left) / max(len(values), 1)
    wide = min(step * 0.62, 60)
    body = [f'<line x1="{left}" x2="{_WIDTH - left}" y1="{height - bottom}" y2="{height - bottom}" stroke="#888"/>']
    for place, (label, value) in enumerate(zip(one.labels, values, strict=True)):
        middle = left + step * (place + 0.5)
        tall = (height - top - bottom) * (value or 0) / full
        body.append(
            f'<rect class="mark" x="{middle - wide / 2:.1f}" y="{height - bottom - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}" fill="{COLOURS[0]}"><title>{_safe(f"{label} {name} {_value(one, value)}")}</title></rect>'
        )
        body.append(_text(middle, height - bottom - tall - 6, _value(one, value)))
        body.append(_text(middle, height - bottom + 18, label))
    return body, height


def _lines(one: Chart) -> tuple[list[str], float]:
    height, left, right, top, bottom = 340.0, 62.0, 36.0, 44.0, 36.0
    known = [value for _, values in one.series for value in values if value is not None]
    high = 100.0 if one.percent else _ceiling(max([*known, 1]))
    low = min([*known, high])
    low = max(0.0, (low - 1) // 10 * 10) if one.percent else 0.0
    span = (high - low) or 1

    def y(value: float) -> float:
        return top + (height - top - bottom) * (high - value) / span

    step = (_WIDTH - left - right) / max(len(one.labels) - 1, 1)
    body = []
    for line in range(5):
        at = low + span * line / 4
        body.append(
            f'<line x1="{left}" x2="{_WIDTH - right}" y1="{y(at):.1f}" y2="{y(at):.1f}" stroke="#ddd"/>'
            + _text(left - 8, y(at) + 4, f"{at:g}{'%' if one.percent else ''}", "end", 12, "#555")
        )
    for place, label in enumerate(one.labels):
        body.append(_text(left + step * place, height - bottom + 20, label, size=12))
    along = left
    for number, (name, values) in enumerate(one.series):
        colour = COLOURS[number % len(COLOURS)]
        body.append(f'<rect x="{along:.1f}" y="12" width="18" height="6" fill="{colour}"/>')
        body.append(_text(along + 24, 20, name, "start"))
        along += 44 + cells(name) * 7
        path, pen = "", "M"
        for place, value in enumerate(values):
            if value is None:
                pen = "M"
                continue
            path += f"{pen}{left + step * place:.1f} {y(value):.1f}"
            pen = "L"
        if path:
            body.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for place, value in enumerate(values):
            if value is not None:
                label = f"{one.labels[place]} {name} {_value(one, value)}"
                body.append(
                    f'<circle class="mark" cx="{left + step * place:.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}">'
                    f"<title>{_safe(label)}</title></circle>"
                )
    return body, height


def _bars(one: Chart) -> tuple[list[str], float]:
    name, values = one.series[0]
    line, top = 26.0, 6.0
    left = 24 + max([cells(label) for label in one.labels] + [4]) * 7.0
    room = _WIDTH - left - 90
    full = 100.0 if one.percent else _ceiling(max([value or 0 for value in values] + [1]))
    body = []
    for place, (label, value) in enumerate(zip(one.labels, values, strict=True)):
        at = top + place * line
        long = room * (value or 0) / full
        body.append(_text(left - 8, at + 17, label, "end"))
        body.append(
            f'<rect class="mark" x="{left:.1f}" y="{at + 4:.1f}" width="{long:.1f}" height="{line - 8:.1f}" '
            f'fill="{COLOURS[0]}"><title>{_safe(f"{label} {name} {_value(one, value)}")}</title></rect>'
        )
        body.append(_text(left + long + 8, at + 17, _value(one, value), "start"))
    return body, top * 2 + line * len(values)
